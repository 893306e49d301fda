"""`python quick_check.py FILE`: SQLite's quick check of one file, as a program of its own that can be stopped.

SQLite looks at a whole tree in one step, so a check within the process could not be bounded in time. Needs nothing but
the standard library. Prints the first finding, or nothing; ends with 2 when the file cannot be looked at now.
"""

import sqlite3
import sys
from contextlib import closing
from urllib.parse import quote

CORRUPT, NOT_A_DATABASE, UNREADABLE = 11, 26, 10
"""SQLITE_CORRUPT, SQLITE_NOTADB and SQLITE_IOERR."""
WAIT = 10.0


def _code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF if isinstance(error, sqlite3.Error) else 0


def is_damage(error: BaseException | None) -> bool:
    """True when SQLite says that the file itself is broken, not the statement or the moment."""
    return _code(error) in {CORRUPT, NOT_A_DATABASE}


def first_finding(file: str) -> str:
    """What SQLite finds wrong first, in one line; empty when the file is whole.

    Raises:
        sqlite3.Error: the file cannot be looked at now, e.g. because it is locked.
    """
    uri = f"file:{quote(file)}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except sqlite3.Error as error:
        if is_damage(error) or _code(error) == UNREADABLE:
            return str(error)
        raise
    return "" if found == ["ok"] else " ".join(found[0].replace("*** in database main ***", "").split())


if __name__ == "__main__":
    try:
        print(first_finding(sys.argv[1]), end="")
    except sqlite3.Error as error:
        print(error, file=sys.stderr)
        sys.exit(2)

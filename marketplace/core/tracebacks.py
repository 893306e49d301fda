"""Exceptions as the log tells them: where they happened and of which kind, without what people typed.

Messages of the database and of mail servers quote the row, the value or the address. What stands in quotes is left
out, and of a database error everything but its kind, the constraint and the statement with its placeholders.
"""

import re
import sqlite3
import traceback
from collections.abc import Iterator
from types import TracebackType

from sqlalchemy.exc import StatementError

LONGEST_MESSAGE = 300
LONGEST_STATEMENT = 1000
QUOTED = re.compile(r"(?<!\w)(?:(['\"`])(?P<inner>.*?)\1(?!\w)|“[^”]*”|‘[^’]*’|「[^」]*」|《[^》]*》)", re.S)
NAME_OF_CODE = re.compile(r"[A-Za-z_][A-Za-z_.]{0,39}")
PERSONAL = re.compile(r"[^\s@<>(){}:,;=]+@[^\s@<>(){},;]+|\+?\d(?:[ -]?\d){6,}|\$argon2\S+")
LEFT_OUT = "…"
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def masked(text: str, *, names: bool = True, longest: int = LONGEST_MESSAGE) -> str:
    """`text` without what it quotes, without addresses and long numbers; quoted names of code stay if `names`."""

    def without(quoted: re.Match[str]) -> str:
        stays = names and NAME_OF_CODE.fullmatch(quoted["inner"] or "")
        return quoted[0] if stays else LEFT_OUT

    return PERSONAL.sub(LEFT_OUT, QUOTED.sub(without, text))[:longest]


def _of_driver(error: BaseException) -> str:
    """What a driver says, without the row: its code, its first line, and the constraint where it names one."""
    if isinstance(error, sqlite3.Error):
        parts = [getattr(error, "sqlite_errorname", ""), masked(str(error), names=False)]
    else:
        diagnosis = getattr(error, "diag", None)
        first_line = getattr(diagnosis, "message_primary", None) or str(error).partition("\n")[0]
        names = (getattr(diagnosis, name, None) for name in ("table_name", "column_name", "constraint_name"))
        parts = [
            getattr(error, "sqlstate", None) or "",
            masked(first_line, names=False),
            *(name or "" for name in names),
        ]
    return " · ".join(filter(None, parts))


def _is_of_driver(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) or type(error).__module__.partition(".")[0] == "psycopg"


def message_of(error: BaseException) -> str:
    """The message of `error` as it may be written down."""
    if isinstance(error, StatementError):
        cause = error.orig
        said = f"{type(cause).__name__}: {message_of(cause)}" if cause is not None else ""
        return f"({said}) [{masked(error.statement, longest=LONGEST_STATEMENT)}]" if error.statement else f"({said})"
    return _of_driver(error) if _is_of_driver(error) else masked(str(error))


def summary(error: BaseException) -> str:
    """Kind and message in one line, e.g. for the row of a failed job."""
    return f"{type(error).__name__}: {message_of(error)}".rstrip(": ")


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """`error` and what led to it, oldest first, each with the sentence that links it to the next."""
    chain: list[tuple[BaseException, str]] = []
    link, current = "", error
    while current not in (earlier for earlier, _link in chain):
        chain.append((current, link))
        if current.__cause__ is not None:
            link, current = "The above exception was the direct cause of the following exception:", current.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            link, current = "During handling of the above exception, another exception occurred:", current.__context__
    return reversed(chain)


def format_traceback(error: BaseException) -> str:
    """The whole chain as Python prints it, with messages as `message_of` gives them."""
    pieces = []
    for one, link in _chain(error):
        if one.__traceback__ is not None:
            pieces += ["Traceback (most recent call last):\n", *traceback.format_tb(one.__traceback__)]
        name = f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins.")
        pieces.append(f"{name}: {message_of(one)}".rstrip(": ") + "\n")
        if link:
            pieces.append(f"\n{link}\n\n")
    return "".join(pieces).rstrip("\n")


def format_info(exc_info: ExceptionInfo) -> str:
    """The same for what `sys.exc_info` and structlog hand over."""
    return format_traceback(exc_info[1])

"""Copies of the site: of its database while others write to it, and of everything that it needs elsewhere."""

import shutil
from contextlib import closing
from pathlib import Path

from flask import Flask

from marketplace.core.db import file_of, open_file
from marketplace.core.quick_check import first_finding

DATABASE = "doorstep.sqlite"
COPIED = ("uploads", "outbox", "settings.toml", "secret_key")
"""What belongs to the site besides the database. The index is made again from it, the rest is of this machine."""


class CannotCopy(Exception):
    """A sentence that says why there is no copy."""


def copy_database(source: str | Path, target: Path) -> None:
    """Write a copy of the moment to `target`; pages go on reading and writing meanwhile.

    Raises:
        CannotCopy: what was written is not whole.
    """
    target.touch()
    with closing(open_file(source)) as original, closing(open_file(target)) as copy:
        original.backup(copy)
    if finding := first_finding(str(target)):
        target.unlink()
        raise CannotCopy(f"The copy of the database is damaged ({finding}); so may be the database.")


def copy_site(app: Flask, folder: Path) -> Path:
    """Make `folder` an instance of its own with the data of this one; the database comes first.

    A file that is taken off the site while it is copied may be missing there; nothing else can differ.

    Raises:
        CannotCopy: there is something in `folder`, or the database is no file of SQLite.
    """
    source = file_of(app)
    if source is None or not Path(source).exists():
        raise CannotCopy("There is no SQLite file to copy. Of PostgreSQL make a copy with pg_dump.")
    if folder.exists() and any(folder.iterdir()):
        raise CannotCopy(f"{folder} is not empty. Name a folder that is not there yet.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy_database(source, folder / DATABASE)
    for name in COPIED:
        path = Path(app.instance_path) / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns(".*"))
        elif path.exists():
            shutil.copy2(path, folder / name)
    return folder

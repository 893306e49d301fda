"""The files of the instance are for the account that runs the site alone: folders 700, files 600."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

log = structlog.get_logger()
UMASK = 0o077
OTHERS = 0o077
"""Every right of the group and of everybody else."""
BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal")


def keep_private() -> None:
    """From here on whatever this process and its children write is readable by its owner only."""
    os.umask(UMASK)


def is_open_to_others(path: Path) -> bool:
    """True when the group or anybody else has a right to `path`."""
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False


def _entries(folder: Path) -> Iterator[Path]:
    """What lies in `folder`, links left alone, each folder after its contents."""
    for root, folders, files in os.walk(folder, topdown=False):
        yield from (Path(root, name) for name in (*files, *folders))
    yield folder


def tighten(instance: Path, database: str | None = None) -> int:
    """Take away what others may do with the files of `instance`, and count them; the folder itself comes last.

    What an older version or a copy left wider is mended so; a file of somebody else stays, and the log says so.
    """
    beside = [Path(f"{database}{ending}") for ending in BESIDE_A_DATABASE] if database else []
    changed = 0
    for path in (*beside, *_entries(instance)):
        try:
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & OTHERS:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)
                changed += 1
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("file_open_to_others", file=path.name, problem=error.strerror)
    if changed:
        log.info("files_made_private", count=changed)
    return changed

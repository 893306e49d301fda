"""JSON lines, the form in which the batch commands read and write (UTF-8, one object a line)."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

ENCODE = json.JSONEncoder(ensure_ascii=False).encode
EXIT_BAD_LINE = 2
"""Exit status of a batch command that met a bad line."""


class BadLine(Exception):
    """A line that cannot be used; its text is `file:line: what is wrong`."""

    def __init__(self, path: str | Path, line: int, problem: str):
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = str(path), line, problem


class SkippedLines:
    """Collects the bad lines that a reader with `skip_bad` went past."""

    def __init__(self) -> None:
        self.bad: list[BadLine] = []

    def __len__(self) -> int:
        return len(self.bad)


def read_json_lines(
    path: str | Path,
    *,
    required: tuple[str, ...] = (),
    skip_bad: bool = False,
    skipped: SkippedLines | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield `(line number, object)` for each line of `path`; blank lines are passed over.

    Each name in `required` must be there and neither null nor empty; `"title|text"` asks for one of the two.
    With `skip_bad` a bad line is left out and added to `skipped`.

    Raises:
        BadLine: a line is not UTF-8, no JSON object, or lacks a required key.
        OSError: the file cannot be read.
    """
    with open(path, "rb") as lines:
        for number, raw in enumerate(lines, start=1):
            if not raw.strip():
                continue
            try:
                yield number, _read_line(path, number, raw, required)
            except BadLine as problem:
                if not skip_bad:
                    raise
                if skipped is not None:
                    skipped.bad.append(problem)


def _read_line(path: str | Path, number: int, raw: bytes, required: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine(path, number, "not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadLine(path, number, f"not JSON ({error.msg}, column {error.colno})") from None
    except (ValueError, RecursionError):
        raise BadLine(path, number, "not JSON (a value is too large or too deep)") from None
    if not isinstance(row, dict):
        raise BadLine(path, number, "not a JSON object")
    for name in required:
        choices = name.split("|")
        if not any(row.get(choice) not in (None, "") for choice in choices):
            raise BadLine(path, number, f"no {' or '.join(repr(choice) for choice in choices)}")
    return row


def write_json_line(out: TextIO, row: dict[str, Any]) -> None:
    """Write `row` as one line, Chinese as itself."""
    out.write(ENCODE(row) + "\n")


def write_json_lines(path: str | Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write `rows` to `path`; returns how many."""
    count = 0
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            write_json_line(out, row)
            count += 1
    return count

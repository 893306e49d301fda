"""The two walks of docs/walks.md: each block of Python is run, what it prints must be what stands below it.

`python -m tests.architecture.walks` writes the page anew with what the code prints now, after a change that was meant.
"""

import contextlib
import io
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask
from flask_babel import force_locale
from structlog.testing import capture_logs

from marketplace import create_app, search
from marketplace.core.db import db
from marketplace.demo.loading import load
from marketplace.settings import load_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "walks.md"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""The day for which the files of the demonstration park were written: their dates stay as they are."""
STEP = re.compile(r"^```python\n(?P<code>.*?)^```\n\n```text\n(?P<told>.*?)^```$", re.M | re.S)


def load_park(app: Flask) -> None:
    """The demonstration park with its index, as `make run` would show it at `NOW`; its jobs still wait."""
    with app.test_request_context(), force_locale("zh_Hans"):
        load(NOW)
    search.drain()
    for kind in search.kinds():
        search.rebuild(kind)


def walked(text: str, app: Flask) -> str:
    """The page with what its steps print, one after the other as in one `flask shell`."""
    names: dict[str, object] = {"app": app}

    def step(match: re.Match[str]) -> str:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), capture_logs():  # a log on the screen is no part of what a step tells
            exec(compile(match["code"], str(PAGE), "exec"), names)  # noqa: S102 - our own page
        return f"```python\n{match['code']}```\n\n```text\n{told.getvalue()}```"

    return STEP.sub(step, text)


def main() -> None:
    """Write the page anew."""
    with time_machine.travel(NOW, tick=False), tempfile.TemporaryDirectory() as folder:
        app = create_app({**load_settings(Path(folder)), "SERVER_NAME": "localhost"}, instance=Path(folder))
        with app.app_context():
            db.create_all()
            load_park(app)
            PAGE.write_text(walked(PAGE.read_text("utf-8"), app), "utf-8")


if __name__ == "__main__":
    main()

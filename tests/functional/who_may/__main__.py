"""`make who-may`: put the table in order and write docs/who-may.md."""

import tempfile
from pathlib import Path

from marketplace import create_app
from tests.conftest import TEST_SETTINGS
from tests.functional.who_may import page
from tests.functional.who_may.table import TABLE, in_order, lines


def main() -> None:
    explained = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("#")]
    TABLE.write_text("\n".join([*explained, *in_order(lines())]) + "\n", "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(TEST_SETTINGS, instance=Path(folder))
    page.PAGE.write_text(page.text(app), "utf-8")


if __name__ == "__main__":
    main()

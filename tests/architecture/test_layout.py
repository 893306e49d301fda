"""Lines stay readable: what no formatter can break is broken by hand."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 140  # characters; formatters aim at 120
LAID_OUT = {
    "templates": {".html", ".txt"},
    "static/css": {".css"},
    "static/js": {".js"},
    "marketplace": {".py"},
    "tests": {".py"},
    ".": {".py"},
}


def test_no_line_is_longer_than_a_reader_takes_in():
    long, looked_at = [], set()
    for folder, kinds in LAID_OUT.items():
        paths = (ROOT / folder).glob("*") if folder == "." else (ROOT / folder).rglob("*")
        for path in (path for path in paths if path.suffix in kinds):
            looked_at.add(path.suffix)
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if len(line) > LONGEST:
                    long.append(f"{path.relative_to(ROOT)}:{number} has {len(line)} characters")
    assert looked_at >= {".html", ".txt", ".css", ".js", ".py"}
    assert not long, "\n".join(long)

"""Draws docs/images/floors.svg: the packages as floors of a house, from the order that `test_house` keeps.

`python -m tests.architecture.floors` draws it anew; each floor says what its package says of itself.
"""

import ast
import re
from html import escape
from pathlib import Path
from textwrap import wrap

from tests.architecture.test_house import ORDER, PACKAGE, ROOT

PICTURE = ROOT / "docs" / "images" / "floors.svg"
WIDTH, FLOOR, TOP, LEFT, RIGHT = 800, 48, 66, 92, 708
LINE = 68
"""Characters of a line of words on a floor."""
GROUPS = (
    ("front", "Puts the domains together", ("pages", "demo")),
    ("domain", "Domains: each owns its tables, pages and rules", ()),
    ("base", "Know no domain", ("core", "reading", "search")),
)
STYLE = """
.paper { fill: #fbfaf6; } .ink { fill: #1d2622; } .soft { fill: #55605a; } .arrow { stroke: #55605a; fill: none; }
.front { fill: #fdf3dc; } .domain { fill: #ffffff; } .base { fill: #e6f1ec; } .edge { stroke: #84897f; }
@media (prefers-color-scheme: dark) {
.paper { fill: #141a17; } .ink { fill: #e9efe9; } .soft { fill: #a9b5ae; } .arrow { stroke: #a9b5ae; }
.front { fill: #362b14; } .domain { fill: #1b231f; } .base { fill: #1d3229; } .edge { stroke: #78857d; }
}"""


def purpose(package: str) -> str:
    """The first sentence of what a package says of itself."""
    told = ast.get_docstring(ast.parse((PACKAGE / package / "__init__.py").read_text("utf-8"))) or ""
    return re.split(r"\.(?:\s|$)", told.partition("\n")[0])[0]


def group_of(package: str) -> str:
    """How a floor is painted."""
    return next((name for name, _label, packages in GROUPS if package in packages), "domain")


def text(x: float, y: float, words: str, kind: str, size: int = 13, extra: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" font-size="{size}"{extra}>{escape(words)}</text>'


def arrow(x: int, start: int, end: int, words: str) -> list[str]:
    """A tall arrow from `start` to `end` with its words beside it, read along it."""
    tip = 8 if end < start else -8
    middle = (start + end) / 2
    turned = f' text-anchor="middle" transform="rotate(-90 {x - 12} {middle:g})"'
    line = f"M{x} {start}V{end}M{x - 6} {end + tip}L{x} {end}L{x + 6} {end + tip}"
    return [
        f'<path class="arrow" stroke-width="2" d="{line}"/>',
        text(x - 12, middle, words, "soft", 13, turned),
    ]


def drawn() -> str:
    """The picture."""
    bottom = TOP + FLOOR * len(ORDER)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 46}" role="img" '
        'aria-label="The packages as floors; each knows only those below it" font-family="system-ui, sans-serif">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{bottom + 46}" rx="10"/>',
        text(LEFT, 36, "The house: a floor knows only the floors below it", "ink", 17, ' font-weight="700"'),
    ]
    for place, package in enumerate(reversed(ORDER)):
        y = TOP + FLOOR * place
        parts += [
            f'<rect class="{group_of(package)} edge" x="{LEFT}" y="{y}" '
            f'width="{RIGHT - LEFT}" height="{FLOOR - 6}" rx="6"/>',
            text(LEFT + 14, y + 26, package, "ink", 15, ' font-weight="700"'),
        ]
        lines = wrap(purpose(package), LINE)
        first = y + 26 - 8 * (len(lines) - 1)
        parts += [text(LEFT + 130, first + 16 * number, line, "soft") for number, line in enumerate(lines)]
    parts += arrow(52, TOP + 4, bottom - 10, "imports go down")
    parts += arrow(760, bottom - 10, TOP + 4, "news goes up, by signals")
    x = LEFT
    for name, label, _packages in GROUPS:
        parts += [
            f'<rect class="{name} edge" x="{x}" y="{bottom + 12}" width="14" height="14" rx="3"/>',
            text(x + 21, bottom + 24, label, "soft", 12),
        ]
        x += 60 + 7 * len(label) if name != "domain" else 50 + 6 * len(label)
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    Path(PICTURE).write_text(drawn(), "utf-8")

"""A bar picture of measured times, drawn as SVG."""

from collections.abc import Sequence
from html import escape

from tests.bench.measuring import Measure

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 270, 76, 13, 16, 56
COLOURS = ("#9db8ae", "#2f6b58", "#16382e")
INK, QUIET, LINE, PAPER, LIMIT = "#1f2925", "#5d6a64", "#d9dfdb", "#ffffff", "#b4512f"


def bars(measures: Sequence[Measure], title: str) -> str:
    """One group of bars for each measure, one bar for each size: its p95, with the aim as a mark."""
    sizes = sorted(measures[0].by_size)
    group = len(sizes) * BAR + GAP
    height = TOP + len(measures) * group + 34
    longest = max([each.at(size).p95 for each in measures for size in sizes] + [each.aim_ms or 0 for each in measures])
    scale = (WIDTH - LEFT - RIGHT) / longest
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        text(16, 24, title, INK, weight=600),
        *legend(sizes),
    ]
    for number, measure in enumerate(measures):
        top = TOP + number * group
        middle = top + len(sizes) * BAR / 2 + 4
        parts.append(text(LEFT - 12, middle, measure.name, INK, anchor="end"))
        for place, size in enumerate(sizes):
            p95, y = measure.at(size).p95, top + place * BAR
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{max(1.5, p95 * scale):.1f}" height="{BAR - 2}" rx="2" '
                         f'fill="{COLOURS[place % len(COLOURS)]}"/>')
            parts.append(text(LEFT + p95 * scale + 6, y + BAR - 3, f"{p95:.1f}", QUIET, size=11))
        if measure.aim_ms:
            x = LEFT + measure.aim_ms * scale
            parts.append(f'<path d="M{x:.1f} {top - 2}V{top + len(sizes) * BAR}" stroke="{LIMIT}" '
                         'stroke-width="1.5" stroke-dasharray="3 2"/>')
    parts.append(f'<path d="M{LEFT} {TOP - 6}V{height - 30}" stroke="{LINE}"/>')
    parts.append(text(LEFT, height - 12, "p95 in milliseconds; the dashed mark is the aim", QUIET, size=11))
    return "\n".join([*parts, "</svg>", ""])


def legend(sizes: Sequence[int]) -> list[str]:
    """Which colour is which size."""
    parts = []
    for place, size in enumerate(sizes):
        x = LEFT + place * 130
        parts.append(f'<rect x="{x}" y="33" width="11" height="11" rx="2" fill="{COLOURS[place % len(COLOURS)]}"/>')
        parts.append(text(x + 17, 43, f"{size:,} listings", QUIET, size=12))
    return parts


def text(x: float, y: float, words: str, colour: str, *, size: int = 13, weight: int = 400,
         anchor: str = "start") -> str:  # fmt: skip
    """One line of text."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{escape(words)}</text>')

"""Pictures of measured times, drawn as SVG."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

from tests.bench.measuring import Measure

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 270, 76, 13, 16, 56
COLOURS = ("#9db8ae", "#2f6b58", "#16382e")
ENGINE_COLOURS = ("#2f6b58", "#c98a4b", "#d8bd7a", "#6d7fa8", "#a3a9a5")
"""Ours is the first and the strongest."""
INK, QUIET, LINE, PAPER, LIMIT = "#1f2925", "#5d6a64", "#d9dfdb", "#ffffff", "#b4512f"


def bars(measures: Sequence[Measure], title: str) -> str:
    """One group of bars for each measure, one bar for each size: its p95, with the aim as a mark."""
    sizes = sorted(measures[0].by_size)
    group = len(sizes) * BAR + GAP
    height = TOP + len(measures) * group + 34
    longest = max([each.at(size).p95 for each in measures for size in sizes] + [each.aim_ms or 0 for each in measures])
    scale = (WIDTH - LEFT - RIGHT) / longest
    parts = [*sheet(height, title), *legend([f"{size:,} listings" for size in sizes])]
    for number, measure in enumerate(measures):
        top = TOP + number * group
        middle = top + len(sizes) * BAR / 2 + 4
        parts.append(text(LEFT - 12, middle, measure.name, INK, anchor="end"))
        for place, size in enumerate(sizes):
            p95, y = measure.at(size).p95, top + place * BAR
            parts.append(
                f'<rect x="{LEFT}" y="{y}" width="{max(1.5, p95 * scale):.1f}" height="{BAR - 2}" rx="2" '
                f'fill="{COLOURS[place % len(COLOURS)]}"/>'
            )
            parts.append(text(LEFT + p95 * scale + 6, y + BAR - 3, f"{p95:.1f}", QUIET, size=11))
        if measure.aim_ms:
            x = LEFT + measure.aim_ms * scale
            parts.append(
                f'<path d="M{x:.1f} {top - 2}V{top + len(sizes) * BAR}" stroke="{LIMIT}" '
                'stroke-width="1.5" stroke-dasharray="3 2"/>'
            )
    parts.append(f'<path d="M{LEFT} {TOP - 6}V{height - 30}" stroke="{LINE}"/>')
    parts.append(text(LEFT, height - 12, "p95 in milliseconds; the dashed mark is the aim", QUIET, size=11))
    return "\n".join([*parts, "</svg>", ""])


def ladders(groups: Mapping[str, Mapping[str, float]], title: str) -> str:
    """One group of bars for each sort of query, one bar for each engine, on a scale where each step is ten times."""
    names = list(dict.fromkeys(name for values in groups.values() for name in values))
    times = [value for values in groups.values() for value in values.values()]
    lowest, highest = floor(log10(min(times))), ceil(log10(max(times)))
    step = (WIDTH - LEFT - RIGHT) / max(1, highest - lowest)
    height = TOP + len(times) * BAR + len(groups) * GAP + 34
    parts = [*sheet(height, title), *legend(names, ENGINE_COLOURS)]
    for power in range(lowest, highest + 1):
        x = LEFT + (power - lowest) * step
        parts.append(f'<path d="M{x:.1f} {TOP - 6}V{height - 30}" stroke="{LINE}"/>')
        parts.append(text(x, height - 12, f"{10.0**power:,g}", QUIET, size=11, anchor="middle"))
    parts.append(text(16, height - 12, "median in ms, each line ten times", QUIET, size=11))
    top = TOP
    for group, values in groups.items():
        parts.append(text(LEFT - 12, top + len(values) * BAR / 2 + 4, group, INK, anchor="end"))
        for name, value in values.items():
            width = max(1.5, (log10(value) - lowest) * step)
            parts.append(
                f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR - 2}" rx="2" '
                f'fill="{ENGINE_COLOURS[names.index(name) % len(ENGINE_COLOURS)]}"/>'
            )
            parts.append(text(LEFT + width + 6, top + BAR - 3, f"{value:.3g}" if value < 1000 else f"{value:,.0f}",
                              QUIET, size=11))  # fmt: skip
            top += BAR
        top += GAP
    return "\n".join([*parts, "</svg>", ""])


def sheet(height: float, title: str) -> list[str]:
    """The paper and its title."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        text(16, 24, title, INK, weight=600),
    ]


def legend(names: Sequence[str], colours: Sequence[str] = COLOURS) -> list[str]:
    """Which colour is what."""
    parts = []
    for place, name in enumerate(names):
        x = 16 + place * 130
        parts.append(f'<rect x="{x}" y="33" width="11" height="11" rx="2" fill="{colours[place % len(colours)]}"/>')
        parts.append(text(x + 17, 43, name, QUIET, size=12))
    return parts


def text(
    x: float, y: float, words: str, colour: str, *, size: int = 13, weight: int = 400, anchor: str = "start"
) -> str:
    """One line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )

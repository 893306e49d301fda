"""Reads our own pictograms (static/images/pictograms) as plain outlines.

Only the part of SVG that these drawings use is understood: `rect`, `ellipse` and `path` on a sheet of
400 × 300, filled or stroked with one of the tones `--tone-1`, `--tone-2`, `--tone-3` and `--tint`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree  # nosec B405 - the files are our own

from marketplace.core.assets import Places, nearest_pictogram, pictogram_codes

SHEET = (400, 300)
FOLDER = Places().images / "pictograms"

Point = tuple[float, float]
Line = tuple[Point, ...]

TONE = re.compile(r"--(tone-[123]|tint)")
TURN = re.compile(r"rotate\(([-\d.]+) ([-\d.]+) ([-\d.]+)\)")
TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "A": 7}
CURVE_STEPS = 14


@dataclass(frozen=True)
class Outline:
    """One shape: a filled outline, or a stroked line when `width` is above 0 (in units of the sheet)."""

    tone: str
    line: Line
    width: float = 0.0


@lru_cache(maxsize=256)
def outlines(category: str) -> tuple[Outline, ...]:
    """The shapes of the category's pictogram, or of its nearest ancestor's; none when there is no drawing."""
    code = nearest_pictogram(category, pictogram_codes(Places()))
    return tuple(_read(FOLDER / f"{code}.svg")) if code else ()


def _read(file: Path) -> Iterator[Outline]:
    for element in ElementTree.parse(file).getroot():  # noqa: S314 - the files are our own
        kind = element.tag.rpartition("}")[2]
        if kind == "path" and element.get("fill") == "none":
            for line in path_lines(element.get("d", "")):
                yield Outline(_tone(element.get("stroke")), line, float(element.get("stroke-width", "1")))
            continue
        if kind == "path":
            lines = list(path_lines(element.get("d", "")))
        elif kind == "rect":
            lines = [_rectangle(*(float(element.get(name, "0")) for name in ("x", "y", "width", "height", "rx")))]
        else:
            lines = [_ellipse(*(float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry")))]
        for line in lines:
            yield Outline(_tone(element.get("fill")), _turned(line, element.get("transform")))


def _tone(paint: str | None) -> str:
    found = TONE.search(paint or "")
    return found.group(1) if found else "tone-1"


def _turned(line: Line, transform: str | None) -> Line:
    found = TURN.search(transform or "")
    if not found:
        return line
    degrees, cx, cy = (float(number) for number in found.groups())
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return tuple((cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in line)


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> Line:
    steps = [2 * math.pi * step / 48 for step in range(48)]
    return tuple((cx + rx * math.cos(angle), cy + ry * math.sin(angle)) for angle in steps)


def _rectangle(x: float, y: float, width: float, height: float, radius: float) -> Line:
    radius = min(radius, width / 2, height / 2)
    if radius <= 0:
        return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    corners = (
        (x + width - radius, y + radius, -90),
        (x + width - radius, y + height - radius, 0),
        (x + radius, y + height - radius, 90),
        (x + radius, y + radius, 180),
    )
    points: list[Point] = []
    for cx, cy, start in corners:
        for step in range(9):
            angle = math.radians(start + step * 90 / 8)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return tuple(points)


def path_lines(data: str) -> Iterator[Line]:
    """The lines of a path (absolute M L H V C Q A Z), curves cut into short pieces."""
    points: list[Point] = []
    for command, numbers in _commands(data):
        if command == "M":
            if points:
                yield tuple(points)
            points = [(numbers[0], numbers[1])]
        elif command == "Z":
            points.append(points[0])
        else:
            points += _step(command, numbers, points[-1])
    if points:
        yield tuple(points)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    tokens = TOKEN.findall(data)
    command, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        count = ARGUMENTS.get(command, 0)
        yield command, [float(token) for token in tokens[at : at + count]]
        at += count
        if command == "M":
            command = "L"


def _step(command: str, numbers: list[float], start: Point) -> list[Point]:
    if command == "L":
        return [(numbers[0], numbers[1])]
    if command == "H":
        return [(numbers[0], start[1])]
    if command == "V":
        return [(start[0], numbers[0])]
    if command == "A":
        return _arc(start, numbers)
    return _bezier([start, *zip(numbers[::2], numbers[1::2], strict=True)])


def _bezier(control: list[Point]) -> list[Point]:
    degree = len(control) - 1
    points = []
    for step in range(1, CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        weights = [math.comb(degree, k) * (1 - t) ** (degree - k) * t**k for k in range(degree + 1)]
        x = sum(weight * point[0] for weight, point in zip(weights, control, strict=True))
        y = sum(weight * point[1] for weight, point in zip(weights, control, strict=True))
        points.append((x, y))
    return points


def _arc(start: Point, numbers: list[float]) -> list[Point]:
    """An unturned elliptical arc, by the end point form of the SVG specification (appendix B.2.4)."""
    rx, ry, _turn, large, sweep, x2, y2 = numbers
    x1, y1 = start
    half_x, half_y = (x1 - x2) / 2, (y1 - y2) / 2
    stretch = math.sqrt(max(1.0, (half_x / rx) ** 2 + (half_y / ry) ** 2))
    rx, ry = rx * stretch, ry * stretch
    below = (rx * half_y) ** 2 + (ry * half_x) ** 2
    root = math.sqrt(max(0.0, ((rx * ry) ** 2 - below) / below)) * (-1 if large == sweep else 1)
    cx, cy = root * rx * half_y / ry, -root * ry * half_x / rx
    begin = math.atan2((half_y - cy) / ry, (half_x - cx) / rx)
    turn = math.atan2((-half_y - cy) / ry, (-half_x - cx) / rx) - begin
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    middle_x, middle_y = cx + (x1 + x2) / 2, cy + (y1 + y2) / 2
    angles = [begin + turn * step / (2 * CURVE_STEPS) for step in range(1, 2 * CURVE_STEPS + 1)]
    return [(middle_x + rx * math.cos(angle), middle_y + ry * math.sin(angle)) for angle in angles]

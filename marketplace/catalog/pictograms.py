"""Pictures for listings that have none: the category's pictogram set as a small still life.

The same category and seed always give the same picture; the seed chooses tint, arrangement and backdrop.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from marketplace.catalog.drawings import SHEET, Outline, outlines
from marketplace.catalog.tree import STANDING, park_tree

SIZE = (1200, 900)
#: Drawn twice as large and halved, so that edges are smooth.
FINE = 2

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Tint:
    """A paper colour and the three tones that stand on it."""

    paper: str
    light: str
    dark: str
    pale: str

    def tones(self) -> dict[str, Colour]:
        return {
            "tint": _rgb(self.paper),
            "tone-1": _rgb(self.light),
            "tone-2": _rgb(self.dark),
            "tone-3": _rgb(self.pale),
        }


TINTS = {
    "clay": Tint("#f3e7d9", "#d3a76d", "#b98040", "#fbf3e8"),
    "sage": Tint("#e2ece4", "#80a790", "#5b8b71", "#f3f8f4"),
    "sky": Tint("#e1e8f0", "#8ba3bf", "#65859f", "#f0f4f8"),
    "straw": Tint("#f2edd6", "#c9b864", "#a5934b", "#faf7e8"),
    "rose": Tint("#f1e3e1", "#cb9c95", "#a8726b", "#faf2f1"),
}


def draw_picture(category_code: str, seed: int | str) -> Image.Image:
    """A picture of 1200 × 900 pixels for a listing of this category."""
    chance = random.Random(f"{category_code}/{seed}")
    tree = park_tree()
    names = tree.tints(category_code)
    sheet = Sheet(TINTS[chance.choice((names[0], *names))].tones())
    chance.choice(BACKDROPS)(sheet, chance)
    things = outlines(category_code) or outlines(tree.first)
    arrangements = ARRANGEMENTS if tree.has(category_code, STANDING) else (_alone,)
    # What does not stand on a table (services, charts, buildings) is shown once, upright and whole.
    chance.choice(arrangements)(sheet, things, chance)
    return sheet.image.reduce(FINE)


class Sheet:
    """Paper of 400 × 300 units to draw on."""

    def __init__(self, tones: dict[str, Colour]) -> None:
        self.tones = tones
        self.scale = SIZE[0] * FINE / SHEET[0]
        self.image = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), tones["tint"])
        self.pen = ImageDraw.Draw(self.image)

    def mixed(self, first: str, second: str, part: float) -> Colour:
        """`first` with `part` (0 to 1) of `second` in it."""
        pairs = zip(self.tones[first], self.tones[second], strict=True)
        red, green, blue = (round(a + (b - a) * part) for a, b in pairs)
        return red, green, blue

    def fill(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self.pen.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        box = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self.pen.ellipse(box, fill=colour)

    def place(
        self,
        things: tuple[Outline, ...],
        *,
        x: float = 200,
        y: float = 150,
        size: float = 1.0,
        turn: float = 0.0,
        flip: bool = False,
        faded: float = 0.0,
    ) -> None:
        """Draw the pictogram around (x, y); `faded` draws it that far (0 to 1) towards the paper."""
        cos, sin = math.cos(math.radians(turn)) * size, math.sin(math.radians(turn)) * size

        def moved(point: tuple[float, float]) -> tuple[float, float]:
            across, down = point[0] - 200, point[1] - 150
            across = -across if flip else across
            return (
                (x + across * cos - down * sin) * self.scale,
                (y + across * sin + down * cos) * self.scale,
            )

        for thing in things:
            colour = self.mixed(thing.tone, "tint", faded)
            line = [moved(point) for point in thing.line]
            if thing.width:
                self._stroke(line, colour, thing.width * size * self.scale)
            elif len(line) > 2:
                self.pen.polygon(line, fill=colour)

    def _stroke(self, line: list[tuple[float, float]], colour: Colour, width: float) -> None:
        self.pen.line(line, fill=colour, width=round(width), joint="curve")
        for x, y in (line[0], line[-1]):
            self.pen.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=colour)


def _plain(sheet: Sheet, chance: random.Random) -> None:
    """Nothing but paper."""


def _table(sheet: Sheet, chance: random.Random) -> None:
    top = chance.choice((206, 214, 222))
    colour = sheet.mixed("tint", "tone-1", 0.28)
    sheet.fill([(0, top), (400, top), (400, 300), (0, 300)], colour)


def _disc(sheet: Sheet, chance: random.Random) -> None:
    colour = sheet.mixed("tint", "tone-3", 0.75)
    sheet.disc(200 + chance.choice((-24, 0, 24)), 152, chance.choice((116, 126, 136)), colour)


def _doorway(sheet: Sheet, chance: random.Random) -> None:
    colour = sheet.mixed("tint", "tone-3", 0.7)
    sheet.disc(200, 128, 104, colour)
    sheet.fill([(96, 128), (304, 128), (304, 300), (96, 300)], colour)
    sheet.fill([(40, 262), (360, 262), (360, 268), (40, 268)], sheet.mixed("tint", "tone-1", 0.5))


def _light(sheet: Sheet, chance: random.Random) -> None:
    colour = sheet.mixed("tint", "tone-3", 0.55)
    for left, width in ((60, 96), (184, 40)):
        sheet.fill([(left, 0), (left + width, 0), (left + width + 150, 300), (left + 150, 300)], colour)


def _fitting(things: tuple[Outline, ...], size: float, width: float, height: float) -> float:
    """`size`, or less where the pictogram would be wider or higher than the given room."""
    xs = [x for thing in things for x, _y in thing.line]
    ys = [y for thing in things for _x, y in thing.line]
    return min(size, width / (max(xs) - min(xs)), height / (max(ys) - min(ys)))


def _alone(sheet: Sheet, things: tuple[Outline, ...], chance: random.Random) -> None:
    size = _fitting(things, chance.choice((0.96, 1.04, 1.1)), 320, 236)
    sheet.place(things, size=size, flip=chance.random() < 0.3)


def _with_shadow_twin(sheet: Sheet, things: tuple[Outline, ...], chance: random.Random) -> None:
    side = chance.choice((-1, 1))
    sheet.place(things, x=200 + side * 84, y=134, size=0.8, faded=0.62)
    sheet.place(things, x=200 - side * 40, y=160, size=0.94)


def _three(sheet: Sheet, things: tuple[Outline, ...], chance: random.Random) -> None:
    behind = _fitting(things, 0.66, 140, 200)
    sheet.place(things, x=92, y=150, size=behind, faded=0.55)
    sheet.place(things, x=308, y=150, size=behind, faded=0.55)
    sheet.place(things, x=200, y=158, size=_fitting(things, 0.9, 190, 220))


def _row(sheet: Sheet, things: tuple[Outline, ...], chance: random.Random) -> None:
    size = _fitting(things, 0.62, 100, 180)
    for place, faded in zip((84, 200, 316), chance.sample((0.0, 0.0, 0.4), 3), strict=True):
        sheet.place(things, x=place, y=156, size=size, faded=faded)


def _large(sheet: Sheet, things: tuple[Outline, ...], chance: random.Random) -> None:
    size = _fitting(things, 1.3, 340, 250)
    sheet.place(things, y=154, size=size, flip=chance.random() < 0.3)


BACKDROPS: tuple[Callable[[Sheet, random.Random], None], ...] = (_plain, _table, _disc, _doorway, _light)
ARRANGEMENTS: tuple[Callable[[Sheet, tuple[Outline, ...], random.Random], None], ...] = (
    _alone, _alone, _with_shadow_twin, _three, _row, _large,
)  # fmt: skip


def _rgb(code: str) -> Colour:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)

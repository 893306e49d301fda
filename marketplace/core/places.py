"""Towns with coordinates. Which towns, a data file says: nothing of any one place is in code."""

import csv
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DEMO_TOWNS = Path(__file__).parent.parent / "demo" / "data" / "towns.csv"
"""The towns of the demonstration park, used until the settings name another file."""

COLUMNS = ("name", "type", "lat", "lon", "scope")
EARTH_RADIUS_KM = 6371.0088
KIND_ENDINGS = ("街道办事处", "街道办", "街道", "自治县", "新区", "镇", "乡", "区", "县", "市", "旗")
PARTS_OF_COUNTIES = frozenset({"subdistrict", "town", "township", "park", "village"})
REGIONS_FILE = Path(__file__).parent / "data" / "regions.csv"
"""Provinces, prefectures and groups of them with the beginnings of their codes (GB/T 2260); `*` is everywhere."""
SHORTEST_NAME = 2
"""Letters that a short name needs at least: 茂县 is never called 茂 alone."""
SHORTEST_LATIN_NAME = 4
LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
"""Capitals of ASCII alone, so that every letter stays in its place."""


class BadPlaces(ValueError):
    """A sentence that says where a file of places is wrong: `file:line: what`."""


@dataclass(frozen=True)
class Place:
    """A town or a place of its kind; WGS 84, as exact as its source (some kilometres)."""

    name: str
    kind: str
    lat: float
    lon: float
    scope: str
    aliases: tuple[str, ...] = ()
    code: str = ""
    """Code of its county by GB/T 2260 (510182); empty when the file does not tell it."""

    @property
    def is_part_of_county(self) -> bool:
        """True for a town, a subdistrict or a park: less than the county whose code it bears."""
        return self.kind in PARTS_OF_COUNTIES


@dataclass(frozen=True)
class Mention:
    """Where a text names a place: characters `start` to `end`."""

    place: Place
    start: int
    end: int


def short_name(name: str) -> str:
    """The name as people say it: 致和 for 致和街道; the full name when nothing is left to drop."""
    for ending in KIND_ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST_NAME:
            return name[: -len(ending)]
    return name


def latin_names(pinyin: str) -> tuple[str, ...]:
    """A name in pinyin as it is said: `Zhihe Jiedao` is Zhihe as well."""
    short = pinyin.partition(" ")[0]
    return tuple(name for name in dict.fromkeys((pinyin, short)) if len(name) >= SHORTEST_LATIN_NAME)


def _place(row: dict[str, str | None], where: str) -> Place:
    """The place of one line; `BadPlaces` names `where` and what is wrong."""
    given = {name: (row.get(name) or "").strip() for name in (*COLUMNS, "aliases", "pinyin", "county_code")}
    for name in ("name", "type", "scope"):
        if not given[name]:
            raise BadPlaces(f"{where}: {name} is missing")
    return Place(
        given["name"],
        given["type"],
        _degrees(given["lat"], "lat", 90, where),
        _degrees(given["lon"], "lon", 180, where),
        given["scope"],
        (*filter(None, given["aliases"].split(";")), *latin_names(given["pinyin"])),
        given["county_code"],
    )


def _degrees(text: str, name: str, most: int, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadPlaces(f"{where}: {name} must be a number of degrees, not {text!r}") from None
    if not -most <= value <= most:
        raise BadPlaces(f"{where}: {name} must lie between -{most} and {most}, not {text}")
    return value


def _inside_word(text: str, start: int, end: int) -> bool:
    """True for Latin letters that are a part of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return text[start].isascii() and (before.isascii() and before.isalnum() or after.isascii() and after.isalpha())


def _ending_length(text: str, start: int) -> int:
    """How many letters of 镇, 街道 and the like stand at `start`: an older 濛阳镇 is today's 濛阳街道."""
    return max((len(ending) for ending in KIND_ENDINGS if text.startswith(ending, start)), default=0)


class Gazetteer:
    """The places of one data file, found by full or short name."""

    def __init__(self, places: tuple[Place, ...]):
        self.places = places
        self._by_name = {place.name: place for place in places}
        for place in places:
            for name in (short_name(place.name), *place.aliases):
                self._by_name.setdefault(name.translate(LOWER), place)
        self._longest = max(map(len, self._by_name), default=0)
        self._first_letters = {name[0] for name in self._by_name}

    @classmethod
    def from_csv(cls, path: str | Path) -> "Gazetteer":
        """Read `name,type,lat,lon,scope`, maybe `aliases` (separated by `;`), `pinyin`, `county_code`.

        Raises:
            BadPlaces: the file cannot be read, a column or value is missing, or a coordinate is none.
        """
        try:
            with open(path, encoding="utf-8-sig", newline="") as lines:
                rows = csv.DictReader(lines)
                missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
                if missing:
                    raise BadPlaces(
                        f"{path}:1: a column is missing: {', '.join(missing)}; needed: {', '.join(COLUMNS)}"
                    )
                places = tuple(_place(row, f"{path}:{rows.line_num}") for row in rows)
        except UnicodeDecodeError:
            raise BadPlaces(f"{path}: the file is no UTF-8 text") from None
        except (OSError, csv.Error) as error:
            raise BadPlaces(f"{path}: the file cannot be read ({getattr(error, 'strerror', None) or error})") from None
        if not places:
            raise BadPlaces(f"{path}: there is no place in it")
        return cls(places)

    def find(self, text: str) -> Place | None:
        """The place that `text` names or, failing that, the one it mentions last (the smallest, in an address)."""
        text = unicodedata.normalize("NFKC", text).strip().translate(LOWER)
        exact = self._by_name.get(text) or self._by_name.get(short_name(text))
        if exact is not None:
            return exact
        last = None
        for mention in self.mentions(text):
            last = mention.place
        return last

    def mentions(self, text: str) -> Iterator[Mention]:
        """Every place named in `text`, from left to right, the longest name at each spot, Latin ones as whole words."""
        text = text.translate(LOWER)
        start = 0
        while start < len(text):
            if text[start] in self._first_letters:
                for end in range(min(len(text), start + self._longest), start, -1):
                    place = self._by_name.get(text[start:end])
                    if place is not None and not _inside_word(text, start, end):
                        if not place.name.endswith(text[start:end]):
                            end += _ending_length(text, end)
                        yield Mention(place, start, end)
                        start = end - 1
                        break
            start += 1


@lru_cache(maxsize=1)
def regions() -> dict[str, tuple[str, ...]]:
    """Provinces and prefectures by name (四川, 成都), each with the beginnings of the codes of its counties."""
    with REGIONS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: tuple(row["codes"].split(";")) for row in csv.DictReader(lines)}


@lru_cache(maxsize=8)
def load_gazetteer(path: str | Path = DEMO_TOWNS) -> Gazetteer:
    """The gazetteer of `path`, read once."""
    return Gazetteer.from_csv(path)


def distance_km(here: Place | tuple[float, float], there: Place | tuple[float, float]) -> float:
    """Kilometres as the crow flies between two places or `(lat, lon)` pairs (haversine)."""
    lat1, lon1 = _radians(here)
    lat2, lon2 = _radians(there)
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def _radians(place: Place | tuple[float, float]) -> tuple[float, float]:
    lat, lon = (place.lat, place.lon) if isinstance(place, Place) else place
    return math.radians(lat), math.radians(lon)

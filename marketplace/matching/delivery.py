"""Where a supplier delivers and where not, as his words tell it, held against the place of a need."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from marketplace.core.places import Gazetteer, Place, distance_km, regions
from marketplace.matching.facts import ListingFacts, NeedFacts, cached_on_facts
from marketplace.matching.finding import Finding, JudgingContext, State
from marketplace.reading.folding import fold

ONLY_THERE = re.compile(
    r"(?:只|仅|限)(?:限于?|在|于|对|做|送|供|接单?|承接|承揽|服务|配送|发货?|覆盖|负责|面向)*(?P<place>[一-鿿]{2,6}?)"
    r"(?P<ending>市区|城区|市内|市|区|县|镇|本地|当地|境内|全域|范围|周边|地区|区域)?(?:内|以内|的)?"
    r"(?=配送|服务|供应|发货|送货|经营|承接|可送|接单|项目|客户|业务|订单|单子?|企业|单位|[，。；、,;\s]|$)"
)
"""A supplier who serves one place alone; a word without an ending of places must be a known place."""
NOT_AWAY = re.compile(r"(?:暂不|不)(?:发|送|接|做)(?:外地|外省|外市|远途|市外)|不出(?:省|市|城)|不外送")
HERE_KM = 40
"""Within this distance a supplier who does not go far still comes."""
TOWN_KM = 5
"""A town that is named serves its neighbours so far."""
CLAUSES = re.compile(r"[,。；;\n!]")
SERVES = re.compile(
    r"送|配送|发货|发往|服务(?:范围|区域|半径)|供货|覆盖|承运|线路|专线|班次|跑|上门|业务(?:范围|区域)|(?:都|均)(?:去|到)"
    r"|deliver|serve|ship"
)
DEFINES = re.compile(r"只(?![需要有])|仅(?!需)|(?<![有不无])限|范围|区域|线路|以内|之内|\bonly\b")
"""Words by which a list of places is the whole list."""
TELLS_HOW_FAR = re.compile(
    r"(?:只|仅|限)(?:限|送|发|配送|供|接|做)|不(?:送|发|配送)|(?:配送|送货|发货|服务)(?:范围|区域)|(?:全国|全川|全市)(?:发货|包邮|包送|配送|都送)|送(?:全国|全川|全市)"
)
"""What a title says of the area served, and not of a line of transport."""
AND_OTHERS = re.compile(r"等(?!级|效)|及周边|周边|为主|优先|可商|可协商|面议|另议|and more")
REFUSES = re.compile(
    r"不去|不送|不配送|不到(?![货位账期\d])|不发|不接|去不了|送不了|送不到|不送达|不跑|不承运|不覆盖|不供"
    r"|no delivery to|not deliver"
)
ELSEWHERE = re.compile(r"以外|之外|外地|其他|其它|其余|别的|别处|outside|other")
INNER_CITY = re.compile(r"^(?:市)?(?:绕城|三环|二环|一环|主城|中心城区|市区|城区|市内)")
RADIUS = re.compile(
    r"半径\s?(?:在|为|约|:|是|不超过)?\s?(?P<a>\d{1,4})\s?(?:公里|km|千米)"
    r"|(?:只|仅|限)[^,。；;]{0,8}?(?P<b>\d{1,4})\s?(?:公里|km|千米)(?:以内|之内|内|范围)"
    r"|(?:within|radius of) (?P<c>\d{1,4}) km"
)


@dataclass(frozen=True)
class Named:
    """A place of a list: a place of the map, or a region by the beginnings of its codes."""

    name: str
    place: Place | None = None
    codes: tuple[str, ...] = ()
    is_inner_city: bool = False

    def holds(self, there: Place) -> bool | None:
        """True when `there` lies in it, None when the map does not tell."""
        if self.place is None:
            if "*" in self.codes:
                return True
            if not there.code:
                return None
            inside = there.code.startswith(self.codes)
            return inside and there.kind == "district" if self.is_inner_city else inside
        if self.place.name == there.name:
            return True
        if self.place.is_part_of_county:
            return distance_km(self.place, there) <= TOWN_KM
        if self.place.code and there.code:
            return self.place.code == there.code
        return None


@dataclass(frozen=True)
class Area:
    """The places that a supplier serves and refuses; `is_whole` when what he names is all he serves."""

    served: tuple[Named, ...] = ()
    refused: tuple[Named, ...] = ()
    is_whole: bool = False
    radius_km: float | None = None


@cached_on_facts
def may_stay_near(listing: ListingFacts) -> bool:
    """True when the words may say that it is not delivered everywhere: only then a place can be missed."""
    text = _told(listing)
    return not listing.serves_everywhere and (
        bool(RADIUS.search(text) or _limits(listing) or NOT_AWAY.search(text) or REFUSES.search(text))
        or bool(SERVES.search(text) and DEFINES.search(text))
    )


@cached_on_facts
def _told(listing: ListingFacts) -> str:
    """The folded words of description and specifications; those of a title, which may name a line of transport, only
    where they tell how far goods go."""
    specs = "；".join(f"{name}：{value}" for name, value in listing.specs)
    title = listing.title if TELLS_HOW_FAR.search(listing.title) else ""
    return fold("。".join(part for part in (title, listing.description, specs) if part))


def area_of(listing: ListingFacts, gazetteer: Gazetteer) -> Area:
    """What the words of a listing say of where it is delivered. Kept."""
    known, key = _areas(listing), id(gazetteer)
    if key not in known:
        known[key] = _read_area(_told(listing), gazetteer)
    return known[key]


@cached_on_facts
def _areas(_listing: ListingFacts) -> dict[int, Area]:
    """What has been read of its area so far, by the map."""
    return {}


def _read_area(text: str, gazetteer: Gazetteer) -> Area:
    served: list[Named] = []
    refused: list[Named] = []
    whole = False
    for clause in CLAUSES.split(text):
        refusing = REFUSES.search(clause)
        if not refusing and not SERVES.search(clause):
            continue
        named = tuple(_named(clause, gazetteer))
        if refusing and ELSEWHERE.search(clause, 0, refusing.start()):
            served += named
            whole = bool(served)
        elif refusing:
            refused += [one for one in named if clause.find(one.name) < refusing.end() + LONGEST_NAME]
        else:
            served += named
            whole |= bool(named) and bool(DEFINES.search(clause)) and not AND_OTHERS.search(clause)
    radius = RADIUS.search(text)
    return Area(
        tuple(served),
        tuple(refused),
        whole,
        float(radius["a"] or radius["b"] or radius["c"]) if radius else None,
    )


LONGEST_NAME = 8


def _named(clause: str, gazetteer: Gazetteer) -> Iterator[Named]:
    """The places and regions of a clause."""
    taken = 0
    for mention in gazetteer.mentions(clause):
        yield Named(clause[mention.start : mention.end], mention.place)
        taken |= ((1 << (mention.end - mention.start)) - 1) << mention.start
    for name, codes in regions().items():
        place = clause.find(name)
        if place >= 0 and not taken >> place & 1:
            inner = INNER_CITY.match(clause[place + len(name) :])
            yield Named(name + (inner[0] if inner else ""), codes=codes, is_inner_city=bool(inner))


def place_finding(
    need: NeedFacts, listing: ListingFacts, judging_context: JudgingContext, km: float | None
) -> Finding | None:
    """Whether the place of a need is served, as far as the words tell; None when they do not."""
    if listing.serves_everywhere or not (SERVES.search(_told(listing)) or may_stay_near(listing)):
        return None
    gazetteer = judging_context.gazetteer
    there = _place_named(need.deliver_town, gazetteer)
    if there is not None:
        found = _by_area(area_of(listing, gazetteer), there, km)
        if found is not None:
            return found
    return _too_far(need, listing, gazetteer, km)


def _by_area(area: Area, there: Place, km: float | None) -> Finding | None:
    refused = next((one for one in area.refused if one.holds(there)), None)
    if refused is not None and not any(one.holds(there) and one.place is not None for one in area.served):
        return Finding("place", State.MISSED, True, {"refused": refused.name, "town": there.name})
    serving = next((one for one in area.served if one.holds(there)), None)
    if serving is not None:
        return Finding("place", State.MET, False, {"place": serving.name})
    if area.radius_km is not None and km is not None:
        state = State.MET if km <= area.radius_km * 1.1 else State.MISSED
        return Finding("place", state, state is State.MISSED, {"radius": area.radius_km, "km": round(km, 1)})
    if area.is_whole and all(one.holds(there) is False for one in area.served):
        places = "、".join(dict.fromkeys(one.name for one in area.served))
        return Finding("place", State.MISSED, True, {"place": places, "km": km})
    return None


def _too_far(need: NeedFacts, listing: ListingFacts, gazetteer: Gazetteer, km: float | None) -> Finding | None:
    """The finding of a place that a supplier who stays near does not serve; None when he may."""
    if not need.deliver_town and need.place is None:
        return None
    there = _only_there(listing, gazetteer)
    if not there and not NOT_AWAY.search(_told(listing)):
        return None
    asked = f"{need.deliver_town} {need.text}"
    serves = bool(there) and (there in asked or _near(there, need, gazetteer))
    near = km is not None and km <= HERE_KM
    if serves or near or (km is None and not there):
        return None
    return Finding("place", State.MISSED, True, {"place": there or listing.town, "km": km})


@cached_on_facts
def _limits(listing: ListingFacts) -> tuple[tuple[str, str], ...]:
    """What may be places that alone are served, each with its ending."""
    return tuple((match["place"], match["ending"] or "") for match in ONLY_THERE.finditer(_told(listing)))


def _only_there(listing: ListingFacts, gazetteer: Gazetteer) -> str:
    """The one place that a supplier serves, by name; empty when nothing is said."""
    for place, ending in _limits(listing):
        if ending or coordinates(place, None, gazetteer):
            return place
    return ""


def _near(place: str, need: NeedFacts, gazetteer: Gazetteer) -> bool:
    """True when the place a supplier serves is where the need is."""
    here = coordinates(place, None, gazetteer)
    there = coordinates(need.deliver_town, need.place, gazetteer)
    return here is not None and there is not None and distance_km(here, there) <= HERE_KM


_PLACES: dict[tuple[int, str], Place | None] = {}


def _place_named(name: str, gazetteer: Gazetteer) -> Place | None:
    """The place of that name. Kept."""
    key = (id(gazetteer), name)
    if key not in _PLACES:
        _PLACES[key] = gazetteer.find(name) if name else None
    return _PLACES[key]


def coordinates(name: str, at: tuple[float, float] | None, gazetteer: Gazetteer) -> tuple[float, float] | None:
    """Coordinates of a place by its own or by its name; None when nobody knows them."""
    if at is not None:
        return at
    place = _place_named(name, gazetteer)
    return (place.lat, place.lon) if place else None


def distance_of(need: NeedFacts, listing: ListingFacts, gazetteer: Gazetteer) -> float | None:
    """Kilometres between where it is made and where it is wanted; None when one is unknown."""
    there = coordinates(need.deliver_town, need.place, gazetteer)
    here = coordinates(listing.town, listing.place, gazetteer)
    return None if here is None or there is None else way_km(here, there)


@lru_cache(maxsize=65536)
def way_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Kilometres between two places. Kept."""
    return distance_km(here, there)

"""Judging the thing itself by its words: steels, what must not be in it, measures and sizes."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from marketplace.catalog.tree import SERVICES, park_tree
from marketplace.core.certificates import find_certificates
from marketplace.core.folding import fold
from marketplace.core.measures import NUMERAL
from marketplace.core.numerals import number_value
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts, cached_on_facts
from marketplace.matching.finding import Demands, Finding, State
from marketplace.matching.ingredients import in_series, is_another_sort, mentions, presence, refused_thing
from marketplace.matching.properties import (
    BETTER_STEEL,
    Measure,
    Size,
    first_number,
    listed_measures,
    measures,
    named_limits,
    size_fits,
    sizes,
    steels,
)
from marketplace.reading import read_terms

SERVICE_WORDS = Path(__file__).parent / "data" / "service_words.txt"
SERVICE = re.compile("|".join(map(re.escape, SERVICE_WORDS.read_text("utf-8").split())))
"""Words that name a service."""
MACHINE = re.compile(r"(?:机|仪|器|设备|柜|釜|机组|生产线|联动线)(?:$|[^一-鿿]|[一二两三四五六七八九十]+[台套组条])")
COUNTED_MACHINE = frozenset({"台", "套", "组", "条"})
TOOL_AFTER = re.compile(
    r"(?:用)?(?:机(?!组装|加工)|仪|器(?!械)|设备(?![一-鿿]{0,2}(?:服务|维|租))|箱|车(?!间)|剂|液|盒|袋|试|卡|纸|工具|台|架|柜|用品|耗材|材料|软件|手册|教材|"
    r"标签|配件|支架|油|泵|桌|椅|塑|胶|料|桶|筐|膜|瓶|泡沫|布|刷)"
)
"""What follows the word for a service when the words name a thing for it."""
COMES_WITH = re.compile(r"(?:含|包|带|并|附|免费|上门|可|能|可以|支持)$")
HANDS = re.compile(r"找人|找个人|(?:^|帮忙?|要|需要|想)(?:运|拉|修|送检|清运|代)(?=[\d一二两三四五六七八九十])")
"""Ways of asking for hands instead of things: 修一台, 运3吨."""
CLAUSE_END = re.compile(r"[，,。；;！!]")
PROPERTY_BASES = frozenset(
    {"ml", "mm", "°c", "%", "目", "da", "kw", "kva", "kpa", "kg/h", "层", "gsm", "兆欧", "比", "码", "号"}
)
PACE = re.compile(
    rf"(?P<every>(?:每|一个?|月)(?:天|日|周|星期|个?月|季度?|供|需|用|交|年)[一-鿿]{{0,4}}?)(?P<number>\d[\d.]*[万千百]?|[{NUMERAL}]+)"
)
MOST_TIMES = 60
"""A quantity may be that of so many days, weeks or months together (两天，每天600份)."""
PACE_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "季": 91, "年": 365}
NEARLY = 0.02
GRADES = frozenset({"目", "°c", "层", "da", "gsm", "兆欧", "比", "码", "号"})
"""Measures that tell one sort from another: naming one is insisting on it."""
CONTENT_NAMES = frozenset({"含量", "纯度", "浓度", "主含量", "有效成分", "有效含量", "有效物"})
"""Names under which the share of whatever is the point of the thing stands."""


def demands_of(need: NeedFacts, line: NeedLineFacts) -> Demands:
    """What the need's words ask of the thing of `line`. Kept."""
    known = _demands(need)
    if line not in known:
        known[line] = _read_demands(need, line)
    return known[line]


@cached_on_facts
def _demands(_need: NeedFacts) -> dict[NeedLineFacts, Demands]:
    """What has been read of its lines so far."""
    return {}


def _read_demands(need: NeedFacts, line: NeedLineFacts) -> Demands:
    refused: list[tuple[str, str]] = []
    wanted: list[str] = []
    hard_measures: list[Measure] = []
    hard_sizes: list[Size] = []
    refused_steels: set[str] = set()
    for words in need.hard_words:
        thing = refused_thing(words)
        if thing and steels(thing):
            refused_steels |= steels(thing)
        elif thing:
            refused.append((words, thing))
        elif steels(words) or measures(words) or sizes(words):
            hard_measures += measures(words)
            hard_sizes += sizes(words)
        elif words.strip() and read_terms(words).invoice is None:  # an invoice is judged as a term of the sale
            wanted.append(words)
    asked_text = f"{line.item}。{need.text}" if len(need.lines) < 2 else line.item
    wanted_steels = (
        steels(f"{asked_text} {' '.join(w for w in need.hard_words if not refused_thing(w))}") - refused_steels
    )
    name = line.item if len(need.lines) > 1 else f"{line.item}。{need.title}"
    named = {(measure.base, measure.low, measure.high) for measure in measures(name)}
    said = [(measure, True) for measure in hard_measures]
    said += [(measure, False) for measure in measures(asked_text) if _is_property(measure, line)]
    said += [(limit, True) for words in need.hard_words for limit in named_limits(words)]
    said += [(limit, False) for limit in named_limits(asked_text)]
    return Demands(
        steels=wanted_steels,
        refused_steels=frozenset(refused_steels),
        refused=tuple(refused),
        wanted=tuple(wanted),
        measures=tuple(_unlike(said)),
        in_name=frozenset(named) | frozenset(size.sides for size in sizes(name)),
        sizes=tuple([(size, True) for size in hard_sizes] + [(size, False) for size in sizes(asked_text)][:1]),
        is_service=_wants_service(line, need),
        pace=None if line.quantity is None else pace_of(need.text, line.quantity),
    )


def pace_of(text: str, quantity: Decimal) -> int | None:
    """Days in which the quantity is wanted again and again (每月二十万袋), None when it is wanted once."""
    for match in PACE.finditer(fold(text)):
        value = number_value(match["number"])
        times = quantity / value if value else Decimal(0)
        if 1 <= times <= MOST_TIMES and times == int(times):
            return int(times) * next(days for sign, days in PACE_DAYS.items() if sign in match["every"])
    return None


def _unlike(said: list[tuple[Measure, bool]]) -> Iterator[tuple[Measure, bool]]:
    """Each measure once, the insisted one before the one in passing."""
    seen: set[tuple[str, float, float]] = set()
    for measure, hard in said:
        key = (measure.base, measure.low, measure.high)
        if key not in seen:
            seen.add(key)
            yield measure, hard


def _is_property(measure: Measure, line: NeedLineFacts) -> bool:
    """True for a measure that speaks of the thing, not of how much of it."""
    if measure.base not in PROPERTY_BASES:
        return False
    if line.quantity is not None and line.unit:
        base = next(iter(measures(f"{line.quantity}{line.unit}")), None)
        if base is not None and base.base == measure.base and base.low == measure.low:
            return False
    return True


def _wants_service(line: NeedLineFacts, need: NeedFacts) -> bool | None:
    """True for a service, False for a machine, None when the words do not tell. The thing's own name comes first."""
    tree, category = park_tree(), line.category
    may_be_service = not category or tree.has(category, SERVICES) or tree.is_root(category)
    if may_be_service and names_service(line.item):
        return True
    if MACHINE.search(fold(line.item)) and (not line.unit or line.unit in COUNTED_MACHINE):
        return False
    if may_be_service and len(need.lines) < 2:
        first = CLAUSE_END.split(need.title)[0]
        asked = HANDS.search(first) or names_service(first) or any(names_service(other.item) for other in need.lines)
        return bool(asked) or None
    return None


@lru_cache(maxsize=65536)
def names_service(text: str) -> bool:
    """True when a text names a service: not a paper (检测报告), a tool (清洗机) or what comes with goods (含安装)."""
    bare = without_papers(text)
    return any(
        not TOOL_AFTER.match(bare, match.end()) and not COMES_WITH.search(bare, 0, match.start())
        for match in SERVICE.finditer(bare)
    )


def without_papers(text: str) -> str:
    """A text without the certificates and reports it names."""
    for mention in reversed(find_certificates(text)):
        text = text[: mention.start] + "、" + text[mention.end :]
    return text


def judge_thing(demands: Demands, listing: ListingFacts) -> Iterator[Finding]:
    """What the words of a listing say to the demands."""
    yield from _words(demands, listing)
    yield from _measures(demands, listing)
    yield from _sizes(demands, listing)


def _words(demands: Demands, listing: ListingFacts) -> Iterator[Finding]:
    offered = steels(listing.text) if demands.steels or demands.refused_steels else frozenset()
    if demands.steels:
        good = demands.steels | {better for steel in demands.steels for better in BETTER_STEEL.get(steel, ())}
        state = State.UNKNOWN if not offered else State.MET if offered & good else State.MISSED
        figures = {"wanted": "/".join(sorted(demands.steels)), "offered": "/".join(sorted(offered))}
        yield Finding("steel", state, True, figures)
    elif demands.refused_steels:
        left = offered - demands.refused_steels
        state = State.UNKNOWN if not offered else State.MET if left else State.MISSED
        figures = {"refused": "/".join(sorted(demands.refused_steels)), "offered": "/".join(sorted(offered))}
        yield Finding("steel", state, True, figures)
    for words, thing in demands.refused:
        held = presence(thing, listing.text)
        state = State.MISSED if held == "yes" else State.MET if held == "no" else State.UNKNOWN
        yield Finding("refused", state, True, {"words": words, "thing": thing})
    for words in demands.wanted:
        named = in_series(words, listing.text)
        if named or (named is None and mentions((words,), listing.text)):
            state = State.MET
        elif named is False:
            state = State.MISSED
        else:
            state = State.MISSED if is_another_sort(words, listing.text) else State.UNKNOWN
        yield Finding("wanted", state, True, {"words": words})


@cached_on_facts
def _listed_measures(listing: ListingFacts) -> dict[str, list[Measure]]:
    """Measures of the specification table under their names, then those of the title, by base unit; those of the text
    where there are none."""
    listed = [measure for name, value in listing.specs for measure in listed_measures(name, value)]
    listed += measures(listing.title)
    return _by_base(listed) if listed else _told_measures(listing)


@cached_on_facts
def _told_measures(listing: ListingFacts) -> dict[str, list[Measure]]:
    """Measures of the text, by base unit."""
    return _by_base(measures(listing.description))


def _by_base(found: Iterable[Measure]) -> dict[str, list[Measure]]:
    by_base: dict[str, list[Measure]] = {}
    for measure in found:
        by_base.setdefault(measure.base, []).append(measure)
    return by_base


def _measures(demands: Demands, listing: ListingFacts) -> Iterator[Finding]:
    if not demands.measures:
        return
    listed = _listed_measures(listing)
    for wanted, hard in demands.measures:
        if not wanted.base:
            yield from _named_limit(wanted, listing)
            continue
        same = listed.get(wanted.base, [])
        named = [measure for measure in same if _names_alike(wanted.name, measure.name)]
        if named:
            same = named
        elif wanted.base == "%" or not same:
            told = _told_measures(listing).get(wanted.base, [])
            same = [measure for measure in told if _names_alike(wanted.name, measure.name)]
            if wanted.base != "%" and not same:
                same = told
        figures: dict[str, Any] = {"wanted": wanted.said, "name": wanted.name}
        if not same:
            if hard:
                yield Finding("measure", State.UNKNOWN, True, figures)
            continue
        state, nearest = min(((_measure_state(wanted, measure), measure) for measure in same), key=_best_state)
        figures["offered"] = nearest.said
        insisted = (
            hard
            or (wanted.base, wanted.low, wanted.high) in demands.in_name
            or (bool(wanted.bound) and bool(named))
            or wanted.base in GRADES
        )
        if state is not State.UNKNOWN or insisted:
            yield Finding("measure", state, insisted, figures)


def _named_limit(wanted: Measure, listing: ListingFacts) -> Iterator[Finding]:
    """A limit without a unit, against the line of the specification table that bears its name."""
    for name, value in listing.specs:
        offered = first_number(value, name) if _names_alike(wanted.name, name) else None
        if offered is not None:
            figures = {"wanted": wanted.said, "name": wanted.name, "offered": value}
            yield Finding("measure", _measure_state(wanted, offered), True, figures)
            return


@lru_cache(maxsize=65536)
def _names_alike(wanted: str, listed: str) -> bool:
    """True when two names of properties share two neighbouring characters, or one says no more than "content"."""
    if listed in CONTENT_NAMES or not wanted or wanted in CONTENT_NAMES:
        return listed in CONTENT_NAMES
    pairs = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
    return any(listed[i : i + 2] in pairs for i in range(len(listed) - 1))


def _best_state(judged: tuple[State, Measure]) -> int:
    return (State.MET, State.UNKNOWN, State.MISSED).index(judged[0])


def _measure_state(wanted: Measure, offered: Measure) -> State:
    if wanted.bound == "<=":
        if offered.bound == ">=":
            return State.UNKNOWN if offered.low <= wanted.high else State.MISSED
        limit = offered.high if offered.bound == "<=" else offered.low
        return State.MET if limit <= wanted.high * (1 + NEARLY) else State.MISSED
    if wanted.bound == ">=":
        if offered.bound == "<=":
            return State.UNKNOWN if offered.high >= wanted.low else State.MISSED
        if offered.bound == ">=":
            return State.MET if offered.low >= wanted.low * (1 - NEARLY) else State.MISSED
        return State.MET if offered.high >= wanted.low * (1 - NEARLY) else State.MISSED
    if offered.bound == "<=":
        return State.MET if wanted.high <= offered.high * (1 + NEARLY) else State.MISSED
    if offered.bound == ">=":
        return State.MET if wanted.low >= offered.low * (1 - NEARLY) else State.UNKNOWN
    slack = abs(wanted.high) * NEARLY + 1e-9
    inside = offered.low - slack <= wanted.low and wanted.high <= offered.high + slack
    if wanted.low != wanted.high and offered.low == offered.high:
        inside = False
    return State.MET if inside else State.MISSED


def _sizes(demands: Demands, listing: ListingFacts) -> Iterator[Finding]:
    if not demands.sizes:
        return
    offered = [size for _, value in listing.specs for size in sizes(value)] + list(sizes(listing.title))
    offered = offered or list(sizes(listing.description))
    for wanted, hard in demands.sizes:
        same = [size for size in offered if len(size.sides) >= len(wanted.sides)]
        figures = {"wanted": wanted.said, "offered": same[0].said if same else ""}
        if not same:
            if hard:
                yield Finding("size", State.UNKNOWN, True, figures)
            continue
        fitting = next((size for size in same if size_fits(wanted, size)), None)
        state = State.MISSED if fitting is None else State.MET
        figures["offered"] = (fitting or same[0]).said
        yield Finding("size", state, hard or wanted.sides in demands.in_name, figures)

"""How numbers, prices, days and distances look on a page, in the reader's language.

Filters for templates. A narrow space that does not break stands between a number and its unit; 万 is never
abbreviated: 20,000 只, ¥0.26 /只, 11 月 30 日 周一. Nothing (None) becomes an empty string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from marketplace.core.clock import local, local_day, utc_now

NARROW = "\u202f"
"""Narrow no-break space: between a number and its unit."""

UNIT_NAMES_EN = {
    "只": "pc|pcs", "个": "pc|pcs", "件": "pc|pcs", "枚": "pc|pcs", "块": "pc|pcs", "片": "pc|pcs",
    "条": "pc|pcs", "根": "pc|pcs", "千克": "kg", "公斤": "kg", "克": "g", "吨": "t", "斤": "jin",
    "升": "L", "毫升": "ml", "米": "m", "厘米": "cm", "平方米": "m²", "立方米": "m³", "亩": "mu",
    "箱": "carton|cartons", "盒": "box|boxes", "袋": "bag|bags", "瓶": "bottle|bottles",
    "桶": "drum|drums", "罐": "can|cans", "卷": "roll|rolls", "托": "pallet|pallets", "包": "pack|packs",
    "台": "machine|machines", "套": "set|sets", "支": "tube|tubes", "项": "item|items",
    "批次": "batch|batches", "人次": "person|persons", "人": "person|persons", "张": "sheet|sheets",
    "单": "order|orders", "付": "dose|doses", "本": "copy|copies", "份": "portion|portions",
    "贴": "patch|patches", "万粒": "10,000 pills", "粒": "pill|pills", "车": "truck|trucks",
    "次": "time|times", "月": "month|months", "年": "year|years", "天": "day|days", "小时": "hour|hours",
    "场": "session|sessions", "家": "company|companies", "双": "pair|pairs",
}  # fmt: skip
"""English names of units, one and many."""

SENTENCE_ROLES = frozenset({"thing", "quantity", "price", "date", "place", "certificate", "hard"})
"""What a marked word of a need is; each has its line colour in the sentence box."""

MARK = Markup('<mark class="role role--{}">{}</mark>')

WEEKDAYS_ZH = "一二三四五六日"
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


ADDRESSES = 8192
"""Addresses that are at hand in a process, some 300 bytes each."""


class TimeLeft(NamedTuple):
    """What a clock says: words, and `plenty`, `soon` (under three days) or `over`."""

    words: str
    state: str


def page_language() -> str:
    """The language tag of the page: `zh-Hans` or `en`."""
    return "en" if _english() else "zh-Hans"


def number(value: int | Decimal | str | None) -> str:
    """20000 -> 20,000; 1.50 -> 1.5."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else _plain(Decimal(str(value)))


def unit_name(unit: str | None, count: int | Decimal = 2) -> str:
    """The unit as the reader writes it: 只, or pcs (pc for a count of one)."""
    if not unit or not _english():
        return unit or ""
    one, _bar, many = UNIT_NAMES_EN.get(unit, unit).partition("|")
    return one if count == 1 else many or one


def quantity(value: int | Decimal | str | None, unit: str | None = None) -> str:
    """20000, 只 -> 20,000 只."""
    if value is None:
        return ""
    words = [number(value)] + ([unit_name(unit, Decimal(str(value)))] if unit else [])
    return NARROW.join(words)


def yuan(fen: int | None) -> str:
    """An amount in fen as yuan, with fen only where there are any: 520000 -> ¥5,200."""
    if fen is None:
        return ""
    amount = Decimal(fen) / 100
    digits = f"{abs(amount):,.0f}" if fen % 100 == 0 else f"{abs(amount):,.2f}"
    return f"{'−' if fen < 0 else ''}¥{digits}"


def price(value: Decimal | str | None, unit: str | None = None) -> str:
    """A unit price in yuan, up to six places, two at least below ten yuan: 0.3, 只 -> ¥0.30 /只."""
    if value is None:
        return ""
    return _per(f"¥{_price_digits(Decimal(str(value)))}", unit)


def price_range(low: Decimal | str | None, high: Decimal | str | None, unit: str | None = None) -> str:
    """The lowest and the highest unit price: ¥40.5–46 /千克; one figure when they are equal."""
    known = [Decimal(str(value)) for value in (low, high) if value is not None]
    if not known:
        return ""
    if min(known) == max(known):
        return price(known[0], unit)
    return _per(f"¥{_price_digits(min(known))}–{_price_digits(max(known))}", unit)


def day(value: date | datetime | None, *, weekday: bool = True, now: datetime | None = None) -> str:
    """11 月 30 日 周一, in Shanghai; the year stands before it when it is not this year."""
    if value is None:
        return ""
    on = local_day(value) if isinstance(value, datetime) else value
    this_year = local_day(now or utc_now()).year
    if _english():
        words = f"{on.day} {MONTHS_EN[on.month - 1]}" + ("" if on.year == this_year else f" {on.year}")
        return f"{WEEKDAYS_EN[on.weekday()]} {words}" if weekday else words
    words = f"{on.month}{NARROW}月{NARROW}{on.day}{NARROW}日"
    if on.year != this_year:
        words = f"{on.year}{NARROW}年{NARROW}{words}"
    return f"{words} 周{WEEKDAYS_ZH[on.weekday()]}" if weekday else words


def moment(value: datetime | None, *, now: datetime | None = None) -> str:
    """11 月 24 日 周二 14:30, in Shanghai."""
    if value is None:
        return ""
    return f"{day(value, now=now)} {local(value):%H:%M}"


def ago(value: datetime | None, *, now: datetime | None = None) -> str:
    """How long ago, or in how long: 3 小时前. After a week, the day itself."""
    if value is None:
        return ""
    now = now or utc_now()
    gap = now - value
    if abs(gap) >= timedelta(days=7):
        return day(value, weekday=False, now=now)
    past, minutes = gap >= timedelta(0), int(abs(gap).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return (
            ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
            if past
            else ngettext("in %(num)d minute", "in %(num)d minutes", minutes)
        )
    hours = minutes // 60
    if hours < 24:
        return (
            ngettext("%(num)d hour ago", "%(num)d hours ago", hours)
            if past
            else ngettext("in %(num)d hour", "in %(num)d hours", hours)
        )
    days = hours // 24
    return (
        ngettext("%(num)d day ago", "%(num)d days ago", days)
        if past
        else ngettext("in %(num)d day", "in %(num)d days", days)
    )


def time_left(until: datetime | None, *, now: datetime | None = None) -> TimeLeft:
    """What is left until a deadline: 还剩 9 天; over once the moment has come."""
    if until is None:
        return TimeLeft("", "plenty")
    left = until - (now or utc_now())
    if left <= timedelta(0):
        return TimeLeft(_("Closed"), "over")
    state = "soon" if left < timedelta(days=3) else "plenty"
    if left >= timedelta(days=1):
        return TimeLeft(ngettext("%(num)d day left", "%(num)d days left", left.days), state)
    minutes = int(left.total_seconds() // 60)
    if minutes >= 60:
        return TimeLeft(ngettext("%(num)d hour left", "%(num)d hours left", minutes // 60), state)
    return TimeLeft(ngettext("%(num)d minute left", "%(num)d minutes left", max(minutes, 1)), state)


def distance(km: float | Decimal | None) -> str:
    """1.2 km; whole kilometres from ten on."""
    if km is None:
        return ""
    return f"{km:.1f}{NARROW}km" if km < 9.95 else f"{km:.0f}{NARROW}km"


def share(value: float | Decimal | None) -> str:
    """A share of one as whole percent, half up: 0.684 -> 68%."""
    if value is None:
        return ""
    return f"{(Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP)}%"


def file_size(size: int | None) -> str:
    """Bytes as people read them: 820 kB, 2.4 MB."""
    if size is None:
        return ""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{NARROW}kB"
    return f"{size / 1_000_000:.1f}{NARROW}MB"


@lru_cache(maxsize=ADDRESSES)
def _address(_app: int, _script: str, endpoint: str, values: tuple[tuple[str, type, Any], ...]) -> str:
    return url_for(endpoint, **{name: value for name, _kind, value in values})


def address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates, which ask for the same addresses on every page: a built one is at hand the next time."""
    if has_request_context() and not endpoint.startswith(".") and not any(name.startswith("_") for name in values):
        try:
            known = tuple((name, type(value), value) for name, value in values.items())
            return _address(id(current_app.url_map), request.root_path, endpoint, known)
        except TypeError:  # a list has no hash
            pass
    return url_for(endpoint, **values)


def link_to(endpoint: str, **values: Any) -> str | None:
    """`url_for`, or None when the site has no such page (yet): the menu then leaves the item out."""
    try:
        return address(endpoint, **values)
    except BuildError:
        return None


def marked_sentence(text: str | None, marks: Iterable[object] = ()) -> Markup:
    """`text` with its understood parts in `<mark class="role role--…">`.

    Each mark is a (start, end, role) tuple or has these attributes; a mark that overlaps an earlier one or
    lies outside the text is left out.
    """
    text = text or ""
    pieces, reached = [], 0
    for start, end, role in sorted(_span(mark) for mark in marks):
        if role not in SENTENCE_ROLES or start < reached or end <= start or end > len(text):
            continue
        pieces += [escape(text[reached:start]), MARK.format(role, text[start:end])]
        reached = end
    pieces.append(escape(text[reached:]))
    return Markup("").join(pieces)


def listed(words: Iterable[str]) -> str:
    """Names in a row: SC、检测报告, or SC, test report."""
    return _(", ").join(words)


def clauses(phrases: Iterable[str]) -> str:
    """Phrases in a row, which may have commas of their own: 一张图片；至少一档价格."""
    return _("; ").join(phrases)


def today() -> date:
    """The calendar day in the park."""
    return local_day(utc_now())


def init_app(app: Flask) -> None:
    """Register the filters, and `page_language`, `time_left` and `link_to` as globals."""
    filters: tuple[Callable[..., Any], ...] = (
        number, unit_name, quantity, yuan, price, price_range, day, moment, ago, distance, share, file_size,
        marked_sentence, listed, clauses,
    )  # fmt: skip
    for function in filters:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(
        url_for=address, page_language=page_language, time_left=time_left, link_to=link_to, today=today
    )


def _span(mark: object) -> tuple[int, int, str]:
    if isinstance(mark, tuple | list):
        start, end, role = mark
    else:
        start, end, role = mark.start, mark.end, mark.role  # type: ignore[attr-defined]
    return start, end, str(getattr(role, "value", role))


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _price_digits(value: Decimal) -> str:
    text = _plain(value.quantize(Decimal("0.000001"), ROUND_HALF_UP))
    whole, _point, places = text.partition(".")
    if len(places) == 1 and value < 10:
        places += "0"
    return f"{whole}.{places}" if places else whole


def _per(figure: str, unit: str | None) -> str:
    return f"{figure}{NARROW}/{unit_name(unit, 1)}" if unit else figure

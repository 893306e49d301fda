"""What is known of a listing and of a need, as plain facts: pages and batch commands judge the same.

None and empty mean unknown, never "no" (a listing whose `certificates` is an empty tuple holds none; None says that
nobody asked). Quantities are in the unit they were told in, unit prices in yuan, totals in fen, days are local days.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, wraps
from typing import Any, TypeVar

from marketplace.core.certificates import canonical, words_for
from marketplace.core.places import Gazetteer, load_gazetteer
from marketplace.needs.parsing import parse_sentence

PER_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
LONGEST_PARSED = 1000


@dataclass(frozen=True)
class Amount:
    """So much of a unit as written; `per` is day, week, month, quarter or year for a rate."""

    quantity: Decimal
    unit: str
    per: str = ""

    @property
    def days(self) -> int:
        """Days that a rate speaks of."""
        return PER_DAYS.get(self.per, PER_DAYS["month"])


@dataclass(frozen=True)
class Tier:
    """From `min_quantity` on a piece costs `unit_price` yuan."""

    min_quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate under its canonical name; `valid_until` None when it is not told."""

    name: str
    valid_until: date | None = None


@dataclass(frozen=True)
class ListingFacts:
    """What a supplier offers."""

    id: str
    title: str
    organisation: str = ""
    kind: str = ""
    category: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    specs: tuple[tuple[str, str], ...] = ()
    price_unit: str = ""
    negotiable: bool = False
    tiers: tuple[Tier, ...] = ()
    moq: Amount | None = None
    capacity: Amount | None = None
    lead_days_min: int | None = None
    lead_days_max: int | None = None
    certificates: tuple[HeldCertificate, ...] | None = None
    town: str = ""
    locality: str = ""
    place: tuple[float, float] | None = None
    seller_licences: tuple[str, ...] = ()
    """Licences that the category asks of a supplier."""
    buyer_licences: tuple[str, ...] = ()
    """Licences of which the category asks the buyer to hold one."""
    organisation_licences: tuple[HeldCertificate, ...] = ()
    """Licences of the whole organisation, checked by park staff."""
    status: str = "published"
    expires_on: date | None = None
    published_on: date | None = None
    answer_hours: float | None = None
    told_certificates: tuple[HeldCertificate, ...] = ()
    """Papers that only its words say are held."""
    denied_certificates: frozenset[str] = frozenset()
    """Papers that its words say are not held, run out, or only applied for."""
    stock: Amount | None = None
    """What its words say is ready at once."""
    stock_is_all: bool = False
    """True when its words say that no more will come."""
    is_sold_out: bool = False
    """True when its words say that there is none at present."""
    ready_on: date | None = None
    """The day before which its words say that nothing leaves."""
    serves_everywhere: bool = False
    """True when what its words say of the area served is to be left aside."""
    told: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The words behind what only words tell: by field (moq, capacity, lead_time, price, stock, ready) or by
    the name of a paper."""

    @cached_property
    def text(self) -> str:
        """Everything that is written, for the judging of words."""
        specs = "；".join(f"{name}：{value}" for name, value in self.specs)
        return "。".join(part for part in (self.title, self.description, specs) if part)

    @cached_property
    def all_licences(self) -> dict[str, date | None]:
        """Certificates of the listing and licences of its organisation, the longest validity of each."""
        held: dict[str, date | None] = {}
        for certificate in (*(self.certificates or ()), *self.told_certificates, *self.organisation_licences):
            known = held.get(certificate.name, date.min)
            if certificate.valid_until is None or (known is not None and certificate.valid_until > known):
                held[certificate.name] = certificate.valid_until
        return held


Found = TypeVar("Found")
Read = TypeVar("Read", "ListingFacts", "NeedFacts")


def cached_on_facts(read: Callable[[Read], Found]) -> Callable[[Read], Found]:
    """Read something out of facts once: they never change, so what was found stays with them."""
    name = f"_{read.__name__}"

    @wraps(read)
    def reading(facts: Read) -> Found:
        known = facts.__dict__
        if name not in known:
            known[name] = read(facts)
        found: Found = known[name]
        return found

    return reading


@dataclass(frozen=True)
class NeedLineFacts:
    """One thing that is wanted. `max_unit_price` is yuan for one `price_unit`."""

    item: str
    number: int = 1
    category: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    max_unit_price: Decimal | None = None
    price_unit: str = ""
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedFacts:
    """What a buyer wants. `certificates` and `hard_words` hold for every line."""

    id: str
    title: str
    organisation: str = ""
    description: str = ""
    lines: tuple[NeedLineFacts, ...] = ()
    budget_fen: int | None = None
    deliver_by: date | None = None
    deliver_town: str = ""
    place: tuple[float, float] | None = None
    certificates: tuple[str, ...] = ()
    hard_words: tuple[str, ...] = ()
    local_preference: str = "none"
    buyer_licences: tuple[str, ...] | None = None
    status: str = "open"
    posted_on: date | None = None
    is_understood: bool = False
    """True when the lines were read out of the text, so that the title may name the thing better."""

    @cached_property
    def text(self) -> str:
        """Everything that is written, for the judging of words."""
        return "。".join(part for part in (self.title, self.description) if part)


CategoryLicences = Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]


def listing_facts_from_json(row: Mapping[str, Any]) -> ListingFacts:
    """A listing line (docs/commands.md) as facts; only `id` and `title` must be there.

    Raises:
        ValueError: a value has a form that cannot be read; the text names the key.
    """
    price = _object(row, "price")
    restricted = _object(row, "restricted")
    lead = _object(row, "lead_time_days")
    held = row.get("certificates")
    return ListingFacts(
        id=_text(row, "id"),
        title=_text(row, "title"),
        organisation=_text(row, "org"),
        kind=_text(row, "kind"),
        category=_text(row, "category"),
        description=_text(row, "description"),
        keywords=_texts(row, "keywords"),
        specs=tuple((_text(spec, "name"), _text(spec, "value")) for spec in _objects(row, "specs")),
        price_unit=_text(price, "unit"),
        negotiable=bool(price.get("negotiable")),
        tiers=_tiers(price),
        moq=_amount(row, "moq"),
        capacity=_amount(row, "capacity"),
        lead_days_min=_whole(lead, "min"),
        lead_days_max=_whole(lead, "max"),
        certificates=None if held is None else tuple(_certificate(part) for part in _objects(row, "certificates")),
        town=_text(row, "town"),
        locality=_text(row, "locality"),
        seller_licences=tuple(canonical(name) for name in _texts(restricted, "seller")),
        buyer_licences=tuple(canonical(name) for name in _texts(restricted, "buyer")),
        status=_text(row, "status") or "published",
        expires_on=_day(row, "expires_at"),
        published_on=_day(row, "published_at"),
    )


def need_facts_from_json(row: Mapping[str, Any], *, today: date, gazetteer: Gazetteer | None = None) -> NeedFacts:
    """A need line as facts; only `id` and `title` must be there. Without `lines` its text is understood as if typed.

    Raises:
        ValueError: a value has a form that cannot be read; the text names the key.
    """
    budget = _object(row, "budget")
    papers, hard_words = papers_among(_texts(row, "hard_words"))
    need = NeedFacts(
        id=_text(row, "id"),
        title=_text(row, "title"),
        organisation=_text(row, "org"),
        description=_text(row, "description"),
        lines=tuple(_line(line, number) for number, line in enumerate(_objects(row, "lines"), start=1)),
        budget_fen=_whole(budget, "total"),
        deliver_by=_day(row, "deliver_by"),
        deliver_town=_text(row, "deliver_town"),
        certificates=tuple(dict.fromkeys((*map(canonical, _texts(row, "certificates_required")), *papers))),
        hard_words=hard_words,
        local_preference=_text(row, "local_preference") or "none",
        status=_text(row, "status") or "open",
        posted_on=_day(row, "posted_at"),
    )
    return need if need.lines else understood(need, today=today, gazetteer=gazetteer or load_gazetteer())


def papers_among(hard_words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The papers among words that must hold, under their canonical names, and the other words."""
    papers = tuple(canonical(word) for word in hard_words if canonical(word) in words_for())
    return papers, tuple(word for word in hard_words if canonical(word) not in words_for())


def understood(need: NeedFacts, *, today: date, gazetteer: Gazetteer) -> NeedFacts:
    """A need without lines, filled in from its words; what was told in its own field stays."""
    parsed = parse_sentence(need.text[:LONGEST_PARSED], today=today, gazetteer=gazetteer)
    told = parsed
    if need.description:  # a title mostly says again what the description says in full
        told = parse_sentence(need.description[:LONGEST_PARSED], today=today, gazetteer=gazetteer)
        told = told if told.lines else parsed
    lines = []
    for number, line in enumerate(told.lines, start=1):
        limit = line.unit_price or (told.unit_price if len(told.lines) == 1 or number == 1 else None)
        lines.append(
            NeedLineFacts(
                item=line.item,
                number=number,
                quantity=line.quantity,
                unit=line.unit or "",
                max_unit_price=limit.ceiling if limit else None,
                price_unit=(limit.per or "") if limit else "",
            )
        )
    budget = parsed.budget.ceiling if parsed.budget else None
    return replace(
        need,
        is_understood=True,
        lines=tuple(lines) or (NeedLineFacts(need.title),),
        budget_fen=need.budget_fen if need.budget_fen is not None or budget is None else int(budget * 100),
        deliver_by=need.deliver_by or parsed.deadline,
        deliver_town=need.deliver_town or parsed.town or "",
        certificates=need.certificates or tuple(dict.fromkeys(canonical(name) for name in parsed.certificates)),
        hard_words=need.hard_words or parsed.hard_words,
    )


def _line(row: Mapping[str, Any], number: int) -> NeedLineFacts:
    return NeedLineFacts(
        item=_text(row, "item"),
        number=_whole(row, "no") or number,
        category=_text(row, "category"),
        quantity=_number(row, "quantity"),
        unit=_text(row, "unit"),
        max_unit_price=_number(row, "max_unit_price"),
        certificates=tuple(canonical(name) for name in _texts(row, "certificates_required")),
    )


def _tiers(price: Mapping[str, Any]) -> tuple[Tier, ...]:
    tiers = []
    for row in _objects(price, "tiers"):
        unit_price = _number(row, "unit_price")
        if unit_price is not None:
            tiers.append(Tier(_number(row, "min_qty") or Decimal(0), unit_price))
    return tuple(sorted(tiers, key=lambda tier: tier.min_quantity))


def _amount(row: Mapping[str, Any], key: str) -> Amount | None:
    told = _object(row, key)
    quantity = _number(told, "qty")
    return None if quantity is None else Amount(quantity, _text(told, "unit"), _text(told, "per"))


def _certificate(row: Mapping[str, Any]) -> HeldCertificate:
    return HeldCertificate(canonical(_text(row, "type")), _day(row, "valid_until"))


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value).strip()
    raise ValueError(f"{key} is no text")


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"{key} is no list")
    if not all(isinstance(part, str) for part in value if part is not None):
        raise ValueError(f"{key} holds something that is no text")
    return tuple(part for part in value if part)


def _object(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} is no object")
    return value


def _objects(row: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise ValueError(f"{key} is no list of objects")
    return value


def _number(row: Mapping[str, Any], key: str) -> Decimal | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise ValueError(f"{key} is no number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{key} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{key} is no number")
    return number


def _whole(row: Mapping[str, Any], key: str) -> int | None:
    number = _number(row, key)
    return None if number is None else int(number)


def _day(row: Mapping[str, Any], key: str) -> date | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ValueError(f"{key} is no date") from None

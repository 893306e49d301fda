"""Findings in the reader's words: what was asked, and the fact that answers it. Same figures as the score."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.core.presentation import day, distance, price, quantity, yuan
from marketplace.matching.fitting import Change, Kind
from marketplace.matching.judge import Finding, State

NEAR_MISSES = 2
"""With more misses than this nothing small would make the pair fit."""


@dataclass(frozen=True)
class Words:
    """One finding as a row: the requirement by name, and the fact."""

    requirement: str
    fact: str

    def __str__(self) -> str:
        return _("%(requirement)s: %(fact)s", requirement=self.requirement, fact=self.fact)


def word(finding: Finding) -> Words:
    """A finding in the reader's language, with the words of the listing where only words tell."""
    words = WORDING[finding.code](finding)
    said = finding.figures.get("said")
    return (
        Words(words.requirement, _("%(fact)s; the text says: “%(words)s”", fact=words.fact, words=said))
        if said
        else words
    )


def fits_if(findings: Iterable[Finding]) -> str:
    """The smallest change that would make the pair fit; empty when nothing is missed or too much is."""
    missed = [finding for finding in findings if finding.state is State.MISSED]
    changes = [CHANGES[finding.code](finding.figures) for finding in missed if finding.code in CHANGES]
    if not changes or len(changes) < len(missed) or len(missed) > NEAR_MISSES:
        return ""
    return _("Would fit with %(changes)s.", changes=_(" and ").join(changes))


def _kind(finding: Finding) -> Words:
    service = finding.figures.get("wanted") == "service"
    if finding.state is State.MET:
        fact = _("is a service") if service else _("is a product")
    else:
        fact = _("a product, the service is asked for") if service else _("a service, the product is asked for")
    return Words(_("Kind"), fact)


def _moq(finding: Finding) -> Words:
    figures = finding.figures
    told = {"moq": quantity(figures["moq"], figures["moq_unit"]), "wanted": _amount(figures)}
    if finding.state is State.UNKNOWN:
        return Words(_("Minimum order"), _("%(moq)s, not comparable with %(wanted)s", **told))
    return Words(_("Minimum order"), _("from %(moq)s, wanted %(wanted)s", **told))


def _quantity(finding: Finding) -> Words:
    figures = finding.figures
    if "stock" in figures:
        stock = quantity(figures["stock"], figures["stock_unit"])
        return Words(_("Quantity"), _("%(stock)s in stock, wanted %(wanted)s", stock=stock, wanted=_amount(figures)))
    if "capacity" not in figures:
        return Words(_("Quantity"), _("%(wanted)s wanted, capacity not stated in this unit", wanted=_amount(figures)))
    told = {
        "capacity": per_time(quantity(figures["capacity"], figures["capacity_unit"]), figures["per"]),
        "wanted": _amount(figures),
        "time": ngettext("%(num)d day", "%(num)d days", figures["takes"]),
    }
    if finding.state is State.MET:
        return Words(_("Quantity"), _("makes %(capacity)s, %(wanted)s takes about %(time)s", **told))
    told["left"] = ngettext("%(num)d day", "%(num)d days", figures["days"])
    return Words(_("Quantity"), _("makes %(capacity)s, %(wanted)s takes about %(time)s, there are %(left)s", **told))


def per_time(amount: str, per: str) -> str:
    """An amount for a span of time: 900,000 只 a month."""
    if per == "day":
        return _("%(amount)s a day", amount=amount)
    if per == "week":
        return _("%(amount)s a week", amount=amount)
    if per == "quarter":
        return _("%(amount)s a quarter", amount=amount)
    if per == "year":
        return _("%(amount)s a year", amount=amount)
    return _("%(amount)s a month", amount=amount)


def _price(finding: Finding) -> Words:
    figures = finding.figures
    limit = price(figures["limit"], figures["unit"])
    if "price" not in figures:
        return Words(_("Unit price"), _("not stated in this unit, at most %(limit)s wanted", limit=limit))
    told = {"price": price(_six(figures["price"]), figures["unit"]), "limit": limit}
    if finding.state is State.MET:
        return Words(_("Unit price"), _("%(price)s, at most %(limit)s wanted", **told))
    if finding.state is State.UNKNOWN:
        return Words(_("Unit price"), _("%(price)s listed but negotiable, at most %(limit)s wanted", **told))
    told["over"] = price(_six(figures["over"]))
    return Words(_("Unit price"), _("%(price)s, %(over)s over the limit of %(limit)s", **told))


def _budget(finding: Finding) -> Words:
    figures = finding.figures
    budget = yuan(figures["budget_fen"])
    if "total_fen" not in figures:
        return Words(_("Budget"), _("total not known, %(budget)s available", budget=budget))
    told = {"total": yuan(figures["total_fen"]), "budget": budget}
    if finding.state is State.UNKNOWN:
        return Words(_("Budget"), _("%(total)s listed but negotiable, %(budget)s available", **told))
    return Words(_("Budget"), _("%(total)s in all, %(budget)s available", **told))


def _lead_time(finding: Finding) -> Words:
    figures = finding.figures
    if "lead_max" not in figures:
        return Words(_("Delivery"), _("lead time not stated"))
    told = {
        "lead": ngettext("%(num)d day", "%(num)d days", figures["lead_max"]),
        "left": ngettext("%(num)d day", "%(num)d days", figures["days"]),
        "day": day(figures["deliver_by"], weekday=False),
    }
    if finding.state is State.MET:
        return Words(_("Delivery"), _("within %(lead)s, needed by %(day)s", **told))
    if finding.state is State.UNKNOWN:
        return Words(_("Delivery"), _("up to %(lead)s, only %(left)s until %(day)s", **told))
    told["lead"] = ngettext("%(num)d day", "%(num)d days", figures["lead_min"])
    return Words(_("Delivery"), _("takes at least %(lead)s, only %(left)s until %(day)s", **told))


def _certificate(finding: Finding) -> Words:
    figures = finding.figures
    until = figures.get("valid_until")
    if finding.state is State.MET:
        fact = _("valid until %(day)s", day=day(until, weekday=False)) if until else _("there")
    elif until:
        fact = _("runs out on %(day)s, before it is needed", day=day(until, weekday=False))
    else:
        fact = _("not stated") if finding.state is State.UNKNOWN else _("not held")
    if figures.get("held"):
        fact = _("%(held)s is held, %(fact)s", held=figures["held"], fact=fact)
    return Words(figures["name"], fact)


def _steel(finding: Finding) -> Words:
    figures = finding.figures
    offered = figures.get("offered")
    if not offered:
        return Words(_("Material"), _("grade not stated"))
    if figures.get("refused"):
        told = {"offered": offered.upper(), "refused": figures["refused"].upper()}
        if finding.state is State.MET:
            return Words(_("Material"), _("%(offered)s, not %(refused)s", **told))
        return Words(_("Material"), _("%(offered)s, which is refused", **told))
    told = {"offered": offered.upper(), "wanted": figures["wanted"].upper()}
    return Words(_("Material"), _("%(offered)s, wanted %(wanted)s", **told))


def _refused(finding: Finding) -> Words:
    thing = finding.figures["thing"]
    if finding.state is State.MET:
        fact = _("free of %(thing)s, it says", thing=thing)
    elif finding.state is State.MISSED:
        fact = _("names %(thing)s", thing=thing)
    else:
        fact = _("says nothing about %(thing)s", thing=thing)
    return Words(finding.figures["words"], fact)


def _wanted(finding: Finding) -> Words:
    if finding.state is State.MISSED:
        return Words(finding.figures["words"], _("another sort is stated"))
    return Words(finding.figures["words"], _("stated") if finding.state is State.MET else _("not stated"))


def _measure(finding: Finding) -> Words:
    figures = finding.figures
    offered = figures.get("offered")
    name = figures.get("name") or _("Specification")
    if not offered:
        return Words(name, _("%(wanted)s wanted, not stated", wanted=figures["wanted"]))
    return Words(name, _("%(offered)s, wanted %(wanted)s", offered=offered, wanted=figures["wanted"]))


def _size(finding: Finding) -> Words:
    figures = finding.figures
    if not figures.get("offered"):
        return Words(_("Size"), _("%(wanted)s wanted, not stated", wanted=figures["wanted"]))
    told = {"offered": figures["offered"], "wanted": figures["wanted"]}
    return Words(_("Size"), _("%(offered)s, wanted %(wanted)s", **told))


def _place(finding: Finding) -> Words:
    figures = finding.figures
    if "refused" in figures:
        fact = _("does not serve %(place)s", place=figures["refused"])
    elif "radius" in figures:
        told = {"radius": distance(figures["radius"]), "way": distance(figures["km"])}
        fact = _("serves within %(radius)s, it is %(way)s", **told)
    elif finding.state is State.MET:
        fact = _("serves %(place)s", place=figures["place"])
    else:
        fact = _("serves %(place)s only", place=figures["place"])
    return Words(_("Area served"), fact)


def _invoice(finding: Finding) -> Words:
    special = finding.figures["asked"] == "special"
    name = _("Special VAT invoice") if special else _("Invoice")
    if finding.state is State.MET:
        return Words(name, _("is issued"))
    return Words(name, _("not stated") if finding.state is State.UNKNOWN else _("is not issued as wanted"))


def _handover(finding: Finding) -> Words:
    return Words(_("Handover"), _("to be fetched by the buyer, delivery is wanted"))


def _locality(finding: Finding) -> Words:
    return Words(_("Local supplier"), _("is local") if finding.state is State.MET else _("from outside"))


def _distance(finding: Finding) -> Words:
    return Words(_("Distance"), distance(finding.figures["km"]))


def _amount(figures: Any) -> str:
    return quantity(figures["quantity"], figures["unit"])


def _six(value: Decimal) -> Decimal:
    """A converted price with as many places as a unit price may have."""
    return round(Decimal(value), 6)


def _change_capacity(figures: Any) -> str:
    """Capacity that covers the quantity in the days there are, or stock where that is all there is."""
    if "stock" in figures:
        return _("a stock of %(amount)s", amount=_amount(figures))
    needed = figures["capacity"] * figures["takes"] / max(figures["days"], 1)
    needed = needed.quantize(Decimal(1) if needed > 10 else Decimal("0.01"), ROUND_CEILING)
    capacity = per_time(quantity(needed, figures["capacity_unit"]), figures["per"])
    return _("a capacity of %(capacity)s", capacity=capacity)


WORDING: dict[str, Callable[[Finding], Words]] = {
    "kind": _kind, "moq": _moq, "quantity": _quantity, "price": _price, "budget": _budget, "lead_time": _lead_time,
    "certificate": _certificate, "licence": _certificate, "steel": _steel, "refused": _refused, "wanted": _wanted,
    "measure": _measure, "size": _size, "place": _place, "locality": _locality, "distance": _distance,
    "invoice": _invoice, "handover": _handover,
}  # fmt: skip

CHANGES: dict[str, Callable[[Any], str]] = {
    "moq": lambda f: _("a minimum order of %(amount)s", amount=_amount(f)),
    "quantity": _change_capacity,
    "price": lambda f: _("a unit price of %(price)s", price=price(f["limit"], f["unit"])),
    "budget": lambda f: _("a total of %(total)s", total=yuan(f["budget_fen"])),
    "lead_time": lambda f: _("delivery within %(time)s", time=ngettext("%(num)d day", "%(num)d days", f["days"])),
    "certificate": lambda f: _("a valid %(name)s", name=f["name"]),
    "licence": lambda f: _("a valid %(name)s", name=f["name"]),
}


def proposed(change: Change) -> str:
    """A change of a need or a listing as the first half of a sentence; `wins` has the other half."""
    return PROPOSED[change.kind](change)


def wins_suppliers(suppliers: int, offers: int) -> str:
    """What the buyer's change wins, as the other half of the sentence."""
    if offers > suppliers:
        return ngettext("%(offers)d more offers of %(num)d supplier would fit",
                        "%(offers)d more offers of %(num)d suppliers would fit", suppliers, offers=offers)  # fmt: skip
    return ngettext("%(num)d more supplier would fit", "%(num)d more suppliers would fit", suppliers)


def wins_needs(needs: int) -> str:
    """What the supplier's change wins."""
    return ngettext("%(num)d more need would fit", "%(num)d more needs would fit", needs)


def _proposed_day(change: Change) -> str:
    later = ngettext("%(num)d day", "%(num)d days", int(change.to or 0))
    return _("If delivery could be %(later)s later (by %(day)s)", later=later, day=day(change.day, weekday=False))


def _proposed_lead_time(change: Change) -> str:
    time = ngettext("%(num)d day", "%(num)d days", int(change.to or 0))
    return _("If delivery took %(time)s at most", time=time)


PROPOSED: dict[Kind, Callable[[Change], str]] = {
    Kind.LIMIT: lambda c: _("If the unit price could be up to %(price)s", price=price(c.to, c.unit)),
    Kind.BUDGET: lambda c: _("If the budget rose to %(total)s", total=yuan(int(c.to or 0))),
    Kind.DAY: _proposed_day,
    Kind.MORE: lambda c: _("If the quantity rose to %(amount)s", amount=quantity(c.to, c.unit)),
    Kind.LESS: lambda c: _("If the quantity came down to %(amount)s", amount=quantity(c.to, c.unit)),
    Kind.WITHOUT: lambda c: _("If %(name)s were no must", name=c.of),
    Kind.ANYWHERE: lambda _c: _("If neighbours were only preferred on equal terms"),
    Kind.MOQ: lambda c: _("If the minimum order came down to %(amount)s", amount=quantity(c.to, c.unit)),
    Kind.PRICE: lambda c: _("If the unit price came down to %(price)s", price=price(c.to, c.unit)),
    Kind.LEAD_TIME: _proposed_lead_time,
    Kind.CAPACITY: lambda c: _("If the capacity rose to %(capacity)s",
                               capacity=per_time(quantity(c.to, c.unit), c.per)),
    Kind.CERTIFICATE: lambda c: _("With a valid %(name)s", name=c.of),
    Kind.LICENCE: lambda c: _("With %(name)s renewed", name=c.of),
    Kind.AREA: lambda _c: _("If the text did not limit the area served"),
}  # fmt: skip

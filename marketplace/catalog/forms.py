"""Forms of listings: shape only, with the limits of R13 stated and checked."""

import re
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    MultipleFileField,
    RadioField,
    SelectField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from marketplace.catalog import content as limits
from marketplace.catalog.content import CertificateClaim, ListingContent, Spec, Tier
from marketplace.catalog.labels import KIND_LABELS, PER_LABELS
from marketplace.catalog.lifecycle import CapacityPer, ListingKind
from marketplace.catalog.queries import CategoryTree
from marketplace.core.forms import (
    DayField,
    DoorstepForm,
    LineField,
    MoneyField,
    NumberField,
    SeenForm,
    TextField,
    VersionField,
    WholeNumberField,
    required,
)

Choice = TypeVar("Choice", bound=StrEnum)
ALIAS_BREAKS = re.compile(r"[、,，;；\n]+")
LONGEST_LEAD = 730
DAYS = ("天", "日", "day", "days")
EMPTY_ROWS = {"specs": 2, "tiers": 1, "certificates": 1}
"""Rows that a fresh form shows."""


def known(kind: type[Choice], value: str | None, usual: Choice) -> Choice:
    """The member of `kind` with this value; `usual` for none and for what no honest page sends."""
    return kind(value) if value in set(kind) else usual


class RowForm(Form):
    """A row of a list; an empty one is ignored, one that was begun must be finished."""

    def is_empty(self) -> bool:
        return not any(field.data for field in self)

    def unfinished(self) -> list[tuple[Any, str]]:
        """The fields that are still to be filled in, with what to do."""
        raise NotImplementedError

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and not self.is_empty():
            for field, words in self.unfinished():
                field.errors = [words]
                valid = False
        return bool(valid)


class SpecForm(RowForm):
    name = LineField(_l("Name"), max_length=limits.SPEC_NAME_LENGTH)
    value = LineField(_l("Value"), max_length=limits.SPEC_VALUE_LENGTH)

    def unfinished(self) -> list[tuple[Any, str]]:
        return [(field, _("Write both the name and the value.")) for field in self if not field.data]


class TierForm(RowForm):
    min_quantity = NumberField(_l("From quantity"), places=3, unit="..unit")
    unit_price = MoneyField(_l("Unit price"), places=6, unit="..unit")

    def unfinished(self) -> list[tuple[Any, str]]:
        words = {
            "min_quantity": _("Write the quantity from which this price holds."),
            "unit_price": _("Write the unit price."),
        }
        return [(self[name], advice) for name, advice in words.items() if self[name].data is None]


class CertificateForm(RowForm):
    kind = LineField(_l("Certificate"), max_length=limits.CERTIFICATE_LENGTH)
    number = LineField(_l("Number"), max_length=limits.CERTIFICATE_LENGTH)
    valid_until = DayField(_l("Valid until"), [Optional()])

    def unfinished(self) -> list[tuple[Any, str]]:
        return [] if self.kind.data else [(self.kind, _("Write the name of the certificate."))]


class ListingForm(DoorstepForm):
    """The whole listing on one page."""

    kind = RadioField(
        _l("What do you offer?"),
        choices=[SelectChoice(kind.value, KIND_LABELS[kind]) for kind in ListingKind],
        default=ListingKind.PRODUCT.value,
    )
    title = LineField(
        _l("Title"),
        [required(_l("Write a title, for example the name and the size of the product."))],
        max_length=limits.TITLE_LENGTH,
        description=_l("What it is and its size, at most %(max)d characters.", max=limits.TITLE_LENGTH),
    )
    category = SelectField(_l("Category"), validate_choice=True)
    description = TextField(
        _l("Description"),
        max_length=limits.DESCRIPTION_LENGTH,
        description=_l(
            "What it is made of, what it is for, how it is packed. At most %(max)d characters.",
            max=limits.DESCRIPTION_LENGTH,
        ),
    )
    aliases = LineField(
        _l("Other names"),
        max_length=limits.ALIASES * (limits.ALIAS_LENGTH + 1),
        description=_l(
            "As buyers may call it, with commas between: at most %(max)d, each up to %(length)d characters.",
            max=limits.ALIASES,
            length=limits.ALIAS_LENGTH,
        ),
    )
    specs = FieldList(FormField(SpecForm), _l("Specifications"))
    unit = LineField(_l("Unit"), max_length=limits.UNIT_LENGTH, description=_l("What one price is for."))
    tiers = FieldList(FormField(TierForm), _l("Prices"))
    negotiable = BooleanField(_l("The price is negotiable"))
    tax_included = BooleanField(_l("Prices include tax"), default=True)
    moq_quantity = NumberField(_l("Smallest order"), places=3, unit="moq_unit")
    moq_unit = LineField(_l("Unit of the smallest order"), max_length=limits.UNIT_LENGTH)
    capacity_quantity = NumberField(_l("Capacity"), places=3, unit="capacity_unit")
    capacity_unit = LineField(_l("Unit of the capacity"), max_length=limits.UNIT_LENGTH)
    capacity_per = SelectField(
        _l("Capacity for"),
        choices=[SelectChoice(per.value, PER_LABELS[per]) for per in CapacityPer],
        default=CapacityPer.MONTH.value,
    )
    lead_time_min_days = WholeNumberField(
        _l("Delivery in at least"),
        [Optional(), NumberRange(0, LONGEST_LEAD, _l("Write a number of days, at most 730."))],
        allow_zero=True,
        words=DAYS,
    )
    lead_time_max_days = WholeNumberField(
        _l("Delivery in at most"),
        [Optional(), NumberRange(0, LONGEST_LEAD, _l("Write a number of days, at most 730."))],
        allow_zero=True,
        words=DAYS,
    )
    town = SelectField(_l("Where it comes from"), validate_choice=True)
    certificates = FieldList(FormField(CertificateForm), _l("Certificates"))
    pictures = MultipleFileField(_l("Pictures"))
    version = VersionField()

    def offer(self, tree: CategoryTree, towns: list[str]) -> None:
        """Fill the choices of category and town."""
        choices = [SelectChoice("", _("Choose"))]
        for node in tree.nodes:
            above = tree.path(node.code)
            words = " / ".join(step.name for step in above[1:])
            label = words or _("%(category)s, in general", category=node.name)
            choices.append(SelectChoice(node.code, label, optgroup=above[0].name if above else node.name))
        self.category.choices = choices
        self.town.choices = [
            SelectChoice("", _("Where our organisation is")),
            *(SelectChoice(town, town) for town in towns),
        ]

    def show_rows(self) -> None:
        """Let a fresh form begin with a few empty rows."""
        for name, count in EMPTY_ROWS.items():
            rows = self[name]
            while len(rows) < count:
                rows.append_entry()

    def change_rows(self, add: str, remove: str) -> None:
        """Add a row to the list called `add`, or take the row called like `specs-2` away."""
        if add in EMPTY_ROWS:
            self[add].append_entry()
        name, _dash, _number = remove.rpartition("-")
        if name in EMPTY_ROWS:
            rows = self[name]
            rows.entries = [row for row in rows.entries if row.name != remove]

    def to_content(self) -> ListingContent:
        """What the form says, as plain values; rows that are not finished are left out."""
        return ListingContent(
            title=self.title.data or "",
            kind=known(ListingKind, self.kind.data, ListingKind.PRODUCT),
            category=self.category.data or "",
            description=(self.description.data or "").replace("\r\n", "\n"),
            aliases=tuple(name.strip() for name in ALIAS_BREAKS.split(self.aliases.data or "") if name.strip()),
            specs=tuple(
                Spec(row.form.name.data, row.form.value.data)
                for row in self.specs
                if row.form.name.data and row.form.value.data
            ),
            unit=self.unit.data or "",
            negotiable=self.negotiable.data,
            tax_included=self.tax_included.data,
            tiers=tuple(
                Tier(row.form.min_quantity.data, row.form.unit_price.data)
                for row in self.tiers
                if row.form.min_quantity.data is not None and row.form.unit_price.data is not None
            ),
            moq_quantity=self.moq_quantity.data,
            moq_unit=self.moq_unit.data or "",
            capacity_quantity=self.capacity_quantity.data,
            capacity_unit=self.capacity_unit.data or "",
            capacity_per=known(CapacityPer, self.capacity_per.data, CapacityPer.MONTH),
            lead_time_min_days=self.lead_time_min_days.data,
            lead_time_max_days=self.lead_time_max_days.data,
            certificates=tuple(
                CertificateClaim(row.form.kind.data, row.form.number.data or "", row.form.valid_until.data)
                for row in self.certificates
                if row.form.kind.data
            ),
            town=self.town.data or "",
        )


def values_of(content: ListingContent, version: int) -> dict[str, Any]:
    """`content` as the form shows it."""
    return {
        "kind": content.kind.value,
        "title": content.title,
        "category": content.category,
        "description": content.description,
        "aliases": "、".join(content.aliases),
        "specs": [{"name": spec.name, "value": spec.value} for spec in content.specs],
        "unit": content.unit,
        "tiers": [{"min_quantity": tier.min_quantity, "unit_price": tier.unit_price} for tier in content.tiers],
        "negotiable": content.negotiable,
        "tax_included": content.tax_included,
        "moq_quantity": content.moq_quantity,
        "moq_unit": content.moq_unit,
        "capacity_quantity": content.capacity_quantity,
        "capacity_unit": content.capacity_unit,
        "capacity_per": content.capacity_per.value,
        "lead_time_min_days": content.lead_time_min_days,
        "lead_time_max_days": content.lead_time_max_days,
        "certificates": [
            {"kind": claim.kind, "number": claim.number, "valid_until": claim.valid_until}
            for claim in content.certificates
        ],
        "town": content.town,
        "version": version,
    }


class VerdictForm(SeenForm):
    """What staff decide of a listing, and why when it is sent back or taken down."""

    reason = TextField(_l("Reason"), max_length=500, description=_l("The supplier reads it. At most 500 characters."))

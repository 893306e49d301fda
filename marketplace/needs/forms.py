"""Forms of needs: shape only."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from marketplace.catalog.queries import CategoryTree
from marketplace.core.certificates import canonical
from marketplace.core.forms import (
    DayField,
    DoorstepForm,
    LineField,
    MoneyField,
    NumberField,
    TextField,
    VersionField,
    required,
)
from marketplace.core.money import fen
from marketplace.core.places import Gazetteer
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.labels import PREFERENCE_LABELS, UNMET_LABELS
from marketplace.needs.lifecycle import MAX_LINES, LocalPreference, UnmetReason, allowed_preferences
from marketplace.needs.understanding import MAX_SENTENCE, MAX_TITLE

BETWEEN_NAMES = re.compile(r"[、,，;；\n]+")
MOST_NAMES = 20
LONGEST_NAME = 60


def names_in(text: str | None) -> tuple[str, ...]:
    """The names in `text`, which stand between commas or on lines of their own, each once."""
    return tuple(dict.fromkeys(name.strip() for name in BETWEEN_NAMES.split(text or "") if name.strip()))


def few_names(form: Any, field: Any) -> None:
    names = names_in(field.data)
    if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
        raise ValidationError(
            _(
                "At most %(most)d, each with at most %(long)d characters.",
                most=MOST_NAMES,
                long=LONGEST_NAME,
            )
        )


def certificate_names(text: str | None) -> tuple[str, ...]:
    """The canonical names of the certificates in `text` (SC is 食品生产许可证), each once."""
    return tuple(dict.fromkeys(canonical(name) for name in names_in(text)))


class NeedLineForm(Form):
    """One line; a line in which nothing is written is left out."""

    item = LineField(_l("What"), max_length=120)
    quantity = NumberField(_l("Quantity"), places=3, unit="unit")
    unit = LineField(_l("Unit"), max_length=12)
    max_unit_price = MoneyField(_l("Price at most"), places=6, most=Decimal(10) ** 9, unit="price_per")
    price_per = LineField(_l("Price for one"), max_length=12)
    category = SelectField(_l("Category"), validate_choice=False)
    certificates = LineField(_l("Certificates for this line only"), [few_names], max_length=400)

    def is_empty(self) -> bool:
        return not any((field.raw_data or [""])[0] or field.data for field in self)

    def validate_item(self, field: Any) -> None:
        if not field.data and not self.is_empty():
            raise ValidationError(_("Write what you need, for example PE bags."))

    def validate_unit(self, field: Any) -> None:
        if self.quantity.data is not None and not field.data:
            raise ValidationError(_("Write the unit, for example kg."))

    def validate_max_unit_price(self, field: Any) -> None:
        if field.data is not None and not (self.price_per.data or self.unit.data):
            raise ValidationError(_("Write what the price is for: one piece, one kilogram?"))

    def to_content(self, tree: CategoryTree) -> LineContent:
        known = {str(node.id): node.id for node in tree.nodes}
        per = self.price_per.data or ""
        return LineContent(
            item=self.item.data or "",
            quantity=self.quantity.data,
            unit=self.unit.data or "",
            category_id=known.get(self.category.data or ""),
            max_unit_price=self.max_unit_price.data,
            price_per="" if per == self.unit.data else per,
            certificates=certificate_names(self.certificates.data),
        )


class NeedForm(DoorstepForm):
    """The editor. Names of certificates and conditions stand in one field, between commas."""

    sentence = TextField(_l("Your sentence"), max_length=MAX_SENTENCE)
    read_from = HiddenField()
    title = LineField(_l("Title"), [required(_l("Say in a few words what you need."))], max_length=MAX_TITLE)
    description = TextField(
        _l("What suppliers should know"),
        max_length=4000,
        description=_l(
            "Size, material, use, packing, how you pay. No telephone numbers: contact data is "
            "shown after the first answer."
        ),
    )
    lines = FieldList(FormField(NeedLineForm), _l("Lines"), min_entries=1, max_entries=MAX_LINES)
    budget = MoneyField(_l("Budget for everything"), places=2, most=Decimal(10) ** 11)
    deliver_by = DayField(_l("Latest delivery day"), [Optional()])
    deliver_town = LineField(_l("Deliver to"), max_length=60)
    certificates = LineField(_l("Certificates for every line"), [few_names], max_length=600)
    hard_words = LineField(
        _l("Conditions without exception"),
        [few_names],
        max_length=600,
        description=_l("What must or must not be. An offer that misses one stands below all that meet it."),
    )
    local_preference = RadioField(_l("Do neighbours come first?"), default=LocalPreference.NONE.value)
    closing_day = DayField(_l("Open until"), [Optional()])
    version = VersionField()

    def offer(self, tree: CategoryTree, *, public_body: bool) -> None:
        """Fill the choices: categories of each line, and the preferences this buyer may have (R9)."""
        allowed = allowed_preferences(public_body)
        self.local_preference.choices = [SelectChoice(choice.value, PREFERENCE_LABELS[choice]) for choice in allowed]
        choices = category_choices(tree)
        for row in self.lines:
            row.form.category.choices = choices

    def to_content(self, tree: CategoryTree, gazetteer: Gazetteer) -> NeedContent:
        town = self.deliver_town.data or ""
        place = gazetteer.find(town) if town else None
        return NeedContent(
            title=self.title.data or "",
            description=self.description.data or "",
            sentence=self.sentence.data or "",
            lines=tuple(row.form.to_content(tree) for row in self.lines if row.form.item.data),
            budget_fen=fen(self.budget.data) if self.budget.data is not None else None,
            deliver_by=self.deliver_by.data,
            deliver_town=place.name if place else town,
            certificates=certificate_names(self.certificates.data),
            hard_words=names_in(self.hard_words.data),
            local_preference=LocalPreference(self.local_preference.data or "none"),
        )


def category_choices(tree: CategoryTree) -> list[SelectChoice]:
    """All categories below their letters, the third level set in; the first choice is none."""
    choices = [SelectChoice("", _("Not chosen"))]
    for root in tree.roots:
        for child in tree.children(root.code):
            choices.append(SelectChoice(str(child.id), child.name, optgroup=root.name))
            choices += [
                SelectChoice(str(leaf.id), f"\u2003{leaf.name}", optgroup=root.name)
                for leaf in tree.children(child.code)
            ]
    return choices


class ClosingForm(DoorstepForm):
    """The last day, when a need is published or opened again."""

    closing_day = DayField(_l("Open until"), [required(_l("Choose a day."))])

    def to_day(self) -> date:
        assert self.closing_day.data is not None
        return self.closing_day.data


class UnmetForm(DoorstepForm):
    reason = RadioField(
        _l("Why was it not met?"), choices=[SelectChoice(reason.value, UNMET_LABELS[reason]) for reason in UnmetReason]
    )
    note = LineField(_l("Anything else"), max_length=200)


class ReasonForm(DoorstepForm):
    """A step with a word of explanation."""

    note = LineField(_l("Why? (for your own record)"), max_length=200)

"""Forms of accounts and organisations: shape only."""

from datetime import date
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from stdnum.cn import uscc
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts.labels import KIND_LABELS, LOCALITY_LABELS
from marketplace.accounts.lifecycle import Locality, OrganisationKind
from marketplace.accounts.services import LicenceFacts, OrganisationFacts, Verdict
from marketplace.core.certificates import canonical
from marketplace.core.forms import (
    DayField,
    DoorstepForm,
    LineField,
    SeenForm,
    TextField,
    VersionField,
    WholeNumberField,
    required,
)


def email_address(form: Any, field: Any) -> None:
    """An e-mail address by its form; nothing is looked up."""
    if not field.data:
        return
    try:
        field.data = validate_email(field.data, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ValidationError(_("Write an e-mail address, for example li@example.com.")) from None


def phone_number(form: Any, field: Any) -> None:
    """A Chinese or international number by its form."""
    if not field.data:
        return
    try:
        number = phonenumbers.parse(field.data, "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Write a telephone number, for example 028-8371 0000 or 138 0000 0000."))


def credit_code(form: Any, field: Any) -> None:
    """18 characters with a right check digit (GB 32100-2015)."""
    if field.data and not uscc.is_valid(uscc.compact(field.data).upper()):
        raise ValidationError(_("Check the 18 characters: the last one does not fit the others."))


class SignInForm(DoorstepForm):
    email = LineField(_l("E-mail"), [required(_l("Write your e-mail address."))], max_length=200)
    password = PasswordField(_l("Password"), [required(_l("Write your password."))])
    next = HiddenField()
    kept = HiddenField()


class EmailForm(DoorstepForm):
    """Asks only for an address: the first step of registering and of a new password."""

    email = LineField(_l("E-mail"), [required(_l("Write your e-mail address.")), email_address], max_length=200)


class PasswordForm(DoorstepForm):
    password = PasswordField(
        _l("New password"),
        [required(_l("Choose a password."))],
        description=_l("At least 10 characters. A short sentence is a good one."),
    )


class ChangePasswordForm(PasswordForm):
    old_password = PasswordField(_l("Present password"), [required(_l("Write your present password."))])


class PersonForm(DoorstepForm):
    name = LineField(_l("Your name"), [required(_l("Write your name."))], max_length=60)
    title = LineField(_l("Position"), max_length=60)
    phone = LineField(_l("Telephone"), [phone_number], max_length=40)


class LicenceForm(Form):
    """One row of the licence table; an empty row is ignored."""

    kind = LineField(_l("Licence"), max_length=60)
    number = LineField(_l("Number"), max_length=60)
    valid_until = DayField(_l("Valid until"), [Optional()])


class OrganisationForm(DoorstepForm):
    name = LineField(_l("Registered name"), [required(_l("Write the name as it stands on the licence."))])
    short_name = LineField(_l("Short name"), max_length=24, description=_l("As people call you, for lists and cards."))
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, KIND_LABELS[kind]) for kind in OrganisationKind])
    credit_code = LineField(
        _l("Unified social credit code"), [required(_l("Write the 18 characters.")), credit_code], max_length=30
    )
    town = SelectField(_l("Town"), validate_choice=True)
    address = LineField(_l("Address"), max_length=200)
    intro = TextField(
        _l("What you do"), max_length=1000, description=_l("Two or three sentences for your public page.")
    )
    founded = WholeNumberField(
        _l("Founded in"), [Optional(), NumberRange(1800, 2100, _l("Write a year."))], words=("年",)
    )
    employees = WholeNumberField(
        _l("Employees"), [Optional(), NumberRange(1, 10**6, _l("Write a number."))], words=("人", "名", "位")
    )
    contact_name = LineField(_l("Contact person"), [required(_l("Write who is to be asked for."))], max_length=60)
    contact_phone = LineField(
        _l("Contact telephone"),
        [required(_l("Write a telephone number.")), phone_number],
        max_length=40,
        description=_l("Shown only to a counterpart after the first answer."),
    )
    contact_email = LineField(_l("Contact e-mail"), [email_address], max_length=200)
    licences = FieldList(FormField(LicenceForm), _l("Licences"), max_entries=20)
    paper = FileField(_l("Business licence (PDF or picture)"))
    version = VersionField()

    SPARE_ROWS = 2

    def offer(self, towns: list[str]) -> None:
        """Fill the list of towns and add empty licence rows."""
        self.town.choices = [SelectChoice("", _("Choose"))] + [SelectChoice(town, town) for town in towns]
        while len(self.licences) < 20 and sum(not row.form.kind.data for row in self.licences) < self.SPARE_ROWS:
            self.licences.append_entry()

    def to_facts(self) -> OrganisationFacts:
        return OrganisationFacts(
            name=self.name.data,
            kind=OrganisationKind(self.kind.data),
            credit_code=self.credit_code.data,
            short_name=self.short_name.data,
            town=self.town.data,
            address=self.address.data,
            intro=self.intro.data,
            founded=self.founded.data,
            employees=self.employees.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            contact_email=self.contact_email.data,
        )

    def to_licences(self) -> list[LicenceFacts]:
        return [
            LicenceFacts(canonical(row.form.kind.data), row.form.number.data or "", row.form.valid_until.data)
            for row in self.licences
            if row.form.kind.data
        ]


class RegistrationForm(OrganisationForm):
    """The person and the organisation on one page, after the e-mail was confirmed."""

    person_name = LineField(_l("Your name"), [required(_l("Write your name."))], max_length=60)
    person_title = LineField(_l("Position"), max_length=60)
    password = PasswordField(
        _l("Choose a password"),
        [required(_l("Choose a password."))],
        description=_l("At least 10 characters. A short sentence is a good one."),
    )


class InvitedForm(DoorstepForm):
    """Somebody invited who has no account yet."""

    name = LineField(_l("Your name"), [required(_l("Write your name."))], max_length=60)
    password = PasswordField(
        _l("Choose a password"),
        [required(_l("Choose a password."))],
        description=_l("At least 10 characters. A short sentence is a good one."),
    )


class ReasonForm(SeenForm):
    reason = TextField(_l("Reason"), [required(_l("Write the reason, so that it can be corrected."))], max_length=500)


class VerdictForm(SeenForm):
    """What staff decide about an organisation."""

    locality = RadioField(
        _l("Locality"),
        [required(_l("Choose how near it is."))],
        choices=[SelectChoice(value.value, LOCALITY_LABELS[value]) for value in Locality],
    )
    officer = SelectField(_l("Service officer"), coerce=int)
    licences = SelectMultipleField(
        _l("Licences compared with the paper"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, officers: list[Any], licences: list[Any], today: date) -> None:
        self.officer.choices = [SelectChoice(0, _("None yet"))] + [
            SelectChoice(officer.id, officer.name) for officer in officers
        ]
        self.licences.choices = [
            SelectChoice(own.id, " ".join(str(part) for part in (own.kind, own.number, own.valid_until) if part))
            for own in licences
        ]

    def to_verdict(self) -> Verdict:
        return Verdict(Locality(self.locality.data), self.officer.data or None, frozenset(self.licences.data or ()))


class RoleForm(DoorstepForm):
    owner = BooleanField(_l("Owner"))

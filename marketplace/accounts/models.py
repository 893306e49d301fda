"""People, organisations and who belongs to which."""

import secrets
from datetime import date, datetime
from typing import Any

from flask_login import AnonymousUserMixin
from sqlalchemy import Enum, Float, ForeignKey, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.lifecycle import (
    STEPS,
    Locality,
    MembershipRole,
    OrganisationKind,
    OrganisationStatus,
    StaffRole,
    is_public_body,
)
from marketplace.accounts.roles import has_right
from marketplace.core.db import UTCDateTime, db
from marketplace.core.lifecycle import ensure_step


def enum_column(kind: type, name: str, length: int = 32) -> Enum:
    """An enum stored by its value, with a check constraint that the database keeps."""
    return Enum(
        kind,
        native_enum=False,
        length=length,
        create_constraint=True,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def new_reset_key() -> str:
    return secrets.token_hex(16)


class Person(db.Model):
    """Somebody who signs in, under their own name."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, comment="lower case")
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="", comment="position, e.g. 采购经理")
    password_hash: Mapped[str] = mapped_column(default="")
    reset_key: Mapped[str] = mapped_column(default=new_reset_key, comment="renewed to end every link to a new password")
    staff_role: Mapped[StaffRole] = mapped_column(enum_column(StaffRole, "staff_role_is_known"), default=StaffRole.NONE)
    language: Mapped[str] = mapped_column(default="zh_Hans")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", order_by="Membership.id")

    is_authenticated = True
    is_anonymous = False
    sign_in_token = ""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        """What the session cookie holds: the token of this device's row in `sign_ins`."""
        return self.sign_in_token

    @property
    def is_staff(self) -> bool:
        return self.staff_role is not StaffRole.NONE

    def may_as_staff(self, right: str) -> bool:
        """True when the role among the park staff has `right`, one of `roles.STAFF_RIGHTS`."""
        return has_right(self.staff_role, right)

    @property
    def organisation(self) -> "Organisation | None":
        """The organisation this person acts for: the first he belongs to."""
        return self.memberships[0].organisation if self.memberships else None

    def belongs_to(self, organisation_id: int | None) -> bool:
        return any(membership.organisation_id == organisation_id for membership in self.memberships)

    def owns(self, organisation_id: int | None) -> bool:
        return any(
            membership.organisation_id == organisation_id and membership.role is MembershipRole.OWNER
            for membership in self.memberships
        )


class SignIn(db.Model):
    """A device on which a person is signed in. Without its row a cookie is worth nothing."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the token in the cookie")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who is not signed in."""

    id = None
    name = ""
    is_staff = False
    organisation = None
    memberships: tuple[Any, ...] = ()

    def may_as_staff(self, right: str) -> bool:
        return has_right(StaffRole.NONE, right)

    def belongs_to(self, organisation_id: int | None) -> bool:
        return False

    def owns(self, organisation_id: int | None) -> bool:
        return False


class Organisation(db.Model):
    """An enterprise, office, school, association, institute or hospital; any may supply and buy."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(comment="registered name")
    short_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "kind_is_known"))
    credit_code: Mapped[str] = mapped_column(unique=True, comment="unified social credit code, GB 32100-2015")
    status: Mapped[OrganisationStatus] = mapped_column(
        enum_column(OrganisationStatus, "status_is_known"), default=OrganisationStatus.PENDING, index=True
    )
    status_reason: Mapped[str] = mapped_column(Text, default="", comment="why returned or suspended")
    locality: Mapped[Locality | None] = mapped_column(
        enum_column(Locality, "locality_is_known"), comment="set by staff at verification"
    )
    town: Mapped[str] = mapped_column(default="", comment="full name in the gazetteer")
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None] = mapped_column(Float, comment="WGS 84")
    longitude: Mapped[float | None] = mapped_column(Float, comment="WGS 84")
    founded: Mapped[int | None] = mapped_column(comment="year")
    employees: Mapped[int | None]
    intro: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    answer_hours_median: Mapped[int | None] = mapped_column(comment="usual time to a first answer, in hours")
    officer_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id"), comment="service officer who looks after it"
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    licences: Mapped[list["OrganisationLicence"]] = relationship(
        back_populates="organisation", order_by="OrganisationLicence.id", cascade="all, delete-orphan"
    )
    memberships: Mapped[list["Membership"]] = relationship(back_populates="organisation", order_by="Membership.id")
    officer: Mapped["Person | None"] = relationship(foreign_keys=[officer_id])

    @property
    def display_name(self) -> str:
        return self.short_name or self.name

    @hybrid_property
    def is_verified(self) -> bool:
        """True when staff have verified it, so that everybody may see it; for a row and for a query."""
        return self.status == OrganisationStatus.VERIFIED

    @property
    def is_public_body(self) -> bool:
        return is_public_body(self.credit_code)

    def move_to(self, status: OrganisationStatus) -> None:
        """Take the step to `status`, or raise `StepNotPossible`."""
        ensure_step(STEPS, self.status, status)
        self.status = status

    def holds(self, licence: str, on: date) -> bool:
        """True when staff have checked a licence called `licence` that is valid on the day `on`."""
        return any(
            own.kind == licence and own.checked_at is not None and (own.valid_until is None or own.valid_until >= on)
            for own in self.licences
        )


class OrganisationLicence(db.Model):
    """A licence on file; staff looked at it when they verified the organisation."""

    __tablename__ = "organisation_licences"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="canonical certificate name")
    number: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="when staff compared it with the paper")

    organisation: Mapped[Organisation] = relationship(back_populates="licences")


class Membership(db.Model):
    """A person acts for an organisation."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[MembershipRole] = mapped_column(enum_column(MembershipRole, "role_is_known"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")


def new_invitation_key() -> str:
    return secrets.token_hex(16)


class Invitation(db.Model):
    """An owner asked somebody to act for the organisation. The row goes when it is accepted or ended."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("organisation_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_invitation_key, comment="what the mailed link names")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    email: Mapped[str] = mapped_column(comment="lower case")
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[Person] = relationship()

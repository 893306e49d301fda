"""Reads that put several domains together: figures of the home page, the workbench, the staff board."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from marketplace import search
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.accounts.queries import (
    count_looked_after_by,
    has_administrator,
    organisations_looked_after_by,
    organisations_to_verify,
)
from marketplace.campaigns import queries as campaigns
from marketplace.catalog import queries as catalog
from marketplace.catalog.lifecycle import RENEWAL_NOTICES, ListingStatus
from marketplace.catalog.models import Category, Listing
from marketplace.core.db import db
from marketplace.core.jobs import Job
from marketplace.inquiries import queries as inquiries
from marketplace.inquiries.models import Inquiry
from marketplace.matching import queries as matching
from marketplace.needs import queries as needs
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.words.queries import count_standing

#: Rows of each list on the home page, the workbench and the board; the whole list is one click away.
SHORT = 5
RENEWAL_WARNING = timedelta(days=max(RENEWAL_NOTICES))


@dataclass(frozen=True)
class Figures:
    """What is there at this moment, for everybody."""

    listings: int
    needs: int
    organisations: int


@dataclass(frozen=True)
class Home:
    """Everything the home page shows of the database."""

    figures: Figures
    open_needs: list[Need]
    supply: dict[int, tuple[int, int]]
    featured: list[Listing]
    is_set_up: bool


@dataclass(frozen=True)
class Workbench:
    """What waits for the people of one organisation."""

    to_answer: list[Inquiry]
    waiting: inquiries.Waiting
    open_needs: list[Need]
    supply: dict[int, tuple[int, int]]
    need_drafts: list[Need]
    listing_drafts: list[Listing]
    expiring: list[Listing]
    listings: dict[ListingStatus, int]
    needs: dict[NeedStatus, int]

    @property
    def is_new(self) -> bool:
        """True for an organisation that has neither published nor asked for anything."""
        return not self.listings and not self.needs and not self.to_answer


@dataclass(frozen=True)
class Board:
    """What waits for the park staff."""

    to_verify: list[Organisation]
    to_verify_count: int
    to_review: list[Listing]
    to_review_count: int
    dead_jobs: list[Job]
    featured_count: int
    searched_in_vain: int
    sick_indexes: list[str]
    changes_to_index: int


@dataclass(frozen=True)
class LookedAfter:
    """The organisations assigned to a service officer: the first, and how many there are."""

    first: list[Organisation]
    count: int


def figures(now: datetime) -> Figures:
    """Published listings, open needs and verified organisations."""
    listings = db.session.scalar(
        select(func.count()).select_from(
            catalog.public_listings(now).order_by(None).options().with_only_columns(Listing.id).subquery()
        )
    )
    organisations = db.session.scalar(select(func.count(Organisation.id)).where(Organisation.is_verified))
    return Figures(listings or 0, needs.count_open(now), organisations or 0)


def is_set_up() -> bool:
    """True once the installation has an administrator and its categories."""
    return has_administrator() and db.session.scalar(select(Category.id).limit(1)) is not None


def home(now: datetime) -> Home:
    """The home page's part of the database, in a fixed number of queries."""
    open_needs = needs.newest_open_needs(now, SHORT)
    return Home(
        figures=figures(now),
        open_needs=open_needs,
        supply=matching.supply_counts([need.id for need in open_needs], now),
        featured=campaigns.featured_now(now),
        is_set_up=is_set_up(),
    )


def _few(statement, limit: int = SHORT):  # type: ignore[no-untyped-def]
    return list(db.session.scalars(statement.limit(limit)).unique())


def workbench(organisation_id: int, now: datetime) -> Workbench:
    """What waits for the organisation, most urgent first, in a fixed number of queries."""
    own = catalog.own_listings(organisation_id)
    open_needs = _few(needs.open_needs_of(organisation_id, now))
    return Workbench(
        to_answer=inquiries.to_answer(organisation_id),
        waiting=inquiries.waiting_for(organisation_id),
        open_needs=open_needs,
        supply=matching.supply_counts([need.id for need in open_needs], now),
        need_drafts=_few(needs.needs_of(organisation_id, NeedStatus.DRAFT)),
        listing_drafts=_few(own.where(Listing.status.in_([ListingStatus.RETURNED, ListingStatus.DRAFT]))),
        expiring=_few(
            own.where(
                Listing.is_live(now),
                Listing.expires_at <= now + RENEWAL_WARNING,
            )
            .order_by(None)
            .order_by(Listing.expires_at, Listing.id)
        ),
        listings=catalog.count_by_status(organisation_id),
        needs=needs.count_by_status(organisation_id),
    )


def board(now: datetime) -> Board:
    """What waits for the park staff, longest waiting first."""
    waiting = organisations_to_verify()
    dead = select(Job).where(Job.dead_at.is_not(None)).order_by(Job.dead_at.desc(), Job.id.desc())
    return Board(
        to_verify=_few(waiting),
        to_verify_count=db.session.scalar(
            select(func.count(Organisation.id)).where(Organisation.status == OrganisationStatus.PENDING)
        )
        or 0,
        to_review=_few(catalog.listings_to_review()),
        to_review_count=catalog.count_to_review(),
        dead_jobs=_few(dead),
        featured_count=len(campaigns.featured_now(now)),
        searched_in_vain=sum(count_standing("in_vain").values()),
        sick_indexes=[kind for kind in search.kinds() if search.find(kind, search.Query(limit=1)).degraded],
        changes_to_index=search.count_waiting(),
    )


def looked_after(person_id: int) -> LookedAfter:
    """What is assigned to somebody of the park staff."""
    return LookedAfter(_few(organisations_looked_after_by(person_id)), count_looked_after_by(person_id))

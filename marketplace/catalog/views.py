"""Public pages of listings: the shelf with its search, one listing, a category, and how it all works."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from marketplace.accounts.models import Organisation
from marketplace.catalog import queries, services
from marketplace.catalog.claims import RULE_WORDS, find_claims, marked_pieces
from marketplace.catalog.distances import kilometres, origin_of
from marketplace.catalog.forms import VerdictForm
from marketplace.catalog.labels import CHAIN_STAGE_LABELS, KIND_LABELS, PER_LABELS, STATUS_LABELS
from marketplace.catalog.lifecycle import EDITABLE, RENEWABLE, SUBMITTABLE, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.quality import check
from marketplace.catalog.search import PAGE
from marketplace.catalog.shelf import drawn_cards
from marketplace.catalog.tree import park_tree
from marketplace.core.arguments import Amount, Arguments
from marketplace.core.clock import local_day, utc_now
from marketplace.core.money import total_fen
from marketplace.core.policies import authorize, may, partly_public, public
from marketplace.core.timeline import timeline_of, worded
from marketplace.core.web import drawn
from marketplace.search.browse import Browse

bp = Blueprint("catalog", __name__)
PANEL_SIZE = 4
MOST_QUANTITY = Decimal(10) ** 12


@bp.get("/listings")
@public
def index() -> Any:
    """Search what suppliers offer."""
    browse = Browse(PAGE)
    return browse.answer(
        "catalog/index.html",
        "catalog/_results.html",
        rows=drawn_cards(queries.cards_by_ids(browse.hits.ids, utc_now()), origin_of(current_user), "h2"),
    )


@bp.get("/categories/<code>")
@public
def category(code: str) -> Any:
    """What is offered in one category."""
    return redirect(url_for("catalog.index", category=queries.category_or_404(code).code))


@bp.get("/listings/how")
@public
def how() -> Any:
    """How listings are checked, ordered, and how long they live."""
    return render_template(
        "catalog/how.html", life_days=current_app.config["LISTING_LIFE_DAYS"], rules=list(RULE_WORDS.values())
    )


class QuantityArguments(Arguments):
    quantity = Amount(MOST_QUANTITY, above_zero=True)


def show_listing(listing: Listing, *, verdict: VerdictForm | None = None, status: int = 200) -> Any:
    """The page of a listing; its supplier and staff also see its life."""
    asked = QuantityArguments()
    quantity = asked.quantity
    price = listing.price_for(quantity) if quantity else None
    now = utc_now()
    tree = queries.category_tree()
    history = may("listings.history", listing)
    if verdict is None and (may("listings.review") or may("listings.suspend")):
        verdict = VerdictForm(formdata=None)
        verdict.version.data = listing.version
    return render_template(
        "catalog/show.html",
        listing=listing,
        asked=asked,
        quantity=quantity,
        price=price,
        total=total_fen(price, quantity) if price is not None and quantity else None,
        now=now,
        today=local_day(now),
        path=tree.path(listing.category.code) if listing.category else [],
        km=kilometres(listing, origin_of(current_user)),
        is_public=listing.is_public(now),
        timeline=worded(timeline_of(listing)) if history else [],
        versions=queries.versions_of(listing) if history else [],
        checks=check(services.content_of(listing), len(listing.pictures)) if may("listings.edit", listing) else [],
        claims=claims_of(listing) if history else [],
        reasons=services.review_reasons(services.content_of(listing), listing.category) if history else set(),
        verdict=verdict,
        **pairs(listing),
    ), status


def claims_of(listing: Listing) -> list[tuple[str, str]]:
    """Words of R11 in a listing, each once, with the rule in words."""
    code = listing.category.code if listing.category else ""
    texts = (
        listing.title,
        listing.description,
        *listing.aliases,
        *(f"{row['name']} {row['value']}" for row in listing.specs),
    )
    found = {claim.word: str(RULE_WORDS[claim.rule]) for text in texts for claim in find_claims(text, code)}
    return list(found.items())


@bp.get("/listings/<int:listing_id>")
@partly_public
def show(listing_id: int) -> Any:
    """One listing. One that was on the shelf once says that it is gone; a draft of others does not exist."""
    listing = queries.listing_or_404(listing_id)
    if listing.published_at is not None and not may("listings.read", listing):
        authorize("listings.look", listing)
        page = render_template("catalog/gone.html", category=listing.category, why=why_gone(listing))
        return make_response(page, 410)
    authorize("listings.read", listing, hidden=True)
    return show_listing(listing)


def why_gone(listing: Listing) -> str:
    """Why what was on the shelf once is not there now, as everybody may know it."""
    if not listing.organisation.is_verified:
        return _("Its supplier does not offer here at the moment.")
    if listing.status in (ListingStatus.IN_REVIEW, ListingStatus.RETURNED):
        return _("Its supplier has changed it, and the park staff have not passed the change yet.")
    if listing.status in (ListingStatus.EXPIRED, ListingStatus.PUBLISHED):
        return _("Its time has run out.")
    return _("It has been taken off the shelf.")


def panel(organisation: Organisation) -> Markup:
    """What a supplier offers, for the page of the organisation."""
    rows = queries.newest_cards(organisation.id, utc_now(), PANEL_SIZE + 1)
    return drawn(
        "catalog/_panel.html",
        organisation=organisation,
        rows=drawn_cards(rows[:PANEL_SIZE], origin_of(current_user), "h3"),
        more=len(rows) > PANEL_SIZE,
    )


def template_words() -> dict[str, Any]:
    """What the templates of this domain ask for."""
    return {
        "listing_kind": lambda listing: KIND_LABELS[listing.kind],
        "listing_status": lambda listing: STATUS_LABELS[listing.status],
        "capacity_per": lambda per: PER_LABELS[per],
        "chain_stage": lambda stage: CHAIN_STAGE_LABELS.get(stage, stage),
        "marked_pieces": marked_pieces,
        "category_has": lambda code, trait: park_tree().has(code, trait),
        "category_tint": lambda code: park_tree().tint(code),
        "first_category": lambda: park_tree().first,
        "claim_words": RULE_WORDS,
        "is_editable": lambda listing: listing.status in EDITABLE,
        "is_submittable": lambda listing: listing.status in SUBMITTABLE,
        "is_renewable": lambda listing: listing.status in RENEWABLE,
    }


def pairs(listing: Listing) -> dict[str, list[tuple[Any, Any]]]:
    """Rows of the tables on the page of a listing."""
    return {
        "specs": [(row["name"], row["value"]) for row in listing.specs],
        "tiers": [(tier.min_quantity, tier.unit_price) for tier in listing.tiers],
    }

"""Listings and needs of the demonstration park, written and published as their owners would."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from marketplace.catalog.content import CertificateClaim, ListingContent, Spec, Tier
from marketplace.catalog.lifecycle import CapacityPer, ListingKind, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import category_tree
from marketplace.catalog.services import add_picture, approve_listing, create_listing, submit_listing
from marketplace.demo import accounts, queries, seed
from marketplace.demo.seed import Dates
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.lifecycle import LocalPreference
from marketplace.needs.models import Need
from marketplace.needs.services import close_need, create_need, publish_need

#: How long before its publication a draft was begun.
DRAFTED = timedelta(hours=2)


def ids_of(name: str) -> dict[str, int]:
    """Database ids of the listings or needs of the files that are loaded, by their id there.

    They are known by credit code and title: no organisation of the files uses a title twice.
    """
    model: type[Listing] | type[Need] = Listing if name == "listings" else Need
    known = queries.ids_by_title(model)
    codes = {row["id"]: row["uscc"] for row in seed.rows("organisations")}
    keys = {row["id"]: (codes[row["org"]], row["title"]) for row in seed.rows(name)}
    return {id_: known[key] for id_, key in keys.items() if key in known}


def ids_without_picture() -> list[int]:
    """Loaded listings that have no picture yet."""
    bare = queries.listing_ids_without_picture()
    return [id_ for id_ in ids_of("listings").values() if id_ in bare]


def listing_content(row: Mapping[str, Any], dates: Dates) -> ListingContent:
    """What a listing of the files says."""
    price, moq, capacity, lead = row["price"], row["moq"], row["capacity"], row["lead_time_days"]
    return ListingContent(
        title=row["title"],
        kind=ListingKind(row["kind"]),
        category=row["category"],
        description=row["description"],
        aliases=tuple(row["keywords"]),
        specs=tuple(Spec(spec["name"], spec["value"]) for spec in row["specs"]),
        unit=price["unit"],
        negotiable=price["negotiable"],
        tax_included=price["tax_included"],
        tiers=tuple(
            Tier(seed.decimal(tier["min_qty"]), seed.decimal(tier["unit_price"]))  # type: ignore[arg-type]
            for tier in price["tiers"]
        ),
        moq_quantity=seed.decimal(moq["qty"]) if moq else None,
        moq_unit=moq["unit"] if moq else "",
        capacity_quantity=seed.decimal(capacity["qty"]) if capacity else None,
        capacity_unit=capacity["unit"] if capacity else "",
        capacity_per=CapacityPer(capacity["per"]) if capacity else CapacityPer.MONTH,
        lead_time_min_days=lead["min"] if lead else None,
        lead_time_max_days=lead["max"] if lead else None,
        certificates=tuple(
            CertificateClaim(each["type"], each["number"], dates.day(each["valid_until"]))
            for each in row["certificates"]
        ),
        town=row["town"],
    )


def load_listings(dates: Dates, pictures: Mapping[str, dict[str, bytes]]) -> Iterator[bool]:
    """Written, illustrated with `pictures` (by listing id) and published; staff approve what has to be looked at."""
    reviewer = accounts.person(accounts.REVIEWER)
    known = ids_of("listings")
    for row in seed.rows("listings"):
        if row["id"] not in known:
            actor = accounts.person(accounts.people_of(row["org"])[-1]["id"])
            published = dates.moment(row["published_at"])
            listing = create_listing(
                accounts.organisation(row["org"]), actor, listing_content(row, dates), published - DRAFTED
            )
            if row["id"] in pictures:
                add_picture(
                    listing,
                    actor,
                    pictures[row["id"]],
                    published - DRAFTED,
                    name=f"{row['title']}.png",
                    alt=row["title"],
                )
            submit_listing(listing, actor, published)
            if listing.status is ListingStatus.IN_REVIEW:
                approve_listing(listing, reviewer, published + timedelta(minutes=40))
        yield row["id"] not in known


def need_content(row: Mapping[str, Any], dates: Dates) -> NeedContent:
    """What a need of the files says."""
    tree = category_tree()
    categories = {line["no"]: tree.get(line["category"]) for line in row["lines"]}
    lines = tuple(
        LineContent(
            item=line["item"],
            quantity=seed.decimal(line["quantity"]),
            unit=line["unit"] or "",
            category_id=category.id if (category := categories[line["no"]]) else None,
            max_unit_price=seed.decimal(line["max_unit_price"]),
            certificates=tuple(line["certificates_required"]),
        )
        for line in row["lines"]
    )
    return NeedContent(
        title=row["title"],
        description=row["description"],
        lines=lines,
        budget_fen=row["budget"]["total"] if row["budget"] else None,
        deliver_by=dates.day(row["deliver_by"]),
        deliver_town=row["deliver_town"],
        certificates=tuple(row["certificates_required"]),
        hard_words=tuple(row["hard_words"]),
        local_preference=LocalPreference(row["local_preference"]),
    )


def load_needs(dates: Dates) -> Iterator[bool]:
    """Posted by the buyers; those whose closing day has passed are closed."""
    known = ids_of("needs")
    for row in seed.rows("needs"):
        if row["id"] not in known:
            actor = accounts.person(accounts.people_of(row["org"])[-1]["id"])
            posted = dates.moment(row["posted_at"])
            need = create_need(accounts.organisation(row["org"]), actor, need_content(row, dates), posted)
            publish_need(need, dates.moment(row["closes_at"]), actor, posted)
            if row["status"] == "closed":
                close_need(need, None, dates.moment(row["closes_at"]))
        yield row["id"] not in known

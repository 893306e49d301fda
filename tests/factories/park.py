"""A small whole park: every kind of person beside every kind of thing, as plain numbers that outlive the session."""

import io
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import update
from werkzeug.datastructures import FileStorage

from marketplace.accounts import links
from marketplace.accounts.lifecycle import MembershipRole, OrganisationStatus, StaffRole
from marketplace.accounts.models import Organisation
from marketplace.campaigns.models import FeaturedSlot
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import ListingPicture
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.files import prepare_document, prepare_picture, store_document, store_picture
from marketplace.core.timeline import record
from marketplace.inquiries.services import PreparedFile
from marketplace.needs.lifecycle import NeedStatus
from marketplace.notifications.models import Notice
from tests.factories.accounts import (
    InvitationFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    StaffFactory,
    owner_of,
    session_of,
)
from tests.factories.inquiries import answer, send
from tests.factories.matching import bags, open_need, shown_listing
from tests.factories.words import OtherNameFactory, SearchedTextFactory

MISSING = 999_999
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PEOPLE = (
    "visitor",
    "newcomer",
    "neighbour",
    "pending",
    "member",
    "owner",
    "buyer",
    "supplier",
    "operator",
    "officer",
    "administrator",
    "suspended",
)


@dataclass(frozen=True)
class Park:
    """`people` by name, each signed in on a device (None for the visitor); `things` by name, as arguments
    of addresses; `organisations` by name."""

    people: dict[str, Any]
    things: dict[str, dict[str, Any]]
    organisations: dict[str, int]


def picture() -> bytes:
    """A small real PNG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def a_park(word: str = "") -> Park:
    """Everybody and everything. `word` stands in whatever is not for everybody: drafts, letters, contact data."""
    now = utc_now()
    names = ("home", "next door", "buying", "supplying", "waiting", "barred")
    status = {"waiting": OrganisationStatus.PENDING}
    rows = {
        name: OrganisationFactory(
            status=status.get(name, OrganisationStatus.VERIFIED),
            contact_name=f"联系人{word}",
            contact_email=f"contact{word}@example.com",
            verified_at=None if name == "waiting" else now,
            **({"name": f"待核企业{word}", "intro": word} if name == "waiting" else {}),
        )
        for name in names
    }
    people = {
        "newcomer": PersonFactory(),
        "neighbour": owner_of(rows["next door"]),
        "pending": owner_of(rows["waiting"]),
        "member": MembershipFactory(organisation=rows["home"], role=MembershipRole.MEMBER).person,
        "owner": owner_of(rows["home"]),
        "buyer": owner_of(rows["buying"]),
        "supplier": owner_of(rows["supplying"]),
        "operator": StaffFactory(),
        "officer": StaffFactory(staff_role=StaffRole.SERVICE_OFFICER),
        "administrator": StaffFactory(staff_role=StaffRole.ADMINISTRATOR),
        "suspended": owner_of(rows["barred"]),
    }
    things: dict[str, dict[str, Any]] = {
        "-": {"side": "buyer", "code": "en", "filename": "images/favicon.svg"},
        "nothing": {
            "listing_id": MISSING,
            "need_id": MISSING,
            "inquiry_id": MISSING,
            "organisation_id": MISSING,
            "membership_id": MISSING,
            "invitation_id": MISSING,
            "notice_id": MISSING,
            "slot_id": MISSING,
            "key": "nothing",
            "name_id": MISSING,
            "text_id": MISSING,
            "variant": "large",
            "token": "nonsense",
            "code": "nothing",
            "side": "buyer",
            "filename": "nothing",
        },
        "category": {"code": bags().code},
    }
    listings = _listings(rows, word)
    needs = _needs(rows, word)
    things |= {f"listing {name}": {"listing_id": row.id} for name, row in listings.items()}
    things |= {f"need {name}": {"need_id": row.id} for name, row in needs.items()}
    things |= {f"organisation {name}": {"organisation_id": row.id} for name, row in rows.items()}
    mine, shelf = {"need_id": needs["open"].id}, {"listing_id": listings["shelf"].id}
    things |= {
        "pair": {**mine, "listing_id": listings["of supplier"].id, "side": "buyer"},
        "pair of supplier": {**mine, "listing_id": listings["of supplier"].id, "side": "supplier"},
        "pair with draft": {**mine, "listing_id": listings["draft of supplier"].id, "side": "buyer"},
        "pair with need draft": {"need_id": needs["draft of buyer"].id, **shelf, "side": "supplier"},
        "member": _membership(people["member"]),
        "last owner": _membership(people["owner"]),
        "foreign member": {**_membership(people["neighbour"]), "organisation_id": rows["home"].id},
        "link register": {"token": links.make_token("register", {"email": "fresh@example.com"})},
        "link reset": {
            "token": links.make_token("reset", {"id": people["newcomer"].id, "key": people["newcomer"].reset_key[:12]})
        },
    }
    things |= _invitations(rows, people)
    things |= _papers(rows, listings, people, word)
    things |= {
        "words": {"name_id": OtherNameFactory().id},
        "words taken out": {"name_id": OtherNameFactory(removed_at=now).id},
        "text in vain": {"text_id": SearchedTextFactory(text="夹链袋", in_vain=True, results=0).id},
    }
    with transaction() as session:
        session.execute(
            update(Organisation).where(Organisation.id == rows["barred"].id).values(status=OrganisationStatus.SUSPENDED)
        )
        for name, row in rows.items():
            record(row, "registered", at=now, actor=people["owner"], organisation=rows["home"], note=f"{name} {word}")
    db.session.expire_all()
    return Park(
        {"visitor": None, **{name: session_of(person) for name, person in people.items()}},
        things,
        {name: row.id for name, row in rows.items()},
    )


def _membership(person: Any) -> dict[str, int]:
    (membership,) = person.memberships
    return {"organisation_id": membership.organisation_id, "membership_id": membership.id}


def _invitations(rows: dict[str, Any], people: dict[str, Any]) -> dict[str, Any]:
    """An open invitation of the home organisation, and one of the neighbours."""
    own = InvitationFactory(organisation=rows["home"], invited_by=people["owner"])
    foreign = InvitationFactory(organisation=rows["next door"], invited_by=people["neighbour"])
    at_home = {"organisation_id": rows["home"].id}
    return {
        "link invite": {"token": links.make_token("invite", {"key": own.key})},
        "invitation": {**at_home, "invitation_id": own.id},
        "foreign invitation": {**at_home, "invitation_id": foreign.id},
    }


def _listings(rows: dict[str, Any], word: str) -> dict[str, Any]:
    """Listings of the home organisation, unless the name says whose."""
    hidden = {"aliases": [f"PE{word}"], "description": f"食品级PE袋 {word}"}
    unpublished = {**hidden, "published_at": None, "expires_at": None}
    made = {
        "shelf": shown_listing(organisation=rows["home"]),
        "draft": shown_listing(f"PE袋{word}", organisation=rows["home"], status=ListingStatus.DRAFT, **unpublished),
        "review": shown_listing(
            f"PE袋{word}二",
            organisation=rows["home"],
            status=ListingStatus.IN_REVIEW,
            submitted_at=utc_now(),
            **{**unpublished, "description": f"食品级PE袋 {word}，" + "用于食品内包装，厚度均匀。" * 4, "unit": "只"},
        ),
        "returned": shown_listing(
            f"PE袋{word}三", organisation=rows["home"], status=ListingStatus.RETURNED, status_reason=word, **unpublished
        ),
        "paused": shown_listing(f"PE袋{word}四", organisation=rows["home"], status=ListingStatus.PAUSED, **hidden),
        "withdrawn": shown_listing(
            f"PE袋{word}五", organisation=rows["home"], status=ListingStatus.WITHDRAWN, status_reason=word, **hidden
        ),
        "of supplier": shown_listing("自封袋", organisation=rows["supplying"]),
        "draft of supplier": shown_listing(
            f"自封袋{word}", organisation=rows["supplying"], status=ListingStatus.DRAFT, **unpublished
        ),
        "draft of waiting": shown_listing(
            f"PE袋{word}六", organisation=rows["waiting"], status=ListingStatus.DRAFT, **unpublished
        ),
        "of barred": shown_listing(f"PE袋{word}七", organisation=rows["barred"], **hidden),
    }
    with transaction() as session:
        for name in ("shelf", "draft", "of supplier"):
            listing = session.merge(made[name])
            file = store_picture(prepare_picture(picture()), name="bag.png", owner=listing)
            session.add(ListingPicture(listing=listing, file=file, position=1, alt=word if name == "draft" else "袋"))
    for row in made.values():
        db.session.refresh(row)
    return made


def _needs(rows: dict[str, Any], word: str) -> dict[str, Any]:
    """Needs of the home organisation, unless the name says whose."""
    hidden = {"description": f"食品级PE袋 {word}", "sentence": f"急需PE袋{word}"}
    unposted = {**hidden, "status": NeedStatus.DRAFT, "posted_at": None, "closes_at": None}
    return {
        "open": open_need(organisation=rows["home"]),
        "draft": open_need(f"PE袋{word}", organisation=rows["home"], **unposted),
        "withdrawn": open_need(f"PE袋{word}二", organisation=rows["home"], status=NeedStatus.WITHDRAWN, **hidden),
        "draft of buyer": open_need(f"PE袋{word}三", organisation=rows["buying"], **unposted),
        "draft of waiting": open_need(f"PE袋{word}四", organisation=rows["waiting"], **unposted),
        "of barred": open_need(f"PE袋{word}五", organisation=rows["barred"], **hidden),
    }


def _papers(rows: dict[str, Any], listings: dict[str, Any], people: dict[str, Any], word: str) -> dict[str, Any]:
    """A thread with a file, a licence paper, a notice, a place on the rota."""
    now = utc_now() - timedelta(hours=1)
    paper = ("application/pdf", PDF)
    (thread,) = send(
        people["buyer"],
        listings["of supplier"],
        now=now,
        text=f"请报价{word}",
        files=[PreparedFile(f"{word}.pdf", document=paper)],
    )
    answer(thread, people["supplier"], f"可以供应{word}", now=now)
    with transaction() as session:
        licence = store_document(
            prepare_document(FileStorage(io.BytesIO(PDF), f"licence{word}.pdf")),
            name=f"licence{word}.pdf",
            owner=session.merge(rows["home"]),
        )
        notice = Notice(
            person_id=people["owner"].id,
            kind="listings.published",
            message="%(title)s",
            params={"title": f"通知{word}"},
            url="/workbench",
            subject_kind="",
            created_at=now,
        )
        slot = FeaturedSlot(listing_id=listings["shelf"].id, added_by_id=people["operator"].id, added_at=now)
        session.add_all([notice, slot])
        session.flush()
        made = {"notice": {"notice_id": notice.id}, "slot": {"slot_id": slot.id}, "licence paper": {"key": licence.key}}
    listing, sent = db.session.merge(listings["draft"]), db.session.merge(thread)
    return {
        **made,
        "thread": {"inquiry_id": sent.id},
        "paper of thread": {"key": sent.messages[0].files[0].key},
        "picture of draft": {"key": listing.pictures[0].file.key, "variant": "large"},
    }


class Copy:
    """A copy of the database in memory, to put back after each request that may have changed it."""

    def __init__(self, path: str):
        self.path = path
        self.kept = sqlite3.connect(":memory:")
        with sqlite3.connect(path) as live:
            live.backup(self.kept)
        live.close()

    def put_back(self) -> None:
        db.session.remove()
        live = sqlite3.connect(self.path)
        self.kept.backup(live)
        live.close()


KEPT: dict[tuple[str, str], tuple[Park, Copy, Path]] = {}


def kept_park(app: Flask, word: str) -> tuple[Park, Copy]:
    """`a_park(word)` with its copy: made once in a process, then put back with its files. The database is empty."""
    uploads = Path(app.instance_path) / "uploads"
    if (app.instance_path, word) not in KEPT:
        park = a_park(word)
        db.session.remove()
        files = Path(app.instance_path) / f"uploads-of-park-{len(KEPT)}"
        shutil.copytree(uploads, files)
        KEPT[app.instance_path, word] = park, Copy(str(db.engine.url.database)), files
    park, copy, files = KEPT[app.instance_path, word]
    copy.put_back()
    shutil.copytree(files, uploads, dirs_exist_ok=True)
    return park, copy

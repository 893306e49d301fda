"""The lines of table.txt, and what is sent where an empty form would stop before the rule that decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from marketplace.core.clock import utc_now
from tests.factories.park import PEOPLE

TABLE = Path(__file__).with_name("table.txt")
WIDTH = 2 * len(PEOPLE) - 1
FAMILIES = {
    "accounts": {"accounts"},
    "catalog": {"catalog", "campaigns"},
    "needs": {"needs", "files"},
    "matching": {"matching", "inquiries"},
}
"""Domains whose routes are asked in one file of tests: parts of like size. All others belong to `OTHERS`."""
OTHERS = "others"


@dataclass(frozen=True)
class Row:
    """One line of the table: the outcome for each of `PEOPLE`, a sign each."""

    endpoint: str
    method: str
    thing: str
    signs: str

    @property
    def domain(self) -> str:
        return self.endpoint.split(".")[0]

    @property
    def family(self) -> str:
        """The file of tests that asks this route."""
        return next((name for name, domains in FAMILIES.items() if self.domain in domains), OTHERS)

    def by_person(self) -> dict[str, str]:
        return dict(zip(PEOPLE, self.signs, strict=True))


def row_of(line: str) -> Row:
    """The row that a line says.

    Raises:
        ValueError: it has not one sign for each of `PEOPLE`.
    """
    endpoint, method, rest = line.split(maxsplit=2)
    thing, signs = rest[:-WIDTH].strip(), rest[-WIDTH:].split(" ")
    if len(signs) != len(PEOPLE) or any(len(sign) != 1 for sign in signs) or not thing:
        raise ValueError(f"One sign for each of {', '.join(PEOPLE)}, please: {line}")
    return Row(endpoint, method, thing, "".join(signs))


def lines() -> list[str]:
    """The table as it stands in its file, without the explanation."""
    return [line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def in_order(given: Iterable[str]) -> list[str]:
    """Each line once, by route, method and thing."""
    rows = {line: row_of(line) for line in given}
    return sorted(rows, key=lambda line: (rows[line].endpoint, rows[line].method, rows[line].thing))


def table() -> list[Row]:
    return [row_of(line) for line in lines()]


FORMS: dict[str, dict[str, str]] = {
    "accounts.account": {"name": "李"},
    "accounts.register": {"email": "new@example.com"},
    "accounts.forgot_password": {"email": "nobody@example.com"},
    "accounts.invite": {"email": "guest@example.com"},
    "accounts.return_organisation": {"reason": "缺章", "version": "1"},
    "accounts.suspend": {"reason": "停", "version": "1"},
    "accounts.reinstate": {"version": "1"},
    "accounts.verify": {"locality": "park", "officer": "0", "version": "1"},
    "accounts.change_role": {"owner": "y"},
    "catalog.approve": {"version": "1"},
    "catalog.return_to_supplier": {"reason": "缺图", "version": "1"},
    "catalog.suspend": {"reason": "违规", "version": "1"},
    "catalog.withdraw": {"reason": "停产"},
    "inquiries.answer": {"text": "好"},
    "inquiries.decline": {"reason": "没货"},
    "inquiries.close": {"reason": "够了"},
    "inquiries.create": {"text": "请报价"},
    "matching.dismiss": {"reason": "price"},
    "needs.publish": {"closing_day": (utc_now() + timedelta(days=20)).date().isoformat()},
    "needs.reopen": {"closing_day": (utc_now() + timedelta(days=20)).date().isoformat()},
    "needs.mark_unmet": {"reason": "price"},
    "needs.create": {"title": "PE袋"},
    "needs.edit": {"title": "PE袋"},
    "needs.understand": {"sentence": "PE袋2万只"},
    "words.add": {"term": "自封袋", "variant": "夹链袋", "kind": "alias"},
    "words.change": {"term": "自封袋", "variant": "夹链袋", "kind": "near", "version": "1"},
    "words.remove": {"version": "1"},
    "words.restore": {"version": "1"},
    "accounts.sign_in": {"email": "a@example.com", "password": "wrong"},
}
FORMS |= dict.fromkeys(
    ("catalog.create", "catalog.check_quality"),
    {"title": "PE袋", "kind": "product", "capacity_per": "month", "category": "", "town": ""},
)

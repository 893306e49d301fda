"""docs/who-may.md, written from the table, the routes and the rights of the park staff."""

import inspect
import re
from collections import Counter
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from marketplace.accounts.lifecycle import StaffRole
from marketplace.accounts.roles import STAFF_RIGHTS
from tests.factories.park import PEOPLE
from tests.functional.who_may.table import Row, table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "who-may.md"
OUTCOMES = {
    "+": "yes",
    "!": "reached, but a rule or the form refuses it as it stands",
    ">": "asked to sign in",
    "x": "refused",
    ".": "not there",
    "g": "no longer there",
    "~": "not ready, says why",
}
"""Sign -> words, in the order in which they are said."""
PERSONS = {
    "visitor": "is not signed in",
    "newcomer": "has an account and no organisation",
    "neighbour": "owns another verified organisation",
    "pending": "owns an organisation that waits for verification",
    "member": "is a member of the organisation that the rows are about (“home”)",
    "owner": "owns that organisation",
    "buyer": "owns the organisation that wrote the letter of the rows “thread”",
    "supplier": "owns the organisation that got it",
    "operator": "works for the park and decides",
    "officer": "is a service officer of the park: looks after organisations and reads",
    "administrator": "works for the park and runs the site",
    "suspended": "owns an organisation that the park suspended",
}
RIGHTS = {
    "staff.board": "read the staff board",
    "organisations.file": "read organisations' files, papers and those that wait",
    "organisations.verify": "verify and return organisations, set locality, officer and checked licences",
    "organisations.suspend": "suspend organisations, lift a suspension",
    "listings.unpublished": "read listings that are not on the shelf, and every listing's history",
    "listings.terms": "read prices and capacity of restricted goods",
    "listings.review": "publish or return listings that wait for review",
    "listings.suspend": "take listings down",
    "needs.withdrawn": "read needs that are not public (no drafts), and every need's history",
    "needs.suspend": "take needs down",
    "featured.manage": "choose the listings of the rota",
    "calendar.keep": "enter days off and worked weekends",
    "words.keep": "link words of the search, read and set aside what was searched in vain",
}
DOMAINS = {
    "accounts": "Accounts and organisations",
    "catalog": "Listings",
    "needs": "Needs",
    "inquiries": "Inquiries",
    "matching": "Matches",
    "campaigns": "Featured listings",
    "notifications": "Notices",
    "pages": "Pages and words of the search",
    "files": "Files",
    "web": "For machines",
    "static": "Style, scripts and pictures of the site",
    "dev": "For developers (only with DEV_PAGES)",
}


def outcome(row: Row) -> str:
    """Who gets what, in words: first who may, at last everybody whom the same befalls."""
    by_person = row.by_person()
    usual, _count = Counter(row.signs).most_common(1)[0]
    if set(row.signs) == {usual}:
        return f"everybody: {OUTCOMES[usual]}"
    told = []
    for sign, words in OUTCOMES.items():
        names = [name for name in PEOPLE if by_person[name] == sign]
        if names and sign != usual:
            told.append(f"{', '.join(names)}: {words}")
    return "; ".join([*told, f"everybody else: {OUTCOMES[usual]}"])


def purpose(app: Flask, endpoint: str) -> str:
    """The first sentence of the view's docstring."""
    written = inspect.getdoc(app.view_functions[endpoint]) or ""
    return re.split(r"(?<=\.)\s", written.split("\n\n")[0].replace("\n", " "))[0] if endpoint != "static" else ""


def address(rules: dict[tuple[str, str], Rule], row: Row) -> str:
    path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rules[row.endpoint, row.method].rule)
    return f"{row.method} {path}"


def routes_of(app: Flask, domain: str) -> list[str]:
    """The lines of one domain: a table, a route's address and purpose said once."""
    rules = {(rule.endpoint, method): rule for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    said, last = ["| route | thing | who gets what |", "|---|---|---|"], ""
    for row in table():
        if row.domain == domain:
            route = address(rules, row)
            words = purpose(app, row.endpoint)
            first = f"`{route}`" + (f"<br>{words}" if words else "")
            said.append(
                f"| {first if route != last else ''} | {row.thing if row.thing != '-' else ''} | {outcome(row)} |"
            )
            last = route
    return said


def rights() -> list[str]:
    """The rights of the park staff, a column for each role."""
    roles = [StaffRole.SERVICE_OFFICER, StaffRole.OPERATOR, StaffRole.ADMINISTRATOR]
    said = ["| right | service officer | operator | administrator |", "|---|---|---|---|"]
    for right, holders in STAFF_RIGHTS.items():
        cells = " | ".join("yes" if role in holders else "" for role in roles)
        said.append(f"| {RIGHTS[right]} (`{right}`) | {cells} |")
    return said


def text(app: Flask) -> str:
    """The whole page."""
    domains = sorted({row.domain for row in table()} - set(DOMAINS))
    parts = [
        "# Who may what",
        "Written by `make who-may` from the table that every run of the tests checks "
        "([table.txt](../tests/functional/who_may/table.txt)): do not edit it by hand.",
        "## Rights of the park staff",
        "Granted in `accounts/roles.py` and asked by the policies of each domain. Service officers read; operators and "
        "administrators decide. Staff act under their own name and never write as an organisation; nobody of the staff "
        "reads what two organisations write to each other.",
        "\n".join(rights()),
        "## People",
        "\n".join(
            ["| called here | is somebody who |", "|---|---|", *(f"| {name} | {PERSONS[name]} |" for name in PEOPLE)]
        ),
        "## Routes",
        "A thing belongs to “home”, the organisation of *member* and *owner*, unless it says whose it is; “nothing” is "
        "a number or key that nobody has. *Not there* is the very answer to a thing that does not exist, so that "
        "nobody learns of it. *Asked to sign in* comes before anything is looked up.",
    ]
    for domain in [*DOMAINS, *domains]:
        parts += [f"### {DOMAINS.get(domain, domain.capitalize())}", "\n".join(routes_of(app, domain))]
    return "\n\n".join(parts) + "\n"

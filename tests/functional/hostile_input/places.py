"""The pages with forms, and who fills them in."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from tests.conftest import Browser
from tests.factories.park import kept_park

TEXTUAL = {"text", "search", "email", "tel", "number", "date", "hidden", "url", "password", ""}


class Forms(HTMLParser):
    """The POST forms of a page: where each goes, and its fields with what stands in them."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.chosen = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {
                    "action": given.get("action", ""),
                    "method": given.get("method", "get").lower(),
                    "values": {},
                    "texts": [],
                    "days": [],
                    "numbers": [],
                }
            )
        if tag == "option" and self.forms and (self.chosen not in self.forms[-1]["values"] or "selected" in given):
            self.forms[-1]["values"][self.chosen] = given.get("value", "")
        if not self.forms or not given.get("name"):
            return
        form, name = self.forms[-1], given["name"]
        if tag == "textarea" or (tag == "input" and given.get("type", "") in TEXTUAL):
            form["values"].setdefault(name, given.get("value", ""))
            form["texts"].append(name)
            if given.get("type") == "date":
                form["days"].append(name)
            elif given.get("inputmode") in {"decimal", "numeric"} or given.get("type") == "number":
                form["numbers"].append(name)
        elif tag == "input" and given.get("type") in {"radio", "checkbox"} and ("checked" in given):
            form["values"][name] = given.get("value", "y")
        elif tag == "select":
            self.chosen = name
        elif tag == "button" and given.get("value") and name == "step":
            form["values"].setdefault(name, "draft")


@dataclass(frozen=True)
class Place:
    """A page with forms, and who fills them in; the address takes its numbers from the thing of the park."""

    person: str
    address: str
    thing: str = "-"

    def __str__(self) -> str:
        return f"{self.person} {self.address} {self.thing}"


ACCOUNTS = (
    Place("visitor", "/sign-in"),
    Place("visitor", "/register"),
    Place("visitor", "/password"),
    Place("visitor", "/register/{token}", "link register"),
    Place("visitor", "/password/{token}", "link reset"),
    Place("visitor", "/invitations/{token}", "link invite"),
    Place("owner", "/account"),
    Place("newcomer", "/organisations/new"),
    Place("owner", "/organisations/{organisation_id}/edit", "organisation home"),
    Place("owner", "/organisations/{organisation_id}", "organisation home"),
    Place("operator", "/staff/organisations/{organisation_id}", "organisation waiting"),
)
LISTINGS = (
    Place("owner", "/listings/new"),
    Place("owner", "/listings/{listing_id}/edit", "listing shelf"),
    Place("owner", "/listings/{listing_id}", "listing shelf"),
    Place("operator", "/listings/{listing_id}", "listing review"),
    Place("operator", "/staff/featured"),
)
NEEDS = (
    Place("owner", "/needs/new"),
    Place("owner", "/needs/{need_id}/edit", "need open"),
    Place("owner", "/needs/{need_id}", "need draft"),
    Place("owner", "/needs/{need_id}", "need open"),
)
TALKS = (
    Place("buyer", "/inquiries/new?listing={listing_id}", "listing shelf"),
    Place("buyer", "/inquiries/{inquiry_id}", "thread"),
    Place("supplier", "/inquiries/{inquiry_id}", "thread"),
    Place("owner", "/matching/dismissals/{need_id}/{listing_id}/buyer", "pair"),
)
PLACES = (*ACCOUNTS, *LISTINGS, *NEEDS, *TALKS)


class Site:
    """The park behind its pages; whoever changes it puts it back."""

    def __init__(self, app: Flask):
        app.test_client_class = Browser
        self.app, self.park, self.copy = app, *kept_park(app, "")

    def client(self, name: str) -> Browser:
        person = self.park.people[name]
        return self.app.test_client() if person is None else self.app.test_client().sign_in(person)

    def path(self, place: Place) -> str:
        return place.address.format(**self.park.things[place.thing])


def forms_of(site: Site, place: Place) -> list[dict[str, Any]]:
    """The POST forms of the page, those that scripts send too."""
    path = site.path(place)
    page = site.client(place.person).get(path)
    assert page.status_code == 200, place
    found = [form for form in Forms(page.text).forms if form["method"] == "post"]
    if path == "/listings/new":
        found += [{**form, "action": "/listings/check"} for form in found if "title" in form["values"]]
    if path == "/needs/new":
        found.append(
            {
                "action": "/needs/understanding",
                "values": {"sentence": "", "box": ""},
                "texts": ["sentence", "box"],
                "days": [],
                "numbers": [],
            }
        )
    return [
        {**form, "action": form["action"] or path}
        for form in found
        if not form["action"].startswith(("/sign-out", "/language"))
    ]

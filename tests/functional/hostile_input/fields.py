"""Each payload in each field of a form."""

import time
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from marketplace.core.db import db
from tests.functional.hostile_input.payloads import DAYS, LARGE, NUMBERS, PAYLOADS, STEPS, encoded, is_clean
from tests.functional.hostile_input.places import PLACES, Place, Site, forms_of

MOST_WORK_S = 9
"""Of a process for one answer: some times what the slowest takes on a slow machine, far below what runs away."""


def tries_of(form: dict[str, Any], turn: int) -> list[tuple[str, dict[str, str]]]:
    """(payload, the fields that it stands in): one field beside what stood there, all, and choices and buttons."""
    fields = [name for name in form["texts"] if name != "csrf_token"] or ["anything"]
    step = 2 if len(fields) > LARGE else 1 if fields != ["anything"] else 11
    tries = []
    for number, payload in list(enumerate(PAYLOADS))[turn % step :: step]:
        changes = [
            {fields[number % len(fields)]: payload},
            *({day: payload} for day in form["days"] if payload in DAYS),
            *({amount: payload} for amount in form["numbers"] if payload in NUMBERS[:4]),
        ]
        if number % 5 == 0:
            changes.append(dict.fromkeys(fields, payload))
        if number % 5 == 1 or payload in NUMBERS[:1]:
            changes.append(dict.fromkeys([*form["values"], *STEPS], payload))
        tries += product([payload], changes)
    return tries


def ensure_takes_anything(site: Site, place: Place) -> None:
    """No error, no markup, no endless work, whatever the forms of the page are sent; nor on the page that follows."""
    asked, bad = 0, []
    for form in forms_of(site, place):
        client = site.client(place.person)
        for payload, changed in tries_of(form, PLACES.index(place)):
            began = time.process_time()
            answer = client.post(
                form["action"],
                data=encoded({**form["values"], **changed}),
                content_type="application/x-www-form-urlencoded",
            )
            took, page = time.process_time() - began, answer.get_data(as_text=True)
            asked += 1
            if answer.status_code >= 500 or took > MOST_WORK_S or not is_clean(page):
                bad.append((form["action"], list(changed)[:3], payload[:20], answer.status_code, round(took, 1)))
            if answer.status_code == 302:
                shown = client.get(urlsplit(answer.headers["Location"])._replace(scheme="", netloc="").geturl())
                if shown.status_code >= 500 or not is_clean(shown.get_data(as_text=True)):
                    bad.append((answer.headers["Location"], "shown", payload[:20], shown.status_code))
                db.session.remove()
                site.copy.put_back()
    db.session.remove()
    site.copy.put_back()
    assert bad == []
    assert asked >= len(PAYLOADS) // LARGE

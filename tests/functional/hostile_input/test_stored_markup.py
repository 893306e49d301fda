"""Markup that is in the database already, and pictures that are none."""

import io
import json
import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from marketplace.core.db import db
from tests.factories.park import picture
from tests.functional.hostile_input.payloads import LONG, is_clean
from tests.functional.hostile_input.places import Place, forms_of

MOST_PAGES, LEAST_MARKS = 70, 10
LEFT_ALONE = re.compile(
    r"(_at|_key|^key|_code|^code|_hash|^once|^url|^kind|_kind|^message|media_type|sha256|^email|^name_|"
    r"^step|account|address|language|^path|^version_num|batch|town|place|chain_stage|parent)$|^search_outbox"
)
MARKUP = '<script>window.__x=1</script>{{71829*91733}}"><img src=x onerror="window.__x=1">'
JSON_WORDS = json.dumps([MARKUP])
JSON_SPECS = json.dumps([{"name": MARKUP, "value": MARKUP}])


@pytest.fixture(scope="module")
def marked(site):
    """The site with markup in every text column of every table."""
    with db.engine.begin() as connection:
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                plain = str(column.type).startswith(("VARCHAR", "TEXT")) and not hasattr(column.type, "enums")
                if plain and not column.unique and not column.foreign_keys and not LEFT_ALONE.search(column.name):
                    connection.execute(table.update().values({column.name: MARKUP}))
        connection.execute(text("UPDATE listings SET aliases = :v, specs = :s"), {"v": JSON_WORDS, "s": JSON_SPECS})
        connection.execute(text("UPDATE needs SET certificates = :v, hard_words = :v"), {"v": JSON_WORDS})
        for id_, params in connection.execute(text("SELECT id, params FROM notices")).all():
            marked = {key: MARKUP if isinstance(value, str) else value for key, value in json.loads(params).items()}
            connection.execute(
                text("UPDATE notices SET params = :p WHERE id = :i"), {"p": json.dumps(marked), "i": id_}
            )
    yield site
    db.session.remove()
    site.copy.put_back()


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("name", ["visitor", "owner", "supplier", "operator"])
def test_what_is_stored_is_escaped_wherever_it_is_shown(marked, name):
    """Every page that they can reach is read."""
    seen, bad = 0, []
    client, waiting, read = marked.client(name), ["/", "/listings", "/needs", "/organisations", "/workbench"], set()
    while waiting and len(read) < MOST_PAGES:
        path = waiting.pop(0)
        if urlsplit(path).path in read or path.startswith(("/static/", "/language/")):
            continue
        read.add(urlsplit(path).path)
        answer = client.get(path)
        page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        seen += "window.__x" in page
        if answer.status_code >= 500 or not is_clean(page):
            bad.append((path, answer.status_code))
        waiting += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', page)]
    assert bad == []
    assert seen > LEAST_MARKS


def test_a_picture_by_another_name_stays_a_picture(site):
    """Names and contents that lie: refused or re-encoded, served as what they are."""
    for name, content in (
        ("a.png", b"<script>__x=1</script>"),
        ("x.svg", b"<svg onload='__x=1'/>"),
        ("../../x\x00.png", picture()),
        ("\u202egnp.exe", picture()),
        ("<img src=x>.png", picture()),
        ("CON" * 200 + ".png", picture()),
    ):
        client, (form,) = site.client("owner"), forms_of(site, Place("owner", "/listings/new"))[:1]
        answer = client.post(
            form["action"],
            data={**form["values"], "title": "PE袋", "step": "", "pictures": (io.BytesIO(content), name)},
        )
        shown = (
            client.get(answer.headers["Location"]).get_data(as_text=True) if answer.status_code == 302 else answer.text
        )
        assert answer.status_code in {302, 422}
        assert (answer.status_code == 302) == (content == picture())
        assert "<img src=x>" not in shown
        db.session.remove()
        site.copy.put_back()

"""The table is whole, in order, and what the docs say."""

import pytest

from tests.factories.park import PEOPLE
from tests.functional.who_may import page, test_links_inside, test_links_outside, test_links_staff
from tests.functional.who_may.table import FAMILIES, OTHERS, in_order, lines, row_of, table

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_route_and_method_stands_in_the_table(base_app):
    """A new route is a decision about each kind of person: add it to the table."""
    ours = {(rule.endpoint, method) for rule in base_app.url_map.iter_rules() for method in rule.methods & METHODS}
    assert ours == {(row.endpoint, row.method) for row in table()}
    takes_a_thing = {rule.endpoint for rule in base_app.url_map.iter_rules() if rule.arguments}
    assert {row.endpoint for row in table() if row.thing == "nothing"} == takes_a_thing


def test_each_line_stands_once_and_in_order():
    """`make who-may` puts them in order."""
    assert lines() == in_order(lines())
    assert len({(row.endpoint, row.method, row.thing) for row in table()}) == len(lines())
    assert {sign for row in table() for sign in row.signs} == set(page.OUTCOMES)


def test_every_family_of_routes_has_rows():
    assert {row.family for row in table()} == {*FAMILIES, OTHERS}


def test_a_line_with_a_sign_too_few_is_refused():
    whole = lines()[0]
    assert row_of(whole).endpoint == "accounts.account"
    with pytest.raises(ValueError, match="One sign for each"):
        row_of(whole[:-2])


class TestPage:
    def test_the_docs_say_what_the_table_says(self, base_app):
        """`make who-may` writes them again."""
        assert page.PAGE.read_text("utf-8") == page.text(base_app)

    def test_people_of_one_outcome_stand_together(self):
        signs = {"visitor": ">", "operator": "+", "administrator": "+"}
        row = row_of(f"catalog.approve POST nothing {' '.join(signs.get(name, 'x') for name in PEOPLE)}")
        assert page.outcome(row) == "operator, administrator: yes; visitor: asked to sign in; everybody else: refused"

    def test_what_is_the_same_for_all_is_said_once(self):
        assert page.outcome(row_of(f"pages.about GET - {' '.join('+' for _name in PEOPLE)}")) == "everybody: yes"


def test_the_links_of_every_person_are_followed():
    followed = [*test_links_outside.PEOPLE_HERE, *test_links_inside.PEOPLE_HERE, *test_links_staff.PEOPLE_HERE]
    assert sorted(followed) == sorted(PEOPLE)

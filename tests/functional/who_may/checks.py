"""What holds for every route; a file of tests for each family of routes, so that processes share them."""

from typing import Any

import pytest

from tests.factories.park import PEOPLE
from tests.functional.who_may.asking import Answer, Site
from tests.functional.who_may.table import table

# Everybody may know that these are there, so "403" tells nothing; of all other things it would.
KNOWN_TO_ALL = {"organisation home", "need open"}
KNOWN_TO_ITS_PARTIES = {"thread"}
LONG = 900
"""Seconds. A part takes some 30 on a machine at rest."""
Answers = dict[tuple[str, str, str], dict[str, Answer]]


@pytest.mark.timeout(LONG)
class WhoMay:
    """The rows of one family."""

    family: str

    @pytest.fixture(scope="class")
    @classmethod
    def answers(cls, site: Site) -> Answers:
        """Every cell of the family, asked once."""
        return site.answers([row for row in table() if row.family == cls.family])

    @staticmethod
    def cells(answers: Answers) -> Any:
        """(endpoint, method, thing, name, answer), one after the other."""
        for (endpoint, method, thing), cells in answers.items():
            for name in PEOPLE:
                yield endpoint, method, thing, name, cells[name]

    def test_everybody_may_what_the_table_says(self, answers):
        wrong = [
            f"{row.endpoint} {row.method} {row.thing}, {name}: {sign} expected, got {cell.sign}"
            for row in table()
            if row.family == self.family
            for name, sign in row.by_person().items()
            if (cell := answers[row.endpoint, row.method, row.thing][name]).sign != sign
        ]
        assert wrong == []
        assert len(answers) > 20

    def test_what_is_hidden_looks_like_what_is_not_there(self, answers):
        told_apart = []
        for endpoint, method, thing, name, cell in self.cells(answers):
            if cell.sign in ".>":
                nothing = answers.get((endpoint, method, "nothing"), answers[endpoint, method, thing])[name]
                if (cell.status, cell.location, cell.body) != (nothing.status, nothing.location, nothing.body):
                    told_apart.append((endpoint, method, thing, name))
        assert told_apart == []

    def test_nobody_learns_from_a_refusal_that_something_is_there(self, answers):
        told = [
            (endpoint, method, thing, name)
            for endpoint, method, thing, name, cell in self.cells(answers)
            if cell.sign == "x"
            and thing not in KNOWN_TO_ALL
            and not (thing in KNOWN_TO_ITS_PARTIES and name in {"buyer", "supplier"})
            and answers.get((endpoint, method, "nothing"), answers[endpoint, method, thing])[name].sign != "x"
        ]
        assert told == []

    def test_reading_writes_nothing(self, answers):
        """GET changes no row but the read marks."""
        written = [
            (endpoint, thing, name, cell.written)
            for endpoint, method, thing, name, cell in self.cells(answers)
            if method == "GET" and cell.written
        ]
        assert written == []

    def test_a_refusal_writes_nothing(self, answers):
        """Who may not do it changes no row; a wrong password is counted."""
        written = [
            (endpoint, thing, name, cell.written)
            for endpoint, method, thing, name, cell in self.cells(answers)
            if method == "POST" and cell.sign in ">x.g!" and set(cell.written) - {"counted_tries"}
        ]
        assert written == []

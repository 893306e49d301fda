"""Pages, notices, words of the search, and whatever is new."""

from tests.functional.who_may.checks import WhoMay


class TestOthers(WhoMay):
    family = "others"

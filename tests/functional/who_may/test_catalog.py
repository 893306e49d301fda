"""Listings and the rota."""

from tests.functional.who_may.checks import WhoMay


class TestCatalog(WhoMay):
    family = "catalog"

"""Accounts and organisations."""

from tests.functional.who_may.checks import WhoMay


class TestAccounts(WhoMay):
    family = "accounts"

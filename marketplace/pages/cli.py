"""`flask setup`: what an empty installation needs before anybody can use it."""

import secrets
import sys

import click
from flask import current_app
from flask_babel import force_locale

from marketplace import search
from marketplace.accounts.lifecycle import StaffRole
from marketplace.accounts.queries import has_administrator
from marketplace.accounts.services import create_person
from marketplace.catalog.services import load_categories
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.errors import worded
from marketplace.core.refusals import DomainError


@click.command("setup")
@click.option("--admin-email", help="E-mail with which the first administrator signs in.")
@click.option("--admin-name", help="Name of the first administrator.")
@click.option("--ask-password", is_flag=True, help="Ask for the password; without this one is made and printed once.")
def setup(admin_email: str | None, admin_name: str | None, ask_password: bool) -> None:
    """Load the categories and make the first administrator. May run again: what is there stays."""
    with transaction():
        count = load_categories()
    click.echo(f"{count} categories.")
    search.build_missing()
    if has_administrator():
        click.echo("There is an administrator already.")
        return
    if not admin_email or not admin_name:
        raise click.UsageError("Name the first administrator: --admin-email and --admin-name.")
    password = _ask() if ask_password else secrets.token_urlsafe(12)
    with current_app.test_request_context(), force_locale("en"):
        try:
            with transaction():
                create_person(
                    email=admin_email,
                    name=admin_name,
                    password=password,
                    now=utc_now(),
                    staff_role=StaffRole.ADMINISTRATOR,
                )
        except DomainError as refusal:
            raise click.ClickException(str(worded(refusal))) from refusal
    click.echo(f"Administrator {admin_email}" + ("." if ask_password else f", password {password}"))


def _ask() -> str:
    return click.prompt("Password", hide_input=True, confirmation_prompt=sys.stdin.isatty())  # type: ignore[no-any-return]

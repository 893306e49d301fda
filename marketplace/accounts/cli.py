"""Commands for accounts: `flask people add-staff`, `flask people reset-password`."""

import secrets

import click
from flask import current_app
from flask.cli import AppGroup

from marketplace.accounts import queries, services
from marketplace.accounts.lifecycle import StaffRole
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.errors import worded
from marketplace.core.refusals import DomainError

people_cli = AppGroup("people", help="Accounts of people.")


@people_cli.command("add-staff")
@click.argument("email")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in StaffRole if role is not StaffRole.NONE]),
    default=StaffRole.OPERATOR.value,
    show_default=True,
)
def add_staff(email: str, name: str, role: str) -> None:
    """Make an account for park staff and print its first password once."""
    password = secrets.token_urlsafe(12)
    with current_app.test_request_context():
        try:
            with transaction():
                services.create_person(
                    email=email, name=name, password=password, now=utc_now(), staff_role=StaffRole(role)
                )
        except DomainError as refusal:
            raise click.ClickException(str(worded(refusal))) from refusal
    click.echo(f"{email}  {password}")


@people_cli.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Give an account a new password, print it once and end all its sessions."""
    password = secrets.token_urlsafe(12)
    with current_app.test_request_context(), transaction():
        person = queries.person_by_email(email)
        if person is None:
            raise click.ClickException(f"No account has the e-mail {email}.")
        services.change_password(person, password)
    click.echo(f"{email}  {password}")

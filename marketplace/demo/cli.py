"""`flask demo`: the demonstration park, and who can sign in to it."""

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from marketplace.core.clock import utc_now
from marketplace.demo import accounts, seed
from marketplace.demo.loading import load as load_park

demo_cli = AppGroup("demo", help="The demonstration park.")
#: One account of each part, and what it is good for.
SIGN_INS = (
    ("P054", "buyer: needs, matches, inquiries"),
    ("P016", "supplier of packaging"),
    ("P026", "supplier with an inquiry to answer"),
    ("P069", "hospital: public buyer"),
    ("P010", "owner of an enterprise that buys and supplies"),
    ("P005", "operator: verifies, reviews, chooses featured listings"),
    ("P002", "service officer: reads files, looks after organisations"),
    ("P001", "administrator"),
    ("P080", "newcomer without an organisation"),
)


@demo_cli.command("load")
@click.option("--quiet", is_flag=True, help="Say nothing while loading.")
def load(quiet: bool) -> None:
    """Load the demonstration park; what is there already stays as it is."""
    with current_app.test_request_context(), force_locale("zh_Hans"):
        added = load_park(utc_now(), quiet=quiet)
    if not quiet:
        click.echo(", ".join(f"{count} {name}" for name, count in added.items()) + " added.")


@demo_cli.command("sign-ins")
def sign_ins() -> None:
    """Print an account of each role with the password that all of them share."""
    for line in sign_in_table():
        click.echo(line)


def sign_in_table() -> list[str]:
    """The lines of the table: role, e-mail, password."""
    people, organisations = seed.by_id("people"), seed.by_id("organisations")
    width = max(len(people[id_]["email"]) for id_, _use in SIGN_INS)
    lines = []
    for id_, use in SIGN_INS:
        row = people[id_]
        house = organisations[row["org"]]["short_name"] if row["org"] else ""
        who = " · ".join(filter(None, (row["name"], house)))
        lines.append(f"{row['email']:<{width}}  {accounts.PASSWORD}  {use} ({who})")
    return lines

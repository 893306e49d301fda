"""sign-ins and invitations as rows; tries counted for any limit, not for signing in only

Tries are counted for a day at most: those of before are not taken over. Who was signed in has to sign in again,
and links of invitations that were mailed before end: an owner sends them again.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import marketplace.core.db


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


RENEWED = {"session_key": "renewed to end every session", "reset_key": "renewed to end every link to a new password"}


def rename_key(before: str, after: str) -> None:
    """Without the copy of the table that a batch would make."""
    op.execute(f"ALTER TABLE people RENAME COLUMN {before} TO {after}")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("people", after, comment=RENEWED[after], existing_comment=RENEWED[before])


def upgrade() -> None:
    rename_key("session_key", "reset_key")
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False, comment="SHA-256 of the token in the cookie"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False, comment="what the mailed link names"),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False, comment="lower case"),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.Column("expires_at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invited_by_id"], ["people.id"], name=op.f("fk_invitations_invited_by_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("key", name=op.f("uq_invitations_key")),
        sa.UniqueConstraint("organisation_id", "email", name=op.f("uq_invitations_organisation_id_email")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_invited_by_id"), ["invited_by_id"], unique=False)

    op.create_table(
        "counted_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="what is limited, e.g. sign_in.account"),
        sa.Column(
            "key", sa.String(), nullable=False, comment="keyed hash of the account or network that it is counted for"
        ),
        sa.Column("at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_tries")),
    )
    with op.batch_alter_table("counted_tries", schema=None) as batch_op:
        batch_op.create_index("ix_counted_tries_kind", ["kind", "key", "at"], unique=False)

    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_address")
        batch_op.drop_index("ix_sign_in_attempts_account")

    op.drop_table("sign_in_attempts")


def downgrade() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False, comment="keyed hash of the e-mail tried"),
        sa.Column("address", sa.String(), nullable=False, comment="network address, IPv6 cut to /64"),
        sa.Column("at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.CheckConstraint("account <> ''", name=op.f("ck_sign_in_attempts_account_is_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_account", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_address", ["address", "at"], unique=False)

    with op.batch_alter_table("counted_tries", schema=None) as batch_op:
        batch_op.drop_index("ix_counted_tries_kind")

    op.drop_table("counted_tries")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_invited_by_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_person_id"))

    op.drop_table("sign_ins")
    rename_key("reset_key", "session_key")

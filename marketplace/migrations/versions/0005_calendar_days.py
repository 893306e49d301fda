"""days off and worked weekends that staff enter

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import marketplace.core.db


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False, comment="true for a worked weekend, false for a day off"),
        sa.Column("name", sa.String(), nullable=False, comment="holiday, e.g. 春节"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="grows with every change"),
        sa.Column("entered_at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", marketplace.core.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_calendar_days_entered_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_days_day")),
    )


def downgrade() -> None:
    op.drop_table("calendar_days")

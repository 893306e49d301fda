"""keys of forms that were used, in place of the keys that messages kept

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import marketplace.core.db


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_keys",
        sa.Column("key", sa.String(), nullable=False, comment="keyed hash of the form's random text and its address"),
        sa.Column("content", sa.String(), nullable=False, comment="keyed hash of what was sent"),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("led_to", sa.String(), nullable=False, comment="address on this site that answered it"),
        sa.Column("used_at", marketplace.core.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_form_keys_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_keys")),
    )
    with op.batch_alter_table("form_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_keys_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_keys_used_at"), ["used_at"], unique=False)
    with op.batch_alter_table("inquiry_messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_inquiry_messages_inquiry_id_post_key"), type_="unique")
        batch_op.drop_column("post_key")


def downgrade() -> None:
    with op.batch_alter_table("inquiry_messages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "post_key", sa.String(), nullable=True, comment="random text of the form: one post makes one message"
            )
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_inquiry_messages_inquiry_id_post_key"), ["inquiry_id", "post_key"]
        )
    with op.batch_alter_table("form_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_keys_used_at"))
        batch_op.drop_index(batch_op.f("ix_form_keys_person_id"))

    op.drop_table("form_keys")

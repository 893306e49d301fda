"""needs that nobody awarded: no page leads to `awarded`, so what the demonstration park had marked so is closed

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO search_outbox (kind, object_id, created_at) "
        "SELECT 'needs', id, CURRENT_TIMESTAMP FROM needs WHERE status = 'awarded'"
    )
    op.execute("UPDATE needs SET status = 'closed' WHERE status = 'awarded'")


def downgrade() -> None:
    """Which needs they were is not kept."""

"""Make the tables of remarks

Revision ID: remarks_01
"""

import sqlalchemy as sa
from alembic import op

revision = "remarks_01"
down_revision = None
branch_labels = ("remarks",)
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("remarks"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("item_digest", sa.String(64), sa.ForeignKey("item_snapshots.digest"), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.String(1000)),
        sa.Column("written_on", sa.Date(), nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("remarks")

"""Keep counts of failed tries in the database

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_counts",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_counts")),
    )
    op.create_index(op.f("ix_limit_counts_ends_at"), "limit_counts", ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_limit_counts_ends_at"), table_name="limit_counts")
    op.drop_table("limit_counts")

"""Keep which processes are running

Revision ID: 0066
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "running_processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("machine", sa.String(100), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_ahead_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_running_processes"),
    )


def downgrade() -> None:
    op.drop_table("running_processes")

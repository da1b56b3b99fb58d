"""Make the tables of mergers

Revision ID: mergers_01
"""

import sqlalchemy as sa
from alembic import op

revision = "mergers_01"
down_revision = None
branch_labels = ("mergers",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("mergers"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "mergers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column(
            "kept_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("kept_user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("gone_user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("gone_name", sa.String(120), nullable=False),
        sa.Column("gone_number", sa.String(40)),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("asked_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("told_at", TIME),
        sa.Column("joined_at", TIME),
        sa.Column("seen_at", TIME),
        sa.Column("closed_at", TIME),
        sa.Column("outcome", sa.String(10)),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_has_outcome"),
        sa.Index(
            "uq_mergers_open_gone",
            "gone_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index(
            "uq_mergers_open_kept",
            "kept_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )


def downgrade() -> None:
    op.drop_table("mergers")

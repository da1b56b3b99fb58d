"""Make the tables of panel

Revision ID: panel_01
"""

import sqlalchemy as sa
from alembic import op

revision = "panel_01"
down_revision = None
branch_labels = ("panel",)
depends_on = None
serves_older_code = True

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "key_panels",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
    )
    op.create_table(
        "panel_raters",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("panel_id", sa.Uuid(), sa.ForeignKey("key_panels.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appointed_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("finished_at", TIME),
        sa.UniqueConstraint("panel_id", "number"),
        sa.UniqueConstraint("panel_id", "user_id"),
    )
    op.create_table(
        "panel_ratings",
        sa.Column("rater_id", sa.Uuid(), sa.ForeignKey("panel_raters.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("confidence", sa.String(20), nullable=False),
        sa.Column("action", sa.String(60)),
        sa.Column("comment", sa.String(1000)),
    )


def downgrade() -> None:
    op.drop_table("panel_ratings")
    op.drop_table("panel_raters")
    op.drop_table("key_panels")

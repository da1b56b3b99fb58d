"""Make the tables of inspectors

Revision ID: inspectors_01
"""

import sqlalchemy as sa
from alembic import op

revision = "inspectors_01"
down_revision = None
branch_labels = ("inspectors",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("inspector_links"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "inspector_links",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("pack_id", sa.Uuid()),
        sa.Column("team_ids", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("requirement_id", sa.Uuid()),
    )


def downgrade() -> None:
    op.drop_table("inspector_links")

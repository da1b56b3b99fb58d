"""Make the tables of pins

Revision ID: pins_01
"""

import sqlalchemy as sa
from alembic import op

revision = "pins_01"
down_revision = None
branch_labels = ("pins",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("pin_slips"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "pin_slips",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column(
            "membership_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("seal", sa.String(60), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.Column("seen_at", TIME),
        sa.Column("disputed_at", TIME),
    )
    op.create_table(
        "pin_tries",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("organization_id", sa.Uuid()),
        sa.Index("ix_pin_tries_organization_id_way_at", "organization_id", "way", "at"),
        sa.Index("ix_pin_tries_user_id_way_at", "user_id", "way", "at"),
    )
    op.create_table(
        "site_devices",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("team_id", sa.Uuid(), sa.ForeignKey("teams.id", ondelete="SET NULL"), index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("code_digest", sa.String(43), unique=True),
        sa.Column("code_expires_at", TIME, nullable=False),
        sa.Column("token_digest", sa.String(43)),
        sa.Column("browser", sa.String(60)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("registered_at", TIME),
        sa.Column("last_seen_at", TIME),
        sa.Column("revoked_at", TIME),
    )


def downgrade() -> None:
    op.drop_table("site_devices")
    op.drop_table("pin_tries")
    op.drop_table("pin_slips")

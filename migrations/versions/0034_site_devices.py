"""Let a firm register browsers at its sites, on which sessions end when it is quiet

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# Older code would let a session on a site device go on for a week.


def upgrade() -> None:
    op.create_table(
        "site_devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("code_digest", sa.String(length=43), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_digest", sa.String(length=43), nullable=True),
        sa.Column("browser", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_site_devices_created_by_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_site_devices_organization_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_site_devices_team_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_devices")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_site_devices_code_digest")),
    )
    for column in ("organization_id", "team_id", "created_by_id"):
        op.create_index(op.f(f"ix_site_devices_{column}"), "site_devices", [column])
    op.add_column("sessions", sa.Column("site_device_id", sa.Uuid(), nullable=True))
    op.add_column("sessions", sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_sessions_site_device_id"), "sessions", ["site_device_id"])


def downgrade() -> None:
    op.execute("DELETE FROM sessions WHERE quiet_until IS NOT NULL")  # older code wouldn't end them
    op.drop_index(op.f("ix_sessions_site_device_id"), table_name="sessions")
    op.drop_column("sessions", "quiet_until")
    op.drop_column("sessions", "site_device_id")
    op.drop_table("site_devices")

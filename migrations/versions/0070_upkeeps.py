"""Keep for each firm when its duties are looked at next, so that workers share the firms and skip those without change

Revision ID: 0070
Revises: 0068
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0068"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "upkeeps",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_upkeeps_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeeps")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_upkeeps_organization_id")),
    )
    op.create_index(op.f("ix_upkeeps_due_at"), "upkeeps", ["due_at"])
    op.create_index(op.f("ix_enrollments_started_at"), "enrollments", ["started_at"])
    op.create_index(op.f("ix_events_created_at"), "events", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_events_created_at"), table_name="events")
    op.drop_index(op.f("ix_enrollments_started_at"), table_name="enrollments")
    op.drop_index(op.f("ix_upkeeps_due_at"), table_name="upkeeps")
    op.drop_table("upkeeps")

"""roster drafts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_roster_drafts_created_by_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_roster_drafts_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_drafts")),
    )
    with op.batch_alter_table("roster_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_drafts_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_drafts_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_drafts_organization_id"), ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("roster_drafts")

"""Remember what the headings of a firm's rosters mean

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What a waiting roster holds has another shape now; whoever sent one sends it again.
    op.execute("DELETE FROM roster_drafts WHERE applied_at IS NULL")
    op.create_table(
        "roster_headings",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_roster_headings_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", "heading", name=op.f("pk_roster_headings")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM roster_drafts WHERE applied_at IS NULL")
    op.drop_table("roster_headings")

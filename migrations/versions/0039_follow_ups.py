"""Follow up invitations and keep what became of each email; shorter links; reminders by hand

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "invitation_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("skipped", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_invitation_mails_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_mails_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_mails")),
        sa.UniqueConstraint("invitation_id", "number", name=op.f("uq_invitation_mails_invitation_id_number")),
    )
    op.create_index("ix_invitation_mails_log", "invitation_mails", ["organization_id", "created_at", "id"])
    for column in ("mailed_digest", "shown_digest"):
        op.add_column("invitations", sa.Column(column, sa.String(length=43), nullable=True))
        op.create_index(f"uq_invitations_{column}", "invitations", [column], unique=True)
    op.add_column("organizations", sa.Column("follows_up", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("memberships", sa.Column("shows_address_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reminders", sa.Column("created_by_id", sa.Uuid(), nullable=True))
    op.create_index("ix_reminders_log", "reminders", ["organization_id", "created_at", "id"])


def downgrade() -> None:
    # Links that carry no id can't be opened by older code: these people have to be invited again.
    op.execute("DELETE FROM reminders WHERE kind LIKE 'now %'")  # older code can't name them
    op.drop_index("ix_reminders_log", table_name="reminders")
    op.drop_column("reminders", "created_by_id")
    op.drop_column("memberships", "shows_address_at")
    op.drop_column("organizations", "follows_up")
    for column in ("mailed_digest", "shown_digest"):
        op.drop_index(f"uq_invitations_{column}", table_name="invitations")
        op.drop_column("invitations", column)
    op.drop_table("invitation_mails")

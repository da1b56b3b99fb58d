"""Keep whom a class invites, from which teams, and the mail about it

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

serves_older_code = True  # tables that it doesn't know


def upgrade() -> None:
    op.create_table(
        "class_teams",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_class_teams_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_class_teams_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", "team_id", name=op.f("pk_class_teams")),
    )
    op.create_index(op.f("ix_class_teams_team_id"), "class_teams", ["team_id"])
    op.create_table(
        "class_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_class_invitations_cohort_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_class_invitations_invited_by_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_class_invitations_membership_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_invitations")),
        sa.UniqueConstraint("cohort_id", "membership_id", name=op.f("uq_class_invitations_cohort_id_membership_id")),
    )
    op.create_index(op.f("ix_class_invitations_invited_by_id"), "class_invitations", ["invited_by_id"])
    op.create_index(op.f("ix_class_invitations_membership_id"), "class_invitations", ["membership_id"])
    op.create_table(
        "class_invitation_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["class_invitations.id"],
            name=op.f("fk_class_invitation_mails_invitation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_class_invitation_mails_organization_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_class_invitation_mails_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_invitation_mails")),
        sa.UniqueConstraint("invitation_id", "bucket", name=op.f("uq_class_invitation_mails_invitation_id_bucket")),
    )
    op.create_index("ix_class_invitation_mails_day", "class_invitation_mails", ["organization_id", "created_at"])
    op.create_index(op.f("ix_class_invitation_mails_sent_by_id"), "class_invitation_mails", ["sent_by_id"])


def downgrade() -> None:
    op.drop_table("class_invitation_mails")
    op.drop_table("class_invitations")
    op.drop_table("class_teams")

"""Make the tables of reports

Revision ID: reports_01
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_01"
down_revision = None
branch_labels = ("reports",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("reports"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("rhythm", sa.String(10), nullable=False),
        sa.Column("team_ids", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("paused_at", TIME),
        sa.Column("ended_at", TIME),
    )
    op.create_table(
        "report_recipients",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("email", sa.String(254)),
        sa.Column("email_key", sa.String(254), index=True),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("asked_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.Column("stopped_at", TIME),
        sa.Column("stop", sa.String(20)),
        sa.UniqueConstraint("report_id", "email_key"),
        sa.UniqueConstraint("report_id", "user_id"),
    )
    op.create_table(
        "report_mails",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("reports.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("recipient_id", sa.Uuid(), sa.ForeignKey("report_recipients.id", ondelete="CASCADE"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("recipient_id", "due_on"),
    )


def downgrade() -> None:
    op.drop_table("report_mails")
    op.drop_table("report_recipients")
    op.drop_table("reports")

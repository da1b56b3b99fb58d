"""Keep reports that are mailed each week or month, who gets them, and what went out

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("team_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_reports_created_by_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_reports_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_created_by_id"), "reports", ["created_by_id"])
    op.create_index(op.f("ix_reports_organization_id"), "reports", ["organization_id"])
    op.create_table(
        "report_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_report_recipients_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_report_recipients_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_recipients_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_report_recipients_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_recipients")),
        sa.UniqueConstraint("report_id", "email_key", name=op.f("uq_report_recipients_report_id_email_key")),
        sa.UniqueConstraint("report_id", "user_id", name=op.f("uq_report_recipients_report_id_user_id")),
    )
    op.create_index(op.f("ix_report_recipients_asked_by_id"), "report_recipients", ["asked_by_id"])
    op.create_index(op.f("ix_report_recipients_email_key"), "report_recipients", ["email_key"])
    op.create_index(op.f("ix_report_recipients_organization_id"), "report_recipients", ["organization_id"])
    op.create_index(op.f("ix_report_recipients_user_id"), "report_recipients", ["user_id"])
    op.create_table(
        "report_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_report_mails_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["report_recipients.id"], name=op.f("fk_report_mails_recipient_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_mails_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mails")),
        sa.UniqueConstraint("recipient_id", "due_on", name=op.f("uq_report_mails_recipient_id_due_on")),
    )
    op.create_index(op.f("ix_report_mails_organization_id"), "report_mails", ["organization_id"])
    op.create_index(op.f("ix_report_mails_report_id"), "report_mails", ["report_id"])


def downgrade() -> None:
    op.drop_table("report_mails")
    op.drop_table("report_recipients")
    op.drop_table("reports")

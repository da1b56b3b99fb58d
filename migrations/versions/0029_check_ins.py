"""Keep who wants mail on the days of their check-ins

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "check_in_mails",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_check_in_mails_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_check_in_mails")),
    )
    op.create_index(op.f("ix_check_in_mails_look_on"), "check_in_mails", ["look_on"])


def downgrade() -> None:
    op.drop_table("check_in_mails")

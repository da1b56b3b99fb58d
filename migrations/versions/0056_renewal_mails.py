"""Keep who asked for a mail on the day from which a certificate can be renewed

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "renewal_mails",
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_renewal_mails_enrollment_id")),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_renewal_mails")),
    )


def downgrade() -> None:
    op.drop_table("renewal_mails")

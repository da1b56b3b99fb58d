"""Keep what learners answer to the questions of lessons

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "lesson_responses",
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson", sa.String(length=121), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_lesson_responses_enrollment_id")),
        sa.PrimaryKeyConstraint("enrollment_id", "lesson", "item", name=op.f("pk_lesson_responses")),
    )


def downgrade() -> None:
    op.drop_table("lesson_responses")

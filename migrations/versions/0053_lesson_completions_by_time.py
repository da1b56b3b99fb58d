"""Find when each enrollment last read a lesson without looking at all of its lessons

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_index("ix_lesson_completions_read", "lesson_completions", ["enrollment_id", "read_again_at"])


def downgrade() -> None:
    op.drop_index("ix_lesson_completions_read", "lesson_completions")

"""Let an answer in a lesson be neither right nor wrong

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    with op.batch_alter_table("lesson_responses") as batch:
        batch.alter_column("is_right", existing_type=sa.Boolean(), nullable=True)


def downgrade() -> None:
    # What has no right and wrong, older code can neither show nor keep.
    op.execute(sa.text("DELETE FROM lesson_responses WHERE is_right IS NULL"))
    with op.batch_alter_table("lesson_responses") as batch:
        batch.alter_column("is_right", existing_type=sa.Boolean(), nullable=False)

"""Keep where a learner works

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.add_column("enrollments", sa.Column("place", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("enrollments", "place")

"""Remember the language that someone's emails are written in

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "language")

"""Note when an account is to be erased

Revision ID: 0061
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0059"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.add_column("users", sa.Column("erases_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_users_erases_at", "users", ["erases_at"])


def downgrade() -> None:
    op.drop_index("ix_users_erases_at", "users")
    op.drop_column("users", "erases_at")

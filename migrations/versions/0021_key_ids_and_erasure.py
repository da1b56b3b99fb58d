"""Note which key second factors and recovery codes are made with, and which accounts were erased

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The code before knows one key, and that is the one that is meant until the key is changed for the first time.
serves_older_code = True


def upgrade() -> None:
    op.add_column("users", sa.Column("second_factor_key_id", sa.String(length=8), nullable=True))
    op.add_column("users", sa.Column("second_factor_mask", sa.String(length=40), nullable=True))
    op.add_column("users", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recovery_codes", sa.Column("key_id", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("recovery_codes", "key_id")
    op.drop_column("users", "erased_at")
    op.drop_column("users", "second_factor_mask")
    op.drop_column("users", "second_factor_key_id")

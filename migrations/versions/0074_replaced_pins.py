"""Keep the PIN that a slip replaced until it is certain who used the slip

Revision ID: 0074
Revises: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.add_column("users", sa.Column("pin_before", sa.String(200)))
    op.add_column("users", sa.Column("pin_before_key_id", sa.String(8)))
    op.add_column("users", sa.Column("pin_before_until", sa.DateTime(timezone=True)))
    op.add_column("users", sa.Column("pin_replaced_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for name in ("pin_replaced_at", "pin_before_until", "pin_before_key_id", "pin_before"):
        op.drop_column("users", name)

"""Keep in which language an attempt was begun, and how long each answer took

Revision ID: 0077
Revises: 0076
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("language", sa.String(length=10), server_default="en", nullable=False))
    op.add_column("responses", sa.Column("seconds", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_column("seconds")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("language")

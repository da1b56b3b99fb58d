"""Let firms, teams and requirements say whose numbers and laws their people are shown

Revision ID: 0082
Revises: 0081
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

_TABLES = ("organizations", "teams", "requirements")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("region", sa.String(length=20), nullable=True))
    # Until now there was one region, and all pages were written for it.
    op.execute("UPDATE organizations SET region = 'us-me'")


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("region")

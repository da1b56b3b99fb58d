"""Keep the handover that someone writes at the end of a practice shift

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.add_column("attempts", sa.Column("handover", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "handover")

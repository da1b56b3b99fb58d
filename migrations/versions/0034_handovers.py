"""Keep the handover that someone writes at the end of a practice shift

Revision ID: 0034
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0030"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.add_column("attempts", sa.Column("handover", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "handover")

"""Let a final go on in further stages, and keep beside a credential the final that earned it

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.add_column("attempts", sa.Column("handed_in", sa.Integer(), server_default="0", nullable=False))
    op.add_column("enrollments", sa.Column("final", sa.JSON(), nullable=True))
    op.add_column("credentials", sa.Column("final", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("credentials", "final")
    op.drop_column("enrollments", "final")
    op.drop_column("attempts", "handed_in")

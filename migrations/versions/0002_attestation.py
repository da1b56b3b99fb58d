"""attestation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrollments", sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollments", sa.Column("attested_as", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("enrollments", "attested_as")
    op.drop_column("enrollments", "attested_at")

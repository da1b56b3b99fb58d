"""Let someone who knows the core path before the course go on without reading it, unless a firm asks for the lessons

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

serves_older_code = True

_STANDING = ["user_id", "course", "revoked_at", "minutes", "is_paced", "is_attested", "issued_on", "valid_until"]


def upgrade() -> None:
    op.add_column("credentials", sa.Column("is_tested_out", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_credentials_standing", table_name="credentials")
    op.create_index("ix_credentials_standing", "credentials", [*_STANDING[:6], "is_tested_out", *_STANDING[6:]])
    op.add_column("enrollments", sa.Column("tested_out_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("requirements", sa.Column("allows_test_out", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("requirements", "allows_test_out")
    op.drop_column("enrollments", "tested_out_at")
    op.drop_index("ix_credentials_standing", table_name="credentials")
    op.create_index("ix_credentials_standing", "credentials", _STANDING)
    op.drop_column("credentials", "is_tested_out")

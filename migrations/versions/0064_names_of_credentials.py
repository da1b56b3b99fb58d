"""Find the credential before one that was issued again in another name

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    few = sa.text("reissued_at IS NOT NULL")
    op.create_index("ix_credentials_names", "credentials", ["superseded_by_id"], sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    op.drop_index("ix_credentials_names", table_name="credentials")

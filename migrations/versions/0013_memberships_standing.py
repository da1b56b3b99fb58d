"""Let the index by which a firm's people are looked up hold whose they are

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_memberships_standing", "memberships", ["organization_id", "id", "user_id"], unique=False)
    op.drop_index("ix_memberships_organization_id_id", table_name="memberships")


def downgrade() -> None:
    op.create_index("ix_memberships_organization_id_id", "memberships", ["organization_id", "id"], unique=False)
    op.drop_index("ix_memberships_standing", table_name="memberships")

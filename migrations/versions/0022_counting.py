"""Index memberships by role, and the requests for another round that wait

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

serves_older_code = True

_WAITING = sa.text("granted_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_memberships_role", "memberships", ["organization_id", "role", "ended_at", "user_id"])
    op.create_index(
        "ix_round_requests_waiting",
        "round_requests",
        ["asked_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_round_requests_waiting", table_name="round_requests")
    op.drop_index("ix_memberships_role", table_name="memberships")

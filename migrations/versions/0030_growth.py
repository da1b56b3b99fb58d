"""Find rare acts and former staff without going through all of a firm

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

serves_older_code = True

_LEFT = sa.text("ended_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_audit_events_act", "audit_events", ["organization_id", "act", "at", "id"])
    op.create_index(
        "ix_memberships_left", "memberships", ["organization_id", "id"], sqlite_where=_LEFT, postgresql_where=_LEFT
    )


def downgrade() -> None:
    op.drop_index("ix_memberships_left", table_name="memberships")
    op.drop_index("ix_audit_events_act", table_name="audit_events")

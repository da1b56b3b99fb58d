"""Limit inspectors' links to teams and a requirement

Older code would show all of a firm by a limited link, so it may not serve on this. Going back withdraws such links.

Revision ID: 0075
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "inspector_links", sa.Column("team_ids", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    )
    op.add_column("inspector_links", sa.Column("requirement_id", sa.Uuid()))


def downgrade() -> None:
    op.execute(
        "UPDATE inspector_links SET revoked_at = created_at WHERE revoked_at IS NULL "
        "AND (CAST(team_ids AS VARCHAR) <> '[]' OR requirement_id IS NOT NULL)"
    )
    op.drop_column("inspector_links", "requirement_id")
    op.drop_column("inspector_links", "team_ids")

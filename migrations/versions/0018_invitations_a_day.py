"""Let a firm send more invitations a day than usual; drop lists that wait to be confirmed, which kept every column

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WAITING = "DELETE FROM roster_drafts WHERE applied_at IS NULL"


def upgrade() -> None:
    op.execute(_WAITING)
    op.add_column("organizations", sa.Column("invitations_a_day", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.execute(_WAITING)
    op.drop_column("organizations", "invitations_a_day")

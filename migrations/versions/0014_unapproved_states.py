"""Let a credential say for which states' requirements it was earned that want an approved course

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "credentials", sa.Column("unapproved_states", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("credentials", "unapproved_states", server_default=None)


def downgrade() -> None:
    op.drop_column("credentials", "unapproved_states")

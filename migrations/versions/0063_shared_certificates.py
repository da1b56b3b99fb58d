"""Keep the key of the page on which a holder shares a certificate

Revision ID: 0063
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    with op.batch_alter_table("credentials") as table:
        table.add_column(sa.Column("sharing_key", sa.String(length=22), nullable=True))
        table.create_unique_constraint(op.f("uq_credentials_sharing_key"), ["sharing_key"])


def downgrade() -> None:
    with op.batch_alter_table("credentials") as table:
        table.drop_constraint(op.f("uq_credentials_sharing_key"), type_="unique")
        table.drop_column("sharing_key")

"""Name the installation, and begin a status list whose number nobody can have had

Revision ID: 0067
Revises: 0066
"""

import datetime as dt
import secrets
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.alter_column(
            "status_index", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False
        )
    installations = op.create_table(
        "installations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_list", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )
    # At random, also in a new database: it may be a backup of before this revision, or stand in for one that was lost.
    op.bulk_insert(
        installations,
        [{"id": uuid.uuid4(), "created_at": dt.datetime.now(dt.UTC), "status_list": 1 + secrets.randbelow(1 << 40)}],
    )


def downgrade() -> None:
    # The column stays as wide as it is: places of lists begun since don't fit into a narrower one.
    op.drop_table("installations")

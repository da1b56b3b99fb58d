"""Give each credential a place in the status lists of badges, at random and for good

Revision ID: 0057
Revises: 0056
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

PLACES = 1 << 20
OFF = sa.text("revoked_at IS NOT NULL OR superseded_by_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.add_column(sa.Column("status_index", sa.Integer(), nullable=True))
    credentials = sa.table("credentials", sa.column("id", sa.Uuid()), sa.column("status_index", sa.Integer()))
    connection = op.get_bind()
    ids = connection.scalars(sa.select(credentials.c.id)).all()
    lists = len(ids) // (PLACES // 2) + 1
    rows = [
        {"of": credential_id, "index": index}
        for credential_id, index in zip(
            ids, secrets.SystemRandom().sample(range(lists * PLACES), len(ids)), strict=True
        )
    ]
    if rows:
        given = sa.update(credentials).where(credentials.c.id == sa.bindparam("of"))
        connection.execute(given.values(status_index=sa.bindparam("index")), rows)
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.alter_column("status_index", nullable=False)
        batch_op.create_unique_constraint("uq_credentials_status_index", ["status_index"])
    op.create_index("ix_credentials_off", "credentials", ["status_index"], sqlite_where=OFF, postgresql_where=OFF)


def downgrade() -> None:
    op.drop_index("ix_credentials_off", "credentials")
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.drop_constraint("uq_credentials_status_index", type_="unique")
        batch_op.drop_column("status_index")

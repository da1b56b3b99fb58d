"""Mail to checked addresses; keep when the worker's tasks ran, and which revisions may serve on this database

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "schema_revisions",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_revisions")),
    )
    # Mail goes to the address that was checked: whoever typed full-width letters or blanks gets the plain form.
    for table in ("users", "memberships", "links"):
        op.execute(f"UPDATE {table} SET email = email_key WHERE lower(email) <> email_key")  # noqa: S608


def downgrade() -> None:
    op.drop_table("schema_revisions")
    op.drop_table("heartbeats")

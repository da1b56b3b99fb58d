"""Count what many people said of each scene, keep remarks about scenes, and name administrators

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "administrators",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_administrators_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_administrators")),
    )
    op.create_table(
        "item_counts",
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_digest"], ["item_snapshots.digest"], name=op.f("fk_item_counts_item_digest")),
        sa.PrimaryKeyConstraint("course", "item_digest", name=op.f("pk_item_counts")),
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["item_digest"], ["item_snapshots.digest"], name=op.f("fk_remarks_item_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_item_digest"), "remarks", ["item_digest"], unique=False)
    op.create_index(op.f("ix_remarks_written_on"), "remarks", ["written_on"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_remarks_written_on"), table_name="remarks")
    op.drop_index(op.f("ix_remarks_item_digest"), table_name="remarks")
    op.drop_table("remarks")
    op.drop_table("item_counts")
    op.drop_table("administrators")

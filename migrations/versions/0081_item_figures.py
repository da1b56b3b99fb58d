"""Count answers by kind of sitting and language, and what leaks between colleagues; let a final that counted a wrong
scene be canceled

What was counted before goes: the worker counts all answers again within the hour.

Revision ID: 0081
Revises: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("item_counts")
    op.create_table(
        "item_counts",
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("sitting", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("seconds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("months", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("first_finals", sa.Integer(), nullable=False),
        sa.Column("of_first_finals", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_digest"], ["item_snapshots.digest"], name=op.f("fk_item_counts_item_digest_item_snapshots")
        ),
        sa.PrimaryKeyConstraint("course", "sitting", "language", "item_digest", name=op.f("pk_item_counts")),
    )
    op.create_index(op.f("ix_item_counts_item_digest"), "item_counts", ["item_digest"])
    op.create_table(
        "leak_counts",
        sa.Column("pair", sa.String(length=60), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Double(), nullable=False)
            for name in ("gains", "losses", "gains_squared", "products", "losses_squared")
        ),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pair", "month", name=op.f("pk_leak_counts")),
    )
    op.add_column("attempts", sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("item_snapshots", sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("item_snapshots", schema=None) as batch_op:
        batch_op.drop_column("canceled_at")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("canceled_at")
    op.drop_table("leak_counts")
    op.drop_table("item_counts")
    op.create_table(
        "item_counts",
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_digest"], ["item_snapshots.digest"], name=op.f("fk_item_counts_item_digest_item_snapshots")
        ),
        sa.PrimaryKeyConstraint("course", "item_digest", name=op.f("pk_item_counts")),
    )
    op.create_index(op.f("ix_item_counts_item_digest"), "item_counts", ["item_digest"])

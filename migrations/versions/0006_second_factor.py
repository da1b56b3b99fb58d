"""second factor, and links for people without an account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _columns(table: str) -> list[sa.Column[object]]:
    if table == "links":
        return [
            sa.Column("email", sa.String(length=254), nullable=True),
            sa.Column("next_path", sa.String(length=500), nullable=True),
        ]
    return [
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_nonce", sa.String(length=32), nullable=True),
        sa.Column("second_factor_step", sa.Integer(), nullable=True),
        sa.Column("second_factor_misses", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("second_factor_wait_until", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seal", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "seal", name=op.f("uq_recovery_codes_user_id_seal")),
    )
    for table in ("users", "links"):
        for column in _columns(table):
            op.add_column(table, column)


def downgrade() -> None:
    for table in ("links", "users"):
        for column in _columns(table):
            op.drop_column(table, column.name)
    # Links to make an account or to change an address mean nothing any more.
    op.execute("DELETE FROM links WHERE purpose IN ('sign-up', 'address')")
    op.drop_table("recovery_codes")

"""Join two entries of one person, ask who used a slip, and count wrong PINs by firm

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

serves_older_code = True

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "mergers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("kept_user_id", sa.Uuid(), nullable=True),
        sa.Column("gone_user_id", sa.Uuid(), nullable=True),
        sa.Column("gone_name", sa.String(length=120), nullable=False),
        sa.Column("gone_number", sa.String(length=40), nullable=True),
        sa.Column("chosen", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_mergers_closed_has_outcome")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_mergers_organization_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["memberships.id"], name=op.f("fk_mergers_kept_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kept_user_id"], ["users.id"], name=op.f("fk_mergers_kept_user_id")),
        sa.ForeignKeyConstraint(["gone_user_id"], ["users.id"], name=op.f("fk_mergers_gone_user_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_mergers_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mergers")),
    )
    for column in ("organization_id", "kept_id", "kept_user_id", "gone_user_id", "asked_by_id"):
        op.create_index(op.f(f"ix_mergers_{column}"), "mergers", [column])
    for column in ("kept", "gone"):
        op.create_index(
            f"uq_mergers_open_{column}",
            "mergers",
            [f"{column}_id"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
    op.add_column("pin_tries", sa.Column("organization_id", sa.Uuid(), nullable=True))
    op.create_index("ix_pin_tries_organization_id_way_at", "pin_tries", ["organization_id", "way", "at"])
    op.add_column("pin_slips", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pin_slips", sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
    # Who used a slip before this was asked isn't asked of now.
    op.execute("UPDATE pin_slips SET seen_at = used_at WHERE used_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_pin_tries_organization_id_way_at", table_name="pin_tries")
    op.drop_column("pin_tries", "organization_id")
    op.drop_column("pin_slips", "disputed_at")
    op.drop_column("pin_slips", "seen_at")
    op.drop_table("mergers")

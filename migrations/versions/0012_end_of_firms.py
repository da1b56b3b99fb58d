"""suspending and closing firms"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = ("suspended_at", "closed_at", "deletes_at")
_REFERENCES = {"session_id": "class_sessions", "member_id": "cohort_members"}


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("organizations", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _refer(is_nullable=True, ondelete="SET NULL")


def downgrade() -> None:
    # Of a class that went with its firm. The lessons stay read; only who taught them is forgotten.
    op.execute("DELETE FROM sign_offs WHERE session_id IS NULL OR member_id IS NULL")
    _refer(is_nullable=False, ondelete=None)
    for name in reversed(_COLUMNS):
        op.drop_column("organizations", name)


def _refer(*, is_nullable: bool, ondelete: str | None) -> None:
    with op.batch_alter_table("sign_offs", schema=None) as batch_op:
        for column, table in _REFERENCES.items():
            name = op.f(f"fk_sign_offs_{column}")
            batch_op.alter_column(column, existing_type=sa.Uuid(), nullable=is_nullable)
            batch_op.drop_constraint(name, type_="foreignkey")
            batch_op.create_foreign_key(name, table, [column], ["id"], ondelete=ondelete)

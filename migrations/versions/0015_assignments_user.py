"""Let a duty say whose it is, so that counting a firm's looks up no membership

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BEFORE = ["organization_id", "ended_at", "requirement_id", "membership_id"]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would make the table anew for a column with a foreign key, which the rows that point to it forbid.
        points = "CONSTRAINT fk_assignments_user_id REFERENCES users (id)"
        op.execute(f"ALTER TABLE assignments ADD COLUMN user_id CHAR(32) {points}")
    else:
        op.add_column("assignments", sa.Column("user_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f("fk_assignments_user_id"), "assignments", "users", ["user_id"], ["id"])
    op.execute(
        "UPDATE assignments SET user_id = (SELECT user_id FROM memberships WHERE memberships.id = membership_id)"
    )
    op.create_index("ix_assignments_user_id", "assignments", ["user_id"], unique=False)
    op.drop_index("ix_assignments_standing", table_name="assignments")
    op.create_index("ix_assignments_standing", "assignments", [*_BEFORE, "user_id", "due_on", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_assignments_standing", table_name="assignments")
    op.create_index("ix_assignments_standing", "assignments", [*_BEFORE, "due_on", "id"], unique=False)
    op.drop_index("ix_assignments_user_id", table_name="assignments")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_assignments_user_id"), "assignments", type_="foreignkey")
    op.drop_column("assignments", "user_id")

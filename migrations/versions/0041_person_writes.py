"""Keep when another system last wrote about an employee number, and find people by it

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "person_writes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("employee_number", sa.String(length=40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_person_writes_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "employee_number", name=op.f("pk_person_writes")),
    )
    op.create_index(op.f("ix_person_writes_written_at"), "person_writes", ["written_at"])


def downgrade() -> None:
    op.drop_table("person_writes")

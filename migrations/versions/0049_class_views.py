"""Keep who taught a class before and may still look at it

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

serves_older_code = True  # a table that it doesn't know


def upgrade() -> None:
    op.create_table(
        "class_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_class_views_cohort_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_class_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_views")),
    )
    op.create_index(op.f("ix_class_views_cohort_id"), "class_views", ["cohort_id"])
    op.create_index(op.f("ix_class_views_user_id"), "class_views", ["user_id"])
    op.create_index(
        "uq_class_views_open",
        "class_views",
        ["cohort_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("class_views")

"""Make the tables of notes

Revision ID: notes_01
"""

import sqlalchemy as sa
from alembic import op

revision = "notes_01"
down_revision = None
branch_labels = ("notes",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("class_notes"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "class_notes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("cohort_members.id"), nullable=False, index=True),
        sa.Column("item_digest", sa.String(64), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("handed_in_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("answered_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("met", sa.JSON()),
        sa.Column("comment", sa.String(600)),
        sa.Column("read_at", TIME),
        sa.Index("ix_class_notes_cohort_id_handed_in_at", "cohort_id", "handed_in_at"),
        sa.Index(
            "uq_class_notes_waiting",
            "member_id",
            "item_digest",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )
    op.create_table(
        "saved_comments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("text", sa.String(600), nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.UniqueConstraint("user_id", "text"),
    )


def downgrade() -> None:
    op.drop_table("saved_comments")
    op.drop_table("class_notes")

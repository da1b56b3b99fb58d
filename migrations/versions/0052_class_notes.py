"""Keep the notes that people hand in to a class, and an instructor's saved comments

Revision ID: 0052
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohorts") as batch:
        batch.add_column(sa.Column("takes_notes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "class_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("item_digest", sa.String(length=64), nullable=False),
        sa.Column("question", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("met", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("comment", sa.String(length=600), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_class_notes_answered_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_class_notes_cohort_id")),
        sa.ForeignKeyConstraint(["member_id"], ["cohort_members.id"], name=op.f("fk_class_notes_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_notes")),
    )
    op.create_index(op.f("ix_class_notes_answered_by_id"), "class_notes", ["answered_by_id"])
    op.create_index("ix_class_notes_cohort_id_handed_in_at", "class_notes", ["cohort_id", "handed_in_at"])
    op.create_index(op.f("ix_class_notes_member_id"), "class_notes", ["member_id"])
    op.create_index(
        "uq_class_notes_waiting",
        "class_notes",
        ["member_id", "item_digest"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "saved_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_comments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comments")),
        sa.UniqueConstraint("user_id", "text", name=op.f("uq_saved_comments_user_id_text")),
    )


def downgrade() -> None:
    op.drop_table("saved_comments")
    op.drop_table("class_notes")
    with op.batch_alter_table("cohorts") as batch:
        batch.drop_column("takes_notes")

"""Make the tables of meetings

Revision ID: meetings_01
"""

import sqlalchemy as sa
from alembic import op

revision = "meetings_01"
down_revision = None
branch_labels = ("meetings",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("class_sessions"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "class_sessions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False, index=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(300)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("place", sa.String(120)),
        sa.Column("walk_ins", sa.JSON()),
        sa.CheckConstraint("minutes >= 1", name="minutes_count_from_one"),
    )
    op.create_table(
        "attendances",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("class_sessions.id"), primary_key=True),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("cohort_members.id"), primary_key=True, index=True),
        sa.Column("noted_at", TIME, nullable=False),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("class_sessions.id", ondelete="SET NULL"), index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("statement", sa.String(400), nullable=False),
        sa.Column("signed_at", TIME, nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
    )
    op.create_table(
        "sign_offs",
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), primary_key=True),
        sa.Column("lesson", sa.String(121), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("class_sessions.id", ondelete="SET NULL"), index=True),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("cohort_members.id", ondelete="SET NULL"), index=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("signed_off_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("signed_off_at", TIME, nullable=False),
        sa.Column("signature_id", sa.Uuid(), sa.ForeignKey("signatures.id"), index=True),
        sa.Column("read_before_at", TIME),
    )


def downgrade() -> None:
    op.drop_table("sign_offs")
    op.drop_table("signatures")
    op.drop_table("attendances")
    op.drop_table("class_sessions")

"""Keep who signed what was taught in person, who was there without an account, and who signed in by phone

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("code", sa.String(length=26), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_class_sessions_code"), ["code"])
    op.create_table(
        "arrivals",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["cohort_members.id"], name=op.f("fk_arrivals_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["class_sessions.id"], name=op.f("fk_arrivals_session_id")),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_arrivals")),
    )
    op.create_index(op.f("ix_arrivals_member_id"), "arrivals", ["member_id"], unique=False)
    op.create_table(
        "walk_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("employee_number", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_walk_ins_added_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_walk_ins_cohort_id")),
        sa.ForeignKeyConstraint(["member_id"], ["cohort_members.id"], name=op.f("fk_walk_ins_member_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_walk_ins_membership_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_ins")),
        sa.UniqueConstraint("cohort_id", "membership_id", name=op.f("uq_walk_ins_cohort_id_membership_id")),
    )
    for column in ("added_by_id", "cohort_id", "member_id", "membership_id"):
        op.create_index(op.f(f"ix_walk_ins_{column}"), "walk_ins", [column], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("statement", sa.String(length=400), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["class_sessions.id"], name=op.f("fk_signatures_session_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["signed_by_id"], ["users.id"], name=op.f("fk_signatures_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    for column in ("session_id", "signed_by_id"):
        op.create_index(op.f(f"ix_signatures_{column}"), "signatures", [column], unique=False)
    op.create_table(
        "walk_in_attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("walk_in_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["class_sessions.id"], name=op.f("fk_walk_in_attendances_session_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name=op.f("fk_walk_in_attendances_signature_id")),
        sa.ForeignKeyConstraint(["walk_in_id"], ["walk_ins.id"], name=op.f("fk_walk_in_attendances_walk_in_id")),
        sa.PrimaryKeyConstraint("session_id", "walk_in_id", name=op.f("pk_walk_in_attendances")),
    )
    for column in ("signature_id", "walk_in_id"):
        op.create_index(op.f(f"ix_walk_in_attendances_{column}"), "walk_in_attendances", [column], unique=False)
    with op.batch_alter_table("sign_offs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signature_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("read_before_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_sign_offs_signature_id"), ["signature_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_sign_offs_signature_id"), "signatures", ["signature_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("sign_offs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sign_offs_signature_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_sign_offs_signature_id"))
        batch_op.drop_column("read_before_at")
        batch_op.drop_column("signature_id")
    for table in ("walk_in_attendances", "signatures", "walk_ins", "arrivals"):
        op.drop_table(table)
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_class_sessions_code"), type_="unique")
        batch_op.drop_column("code")
        batch_op.drop_column("place")

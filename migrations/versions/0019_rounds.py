"""Let a final have rounds of tries, and let a learner ask for the next one

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BEFORE = "number >= 1 AND (tries IS NULL OR number <= tries)"
_AFTER = "round >= 1 AND number >= 1 AND (tries IS NULL OR number <= tries)"
_LIMIT = "ck_attempts_number_within_tries"


_UNIQUE = "uq_attempts_enrollment_id_kind"


def _constrain(before: list[str], after: list[str], check: str) -> None:
    """Exchange what keeps tries apart, and the limit of tries."""
    names = (f"{_UNIQUE}_{'_'.join(before)}", f"{_UNIQUE}_{'_'.join(after)}")
    with op.batch_alter_table("attempts") as batch:
        batch.drop_constraint(op.f(names[0]), type_="unique")
        batch.create_unique_constraint(op.f(names[1]), ["enrollment_id", "kind", *after])
        batch.drop_constraint(op.f(_LIMIT), type_="check")
        batch.create_check_constraint(op.f(_LIMIT), check)


def upgrade() -> None:
    op.add_column("attempts", sa.Column("round", sa.Integer(), server_default="1", nullable=False))
    _constrain(["number"], ["round", "number"], _AFTER)
    op.create_table(
        "round_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_round_requests_enrollment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_round_requests_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_requests")),
        sa.UniqueConstraint("enrollment_id", "round", name=op.f("uq_round_requests_enrollment_id_round")),
    )
    op.create_index(op.f("ix_round_requests_user_id"), "round_requests", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_round_requests_user_id"), table_name="round_requests")
    op.drop_table("round_requests")
    # Without rounds the tries of an enrollment go on counting, and the limit with them.
    op.execute(
        "UPDATE attempts SET number = number + (round - 1) * tries, tries = tries * round "
        "WHERE kind = 'final' AND round > 1"
    )
    _constrain(["round", "number"], ["number"], _BEFORE)
    op.drop_column("attempts", "round")

"""Keep trainings that people had elsewhere, as firms record them, and which requirements count them

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

serves_older_code = True  # tables that it doesn't know, and columns that may be empty

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    for table in ("requirements", "requirement_versions"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("earlier_titles", sa.Text(), nullable=True))
            batch.add_column(sa.Column("earlier_keys", sa.Text(), nullable=True))
    op.create_table(
        "training_proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_training_proofs_organization_id")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_training_proofs_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_proofs")),
    )
    op.create_index(op.f("ix_training_proofs_organization_id"), "training_proofs", ["organization_id"])
    op.create_index(op.f("ix_training_proofs_created_by_id"), "training_proofs", ["created_by_id"])
    op.create_table(
        "earlier_trainings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_key", sa.String(length=240), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_earlier_trainings_minutes_are_some")),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> created_by_id", name=op.f("ck_earlier_trainings_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_earlier_trainings_organization_id")
        ),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_earlier_trainings_membership_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["training_proofs.id"], name=op.f("fk_earlier_trainings_proof_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_earlier_trainings_created_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_earlier_trainings_approved_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_earlier_trainings_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_trainings")),
    )
    op.create_index(
        "ix_earlier_trainings_once",
        "earlier_trainings",
        ["membership_id", "title_key", "completed_on"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_earlier_trainings_standing", "earlier_trainings", ["membership_id", "approved_at"])
    op.create_index(
        "ix_earlier_trainings_organization_id_batch_id", "earlier_trainings", ["organization_id", "batch_id"]
    )
    for column in ("proof_id", "created_by_id", "approved_by_id", "ended_by_id"):
        op.create_index(op.f(f"ix_earlier_trainings_{column}"), "earlier_trainings", [column])


def downgrade() -> None:
    op.drop_table("earlier_trainings")
    op.drop_table("training_proofs")
    for table in ("requirement_versions", "requirements"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("earlier_keys")
            batch.drop_column("earlier_titles")

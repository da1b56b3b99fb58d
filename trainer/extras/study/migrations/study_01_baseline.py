"""Make the tables of trials

Revision ID: study_01
"""

import sqlalchemy as sa
from alembic import op

revision = "study_01"
down_revision = None
branch_labels = ("study",)
depends_on = None
serves_older_code = True

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), index=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), index=True),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("allowed_at", TIME, nullable=False),
        sa.Column("course", sa.String(60)),
        sa.Column("contact", sa.String(300)),
        sa.Column("enroll_until", sa.Date()),
        sa.Column("registry_number", sa.String(80)),
        sa.Column("ethics_decision", sa.String(300)),
        sa.Column("is_made_up", sa.Boolean(), nullable=False),
        sa.Column("opened_at", TIME),
        sa.Column("closed_at", TIME),
        sa.CheckConstraint("(organization_id IS NULL) <> (cohort_id IS NULL)", name="of_a_firm_or_a_class"),
    )
    running = sa.text("closed_at IS NULL")
    for name, column in (("ux_trials_one_running", "organization_id"), ("ux_trials_one_in_class", "cohort_id")):
        op.create_index(name, "trials", [column], unique=True, sqlite_where=running, postgresql_where=running)
    op.create_table(
        "trial_protocols",
        sa.Column("trial_id", sa.Uuid(), sa.ForeignKey("trials.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("frozen_at", TIME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "trial_people",
        sa.Column("trial_id", sa.Uuid(), sa.ForeignKey("trials.id"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True, index=True),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(5), nullable=False),
        sa.Column("form", sa.String(1), nullable=False),
        sa.Column("agreed_at", TIME, nullable=False, index=True),
        sa.Column("protocol", sa.Integer(), nullable=False),
        sa.Column("withdrew_at", TIME),
        sa.Column("mailed_at", TIME),
        sa.UniqueConstraint("trial_id", "site", "place"),
    )


def downgrade() -> None:
    op.drop_table("trial_people")
    op.drop_table("trial_protocols")
    op.drop_table("trials")

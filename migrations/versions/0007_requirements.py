"""requirements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STANDING = [
    "user_id",
    "course",
    "revoked_at",
    "minutes",
    "is_paced",
    "is_attested",
    "issued_on",
    "valid_until",
]


def upgrade() -> None:
    op.create_table(
        "requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("pack", sa.String(length=60), nullable=True),
        sa.Column("unapproved_state", sa.String(length=60), nullable=True),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("hired_since", sa.Date(), nullable=True),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("cadence_months", sa.Integer(), nullable=False),
        sa.Column("days_allowed", sa.Integer(), nullable=False),
        sa.Column("renewal_days", sa.Integer(), nullable=False),
        sa.Column("is_paced", sa.Boolean(), nullable=False),
        sa.Column("attestation", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cadence_months >= 1", name=op.f("ck_requirements_cadence_counts_months")),
        sa.CheckConstraint("days_allowed >= 0", name=op.f("ck_requirements_days_not_negative")),
        sa.CheckConstraint("least_minutes >= 0", name=op.f("ck_requirements_minutes_not_negative")),
        sa.CheckConstraint("renewal_days >= 1", name=op.f("ck_requirements_renewal_window_has_days")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_requirements_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirements")),
    )
    with op.batch_alter_table("requirements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requirements_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_assignments_membership_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_assignments_organization_id")),
        sa.ForeignKeyConstraint(["requirement_id"], ["requirements.id"], name=op.f("fk_assignments_requirement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "membership_id", "requirement_id", name=op.f("uq_assignments_membership_id_requirement_id")
        ),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index("ix_assignments_organization_id_id", ["organization_id", "id"], unique=False)
        batch_op.create_index(
            "ix_assignments_standing",
            ["organization_id", "ended_at", "requirement_id", "membership_id", "due_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assignments_requirement_id_membership_id", ["requirement_id", "membership_id"], unique=False
        )

    op.create_table(
        "digests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_digests_membership_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_digests_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("membership_id", "monday", name=op.f("uq_digests_membership_id_monday")),
    )
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digests_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "requirement_teams",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirements.id"],
            name=op.f("fk_requirement_teams_requirement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_requirement_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("requirement_id", "team_id", name=op.f("pk_requirement_teams")),
    )
    with op.batch_alter_table("requirement_teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requirement_teams_team_id"), ["team_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("skipped", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_reminders_assignment_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_reminders_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("assignment_id", "kind", "due_on", name=op.f("uq_reminders_assignment_id_kind_due_on")),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminders_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_waivers_assignment_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_waivers_created_by_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_waivers_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )
    with op.batch_alter_table("waivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waivers_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waivers_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waivers_organization_id"), ["organization_id"], unique=False)

    # Added and dropped in place: a table that others point to can't be made anew on SQLite while it holds rows.
    op.add_column("credentials", sa.Column("is_attested", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("credentials", sa.Column("is_paced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("credentials", sa.Column("issued_on", sa.Date(), nullable=False, server_default="1970-01-01"))
    op.create_index("ix_memberships_organization_id_id", "memberships", ["organization_id", "id"], unique=False)
    op.create_index("ix_credentials_standing", "credentials", _STANDING, unique=False)
    is_postgres = op.get_bind().dialect.name == "postgresql"
    day = "(issued_at AT TIME ZONE 'UTC')::date" if is_postgres else "date(issued_at)"
    op.execute(f"UPDATE credentials SET issued_on = {day}")  # noqa: S608 two texts of ours
    op.execute(
        "UPDATE credentials SET is_attested = (1 = 1) WHERE id IN "
        "(SELECT credential_id FROM enrollments WHERE attested_at IS NOT NULL)"
    )
    if is_postgres:
        for name in ("is_attested", "is_paced", "issued_on"):
            op.alter_column("credentials", name, server_default=None)


def downgrade() -> None:
    op.drop_index("ix_memberships_organization_id_id", table_name="memberships")
    op.drop_index("ix_credentials_standing", table_name="credentials")
    for name in ("issued_on", "is_paced", "is_attested"):
        op.drop_column("credentials", name)

    with op.batch_alter_table("waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waivers_organization_id"))
        batch_op.drop_index(batch_op.f("ix_waivers_created_by_id"))
        batch_op.drop_index(batch_op.f("ix_waivers_assignment_id"))

    op.drop_table("waivers")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_organization_id"))

    op.drop_table("reminders")
    with op.batch_alter_table("requirement_teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_teams_team_id"))

    op.drop_table("requirement_teams")
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digests_organization_id"))

    op.drop_table("digests")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index("ix_assignments_standing")
        batch_op.drop_index("ix_assignments_requirement_id_membership_id")
        batch_op.drop_index("ix_assignments_organization_id_id")

    op.drop_table("assignments")
    with op.batch_alter_table("requirements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirements_organization_id"))

    op.drop_table("requirements")

"""Make the core's tables as version 0.9.0 left them

Only that version can upgrade a database that is older (`trainer.core.schema.BASELINE`). It made tables of extras, too,
which now have migrations of their own, and those that 0076 drops.

Revision ID: 0075
"""

import datetime as dt
import secrets
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _where(condition: str) -> dict[str, sa.TextClause]:
    """Return what limits an index to rows, on both databases."""
    return {f"{database}_where": sa.text(condition) for database in ("sqlite", "postgresql")}


TABLES = {
    "administrators": [
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("appointed_at", TIME, nullable=False),
    ],
    "assignments": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), sa.ForeignKey("requirements.id"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.UniqueConstraint("membership_id", "requirement_id"),
        sa.Index("ix_assignments_organization_id_id", "organization_id", "id"),
        sa.Index("ix_assignments_requirement_id_membership_id", "requirement_id", "membership_id"),
        sa.Index(
            "ix_assignments_standing",
            "organization_id",
            "ended_at",
            "requirement_id",
            "membership_id",
            "user_id",
            "due_on",
            "id",
        ),
    ],
    "attempts": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer()),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("submitted_at", TIME),
        sa.Column("is_passed", sa.Boolean()),
        sa.Column("tally", sa.JSON()),
        sa.Column("lessons_to_read", sa.JSON()),
        sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("handed_in", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("handover", sa.JSON()),
        sa.CheckConstraint(
            "round >= 1 AND number >= 1 AND (tries IS NULL OR number <= tries)", name="number_within_tries"
        ),
        sa.UniqueConstraint("enrollment_id", "kind", "round", "number"),
        sa.Index("ux_attempts_one_open", "enrollment_id", "kind", unique=True, **_where("submitted_at IS NULL")),
        sa.Index("ux_attempts_one_pretest", "user_id", unique=True, **_where("kind = 'pretest'")),
    ],
    "audit_events": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("organization_id", sa.Uuid()),
        sa.Column("subject_id", sa.Uuid(), index=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Index("ix_audit_events_act", "organization_id", "act", "at", "id"),
        sa.Index("ix_audit_events_actor_id_at", "actor_id", "at"),
        sa.Index("ix_audit_events_organization_id_at_id", "organization_id", "at", "id"),
    ],
    "check_in_mails": [
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("look_on", sa.Date(), nullable=False, index=True),
    ],
    "class_figures": [
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("counted_at", TIME, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
    ],
    "class_invitation_mails": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column(
            "invitation_id", sa.Uuid(), sa.ForeignKey("class_invitations.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.UniqueConstraint("invitation_id", "bucket"),
        sa.Index("ix_class_invitation_mails_day", "organization_id", "created_at"),
    ],
    "class_invitations": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False),
        sa.Column(
            "membership_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("invited_at", TIME, nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("declined_at", TIME),
        sa.UniqueConstraint("cohort_id", "membership_id"),
    ],
    "class_teams": [
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("team_id", sa.Uuid(), sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True),
    ],
    "class_views": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False, index=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Index("uq_class_views_open", "cohort_id", "user_id", unique=True, **_where("ended_at IS NULL")),
    ],
    "cohort_members": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False, index=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("joined_at", TIME, nullable=False),
        sa.Column("left_at", TIME),
        sa.Index("uq_cohort_members_there", "cohort_id", "user_id", unique=True, **_where("left_at IS NULL")),
    ],
    "cohorts": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id")),
        sa.Column("instructor_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("taught_by", sa.String(120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("code", sa.String(8), nullable=False, unique=True),
        sa.Column("shows_answers", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("archived_at", TIME),
        sa.Column("takes_notes", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 1", name="capacity_counts_people"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        sa.Index("ix_cohorts_instructor_id_starts_on", "instructor_id", "starts_on"),
        sa.Index("ix_cohorts_organization_id_starts_on", "organization_id", "starts_on"),
    ],
    "content_releases": [
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
        sa.Column("released_at", TIME, nullable=False),
        sa.Column("archive", sa.LargeBinary()),
        sa.Column("built", sa.LargeBinary()),
        sa.Column("built_by", sa.String(64), nullable=False),
    ],
    "credentials": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(27), nullable=False, unique=True),
        sa.Column("holder_name", sa.String(120), nullable=False),
        sa.Column("course_title", sa.String(200), nullable=False),
        sa.Column("course_version", sa.String(20), nullable=False),
        sa.Column("course_digest", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(60)),
        sa.Column("achievement", sa.Text(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("is_local_trial", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("superseded_by_id", sa.Uuid(), sa.ForeignKey("credentials.id"), index=True),
        sa.Column("is_attested", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_paced", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("issued_on", sa.Date(), nullable=False, server_default="1970-01-01"),
        sa.Column("unapproved_states", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("final", sa.JSON()),
        sa.Column("is_tested_out", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reissued_at", TIME),
        sa.Column("status_index", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("sharing_key", sa.String(22), unique=True),
        sa.Index("ix_credentials_names", "superseded_by_id", **_where("reissued_at IS NOT NULL")),
        sa.Index(
            "ix_credentials_off", "status_index", **_where("revoked_at IS NOT NULL OR superseded_by_id IS NOT NULL")
        ),
        sa.Index(
            "ix_credentials_standing",
            "user_id",
            "course",
            "revoked_at",
            "reissued_at",
            "minutes",
            "is_paced",
            "is_attested",
            "is_tested_out",
            "issued_on",
            "valid_until",
        ),
        sa.Index("uq_credentials_standing", "user_id", "course", "cycle", unique=True, **_where("reissued_at IS NULL")),
    ],
    "digests": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id"), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.UniqueConstraint("membership_id", "monday"),
    ],
    "duty_periods": [
        sa.Column("assignment_id", sa.Uuid(), sa.ForeignKey("assignments.id"), primary_key=True),
        sa.Column("began_at", TIME, primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), sa.ForeignKey("requirements.id"), nullable=False, index=True),
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", TIME),
        sa.Index("ix_duty_periods_membership_id", "membership_id", "requirement_id"),
        sa.Index(
            "ix_duty_periods_standing",
            "organization_id",
            "requirement_id",
            "membership_id",
            "began_at",
            "ended_at",
            "due_on",
            "assignment_id",
        ),
    ],
    "earlier_trainings": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id"), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("proof_id", sa.Uuid(), sa.ForeignKey("training_proofs.id"), index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("title_key", sa.String(240), nullable=False),
        sa.Column("issuer", sa.String(120), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(300)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("approved_at", TIME),
        sa.Column("approved_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("ended_at", TIME),
        sa.Column("ended_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("end_reason", sa.String(300)),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> created_by_id", name="two_people"),
        sa.CheckConstraint("minutes >= 1", name="minutes_are_some"),
        sa.Index(
            "ix_earlier_trainings_once",
            "membership_id",
            "title_key",
            "completed_on",
            unique=True,
            **_where("ended_at IS NULL"),
        ),
        sa.Index("ix_earlier_trainings_organization_id_batch_id", "organization_id", "batch_id"),
        sa.Index("ix_earlier_trainings_standing", "membership_id", "approved_at"),
    ],
    "enrollments": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("course_title", sa.String(200), nullable=False),
        sa.Column("course_version", sa.String(20), nullable=False),
        sa.Column("course_digest", sa.String(64), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("started_at", TIME, nullable=False, index=True),
        sa.Column("last_lesson", sa.String(121)),
        sa.Column("active_seconds", sa.Integer(), nullable=False),
        sa.Column("active_until", TIME),
        sa.Column("final_passed_at", TIME),
        sa.Column("final_scenes", sa.Integer()),
        sa.Column("completed_at", TIME),
        sa.Column("credential_id", sa.Uuid(), sa.ForeignKey("credentials.id"), index=True),
        sa.Column("attested_at", TIME),
        sa.Column("attested_as", sa.String(120)),
        sa.Column("place", sa.String(60)),
        sa.Column("final", sa.JSON()),
        sa.Column("tested_out_at", TIME),
        sa.Column("begun_at", TIME),
        sa.CheckConstraint("active_seconds >= 0", name="active_seconds_not_negative"),
        sa.CheckConstraint("cycle >= 1", name="cycle_counts_from_one"),
        sa.UniqueConstraint("user_id", "course", "cycle"),
    ],
    "events": [
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", TIME),
        sa.Column("failed_at", TIME),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", TIME, nullable=False, index=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(300)),
        sa.Index("ix_events_waiting", "due_at", **_where("told_at IS NULL AND failed_at IS NULL")),
    ],
    "heartbeats": [
        sa.Column("task", sa.String(40), primary_key=True),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(300)),
    ],
    "installations": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("status_list", sa.BigInteger(), nullable=False),
    ],
    "instructor_approvals": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("approved_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Index("uq_instructor_approvals_holds", "user_id", unique=True, **_where("revoked_at IS NULL")),
    ],
    "invitation_mails": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("skipped", sa.String(60)),
        sa.UniqueConstraint("invitation_id", "number"),
        sa.Index("ix_invitation_mails_log", "organization_id", "created_at", "id"),
    ],
    "invitations": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column(
            "membership_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("accepted_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.Column("mailed_digest", sa.String(43)),
        sa.Column("shown_digest", sa.String(43)),
        sa.Index("uq_invitations_mailed_digest", "mailed_digest", unique=True),
        sa.Index("uq_invitations_shown_digest", "shown_digest", unique=True),
    ],
    "item_counts": [
        sa.Column("item_digest", sa.String(64), sa.ForeignKey("item_snapshots.digest"), nullable=False, index=True),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("counted_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("course", "item_digest"),
    ],
    "item_snapshots": [
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    ],
    "jobs": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("organization_id", sa.Uuid(), index=True),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer()),
        sa.Column("finished_at", TIME),
        sa.Column("failed_at", TIME),
        sa.Column("last_error", sa.String(300)),
        sa.Index("ix_jobs_waiting", "due_at", **_where("finished_at IS NULL AND failed_at IS NULL")),
    ],
    "join_codes": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("team_id", sa.Uuid(), sa.ForeignKey("teams.id", ondelete="SET NULL"), index=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("most_uses", sa.Integer()),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", TIME),
        sa.CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses_within_limit"),
    ],
    "lesson_completions": [
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), primary_key=True),
        sa.Column("lesson", sa.String(121), primary_key=True),
        sa.Column("completed_at", TIME, nullable=False),
        sa.Column("read_again_at", TIME, nullable=False),
        sa.Index("ix_lesson_completions_read", "enrollment_id", "read_again_at"),
    ],
    "lesson_responses": [
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), primary_key=True),
        sa.Column("lesson", sa.String(121), primary_key=True),
        sa.Column("item", sa.String(60), primary_key=True),
        sa.Column("item_digest", sa.String(64), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("is_right", sa.Boolean()),
        sa.Column("answered_at", TIME, nullable=False),
    ],
    "limit_counts": [
        sa.Column("key", sa.String(43), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False, index=True),
    ],
    "links": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),
        sa.Column("email_key", sa.String(254), nullable=False, index=True),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.Column("email", sa.String(254)),
        sa.Column("next_path", sa.String(500)),
    ],
    "memberships": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("email_key", sa.String(254)),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("manages_all", sa.Boolean(), nullable=False),
        sa.Column("job_title", sa.String(80)),
        sa.Column("employee_number", sa.String(40)),
        sa.Column("hired_on", sa.Date()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("joined_at", TIME),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_at", TIME),
        sa.Column("shows_address_at", TIME),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="ended_has_day"),
        sa.CheckConstraint("(user_id IS NULL) = (joined_at IS NULL)", name="joined_has_user"),
        sa.CheckConstraint(
            "user_id IS NOT NULL OR email_key IS NOT NULL OR employee_number IS NOT NULL",
            name="known_by_user_email_or_number",
        ),
        sa.Index("ix_memberships_left", "organization_id", "id", **_where("ended_at IS NOT NULL")),
        sa.Index("ix_memberships_organization_id_name_key", "organization_id", "name_key", "id"),
        sa.Index("ix_memberships_role", "organization_id", "role", "ended_at", "user_id"),
        sa.Index("ix_memberships_standing", "organization_id", "id", "user_id"),
        sa.Index(
            "uq_memberships_here_email", "organization_id", "email_key", unique=True, **_where("ended_at IS NULL")
        ),
        sa.Index(
            "uq_memberships_here_number",
            "organization_id",
            "employee_number",
            unique=True,
            **_where("ended_at IS NULL"),
        ),
        sa.Index("uq_memberships_here_user", "organization_id", "user_id", unique=True, **_where("ended_at IS NULL")),
    ],
    "nudges": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("cohort_id", sa.Uuid(), sa.ForeignKey("cohorts.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.UniqueConstraint("cohort_id", "user_id", "bucket"),
    ],
    "organizations": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("suspended_at", TIME),
        sa.Column("closed_at", TIME),
        sa.Column("deletes_at", TIME),
        sa.Column("invitations_a_day", sa.Integer()),
        sa.Column("code", sa.String(8), unique=True),
        sa.Column("follows_up", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("skipped_steps", sa.JSON()),
        sa.Column("history_since", TIME),
    ],
    "outbox_messages": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False, index=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("dead_at", TIME),
        sa.Column("last_error", sa.String(300)),
        sa.Index("ix_outbox_messages_dead", "dead_at", **_where("dead_at IS NOT NULL")),
        sa.Index("ix_outbox_messages_recipient", sa.text("lower(recipient)")),
        sa.Index("ix_outbox_messages_waiting", "due_at", **_where("sent_at IS NULL AND dead_at IS NULL")),
    ],
    "recovery_codes": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("seal", sa.String(43), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.Column("key_id", sa.String(8)),
        sa.UniqueConstraint("user_id", "seal"),
    ],
    "reminders": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("assignment_id", sa.Uuid(), sa.ForeignKey("assignments.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("message_id", sa.Uuid(), index=True),
        sa.Column("skipped", sa.String(60)),
        sa.Column("created_by_id", sa.Uuid(), index=True),
        sa.UniqueConstraint("assignment_id", "kind", "due_on"),
        sa.Index("ix_reminders_log", "organization_id", "created_at", "id"),
    ],
    "renewal_mails": [
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), primary_key=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("ordered_at", TIME),
    ],
    "requirement_versions": [
        sa.Column("requirement_id", sa.Uuid(), sa.ForeignKey("requirements.id"), primary_key=True),
        sa.Column("began_at", TIME, primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("ended_at", TIME),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("unapproved_state", sa.String(60)),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("cadence_months", sa.Integer(), nullable=False),
        sa.Column("days_allowed", sa.Integer(), nullable=False),
        sa.Column("renewal_days", sa.Integer(), nullable=False),
        sa.Column("is_paced", sa.Boolean(), nullable=False),
        sa.Column("allows_test_out", sa.Boolean(), nullable=False),
        sa.Column("attestation", sa.Text()),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("earlier_titles", sa.Text()),
        sa.Column("earlier_keys", sa.Text()),
    ],
    "requirements": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("pack", sa.String(60)),
        sa.Column("unapproved_state", sa.String(60)),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("cadence_months", sa.Integer(), nullable=False),
        sa.Column("days_allowed", sa.Integer(), nullable=False),
        sa.Column("renewal_days", sa.Integer(), nullable=False),
        sa.Column("is_paced", sa.Boolean(), nullable=False),
        sa.Column("attestation", sa.Text()),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("allows_test_out", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("audience", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("earlier_titles", sa.Text()),
        sa.Column("earlier_keys", sa.Text()),
        sa.CheckConstraint("cadence_months >= 1", name="cadence_counts_months"),
        sa.CheckConstraint("days_allowed >= 0", name="days_not_negative"),
        sa.CheckConstraint("least_minutes >= 0", name="minutes_not_negative"),
        sa.CheckConstraint("renewal_days >= 1", name="renewal_window_has_days"),
    ],
    "responses": [
        sa.Column("attempt_id", sa.Uuid(), sa.ForeignKey("attempts.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("item_digest", sa.String(64), sa.ForeignKey("item_snapshots.digest"), nullable=False, index=True),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("action_order", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", TIME),
        sa.Column("recorded_at", TIME),
    ],
    "roster_drafts": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("created_at", TIME, nullable=False, index=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("applied_at", TIME),
        sa.Column("counts", sa.JSON(), nullable=False),
    ],
    "roster_headings": [
        sa.Column(
            "organization_id",
            sa.Uuid(),
            sa.ForeignKey("organizations.id", name="fk_roster_headings_organization_id_organizations"),
            primary_key=True,
        ),
        sa.Column("heading", sa.String(80), primary_key=True),
        sa.Column("meaning", sa.String(20), nullable=False),
    ],
    "round_requests": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("enrollment_id", sa.Uuid(), sa.ForeignKey("enrollments.id"), nullable=False),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("granted_at", TIME),
        sa.Column("granted_by_id", sa.Uuid()),
        sa.Column("reason", sa.String(200)),
        sa.UniqueConstraint("enrollment_id", "round"),
        sa.Index("ix_round_requests_waiting", "asked_at", **_where("granted_at IS NULL")),
    ],
    "running_processes": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("machine", sa.String(100), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("clock_ahead_ms", sa.BigInteger(), nullable=False),
    ],
    "schema_revisions": [
        sa.Column("revision", sa.String(32), primary_key=True),
    ],
    "sessions": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("site_device_id", sa.Uuid(), index=True),
        sa.Column("quiet_until", TIME),
        sa.Column("is_by_passkey", sa.Boolean(), nullable=False, server_default=sa.false()),
    ],
    "team_memberships": [
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("team_id", sa.Uuid(), sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True),
    ],
    "team_stays": [
        sa.Column("membership_id", sa.Uuid(), sa.ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("team_id", sa.Uuid(), primary_key=True),
        sa.Column("began_at", TIME, primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("team_name", sa.String(80)),
        sa.Index("ix_team_stays_standing", "organization_id", "team_id", "membership_id", "began_at", "ended_at"),
    ],
    "teams": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("organization_id", "name_key"),
    ],
    "training_proofs": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
    ],
    "upkeeps": [
        sa.Column(
            "organization_id",
            sa.Uuid(),
            sa.ForeignKey("organizations.id", name="fk_upkeeps_organization_id_organizations"),
            nullable=False,
            unique=True,
        ),
        sa.Column("seen_until", TIME, nullable=False),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(300)),
    ],
    "users": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.String(254)),
        sa.Column("email_key", sa.String(254), unique=True),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("certificate_name", sa.String(120)),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("email_confirmed_at", TIME),
        sa.Column("second_factor_at", TIME),
        sa.Column("second_factor_nonce", sa.String(32)),
        sa.Column("second_factor_step", sa.Integer()),
        sa.Column("second_factor_misses", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("second_factor_wait_until", TIME),
        sa.Column("second_factor_key_id", sa.String(8)),
        sa.Column("second_factor_mask", sa.String(40)),
        sa.Column("erased_at", TIME),
        sa.Column("language", sa.String(10)),
        sa.Column("pin_hash", sa.String(200)),
        sa.Column("pin_key_id", sa.String(8)),
        sa.Column("disabled_at", TIME),
        sa.Column("erases_at", TIME, index=True),
        sa.Column("pin_before", sa.String(200)),
        sa.Column("pin_before_key_id", sa.String(8)),
        sa.Column("pin_before_until", TIME),
        sa.Column("pin_replaced_at", TIME),
        sa.CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_has_key"),
        sa.CheckConstraint("(pin_hash IS NULL) = (pin_key_id IS NULL)", name="pin_has_key"),
        sa.CheckConstraint(
            "email IS NULL OR password_hash IS NOT NULL OR pin_hash IS NOT NULL", name="email_has_secret"
        ),
        sa.CheckConstraint("password_hash IS NULL OR email IS NOT NULL", name="password_has_email"),
    ],
    "waivers": [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("assignment_id", sa.Uuid(), sa.ForeignKey("assignments.id"), nullable=False, index=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("ended_at", TIME),
    ],
}

# Stated here and not taken from the code, since later migrations refer to constraints and indexes by these names.
METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
for name, parts in TABLES.items():
    sa.Table(name, METADATA, *parts)

# These defaults filled rows of early versions. On SQLite they stayed: dropping one would copy the table.
DEFAULTS_OF_SQLITE = {
    "credentials": ("is_attested", "is_paced", "issued_on", "unapproved_states"),
    "requirements": ("audience",),
}

# All that may change in the audit log: details of these names go, and whole events after seven years.
NAMES = ("name", "other", "address", "signed_as", "device")
SAME = ("id", "at", "act", "actor_id", "organization_id", "subject_id")


def upgrade() -> None:
    METADATA.create_all(op.get_bind(), checkfirst=False)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    account = "json_extract(ids, '$.user')" if is_sqlite else "(ids ->> 'user')"
    op.create_index("ix_outbox_messages_account", "outbox_messages", [sa.text(account)])
    if is_sqlite:
        _protect_audit_log_on_sqlite()
    else:
        _protect_audit_log_on_postgresql()
        for table, columns in DEFAULTS_OF_SQLITE.items():
            for column in columns:
                op.alter_column(table, column, server_default=None)
    # At random: this database may stand in for one that was lost, whose status list nobody may take for this one's.
    number = 1 + secrets.randbelow(1 << 40)
    row = {"id": uuid.uuid4(), "created_at": dt.datetime.now(dt.UTC), "status_list": number}
    op.bulk_insert(METADATA.tables["installations"], [row])


def _protect_audit_log_on_sqlite() -> None:
    names = ", ".join(f"'$.{name}'" for name in NAMES)
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in SAME)
    op.execute(
        "CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events "
        f"WHEN NOT ({same} AND NEW.details IS json_remove(OLD.details, {names})) "
        "BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
        "WHEN OLD.at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-7 years') "
        "BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"
    )


def _protect_audit_log_on_postgresql() -> None:
    names = ", ".join(f"'{name}'" for name in NAMES)
    same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in SAME)
    op.execute(
        "CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' AND {same} AND NEW.details::jsonb = OLD.details::jsonb - ARRAY[{names}] "
        "THEN RETURN NEW; END IF; "
        "IF TG_OP = 'DELETE' AND OLD.at < now() - interval '7 years' THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'audit events never change'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events "
        "FOR EACH ROW EXECUTE FUNCTION audit_events_stay()"
    )


def downgrade() -> None:
    raise RuntimeError("version 0.9.0 made these tables, and nothing comes before them")

"""Keep who was in which team, what requirements said, which duties stood; let an inspector have a pack

Revision ID: 0042
Revises: 0041
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_WRITTEN = {
    "title": "title",
    "least_minutes": "minutes",
    "cadence_months": "months",
    "days_allowed": "days_allowed",
    "renewal_days": "renewal_days",
    "allows_test_out": "allows_test_out",
    "starts_on": "starts_on",
}
"""What of a requirement the audit log has, and as what."""
_PORTION = 1_000


def upgrade() -> None:
    """Make the tables, and fill them with what is known: as it is now, and from the audit log as it was before."""
    _make_tables()
    bind = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(bind)
    now = dt.datetime.now(dt.UTC)
    organizations = tables.tables["organizations"]
    bind.execute(sa.update(organizations).values(history_since=now))
    _keep_begun(bind, tables.tables)
    _keep_stays(bind, tables.tables)
    zones = {row.id: row.time_zone for row in bind.execute(sa.select(organizations.c.id, organizations.c.time_zone))}
    versions = _keep_versions(bind, tables.tables)
    _keep_periods(bind, tables.tables, versions, zones)


def downgrade() -> None:
    op.drop_table("duty_periods")
    op.drop_table("requirement_versions")
    op.drop_table("team_stays")
    op.drop_column("inspector_links", "pack_id")
    op.drop_column("enrollments", "begun_at")
    op.drop_column("organizations", "history_since")


def _make_tables() -> None:
    op.add_column("organizations", sa.Column("history_since", _AT, nullable=True))
    op.add_column("inspector_links", sa.Column("pack_id", sa.Uuid(), nullable=True))
    op.add_column("enrollments", sa.Column("begun_at", _AT, nullable=True))
    op.create_table(
        "team_stays",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("team_name", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_team_stays_membership_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_team_stays_organization_id")),
        sa.PrimaryKeyConstraint("membership_id", "team_id", "began_at", name=op.f("pk_team_stays")),
    )
    standing = ["organization_id", "team_id", "membership_id", "began_at", "ended_at"]
    op.create_index("ix_team_stays_standing", "team_stays", standing)
    op.create_table(
        "requirement_versions",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("course", sa.String(length=60), nullable=False),
        sa.Column("unapproved_state", sa.String(length=60), nullable=True),
        sa.Column("audience", sa.JSON(none_as_null=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("least_minutes", "cadence_months", "days_allowed", "renewal_days")
        ),
        sa.Column("is_paced", sa.Boolean(), nullable=False),
        sa.Column("allows_test_out", sa.Boolean(), nullable=False),
        sa.Column("attestation", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_requirement_versions_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirements.id"], name=op.f("fk_requirement_versions_requirement_id")
        ),
        sa.PrimaryKeyConstraint("requirement_id", "began_at", name=op.f("pk_requirement_versions")),
    )
    op.create_index(op.f("ix_requirement_versions_organization_id"), "requirement_versions", ["organization_id"])
    op.create_table(
        "duty_periods",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _AT, nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_duty_periods_assignment_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_duty_periods_membership_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_duty_periods_organization_id")
        ),
        sa.ForeignKeyConstraint(["requirement_id"], ["requirements.id"], name=op.f("fk_duty_periods_requirement_id")),
        sa.PrimaryKeyConstraint("assignment_id", "began_at", name=op.f("pk_duty_periods")),
    )
    standing = ["organization_id", "requirement_id", "membership_id", "began_at", "ended_at", "due_on", "assignment_id"]
    op.create_index("ix_duty_periods_standing", "duty_periods", standing)
    op.create_index("ix_duty_periods_membership_id", "duty_periods", ["membership_id", "requirement_id"])


def _keep_begun(bind: sa.Connection, tables: Any) -> None:
    """Whoever read a lesson began with the first; where only minutes are known, with the enrollment."""
    enrollments, lessons = tables["enrollments"], tables["lesson_completions"]
    first = (
        sa.select(sa.func.min(lessons.c.completed_at))
        .where(lessons.c.enrollment_id == enrollments.c.id)
        .scalar_subquery()
    )
    started = sa.case((enrollments.c.active_seconds > 0, enrollments.c.started_at))
    begun = sa.func.coalesce(first, enrollments.c.tested_out_at, started)
    bind.execute(sa.update(enrollments).values(begun_at=begun))


def _keep_stays(bind: sa.Connection, tables: Any) -> None:
    """The audit log doesn't say which teams: people were, as far as we know, always where they are now."""
    inside, people, stays = tables["team_memberships"], tables["memberships"], tables["team_stays"]
    rows = sa.select(inside.c.membership_id, inside.c.team_id, people.c.organization_id, people.c.created_at).join(
        people, people.c.id == inside.c.membership_id
    )
    columns = ["membership_id", "team_id", "organization_id", "began_at"]
    bind.execute(sa.insert(stays).from_select(columns, rows))


def _keep_versions(bind: sa.Connection, tables: Any) -> dict[Any, list[dict[str, Any]]]:
    """Return requirement id -> what it said, oldest first, as far as the audit log tells."""
    events, requirements, versions = tables["audit_events"], tables["requirements"], tables["requirement_versions"]
    noted = defaultdict(list)
    query = sa.select(events.c.subject_id, events.c.at, events.c.details).where(
        events.c.act.in_(("requirement.made", "requirement.changed"))
    )
    for row in bind.execute(query.order_by(events.c.at, events.c.id)):
        noted[row.subject_id].append((row.at, row.details))
    same = [column.name for column in versions.columns if column.name in requirements.columns]
    kept: dict[Any, list[dict[str, Any]]] = {}
    for row in bind.execute(sa.select(requirements)).mappings().all():
        now = {name: row[name] for name in same}
        told: list[dict[str, Any]] = []
        for at, details in noted[row["id"]]:
            if told and told[-1]["began_at"] >= at:
                told.pop()
            told.append({**now, **_read(details), "requirement_id": row["id"], "began_at": at})
        told = told or [{"requirement_id": row["id"], "began_at": row["created_at"]}]
        told[-1] |= now
        ends = [*(each["began_at"] for each in told[1:]), row["ended_at"]]
        kept[row["id"]] = [{**each, "ended_at": end} for each, end in zip(told, ends, strict=True)]
    _insert(bind, versions, [each for told in kept.values() for each in told])
    return kept


def _read(details: dict[str, Any]) -> dict[str, Any]:
    said = {name: details[key] for name, key in _WRITTEN.items() if key in details}
    if "starts_on" in said:
        said["starts_on"] = dt.date.fromisoformat(said["starts_on"])
    return said


def _keep_periods(bind: sa.Connection, tables: Any, versions: dict[Any, Any], zones: dict[Any, str]) -> None:
    """A duty stood since it was written, and was first due as its requirement then said."""
    duties, people, periods = tables["assignments"], tables["memberships"], tables["duty_periods"]
    query = sa.select(
        duties, people.c.hired_on, people.c.created_at.label("listed_at"), people.c.ended_at.label("left_at")
    ).join(people, people.c.id == duties.c.membership_id)
    rows: list[dict[str, Any]] = []
    for duty in bind.execute(query).mappings():
        ended_at = duty["ended_at"]
        if ended_at is not None and duty["left_at"] is not None and ended_at >= duty["left_at"]:
            ended_at = None  # its person left; the roster says when
        told = versions[duty["requirement_id"]]
        if told[-1]["ended_at"] is not None:
            ended_at = min(ended_at or told[-1]["ended_at"], told[-1]["ended_at"])
        zone = ZoneInfo(zones[duty["organization_id"]])
        listed_at = duty["listed_at"] if duty["listed_at"].tzinfo else duty["listed_at"].replace(tzinfo=dt.UTC)
        began_on = duty["hired_on"] or listed_at.astimezone(zone).date()
        ids = {name: duty[name] for name in ("organization_id", "requirement_id", "membership_id")}
        rows += [
            {"assignment_id": duty["id"], **ids, **part}
            for part in _parts(told, began_on, duty["due_on"], duty["created_at"], ended_at)
        ]
    _insert(bind, periods, rows)


def _parts(
    told: Sequence[dict[str, Any]], began_on: dt.date, due_on: dt.date, began_at: Any, ended_at: Any
) -> Iterator[dict[str, Any]]:
    """Yield the periods of a duty, parted where what its requirement said of first due days changed."""
    cuts = [
        new["began_at"]
        for old, new in pairwise(told)
        if (old["starts_on"], old["days_allowed"]) != (new["starts_on"], new["days_allowed"])
        and began_at < new["began_at"]
        and (ended_at is None or new["began_at"] < ended_at)
    ]
    bounds = [began_at, *cuts, ended_at]
    for start, end in pairwise(bounds):
        said = [each for each in told if each["began_at"] <= start][-1:] or told[:1]
        then = max(began_on, said[0]["starts_on"]) + dt.timedelta(days=said[0]["days_allowed"])
        yield {"began_at": start, "ended_at": end, "due_on": due_on if end is ended_at else then}


def _insert(bind: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _PORTION):
        bind.execute(sa.insert(table), rows[start : start + _PORTION])

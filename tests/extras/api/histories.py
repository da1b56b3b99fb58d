"""Firms with a random history, recounted from it and read from pages, files and API."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, insert, select

from tests.assignments import histories, oracle
from tests.assignments.firm import Firm, earn
from tests.assignments.training import write_training
from tests.extras.api.conftest import read
from trainer.assignments.models import Assignment, EarlierTraining, Requirement, Waiver
from trainer.assignments.rules import Audience, CoveringCredential, Duty, Recorded, Status, Terms, written_keys
from trainer.compliance.rules import Row
from trainer.compliance.words import as_table
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.organizations.rules import fold
from trainer.web.language import show_day
from trainer.web.tables import csv_lines, write_xlsx

COURSES = ("recognize", "security-officer")
ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Honolulu")


# By the firm's clock: both changes of the clocks, the turn of a year, a leap day.
TURNS = [
    dt.datetime(2026, 3, 8, 1, 59, 59),
    dt.datetime(2026, 3, 8, 3),
    dt.datetime(2026, 11, 1, 0, 30),
    dt.datetime(2026, 11, 1, 1, 30, fold=1),
    dt.datetime(2026, 12, 31, 23, 59, 59),
    dt.datetime(2027, 1, 1),
    dt.datetime(2028, 2, 29, 23, 59),
    dt.datetime(2028, 3, 1),
]
BASES = ("Certificate", "Recorded by the firm")
NAMES = ("Åse Ólafs", "bo de Vries", "=SUM(1)", "Bo De Vries", 'O’Neil, "Pat"')


@dataclass(frozen=True)
class Person:
    """Someone on the roster, and what they did."""

    name: str
    has_joined: bool
    in_team: bool
    earned: tuple[tuple[str, CoveringCredential], ...]
    has_begun: bool
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True)
class History:
    """A small firm at an instant."""

    zone: str
    local: dt.datetime
    terms: tuple[tuple[Terms, str, bool], ...]
    """Of each requirement: terms, course, and whether the state wants an approved one."""
    people: tuple[Person, ...]
    due_on: tuple[dt.date, ...]
    """First due days, used in turn."""
    waived: tuple[tuple[dt.date, bool] | None, ...]
    """Waivers, until when and whether taken back, used in turn."""
    ended: tuple[bool, ...]

    @property
    def now(self) -> dt.datetime:
        """The instant."""
        return self.local.replace(tzinfo=ZoneInfo(self.zone)).astimezone(dt.UTC)


people = st.builds(
    Person,
    name=st.sampled_from(NAMES),
    has_joined=st.sampled_from([True, True, True, False]),
    in_team=st.booleans(),
    earned=st.lists(st.tuples(st.sampled_from(COURSES), histories.completions()), max_size=3).map(tuple),
    has_begun=st.booleans(),
    recorded=st.lists(histories.recorded, max_size=2, unique_by=lambda one: (one.title_key, one.completed_on)).map(
        tuple
    ),
)


@st.composite
def small_firms(draw: st.DrawFn) -> History:
    local = draw(st.one_of(st.sampled_from(TURNS), st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2032, 12, 31))))
    near = st.sampled_from([-400, -31, -1, 0, 1, 29, 30, 31, 90]).map(lambda days: local.date() + dt.timedelta(days))
    days = st.one_of(near, histories.days)
    requirement = st.tuples(histories.terms, st.sampled_from(COURSES), st.booleans())
    return History(
        draw(st.sampled_from(ZONES)),
        local,
        tuple(draw(st.lists(requirement, min_size=1, max_size=2))),
        tuple(draw(st.lists(people, min_size=1, max_size=4))),
        tuple(draw(st.lists(days, min_size=1, max_size=4))),
        tuple(draw(st.lists(st.one_of(st.none(), st.none(), st.tuples(days, st.booleans())), min_size=1, max_size=3))),
        tuple(draw(st.lists(st.sampled_from([False, False, False, True]), min_size=1, max_size=5))),
    )


def write_down(firm: Firm, users: list[UUID], team: UUID, history: History) -> None:
    """Make the rows of a history in place of all before; needs a transaction."""
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for table in (EarlierTraining, Waiver, Assignment, Requirement, Credential, Enrollment, TeamMembership):
        db.session.execute(delete(table))
    db.session.execute(delete(Membership).where(Membership.role == "member"))
    db.session.get_one(Organization, firm.id).time_zone = history.zone
    requirements = [
        {
            "id": uuid4(),
            "organization_id": firm.id,
            "title": f"{number}. {course}",
            "course": course,
            "unapproved_state": "Texas" if is_unapproved else None,
            "audience": Audience().written(),
            "least_minutes": terms.least_minutes,
            "cadence_months": terms.cadence_months,
            "days_allowed": 0,
            "renewal_days": terms.renewal_days,
            "is_paced": terms.is_paced,
            "allows_test_out": terms.allows_test_out,
            "attestation": "I did it." if terms.needs_attestation else None,
            "earlier_titles": keys,
            "earlier_keys": keys,
            "starts_on": past.date(),
            "created_at": past,
        }
        for number, (terms, course, is_unapproved) in enumerate(history.terms)
        for keys in [None if terms.earlier_keys is None else written_keys(tuple(terms.earlier_keys))]
    ]
    db.session.execute(insert(Requirement), requirements)
    number = 0
    for person, user_id in zip(history.people, users, strict=False):
        membership_id = _write_person(firm, user_id, team, person, past)
        for requirement in requirements:
            columns: tuple[Sequence[object], ...] = (history.due_on, history.waived, history.ended)
            turn = [column[number % len(column)] for column in columns]
            _write_duty(firm, requirement["id"], membership_id, turn, past)
            number += 1
    db.session.flush()


def _write_person(firm: Firm, user_id: UUID, team: UUID, person: Person, past: dt.datetime) -> UUID:
    row = Membership(
        id=uuid4(),
        organization_id=firm.id,
        user_id=user_id if person.has_joined else None,
        name=person.name,
        name_key=fold(person.name),
        email_key=f"{user_id.hex}@example.org",
        employee_number=f"00{user_id.hex[:4]}",
        role="member",
        hired_on=past.date(),
        created_at=past,
        joined_at=past if person.has_joined else None,
    )
    db.session.add(row)
    db.session.flush()
    if person.in_team:
        db.session.add(TeamMembership(membership_id=row.id, team_id=team))
    for cycle, (course, one) in enumerate(person.earned, start=1):
        facts = {"minutes": one.minutes, "is_attested": one.is_attested, "is_paced": one.is_paced}
        facts |= {"is_tested_out": one.is_tested_out}
        revoked_at = past if one.is_revoked else None
        earn(user_id, one.issued_on, one.valid_until, cycle, course=course, revoked_at=revoked_at, **facts)
    for fact in person.recorded:
        write_training(firm, row.id, fact, past, approved_at=past)
    begun = Enrollment(
        user_id=user_id,
        course=COURSES[0],
        cycle=9,
        course_title="t",
        course_version="1",
        course_digest="d",
        conditions={},
        started_at=past,
        active_seconds=5 if person.has_begun else 0,
        begun_at=past if person.has_begun else None,
    )
    db.session.add(begun)
    return row.id


def _write_duty(firm: Firm, requirement: object, membership_id: UUID, turn: list[object], past: dt.datetime) -> None:
    due_on, waived, ended = turn
    duty = Assignment(
        id=uuid4(),
        organization_id=firm.id,
        requirement_id=requirement,
        membership_id=membership_id,
        user_id=db.session.get_one(Membership, membership_id).user_id,
        due_on=due_on,
        created_at=past,
        ended_at=past if ended else None,
    )
    db.session.add(duty)
    db.session.flush()
    if isinstance(waived, tuple):
        db.session.add(
            Waiver(
                organization_id=firm.id,
                assignment_id=duty.id,
                reason="On leave",
                until=waived[0],
                created_at=past,
                created_by_id=firm.owner_id,
                ended_at=past if waived[1] else None,
            )
        )


def recount(firm: Firm, history: History) -> dict[str, tuple[str, dt.date | None]]:
    """Return duty -> (status, day to which it is waived), by plain reading and walking the calendar."""
    today = history.now.astimezone(ZoneInfo(history.zone)).date()
    requirements = {one.id: one for one in db.session.scalars(select(Requirement))}
    users = {one.id: one.user_id for one in db.session.scalars(select(Membership))}
    credentials, waivers = list(db.session.scalars(select(Credential))), list(db.session.scalars(select(Waiver)))
    begun = {(one.user_id, one.course) for one in db.session.scalars(select(Enrollment)) if one.active_seconds}
    trainings = list(db.session.scalars(select(EarlierTraining)))
    found = {}
    for duty in db.session.scalars(select(Assignment)):
        if duty.ended_at is not None:
            continue
        rule, user_id = requirements[duty.requirement_id], users[duty.membership_id]
        terms = Terms(
            rule.least_minutes,
            rule.cadence_months,
            rule.renewal_days,
            rule.is_paced,
            rule.attestation is not None,
            rule.allows_test_out,
            None if rule.earlier_keys is None else frozenset(rule.earlier_keys.split("\n")) - {""},
        )
        trained = tuple(
            Recorded(one.title_key, one.completed_on, one.minutes)
            for one in trainings
            if one.membership_id == duty.membership_id and one.approved_at and not one.ended_at
        )
        earned = tuple(
            CoveringCredential(
                one.issued_on,
                one.valid_until,
                one.minutes,
                one.is_attested,
                one.is_paced,
                one.revoked_at is not None,
                one.is_tested_out,
            )
            for one in credentials
            if one.user_id == user_id and one.course == rule.course
        )
        until = [one.until for one in waivers if one.assignment_id == duty.id and one.ended_at is None]
        facts = Duty(terms, duty.due_on, earned, max(until, default=None), (user_id, rule.course) in begun, trained)
        stands = oracle.stands(facts, today)
        found[str(duty.id)] = (stands, facts.waived_until if stands == Status.WAIVED else None)
    return found


def said(row: Row) -> list[str]:
    """Return a row as cells of text."""
    words = row.status.replace("_", " ").capitalize()
    cells = (
        row.name,
        row.employee_number,
        row.job_title,
        "; ".join(row.teams),
        row.hired_on,
        row.requirement,
        words
        + (" (trained, not state-approved)" if row.is_only_trained else "")
        + (" (recorded by the firm)" if row.is_recorded else ""),
        row.due_on,
        row.completed_on,
        show_serial(row.serial) if row.serial else None,
        BASES[row.is_recorded] if row.completed_on else None,
        row.minutes,
        row.waived_until,
        row.top_up_due_on,
    )
    return ["" if cell is None else str(cell) for cell in cells]


def in_csv(rows: list[Row]) -> list[list[str]]:
    """Return the cells of the export as CSV, but the note."""
    table = list(csv.reader(io.StringIO("".join(csv_lines(as_table(rows))).lstrip("\ufeff"))))
    return [[cell.removeprefix("'") for cell in row[:-1]] for row in table[1:]]


def in_xlsx(rows: list[Row]) -> list[list[str]]:
    """Return the cells of the export as XLSX, but the note."""
    file = io.BytesIO()
    write_xlsx(as_table(rows), file)
    file.seek(0)
    sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return [[str(int(cell)) if isinstance(cell, float) else str(cell) for cell in row[:-1]] for row in sheet[1:]]


def in_api(app: Flask, token: str, query: str = "?limit=3") -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Return the cells of /api/v1/assignments, a page of three at a time, and (duty, status) of each."""
    cells, stands = [], []
    while query:
        answer = read(app, f"/assignments{query}", token).get_json()
        for row in answer["data"]:
            words = row["status"].replace("_", " ").capitalize()
            words += " (trained, not state-approved)" if row["is_only_trained"] else ""
            words += " (recorded by the firm)" if row["basis"] == "recorded_by_firm" else ""
            basis = {"certificate": BASES[False], "recorded_by_firm": BASES[True], None: None}[row["basis"]]
            shown = [row["name"], row["employee_number"], row["job_title"], "; ".join(row["teams"]), row["hired_on"]]
            shown += [row["requirement"], words, row["due_on"], row["completed_on"], row["serial"]]
            cells.append(
                [
                    "" if cell is None else str(cell)
                    for cell in (*shown, basis, row["active_minutes"], row["waived_until"], row["top_up_due_on"])
                ]
            )
            stands.append((row["id"], row["status"]))
        query = "?" + answer["next"].partition("?")[2] if answer["next"] else ""
    return cells, stands


LATE, LEFT = {"overdue", "expired"}, {"not_started", "in_progress"}


def told_of(statuses: Mapping[str, str], rows: list[Row], requirements: int, today: dt.date) -> str:
    """Return the sentences on top of a pack, counted by hand."""
    day, duties = show_day(today, "long"), Counter(statuses[str(row.assignment_id)] for row in rows)
    people = {row.membership_id for row in rows}
    behind = {row.membership_id for row in rows if statuses[str(row.assignment_id)] != "current"}
    if not rows:
        return f"Training records on {day} Nothing was required of anyone on that day."
    noun = "person was" if len(people) == 1 else "people were"
    all_of = " in everything required" if requirements > 1 else ""
    told = [f"On {day}, {len(people - behind)} of {len(people)} {noun} current{all_of}."]
    if len(rows) != len(people):
        told.append(f"Together they had {len(rows)} duties.")
    groups = {"overdue": LATE, "due within 30 days": {"due_soon"}, "had": LEFT, "excused": {"waived"}}
    numbers = {name: sum(duties[status] for status in group) for name, group in groups.items()}
    for name in ("overdue", "due within 30 days"):
        if number := numbers[name]:
            told.append(f"{number} {'was' if number == 1 else 'were'} {name}.")
    if number := numbers["had"]:
        told.append(f"{number} had more time than that.")
    if number := numbers["excused"]:
        told.append(f"{number} was excused, with a reason." if number == 1 else f"{number} were excused, each with")
    return " ".join(told)

"""An installation as large as it may become, written straight into the tables: firms with people who answered scenes.

One firm has a tenth of all people, the others are small. Rows of people are copied in; their responses, twenty times as
many, are made by the database itself.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import count, islice
from typing import Any, Final, cast

from flask import Flask
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from tests.cast import add_second_factor, make_account, make_class, put_on_roster
from tests.crowd import rightly, wrongly
from tests.support import COURSE
from trainer.accounts.models import User
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.rules import Audience
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import Base, db, insert_all, insert_missing, transaction
from trainer.credentials.models import Credential
from trainer.credentials.rules import new_serial
from trainer.instructing.models import CohortMember
from trainer.items.judge.payload import payload_of
from trainer.learning.models import Enrollment
from trainer.learning.operations import conditions_of
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import Role

RESPONSES: Final = 20
"""Of each learner."""
SMALL: Final = 40
"""People in a small firm, on average."""
IN_CLASS: Final = 200
_VARIANTS = 64
_PORTION = 5_000
_DAY = dt.timedelta(days=1)
_TALLY = {"hits": 9, "misses": 1, "false_alarms": 2, "correct_rejections": 8, "unanswered": 0, "forbidden": 0}
_TALLY |= {"first_actions_right": 15, "certain": 12, "certain_and_wrong": 1}


@dataclass(frozen=True)
class Filled:
    """What to look at: the large firm with its owner, someone in it and a class of it; a small firm with its owner."""

    firms: int
    large: uuid.UUID
    owner: uuid.UUID
    person: uuid.UUID
    serial: str
    instructor: uuid.UUID
    cohort: uuid.UUID
    small: uuid.UUID
    small_owner: uuid.UUID


@dataclass(frozen=True)
class _Firm:
    id: uuid.UUID
    owner: uuid.UUID
    requirement: uuid.UUID
    teams: tuple[uuid.UUID, ...]
    people: int


def fill(app: Flask, people: int) -> Filled:
    """Write so many learners with twenty responses each into an empty installation."""
    rng, instant = random.Random(7), now()
    with app.app_context():
        with transaction():
            firms = _make_firms(rng, people, instant)
        numbers, shown = count(1), ("", uuid.UUID(int=0))
        for firm in firms:
            for part in range(0, firm.people, _PORTION):
                rows = list(_people(rng, firm, min(_PORTION, firm.people - part), numbers, instant))
                with transaction():
                    for record in (User, Membership, TeamMembership, Assignment, Credential, Enrollment, Attempt):
                        _copy(record, [row[record] for row in rows if record in row])
                if firm is firms[0] and part == 0:
                    shown = next(
                        (str(row[Credential]["serial"]), row[Membership]["id"]) for row in rows if Credential in row
                    )
        with transaction():
            _make_responses(rng, instant)
    instructor, cohort = _make_class(app, firms[0].id, instant)
    if app.config["SETTINGS"].database_url.startswith("postgresql"):
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")  # as the server does on its own after a while
    return Filled(
        firms=len(firms),
        large=firms[0].id,
        owner=firms[0].owner,
        person=shown[1],
        serial=shown[0],
        instructor=instructor,
        cohort=cohort,
        small=firms[1].id,
        small_owner=firms[1].owner,
    )


def _make_firms(rng: random.Random, people: int, instant: dt.datetime) -> list[_Firm]:
    sizes = [people // 10]
    while (left := people - sum(sizes)) > 0:
        sizes.append(min(left, max(3, int(rng.expovariate(1 / SMALL)))))
    # A zone in which it is the middle of the day: else nobody would be reminded.
    zone = f"Etc/GMT{instant.astimezone(dt.UTC).hour - 12:+d}"
    firms, rows = [], dict[type[Base], list[dict[str, Any]]]()
    for number, size in enumerate(sizes):
        teams = tuple(_id(rng) for _team in range(3 if number else 30))
        firm = _Firm(_id(rng), _id(rng), _id(rng), teams, size)
        firms.append(firm)
        own = {"email": f"owner{number}@example.org", "email_key": f"owner{number}@example.org"}
        own_rows: tuple[tuple[type[Base], dict[str, Any]], ...] = (
            (User, {"id": firm.owner, "created_at": instant, "password_hash": "-", **own}),
            (Organization, {"id": firm.id, "name": f"Firm {number}", "time_zone": zone, "created_at": instant}),
            (Membership, {**_member(firm, firm.owner, "Olga Owner", instant), "role": Role.OWNER, **own}),
            (Requirement, _requirement(firm, instant)),
        )
        for record, row in own_rows:
            rows.setdefault(record, []).append(row)
        rows[Organization][-1]["created_by_id"] = firm.owner
        rows.setdefault(Team, []).extend(
            {
                "id": team,
                "organization_id": firm.id,
                "name": f"Site {at}",
                "name_key": f"site {at}",
                "created_at": instant,
            }
            for at, team in enumerate(firm.teams)
        )
    for record in rows:
        _copy(record, rows[record])
    return firms


def _people(
    rng: random.Random, firm: _Firm, number: int, numbers: Iterator[int], instant: dt.datetime
) -> Iterator[dict[type[Base], dict[str, Any]]]:
    """Yield a learner's rows. Of ten, seven have completed the course, at any time in the last fourteen months."""
    conditions = conditions_of(served().courses[COURSE]).kept()
    begun: dict[str, Any] = {"course_title": "-", "course_version": "1.0", "course_digest": "-", "cycle": 1}
    for n in islice(numbers, number):
        user, person, enrollment, credential = (_id(rng) for _one in range(4))
        name, at = f"Guard {rng.randrange(10**6):06} {n}", instant - rng.randrange(1, 420) * _DAY
        address, hired_on = f"guard{n}@example.org", at.date() - 30 * _DAY
        is_done = rng.random() < 0.7
        known = {"email": address, "email_key": address}
        rows: dict[type[Base], dict[str, Any]] = {
            User: {"id": user, "created_at": at, "password_hash": "-", **known},
            Membership: {
                **_member(firm, user, name, at),
                **known,
                "id": person,
                "employee_number": f"{n:07}",
                "hired_on": hired_on,
            },
            TeamMembership: {"membership_id": person, "team_id": rng.choice(firm.teams)},
            Assignment: {
                "id": _id(rng),
                "organization_id": firm.id,
                "requirement_id": firm.requirement,
                "membership_id": person,
                "user_id": user,
                "due_on": hired_on + 90 * _DAY,
                "created_at": at,
            },
            Enrollment: {
                "id": enrollment,
                "user_id": user,
                "course": COURSE,
                "conditions": conditions,
                "started_at": at,
                "begun_at": at,
                "active_seconds": 1_900,
                "completed_at": at if is_done else None,
                "credential_id": credential if is_done else None,
                **begun,
            },
            Attempt: {
                "id": _id(rng),
                "user_id": user,
                "enrollment_id": enrollment,
                "kind": Kind.PRACTICE.value,
                "round": 1,
                "number": 1,
                "course": COURSE,
                "rule": {},
                "scenes": RESPONSES,
                "handed_in": 0,
                "started_at": at,
                "submitted_at": at,
                "tally": _TALLY,
            },
        }
        if is_done:
            rows[Credential] = {
                "id": credential,
                "user_id": user,
                "course": COURSE,
                "cycle": 1,
                "serial": new_serial(rng),
                "status_index": n,
                "holder_name": name,
                "course_title": "Would you recognize it?",
                "course_version": "1.0",
                "course_digest": "-",
                "achievement": "has shown it",
                "scenes": 32,
                "minutes": 31,
                "started_on": at.date(),
                "is_attested": False,
                "is_paced": False,
                "is_tested_out": False,
                "issued_at": at,
                "issued_on": at.date(),
                "valid_until": at.date() + 365 * _DAY,
                "is_local_trial": True,
                "unapproved_states": [],
            }
        yield rows


def _make_responses(rng: random.Random, instant: dt.datetime) -> None:
    """Let everyone answer the scenes of their practice in one of several ways."""
    scenes = served().pool(Pool.OPEN)[:RESPONSES]
    snapshots = [
        {"digest": scene.digest, "item": scene.id, "payload": payload_of(scene).kept(), "created_at": instant}
        for scene in scenes
    ]
    insert_missing(ItemSnapshot, snapshots)
    columns = (Column("variant", Integer), Column("position", Integer), Column("item", String))
    said = Table(
        *("said", MetaData()),
        *columns,
        *(Column("item_digest", String), Column("action_order", JSON), Column("given", JSON)),
        prefixes=["TEMPORARY"],
    )
    said.create(db.session.connection())
    for variant in range(_VARIANTS):
        skill = rng.uniform(0.5, 0.98)
        for position, scene in enumerate(scenes, start=1):
            verdict, action = rightly(scene) if rng.random() < skill else wrongly(scene)
            given = {"verdict": verdict, "confidence": "certain", "action": action}
            row = {"variant": variant, "position": position, "item": scene.id, "item_digest": scene.digest}
            db.session.execute(insert(said), [{**row, "action_order": [], "given": given}])
    sat = select(
        Attempt.id, Attempt.started_at, (func.row_number().over(order_by=Attempt.id) % _VARIANTS).label("variant")
    ).subquery()
    answers = select(
        *(sat.c.id, said.c.position, said.c.item_digest, said.c.item, said.c.action_order, said.c.given),
        *(said.c.position * 0 + 1, sat.c.started_at, sat.c.started_at),
    ).join(said, said.c.variant == sat.c.variant)
    filled = ["attempt_id", "position", "item_digest", "item", "action_order", "given", "version", "saved_at"]
    db.session.execute(
        insert(cast(Table, Response.__table__)).from_select([*filled, "recorded_at"], answers.order_by(sat.c.id))
    )
    said.drop(db.session.connection())


def _make_class(app: Flask, firm: uuid.UUID, instant: dt.datetime) -> tuple[uuid.UUID, uuid.UUID]:
    instructor = make_account(app, "instructor@example.org")
    add_second_factor(app, instructor)
    put_on_roster(app, firm, instructor, Role.INSTRUCTOR, name="Ines Ito", email="instructor@example.org")
    cohort = make_class(app, instructor, firm)
    with app.app_context(), transaction():
        query = select(Membership.user_id, Membership.name).where(
            Membership.organization_id == firm, Membership.role == Role.MEMBER
        )
        for user, name in db.session.execute(query.order_by(Membership.id).limit(IN_CLASS)).all():
            db.session.add(CohortMember(cohort_id=cohort, user_id=user, name=name, joined_at=instant - 30 * _DAY))
    return instructor, cohort


def _member(firm: _Firm, user: uuid.UUID, name: str, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "organization_id": firm.id,
        "user_id": user,
        "name": name,
        "name_key": name.lower(),
        "role": Role.MEMBER,
        "manages_all": False,
        "created_at": at,
        "joined_at": at,
    }


def _requirement(firm: _Firm, instant: dt.datetime) -> dict[str, Any]:
    return {
        "id": firm.requirement,
        "organization_id": firm.id,
        "title": "For everyone, yearly",
        "course": COURSE,
        "audience": Audience().written(),
        "least_minutes": 20,
        "cadence_months": 12,
        "days_allowed": 90,
        "renewal_days": 60,
        "is_paced": False,
        "starts_on": instant.date() - 700 * _DAY,
        "created_at": instant,
    }


def _copy(record: type[Base], rows: list[dict[str, Any]]) -> None:
    """Write rows, all with the same columns, as fast as the database takes them."""
    if not rows:
        return
    if db.engine.dialect.name != "postgresql":
        insert_all(record, rows)
        return
    table = cast(Table, record.__table__)
    missing = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in rows[0] and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = [*rows[0], *missing]
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(value) for value in (row | missing).values()])
    cursor.close()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return json.dumps(value) if isinstance(value, Mapping | list) else value


def _id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)

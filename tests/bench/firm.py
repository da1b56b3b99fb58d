"""A large firm, written straight into the tables: what its training status costs to read, to take along, to keep up."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

from tests.support import COURSE, Visitor
from trainer.accounts.models import User
from trainer.accounts.operations import open_session
from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.rules import Audience
from trainer.core.clock import now
from trainer.core.db import Base, db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.rules import new_serial
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import Role

SITES = 30
_PORTION = 1_000


def make_large_firm(app: Flask, people: int) -> tuple[Visitor, str]:
    """Create a firm of so many guards with a requirement; return its owner's browser and the firm's address."""
    rng, instant = random.Random(7), now()
    today = instant.date()
    with app.app_context(), transaction():
        owner = User(
            created_at=instant,
            email="owner@example.org",
            email_key="owner@example.org",
            password_hash="-",
            second_factor_nonce="-",
            second_factor_at=instant,
        )
        db.session.add(owner)
        db.session.flush()
        firm = Organization(
            name="Large Security", time_zone="America/New_York", created_at=instant, created_by_id=owner.id
        )
        db.session.add(firm)
        db.session.flush()
        teams = [
            Team(organization_id=firm.id, name=f"Site {n:02}", name_key=f"site {n:02}", created_at=instant)
            for n in range(SITES)
        ]
        db.session.add_all(teams)
        requirement = Requirement(
            organization_id=firm.id,
            title="For everyone, yearly",
            course=COURSE,
            audience=Audience().written(),
            least_minutes=20,
            cadence_months=12,
            days_allowed=90,
            renewal_days=60,
            is_paced=False,
            starts_on=today - dt.timedelta(days=700),
            created_at=instant,
        )
        db.session.add(requirement)
        db.session.flush()
        users, members, in_teams, duties, earned = [], [], [], [], []
        for number in range(people):
            user_id, person = (
                uuid.UUID(int=rng.getrandbits(128), version=4),
                uuid.UUID(int=rng.getrandbits(128), version=4),
            )
            name, hired = (
                f"Guard {rng.randrange(10**6):06} {number}",
                today - dt.timedelta(days=rng.randrange(30, 900)),
            )
            address = f"guard{number}@example.org"
            users.append(
                {"id": user_id, "created_at": instant, "email": address, "email_key": address, "password_hash": "-"}
            )
            members.append(
                {
                    "id": person,
                    "organization_id": firm.id,
                    "user_id": user_id,
                    "name": name,
                    "name_key": name.lower(),
                    "email": address,
                    "email_key": address,
                    "employee_number": f"{number:06}",
                    "role": Role.MEMBER,
                    "manages_all": False,
                    "hired_on": hired,
                    "created_at": instant,
                    "joined_at": instant,
                }
            )
            in_teams.append({"membership_id": person, "team_id": teams[rng.randrange(SITES)].id})
            duties.append(
                {
                    "id": uuid.UUID(int=rng.getrandbits(128), version=4),
                    "organization_id": firm.id,
                    "requirement_id": requirement.id,
                    "membership_id": person,
                    "user_id": user_id,
                    "due_on": hired + dt.timedelta(days=90),
                    "created_at": instant,
                }
            )
            if rng.random() < 0.92:
                issued_on = today - dt.timedelta(days=rng.randrange(0, 420))
                earned.append(_credential(rng, number, user_id, name, issued_on))
        session_id = open_session(owner.id, "A browser", instant)
        own = Membership(
            organization_id=firm.id,
            user_id=owner.id,
            name="Olga Owner",
            name_key="olga owner",
            email=owner.email,
            email_key=owner.email_key,
            role=Role.OWNER,
            created_at=instant,
            joined_at=instant,
        )
        db.session.add(own)
        db.session.flush()
        tables: Sequence[tuple[type[Base], list[dict[str, Any]]]] = [
            (User, users),
            (Membership, members),
            (TeamMembership, in_teams),
            (Assignment, duties),
            (Credential, earned),
        ]
        for record, rows in tables:
            for start in range(0, len(rows), _PORTION):
                db.session.execute(insert(record), rows[start : start + _PORTION])
        firm_id = firm.id
    visitor = Visitor(app)
    with visitor.client.session_transaction(base_url=visitor.base_url) as session:
        session["_user_id"] = session_id.hex
        session.permanent = True
    return visitor, f"/organizations/{firm_id}"


def measure(app: Flask, visitor: Visitor, firm: str) -> dict[str, float]:
    """Return seconds (medians) of the page in its ways, and of the exports; and how many statements it takes."""
    ways = {
        "page": lambda: visitor.get(f"{firm}/training"),
        "page, overdue": lambda: visitor.get(f"{firm}/training?group=late"),
        "page, by name": lambda: visitor.get(f"{firm}/training?order=name"),
        "page, one team": lambda: visitor.get(f"{firm}/training?q=guard+12"),
        "CSV": lambda: visitor.post(f"{firm}/training/exports", {"form": "csv"}).data,
        "XLSX": lambda: visitor.post(f"{firm}/training/exports", {"form": "xlsx"}).data,
    }
    assert visitor.get(f"{firm}/training").status_code == 200
    results = {name: median(way, 41 if name.startswith("page") else 5) for name, way in ways.items()}
    results["statements of the page"] = float(statements(app, ways["page"]))
    return results


def _credential(rng: random.Random, number: int, user_id: uuid.UUID, name: str, day: dt.date) -> dict[str, Any]:
    issued_at = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return {
        "id": uuid.UUID(int=rng.getrandbits(128), version=4),
        "user_id": user_id,
        "course": COURSE,
        "cycle": 1,
        "serial": new_serial(rng),
        "status_index": number,
        "holder_name": name,
        "course_title": "Would you recognize it?",
        "course_version": "1.0",
        "course_digest": "-",
        "achievement": "has shown it",
        "scenes": 32,
        "minutes": 95,
        "started_on": day,
        "is_attested": False,
        "is_paced": False,
        "issued_at": issued_at,
        "issued_on": day,
        "valid_until": day.replace(year=day.year + 1)
        if (day.month, day.day) != (2, 29)
        else day + dt.timedelta(days=365),
        "is_local_trial": True,
    }


def median(act: Callable[[], object], rounds: int) -> float:
    """Return how long it takes, in seconds."""
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def statements(app: Flask, act: Callable[[], object]) -> int:
    """Return how many statements it takes."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)

"""A firm with many people: the hourly job, and where everyone stands, on SQLite."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from tests.databases import migrate
from trainer.accounts.models import User
from trainer.app import create_app
from trainer.assignments.models import Assignment, Reminder, Requirement
from trainer.assignments.queries import count_by_status
from trainer.assignments.rules import Audience, Status
from trainer.assignments.snapshots import on
from trainer.assignments.statements import duties
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.settings import read_settings
from trainer.credentials.models import Credential
from trainer.jobs.upkeep import keep_up
from trainer.organizations.models import Membership, Organization

ZONE = "Pacific/Honolulu"
DAY = dt.timedelta(days=1)


def measure(people: int, say: Callable[[str, str], None]) -> None:
    """Fill a firm and print what its upkeep and its standing cost."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": str(Path(name)), "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            migrate()
            firm = fill(people)
            for label in ("first run, all new", "again, nothing to do"):
                seconds, longest = _upkeep(firm)
                say(f"upkeep of {people:,} people, {label}", f"{seconds:.1f} s, longest transaction {longest:.3f} s")
            rows = [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in (Assignment, Reminder)]
            say(f"of {people:,} people", "{:,} assigned, {:,} reminders".format(*rows))
            db.session.rollback()
            here = duties()
            late = select(here).where(here.c.status == Status.OVERDUE).order_by(here.c.due_on).limit(25)
            say("  counts by status", _median(lambda: count_by_status(firm, now().date())))
            say("  a page of who is overdue", _median(lambda: db.session.execute(late, on(firm, now().date())).all()))
            db.session.remove()
            db.engine.dispose()


def fill(people: int) -> uuid.UUID:
    """Create a firm of so many people, half of them with certificates of all ages, and a requirement; return its id."""
    chance, at = random.Random(1), now()
    firm, users = uuid.uuid4(), [uuid.uuid4() for _number in range(people)]
    keys = [f"g{number}@example.org" for number in range(people)]
    with transaction() as session:
        session.execute(
            insert(User),
            [
                {"id": one, "email": key, "email_key": key, "password_hash": "x", "created_at": at}
                for one, key in zip(users, keys, strict=True)
            ],
        )
        made = {"id": firm, "name": "A", "time_zone": ZONE, "created_at": at, "created_by_id": users[0]}
        session.execute(insert(Organization), [made])
        session.execute(insert(Membership), [_member(firm, one, at, chance) for one in users])
        session.execute(
            insert(Credential),
            [_credential(number, one, at, chance) for number, one in enumerate(users) if chance.random() < 0.5],
        )
        session.add(
            Requirement(
                organization_id=firm,
                title="Every year",
                course="recognize",
                audience=Audience().written(),
                least_minutes=20,
                cadence_months=12,
                days_allowed=90,
                renewal_days=30,
                is_paced=False,
                attestation=None,
                starts_on=at.date() - 400 * DAY,
                created_at=at,
            )
        )
    return firm


def _member(firm: uuid.UUID, user_id: uuid.UUID, at: dt.datetime, chance: random.Random) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "organization_id": firm,
        "user_id": user_id,
        "name": "Guard",
        "name_key": "guard",
        "role": "member",
        "manages_all": False,
        "hired_on": at.date() - chance.randrange(2000) * DAY,
        "created_at": at,
        "joined_at": at,
    }


def _credential(number: int, user_id: uuid.UUID, at: dt.datetime, chance: random.Random) -> dict[str, Any]:
    issued_on = at.date() - chance.randrange(500) * DAY
    return {
        "id": uuid.uuid4(),
        "user_id": user_id,
        "course": "recognize",
        "cycle": 1,
        "serial": uuid.uuid4().hex[:27],
        "status_index": number,
        "holder_name": "Guard",
        "course_title": "t",
        "course_version": "1.0",
        "course_digest": "d",
        "achievement": "a",
        "scenes": 32,
        "minutes": 30,
        "started_on": issued_on,
        "is_attested": False,
        "is_paced": False,
        "issued_at": at,
        "issued_on": issued_on,
        "valid_until": issued_on + 365 * DAY,
        "is_local_trial": False,
    }


def _upkeep(firm: uuid.UUID) -> tuple[float, float]:
    start = before = time.perf_counter()
    longest = 0.0
    # In Honolulu's daytime, whatever the hour here: reminders are ordered then only.
    for _portion in keep_up(firm, lambda: now().replace(hour=20)):
        after = time.perf_counter()
        longest, before = max(longest, after - before), after
    return time.perf_counter() - start, longest


def _median(work: Callable[[], object]) -> str:
    times = []
    for _time in range(15):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
        db.session.rollback()
    return f"{statistics.median(times) * 1000:.0f} ms"

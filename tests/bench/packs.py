"""An evidence pack of a large firm for a past day: what the worker's memory grows by while it makes one."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from tests.bench.firm import make_large_firm
from tests.cast import actor_of
from tests.support import COURSE
from trainer.app import create_app
from trainer.assignments.models import Assignment, EarlierTraining, Reminder
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import Base, db, insert_all, transaction
from trainer.core.settings import ROOT, read_settings
from trainer.core.work import Job
from trainer.extras.meetings.models import Attendance, ClassSession, Signature, SignOff
from trainer.extras.packs.operations import order_pack
from trainer.instructing.models import Cohort, CohortMember
from trainer.jobs.work import advance
from trainer.learning.models import Enrollment
from trainer.learning.operations import conditions_of
from trainer.organizations.models import Membership, Organization, TeamMembership, TeamStay
from trainer.organizations.rules import Role

AGO = 30  # days
MEETINGS, LESSONS = 10, 3
_KINDS = ("30 days", "7 days", "1 day")
_PORTION = 5_000


def make_long_history(app: Flask, people: int) -> tuple[uuid.UUID, uuid.UUID]:
    """Create a firm with two years behind it: trainings elsewhere, a class of everyone, meetings, reminders; return
    its owner's id and its own."""
    _owner, firm = make_large_firm(app, people)
    firm_id, rng, instant = uuid.UUID(firm.rpartition("/")[2]), random.Random(7), now()
    past = instant - dt.timedelta(days=730)
    rows: dict[type[Base], list[dict[str, Any]]] = {}
    with app.app_context(), transaction():
        db.session.execute(update(Organization).values(created_at=past))
        db.session.execute(update(Membership).values(created_at=past, joined_at=past))
        db.session.execute(update(Assignment).values(created_at=past))
        of_firm = (Membership.organization_id == firm_id, Membership.role != Role.OWNER)
        guards = db.session.execute(select(Membership.id, Membership.user_id, Membership.name).where(*of_firm)).all()
        owner_id = db.session.scalars(select(Membership.user_id).where(Membership.role == Role.OWNER)).one()
        assert owner_id is not None
        course = served().courses[COURSE]
        cohort = Cohort(
            organization_id=firm_id,
            instructor_id=owner_id,
            course=COURSE,
            title="Everyone",
            taught_by="Olga Owner",
            starts_on=past.date(),
            ends_on=instant.date(),
            code="AAAAAAAA",
            created_at=past,
        )
        db.session.add(cohort)
        db.session.flush()
        rows[TeamStay] = [
            {"organization_id": firm_id, "membership_id": row[0], "team_id": row[1], "began_at": past}
            for row in db.session.execute(select(TeamMembership.membership_id, TeamMembership.team_id))
        ]
        rows[EarlierTraining] = [
            {
                "id": uuid.uuid4(),
                "organization_id": firm_id,
                "membership_id": guard[0],
                "title": "Guard card, 8 hours",
                "title_key": "guard card, 8 hours",
                "issuer": "State academy",
                "completed_on": past.date(),
                "minutes": 480,
                "created_at": past,
                "created_by_id": owner_id,
                "approved_at": past,
                "approved_by_id": guards[0][1],
            }
            for guard in guards
        ]
        members = [(uuid.uuid4(), uuid.uuid4(), guard) for guard in guards]
        rows[CohortMember] = [
            {"id": member, "cohort_id": cohort.id, "user_id": guard[1], "name": guard[2], "joined_at": past}
            for member, _enrollment, guard in members
        ]
        begun = {"course_title": "-", "course_version": "1.0", "course_digest": "-", "started_at": past, "cycle": 1}
        rows[Enrollment] = [
            {
                "id": enrollment,
                "user_id": guard[1],
                "course": COURSE,
                "conditions": conditions_of(course).kept(),
                "active_seconds": 0,
                **begun,
            }
            for _member, enrollment, guard in members
        ]
        rows[ClassSession], rows[Signature], rows[Attendance], rows[SignOff] = [], [], [], []
        share = -(-len(members) // MEETINGS)
        for number in range(MEETINGS):
            session, signature, at = uuid.uuid4(), uuid.uuid4(), past + dt.timedelta(days=30 * number)
            taught = [lesson.id for lesson in course.lessons[:LESSONS]]
            facts = {"held_on": at.date(), "minutes": 60, "lessons": taught, "created_at": at}
            rows[ClassSession].append({"id": session, "cohort_id": cohort.id, "created_by_id": owner_id, **facts})
            signed = {"name": "Olga Owner", "statement": "I taught these people.", "signed_at": at}
            rows[Signature].append({"id": signature, "session_id": session, "signed_by_id": owner_id, **signed})
            for member, enrollment, _guard in members[number * share : (number + 1) * share]:
                rows[Attendance].append({"session_id": session, "member_id": member, "noted_at": at})
                rows[SignOff] += [
                    {
                        "enrollment_id": enrollment,
                        "lesson": lesson,
                        "session_id": session,
                        "member_id": member,
                        "minutes": 10,
                        "signed_off_by_id": owner_id,
                        "signed_off_at": at,
                        "signature_id": signature,
                    }
                    for lesson in taught
                ]
        rows[Reminder] = [
            {
                "id": uuid.uuid4(),
                "organization_id": firm_id,
                "assignment_id": duty,
                "kind": kind,
                "due_on": due_on,
                "created_at": instant - dt.timedelta(days=rng.randrange(AGO + 1, 700)),
                "skipped": "no address" if rng.random() < 0.2 else None,
            }
            for duty, due_on in db.session.execute(select(Assignment.id, Assignment.due_on))
            for kind in _KINDS
        ]
        for record, of_record in rows.items():
            for start in range(0, len(of_record), _PORTION):
                insert_all(record, of_record[start : start + _PORTION])
    return owner_id, firm_id


def measure(app: Flask, owner_id: uuid.UUID, firm_id: uuid.UUID) -> tuple[float, float, int]:
    """Order a pack of a past day and let a process of its own make it; return MB that its memory grew by, its CPU
    seconds, and how many certificates are in the pack."""
    with app.app_context(), transaction():
        actor = actor_of(owner_id, firm_id)
        job_id = order_pack(actor, actor.today(now()) - dt.timedelta(days=AGO), now()).id
    instance = str(app.config["SETTINGS"].instance)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.packs", instance, app.config["SECRET_KEY"]],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    grown, seconds = ended.stdout.split()
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert job.finished_at is not None, ended.stderr
        return float(grown), float(seconds), (job.total or 0) - 2


def work_off(instance: str, secret: str) -> None:
    """Do all that waits, as the worker does; print MB that memory grew by at most, and CPU seconds."""
    app = create_app(read_settings({"TRAINER_INSTANCE": instance, "TRAINER_SECRET_KEY": secret}))
    with app.app_context():
        served()
        db.session.scalars(select(Organization)).all()
        db.session.remove()
        before, begun = _peak_mb(), time.process_time()
        while advance():
            db.session.remove()
    print(_peak_mb() - before, time.process_time() - begun)


def _peak_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    work_off(*sys.argv[1:])

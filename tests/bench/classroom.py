"""A class of a thousand people with a hundred responses each, and what its pages cost its instructor."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.bench.firm import make_large_firm
from tests.cast import add_second_factor, make_account, make_class, put_on_roster, sign_in_as
from tests.crowd import rightly, wrongly
from tests.extras.meetings.cast import hold_meeting
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.library import Content, Scenario
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import Base, db, insert_all, insert_missing, transaction
from trainer.extras.meetings.models import Attendance
from trainer.instructing.models import ClassInvitation, ClassTeam, CohortMember
from trainer.instructing.tasks import count_classes
from trainer.items.judge.payload import payload_of
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import conditions_of
from trainer.organizations.models import Membership, Team
from trainer.organizations.rules import Role

PRACTICES, PER_PRACTICE, PER_FINAL = 7, 12, 16  # a hundred responses
ROUNDS = 9
_PORTION = 5_000
_TALLY = {
    "hits": 6,
    "misses": 2,
    "false_alarms": 1,
    "correct_rejections": 7,
    "unanswered": 0,
    "forbidden": 0,
    "first_actions_right": 12,
    "certain": 9,
    "certain_and_wrong": 1,
}


def make_classroom(app: Flask, people: int) -> tuple[Visitor, str, str]:
    """Let so many people of a firm twice as large join a class and answer; return its instructor's browser, the
    class's address and that of a meeting at which half of them were."""
    _owner, firm = make_large_firm(app, 2 * people)
    firm_id = uuid.UUID(firm.rpartition("/")[2])
    instructor = make_account(app, "instructor@example.org")
    add_second_factor(app, instructor)
    put_on_roster(app, firm_id, instructor, Role.INSTRUCTOR, name="Ines Ito", email="instructor@example.org")
    cohort = make_class(app, instructor, firm_id)
    rng, instant = random.Random(7), now()
    with app.app_context(), transaction():
        content = served()
        guards = db.session.scalars(
            select(Membership).where(Membership.organization_id == firm_id, Membership.role == Role.MEMBER)
        ).all()
        joined = [(uuid.uuid4(), uuid.uuid4(), guard) for guard in guards[:people] if guard.user_id]
        began, teams = instant - dt.timedelta(days=40), select(Team.id).where(Team.organization_id == firm_id)
        insert_all(ClassTeam, [{"cohort_id": cohort, "team_id": team} for team in db.session.scalars(teams)])
        in_class: dict[str, Any] = {"cohort_id": cohort, "joined_at": began, "left_at": None}
        insert_all(
            CohortMember,
            [{"id": member, "user_id": guard.user_id, "name": guard.name, **in_class} for member, _e, guard in joined],
        )
        invited: dict[str, Any] = {"cohort_id": cohort, "invited_at": began, "invited_by_id": instructor}
        insert_all(
            ClassInvitation,
            [
                {"id": uuid.uuid4(), "membership_id": guard.id, "declined_at": None, **invited}
                for guard in guards[: people + people // 2]
            ],
        )
        insert_all(Enrollment, [_enrollment(content, rng, ids[1], ids[2], began) for ids in joined])
        lessons = [lesson.id for lesson in content.courses[COURSE].lessons]
        _write(LessonCompletion, (row for ids in joined for row in _readings(rng, ids[1], lessons, instant)))
        _write_answers(content, rng, [(ids[1], ids[2].user_id) for ids in joined], instant)
    meeting = hold_meeting(app, instructor, cohort, lessons=6)
    with app.app_context(), transaction():
        there = [member for member, _enrollment_id, _guard in joined[::2]]
        at = {"session_id": meeting}
        insert_all(Attendance, [{"member_id": member, "noted_at": instant, **at} for member in there])
    return sign_in_as(app, instructor), f"/cohorts/{cohort}", f"/cohorts/{cohort}/sessions/{meeting}"


def measure(app: Flask, instructor: Visitor, address: str, meeting: str) -> dict[str, float]:
    """Return CPU seconds (medians) of each page of a class, after the worker has counted."""
    with app.app_context():
        for _portion in count_classes():
            pass
    pages = {
        "people": address,
        "people, second page": f"{address}?page=2",
        "people, least done first": f"{address}?order=progress",
        "people, longest idle first": f"{address}?order=active",
        "stuck": f"{address}?show=stuck",
        "stuck, longest idle first": f"{address}?show=stuck&order=active",
        "completed": f"{address}?show=done",
        "invitations": f"{address}/invitations",
        "invitations, not answered": f"{address}/invitations?answer=waiting",
        "misreads": f"{address}/misreads",
        "briefing sheet": f"{address}/briefing",
        "meetings": f"{address}/sessions",
        "a meeting": meeting,
        "code": f"{address}/code",
        "settings": f"{address}/facts",
    }
    for page in pages.values():
        answer = instructor.get(page)
        assert answer.status_code == 200, (page, answer.status_code, answer.headers.get("Location"))
    return {label: cpu(lambda page=page: instructor.get(page)) for label, page in pages.items()}  # type: ignore[misc]


def cpu(act: Callable[[], object]) -> float:
    """Return CPU seconds of this process, the median of some rounds."""
    act()
    times = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        act()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def _enrollment(
    content: Content, rng: random.Random, enrollment: uuid.UUID, guard: Membership, began: dt.datetime
) -> dict[str, Any]:
    return {
        "id": enrollment,
        "user_id": guard.user_id,
        "course": COURSE,
        "cycle": 1,
        "course_title": "-",
        "course_version": "1.0",
        "course_digest": "-",
        "conditions": conditions_of(content.courses[COURSE]).kept(),
        "started_at": began,
        "begun_at": began,
        "active_seconds": rng.randrange(6_000),
        "active_until": began + dt.timedelta(days=rng.randrange(38)),
    }


def _readings(
    rng: random.Random, enrollment: uuid.UUID, lessons: Sequence[str], instant: dt.datetime
) -> Iterator[dict[str, Any]]:
    for number, lesson in enumerate(lessons[: rng.randrange(len(lessons) + 1)]):
        at = instant - dt.timedelta(days=30, minutes=-number)
        yield {"enrollment_id": enrollment, "lesson": lesson, "completed_at": at, "read_again_at": at}


def _write_answers(
    content: Content, rng: random.Random, people: Sequence[tuple[uuid.UUID, Any]], instant: dt.datetime
) -> None:
    pools = {Kind.PRACTICE: content.pool(Pool.OPEN), Kind.FINAL: content.pool(Pool.RESERVED)}
    insert_missing(
        ItemSnapshot,
        [
            {"digest": scene.digest, "item": scene.id, "payload": payload_of(scene).kept(), "created_at": instant}
            for pool in pools.values()
            for scene in pool
        ],
    )
    said = {scene.id: (rightly(scene), wrongly(scene)) for pool in pools.values() for scene in pool}
    attempts, responses = [], []
    for enrollment, user_id in people:
        skill, idle = rng.uniform(0.5, 0.98), dt.timedelta(days=rng.randrange(20))
        for number in range(1, PRACTICES + 2):
            kind = Kind.PRACTICE if number <= PRACTICES else Kind.FINAL
            scenes = rng.sample(pools[kind], PER_PRACTICE if kind is Kind.PRACTICE else PER_FINAL)
            attempt, at = uuid.uuid4(), instant - idle - dt.timedelta(hours=PRACTICES + 1 - number)
            attempts.append(
                {
                    "id": attempt,
                    "user_id": user_id,
                    "enrollment_id": enrollment,
                    "kind": kind.value,
                    "round": 1,
                    "number": number if kind is Kind.PRACTICE else 1,
                    "course": COURSE,
                    "rule": {},
                    "scenes": len(scenes),
                    "started_at": at,
                    # Some are still on their last one.
                    "submitted_at": at if number <= PRACTICES or rng.random() < 0.8 else None,
                    "is_passed": rng.random() < skill if kind is Kind.FINAL else None,
                    "tally": _TALLY,
                }
            )
            responses += [
                _response(attempt, position, scene, said[scene.id][rng.random() > skill], at)
                for position, scene in enumerate(scenes, start=1)
            ]
    insert_all(Attempt, attempts)
    _write(Response, iter(responses))


def _response(
    attempt: uuid.UUID, position: int, scene: Scenario, said: tuple[str, str], at: dt.datetime
) -> dict[str, Any]:
    return {
        "attempt_id": attempt,
        "position": position,
        "item": scene.id,
        "item_digest": scene.digest,
        "action_order": [],
        "given": {"verdict": said[0], "confidence": "certain", "action": said[1]},
        "version": 1,
        "saved_at": at + dt.timedelta(seconds=position),
        "recorded_at": at + dt.timedelta(seconds=position),
    }


def _write(record: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    portion: list[dict[str, Any]] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            insert_all(record, portion)
            portion = []
    insert_all(record, portion)

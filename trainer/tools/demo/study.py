"""How someone of the made-up firm takes a course: the operations of learning and of assessment, at the time given."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Container, Sequence
from math import ceil

from trainer.accounts.operations import name_for_certificate
from trainer.accounts.queries import get_user
from trainer.assessment.finals import start_final
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, start_practice, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.assessment.renewals import renew
from trainer.content.library import Content, Course
from trainer.content.schema import Grade
from trainer.content.subject import Truth, Verdict
from trainer.core.db import db
from trainer.items.judge.model import Confidence
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene
from trainer.learning.activity import credit_activity
from trainer.learning.models import Enrollment
from trainer.learning.operations import attest, complete_lesson, enroll
from trainer.learning.queries import find_enrollment, standing, taken
from trainer.learning.rules import longest_reading
from trainer.tools.demo.people import DemoPerson


def open_course(user_id: uuid.UUID, course: Course, now: dt.datetime) -> Enrollment:
    """Return the enrollment under way; begin the course, or its next cycle, where there is none."""
    enrollment = find_enrollment(user_id, course.slug)
    if enrollment is None:
        return enroll(user_id, course, now)
    return enrollment if enrollment.completed_at is None else renew(user_id, course, now)


def read(
    enrollment: Enrollment, course: Course, lessons: Sequence[str], rng: random.Random, now: dt.datetime
) -> dt.datetime:
    """Read lessons one after another; return when that is done."""
    for name in lessons:
        lesson = taken(course, enrollment).lesson(name)
        assert lesson is not None
        opened_at, minutes = now, lesson.file.minutes
        now += dt.timedelta(seconds=rng.randint(40 * minutes, 80 * minutes))
        credit_activity(enrollment, opened_at, longest_reading(minutes), now)
        complete_lesson(enrollment, course, lesson, now)
    return now


def read_some(
    enrollment: Enrollment, course: Course, share: float, rng: random.Random, now: dt.datetime
) -> dt.datetime:
    """Read a share of the lessons that are missing; return when that is done."""
    missing = standing(enrollment, course).missing_lessons
    lessons = [need.id for need in missing[: ceil(share * len(missing))]]
    with db.session.no_autoflush:  # no lesson asks what another one wrote
        return read(enrollment, course, lessons, rng, now)


def prepare(person: DemoPerson, enrollment: Enrollment, course: Course, now: dt.datetime) -> dt.datetime:
    """Do all that the final asks for first; return when that is done."""
    now = read_some(enrollment, course, 1, person.rng, now)
    while to_fill := standing(enrollment, course).to_fill:  # who is quick takes less time for them than was planned
        now = read(enrollment, course, [need.id for need in to_fill], person.rng, now)
    if get_user(enrollment.user_id).certificate_name is None:
        name_for_certificate(enrollment.user_id, person.name)
    if enrollment.asks.attestation:
        attest(enrollment, person.name, now)
    return now


def take_final(person: DemoPerson, enrollment: Enrollment, content: Content, now: dt.datetime) -> Attempt:
    """Take a final, as well or badly as this person can."""
    attempt = start_final(enrollment, content.courses[enrollment.course], content, now)
    while attempt.submitted_at is None:  # where it is close, further scenes decide
        attempt = _judge_all(person, attempt, content, now)
    return attempt


def practice(person: DemoPerson, enrollment: Enrollment, content: Content, now: dt.datetime) -> Attempt:
    """Practice with a few open scenes."""
    scenes = content.courses[enrollment.course].file.practice.scenes
    return _judge_all(person, start_practice(enrollment, content, scenes, now), content, now)


def _judge_all(person: DemoPerson, attempt: Attempt, content: Content, now: dt.datetime) -> Attempt:
    responses = list_responses(attempt)[attempt.handed_in :]
    scenes = [read_scene(answer.snapshot.payload) for answer in responses]
    rng = random.Random(person.rng.random())  # noqa: S311 apart: how much it is used depends on what was drawn
    wrong = _wrong_ones(person, scenes, rng)
    thinking = [rng.randint(20, 70) for _scene in scenes]
    for place, (response, scene) in enumerate(zip(responses, scenes, strict=True)):
        now += dt.timedelta(seconds=thinking[place])
        save_response(
            attempt,
            response,
            _given(scene, place in wrong, content.vocabulary.danger_rules, rng),
            response.version,
            now,
            record=True,
        )
        db.session.expire(response)  # handing in is a request of its own, which reads what was saved
    return submit_attempt(attempt.user_id, attempt.id, content, True, now)


def _wrong_ones(person: DemoPerson, scenes: Sequence[ScenePayload], rng: random.Random) -> set[int]:
    """Return the places of the scenes to judge wrongly. How many depends on the person alone, not on what is drawn."""
    wrong: set[int] = set()
    for truth, rate in ((Truth.CONCERN, person.misses), (Truth.NO_CONCERN, person.over_reports)):
        places = [place for place, scene in enumerate(scenes) if scene.truth == truth]
        slips = [person.rng.random() < rate for _scene in scenes]
        wrong |= set(rng.sample(places, sum(slips[: len(places)])))
    return wrong


def _given(scene: ScenePayload, is_wrong: bool, danger_rules: Container[str], rng: random.Random) -> dict[str, str]:
    is_reported = (scene.truth == Truth.CONCERN) != is_wrong
    watched = rng.random() < 0.5
    verdict = Verdict.REPORT_NOW if is_reported else (Verdict.NOTHING_TO_REPORT, Verdict.NOTE_AND_WATCH)[watched]
    is_slip = rng.random() < 0.1 and scene.rule not in danger_rules
    # A first action that reports would count as a report, whatever the verdict.
    passed_over = scene.best_action.is_report and not is_reported
    harmless = [
        action.id
        for action in scene.actions
        if action.grade is Grade.WRONG_ROUTE and (is_reported or not action.is_report)
    ]
    sure = rng.choices(list(Confidence), (1, 4, 5))[0]
    return {
        "verdict": verdict.value,
        "confidence": sure.value,
        "action": rng.choice(harmless) if (is_slip or passed_over) and harmless else scene.best_action.id,
    }

"""How far a firm is set up, and what one's own duties need."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from trainer.assessment.next_steps import NextStep, find_next_step
from trainer.assignments.queries import list_duties
from trainer.assignments.rules import OwnDuty
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.feature import ask_extra
from trainer.home.rules import Beginning
from trainer.learning.models import Enrollment
from trainer.learning.queries import find_enrollment, standing, taken
from trainer.learning.rules import CourseProgress
from trainer.organizations.actor import Actor
from trainer.organizations.codes import has_code
from trainer.organizations.waiting import InvitationNeed as Joining
from trainer.organizations.waiting import Readiness, count_by_need, count_readiness


class OwnTask(NamedTuple):
    """What a firm requires of the one who looks, and their next step in it, if they have begun."""

    duty: OwnDuty
    course: Course
    enrollment: Enrollment | None
    standing: CourseProgress | None
    next_step: NextStep | None


def find_beginning(actor: Actor, now: dt.datetime, *, people: int, waiting: int, has_requirement: bool) -> Beginning:
    """Return how far the actor's firm is set up."""
    readiness = count_readiness(actor, now) if waiting else Readiness(0, 0, 0, 0)
    without_address = readiness.without_address
    with_address = sum(readiness) - without_address
    return Beginning(
        people=people - 1,
        joined=people - waiting - 1,
        has_requirement=has_requirement,
        with_address=with_address,
        uninvited=count_by_need(actor, now)[Joining.NEW] if with_address else 0,
        without_address=without_address,
        slipless=ask_extra("count_slipless", actor, now) if without_address else None,
        has_code=has_code(actor),
        skipped=frozenset(actor.organization.skipped_steps or ()),
    )


def list_tasks(actor: Actor, now: dt.datetime) -> list[OwnTask]:
    """Return what the firm requires of the one who looks and isn't done, earliest due date first."""
    courses, tasks = served().courses, list[OwnTask]()
    for duty in list_duties(actor.membership, actor.organization, now):
        course = courses.get(duty.course)
        if not duty.is_open or course is None or any(task.course is course for task in tasks):
            continue
        enrollment = find_enrollment(actor.user_id, course.slug)
        if enrollment is None or course.is_for_renewal:
            tasks.append(OwnTask(duty, course, None, None, None))
            continue
        course, stands = taken(course, enrollment), standing(enrollment, course)
        way = find_next_step(course, enrollment, stands, now) if enrollment.completed_at is None else None
        tasks.append(OwnTask(duty, course, enrollment, stands, way))
    return tasks

"""The pretest: what someone judges before their first course, once ever, without ever being shown its answers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from trainer.accounts.queries import find_user, get_user
from trainer.assessment.drawing import two_forms
from trainer.assessment.drawn import keep_drawn, pairs_of
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import find_pretest, has_begun
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.content.library import Content, Course
from trainer.content.schema import Pool
from trainer.core import chance
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.feature import ask, ask_extra
from trainer.learning.models import Enrollment
from trainer.learning.operations import test_out

FORMS = ("a", "b")


def find_offer(user_id: uuid.UUID, course: Course) -> tuple[Attempt | None, bool]:
    """Return a pretest of this course to go on with, and whether one can be offered.

    Either only until anything was learned: it is offered in the first course that someone begins, and never again.
    """
    if course.file.pretest is None:
        return None, False
    pretest = find_pretest(user_id)
    is_open = pretest is not None and pretest.submitted_at is None and pretest.course == course.slug
    if (pretest is not None and not is_open) or has_begun(user_id):
        return None, False
    return pretest, pretest is None


def start(
    enrollment: Enrollment, course: Course, content: Content, now: dt.datetime, form: str | None = None
) -> Attempt:
    """Start the pretest in one of its two forms, by lot unless one is given, or return one already started.

    In a class it is the form that fewer of it had so far: half of each class has either. Raises Conflict if none is
    due.
    """
    get_user(enrollment.user_id)  # locks the row: two tabs that start at once become one pretest
    pretest = find_pretest(enrollment.user_id)
    if pretest is not None and pretest.scenes:
        return pretest
    if course.file.pretest is None or not find_offer(enrollment.user_id, course)[1]:
        raise Conflict(_l("These scenes are offered once, before a first course. Go to the course."))
    scenes = course.file.pretest.scenes
    pairs = chance.rng.sample(pairs_of(content, Pool.PRETEST), scenes)
    form = form or _draw_form(enrollment)
    drawn = two_forms(pairs)[FORMS.index(form)]
    chance.rng.shuffle(drawn)
    return keep_drawn(_attempt(enrollment, scenes, now, {"form": form}), content, drawn, now)


def _draw_form(enrollment: Enrollment) -> str:
    """Return a form by lot, in blocks of two within a class."""
    classmates: Sequence[uuid.UUID] = ask("classmates", enrollment.user_id, enrollment.course)
    had = Counter(
        db.session.scalars(
            select(Attempt.rule["form"].as_string()).where(
                Attempt.user_id.in_(classmates), Attempt.kind == Kind.PRETEST, Attempt.scenes > 0
            )
        )
    )
    fewest = min(had[form] for form in FORMS)
    return chance.rng.choice([form for form in FORMS if had[form] == fewest])


def skip(enrollment: Enrollment, course: Course, now: dt.datetime) -> None:
    """Note that someone was asked and doesn't want to. A pretest under way is left as it is."""
    get_user(enrollment.user_id)
    if find_offer(enrollment.user_id, course)[1]:
        skipped = _attempt(enrollment, 0, now, {})
        skipped.submitted_at = now
        db.session.add(skipped)
        db.session.flush()


def hand_in(attempt: Attempt, tally: Tally, course: Course | None, now: dt.datetime) -> None:
    """Let someone whose pretest shows that they know the core path skip reading it. Guests have to ask."""
    if course is not None and not _is_guest(attempt.user_id):
        count_as_known(attempt, tally, course, now)


def count_as_known(attempt: Attempt, tally: Tally, course: Course, now: dt.datetime) -> bool:
    """Count the lessons of the core path as done if a pretest shows that someone knows them; return whether it does.

    Nothing more is told to a guest, and seldom: of anyone who comes as many guests, counts would tell the answers.
    """
    if not knows_core(tally, course):
        return False
    test_out(db.session.get_one(Enrollment, attempt.enrollment_id, with_for_update=True), now)
    return True


def _is_guest(user_id: uuid.UUID) -> bool:
    user = find_user(user_id)
    return user is None or user.is_guest


def can_be_known(course: Course) -> bool:
    """Return whether a course lets anyone skip its core path."""
    return course.file.pretest is not None and course.file.pretest.knows is not None


def knows_core(tally: Tally, course: Course) -> bool:
    """Return whether a pretest shows that someone knows the core path of a course, by what the course asks for."""
    asked = course.file.pretest.knows if course.file.pretest else None
    if asked is None:
        return False
    return RightOf.of(tally).right >= asked.right and tally.forbidden <= asked.harmful_at_most


def find_before(user_id: uuid.UUID) -> RightOf | None:
    """Return how many scenes someone judged as the rule does before their first course; None without a pretest.

    It is for people who have passed a final: of many accounts, counts told earlier would add up to the answers.
    """
    pretest = find_pretest(user_id)
    if pretest is None or not pretest.tally:
        return None
    before = RightOf.of(Tally.read(pretest.tally))
    return before if before.answered else None


def merge(guest_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Keep one of the pretests of a guest and of the account that the guest becomes: the one further along.

    Where both are equally far along, or the account's own is part of a study, that one stays.
    """
    theirs, own = find_pretest(guest_id), find_pretest(user_id)
    if theirs is not None and own is not None:
        is_further = _how_far(theirs) > _how_far(own) and not ask_extra("takes_part", user_id)
        gone = own if is_further else theirs
        db.session.get_one(Enrollment, gone.enrollment_id).tested_out_at = None
        db.session.execute(delete(Response).where(Response.attempt_id == gone.id))
        db.session.delete(gone)
        db.session.flush()


def _how_far(pretest: Attempt) -> int:
    if not pretest.scenes:
        return 0
    return 1 if pretest.submitted_at is None else 2


def _attempt(enrollment: Enrollment, scenes: int, now: dt.datetime, rule: dict[str, str]) -> Attempt:
    return Attempt(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        kind=Kind.PRETEST,
        number=1,
        tries=None,
        course=enrollment.course,
        rule=rule,
        scenes=scenes,
        started_at=now,
    )

"""What the page of a result says: counts in plain words, answers that may be reviewed, what comes next."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template

from trainer.accounts.after_slip import shut_before
from trainer.assessment import shown, words
from trainer.assessment.attempt_policies import bounds_of, policy_of
from trainer.assessment.canceling import list_canceled
from trainer.assessment.check_ins import KINDS as CHECK_INS
from trainer.assessment.check_ins import find_check_ins
from trainer.assessment.deciding import FinalRule, Need
from trainer.assessment.localized import find_sign, reader_words, verdicts_of
from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.frequencies import OfHundred, of_hundred
from trainer.assessment.models import Attempt
from trainer.assessment.next_steps import find_next_step
from trainer.assessment.pretest import find_before
from trainer.assessment.queries import list_responses
from trainer.assessment.review import list_others, list_shown
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.assessment.steps import told_scene
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.clock import now, today
from trainer.core.db import db
from trainer.credentials.paper import verification_url
from trainer.credentials.queries import find_credential
from trainer.credentials.rules import show_serial
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.learning.models import Enrollment
from trainer.learning.queries import standing, taken


def result_page(own_attempt: Attempt) -> str:
    """Return the page of an attempt that was handed in; `tally` is there."""
    assert own_attempt.tally is not None
    enrollment = db.session.get_one(Enrollment, own_attempt.enrollment_id)
    course = served().courses.get(own_attempt.course)
    course = taken(course, enrollment) if course else None
    if own_attempt.is_passed is False:
        return _not_passed_page(own_attempt, enrollment, course)
    tally = Tally.read(own_attempt.tally)
    responses = list_responses(own_attempt)
    shown_responses = list_shown(own_attempt, responses)
    whose = enrollment.user_id, enrollment.course, enrollment.cycle
    credential = find_credential(*whose) if own_attempt.is_passed else None
    return render_template(
        "assessment/passed.html" if own_attempt.is_passed else "assessment/result.html",
        verdicts=verdicts_of(own_attempt),
        attempt=own_attempt,
        course=course,
        course_title=enrollment.course_title,
        enrollment=enrollment,
        tally=tally,
        asked=bounds_of(own_attempt),
        needs=_needs(own_attempt, tally),
        has_first_steps=policy_of(own_attempt).has_menu and tally.answered,
        words=words,
        answers=[
            (
                response.position,
                shown.answer(
                    response.item_digest,
                    told_scene(response)[0],
                    response.given,
                    reader_words(),
                    policy_of(own_attempt).asks,
                ),
            )
            for response in shown_responses
        ],
        canceled=list_canceled(shown_responses),
        others=list_others(responses, shown_responses) if own_attempt.kind == Kind.FINAL else [],
        before=find_before(own_attempt.user_id) if own_attempt.is_passed and shut_before() is None else None,
        after=RightOf.of(tally),
        worth=_worth(tally) if own_attempt.kind == Kind.FINAL else None,
        credential=credential,
        link=verification_url(credential.serial) if credential else None,
        check_ins=find_check_ins(own_attempt.user_id, served(), today())
        if own_attempt.is_passed or own_attempt.kind in CHECK_INS
        else None,
        today=today(),
        cards=served().cards,
        show_serial=show_serial,
        confidences=CONFIDENCE_LABELS,
        sign_of=find_sign,
    )


def _not_passed_page(own_attempt: Attempt, enrollment: Enrollment, course: Course | None) -> str:
    """Return the page of a final that wasn't passed. It is given no counts, so that it can show none.

    Where guessing would have done as well, it doesn't even say which bars were met: of many guesses, that would tell
    the answers.
    """
    assert own_attempt.tally is not None
    tally = Tally.read(own_attempt.tally)
    needs = _needs(own_attempt, tally)
    where = standing(enrollment, course)
    names = own_attempt.lessons_to_read or ()
    return render_template(
        "assessment/not_passed.html",
        attempt=own_attempt,
        course=course,
        course_title=enrollment.course_title,
        needs=[replace(need, there=0) for need in needs],
        needed_of=_needed_of(own_attempt),
        is_far_off=tally.is_far_off,
        work_on=words.work_on(needs, is_far_off=tally.is_far_off),
        words=words,
        lessons=[lesson for lesson in map(course.lesson, names) if lesson] if course else [],
        standing=where,
        way=find_next_step(course, enrollment, where, now()) if course else None,
        today=now(),
    )


def _needs(own_attempt: Attempt, tally: Tally) -> list[Need]:
    """Return the conditions of a final, and whether each was met."""
    if own_attempt.kind != Kind.FINAL:
        return []
    rule = FinalRule.read(own_attempt.rule, own_attempt.scenes)
    return rule.needs(
        tally.counts, round_=own_attempt.round, number=own_attempt.number, is_passed=bool(own_attempt.is_passed)
    )


def _needed_of(own_attempt: Attempt) -> int | None:
    """Return how many scenes a final would have had that ended before its last stage, or None."""
    ends = FinalRule.read(own_attempt.rule, own_attempt.scenes).ends
    return ends[-1] if ends[-1] > own_attempt.scenes else None


def _worth(tally: Tally) -> OfHundred | None:
    if not (tally.concerns and tally.innocents):
        return None
    return of_hundred(Reports(tally.hits, tally.concerns, tally.false_alarms, tally.innocents))

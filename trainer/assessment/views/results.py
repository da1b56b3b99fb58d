"""What the page of a result says: counts in plain words, answers that may be reviewed, what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import render_template

from trainer.accounts.after_slip import shut_before
from trainer.assessment import shown, words
from trainer.assessment.attempt_policies import judge_all, policy_of
from trainer.assessment.check_ins import KINDS as CHECK_INS
from trainer.assessment.check_ins import find_check_ins
from trainer.assessment.deciding import FinalQuestion, FinalRule, Need
from trainer.assessment.localized import category_names, find_sign, reader_words, verdicts_of
from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.frequencies import OfHundred, of_hundred
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.next_steps import find_next_step
from trainer.assessment.pretest import find_before
from trainer.assessment.queries import (
    list_responses,
)
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.assessment.steps import (
    may_review,
    told_scene,
)
from trainer.content.serving import served
from trainer.core.clock import now, today
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.credentials.rules import show_serial
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.items.registry import read_scene
from trainer.learning.models import Enrollment
from trainer.learning.queries import standing, taken


def result_page(own_attempt: Attempt) -> str:
    """Return the page of an attempt that was handed in; `tally` is there."""
    assert own_attempt.tally is not None
    tally = Tally.read(own_attempt.tally)
    responses = list_responses(own_attempt)
    enrollment = db.session.get_one(Enrollment, own_attempt.enrollment_id)
    course = served().courses.get(own_attempt.course)
    course = taken(course, enrollment) if course else None
    where = standing(enrollment, course)
    return render_template(
        "assessment/result.html",
        verdicts=verdicts_of(own_attempt),
        attempt=own_attempt,
        course=course,
        course_title=enrollment.course_title,
        enrollment=enrollment,
        tally=tally,
        needs=(needs := _needs(own_attempt, tally)),
        needed_of=_needed_of(own_attempt),
        has_first_steps=policy_of(own_attempt).has_menu and tally.answered and own_attempt.is_passed is not False,
        is_by_steps=own_attempt.is_passed is False and _is_by_steps(needs),
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
            for response in responses
            if may_review(own_attempt, response)
        ],
        categories=_categories(responses),
        harms=_harms(responses),
        before=find_before(own_attempt.user_id) if own_attempt.kind == Kind.FINAL and shut_before() is None else None,
        after=RightOf.of(tally),
        worth=_worth(tally) if own_attempt.kind == Kind.FINAL else None,
        standing=where,
        lessons=[lesson for lesson in (course.lesson(name) for name in own_attempt.lessons_to_read or ()) if lesson]
        if course
        else [],
        credential=_credential(enrollment) if own_attempt.is_passed else None,
        check_ins=find_check_ins(own_attempt.user_id, served(), today())
        if own_attempt.is_passed or _is_check_in(own_attempt)
        else None,
        today=today(),
        cards=served().cards,
        show_serial=show_serial,
        way=find_next_step(course, enrollment, where, now()) if course else None,
        confidences=CONFIDENCE_LABELS,
        sign_of=find_sign,
    )


def _is_check_in(own_attempt: Attempt) -> bool:
    return own_attempt.kind in CHECK_INS


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
    if own_attempt.kind != Kind.FINAL or own_attempt.is_passed:
        return None
    ends = FinalRule.read(own_attempt.rule, own_attempt.scenes).ends
    return ends[-1] if ends[-1] > own_attempt.scenes else None


def _is_by_steps(needs: Sequence[Need]) -> bool:
    return all(need.is_met for need in needs if need.what in (FinalQuestion.MISSED, FinalQuestion.OVER_REPORTED))


def _worth(tally: Tally) -> OfHundred | None:
    if not (tally.concerns and tally.innocents):
        return None
    return of_hundred(Reports(tally.hits, tally.concerns, tally.false_alarms, tally.innocents))


def _credential(enrollment: Enrollment) -> Credential | None:
    if enrollment.credential_id is None:
        return None
    return find_credential(enrollment.user_id, enrollment.course, enrollment.cycle)


def _harms(responses: Sequence[Given]) -> list[tuple[str, int]]:
    """Return (kind of harm, first steps that could do it), most first."""
    times: Counter[str] = Counter()
    for response in responses:
        chosen = (response.given or {}).get("action")
        actions = read_scene(response.snapshot.payload).actions
        times.update(action.harm for action in actions if action.id == chosen and action.harm)
    return times.most_common()


def _categories(responses: Sequence[Given]) -> list[tuple[str, int]]:
    """Return (category name, scenes that went wrong in it), most first."""
    names = category_names()
    wrong: dict[str, int] = {}
    for scene, judged in judge_all(responses, served().vocabulary.danger_rules):
        if judged.outcome is None or judged.outcome.is_right:
            continue
        for category in {sign.category for sign in scene.signs}:
            wrong[category] = wrong.get(category, 0) + 1
    return sorted(((names.get(name, name), times) for name, times in wrong.items()), key=lambda pair: -pair[1])

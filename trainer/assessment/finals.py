"""Finals: whether a try may start, what it draws, and what follows when one of its stages is handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from trainer.accounts.queries import get_user
from trainer.assessment import rules
from trainer.assessment.attempt_policies import judge_all, policy_of
from trainer.assessment.canceling import cancel_final, failed_because, list_canceled
from trainer.assessment.deciding import Decision, FinalQuestion, FinalRule, Stage, decide, first_to_work_on
from trainer.assessment.drawing import Aims
from trainer.assessment.drawn import draw_stage, pairs_of
from trainer.assessment.localized import VERDICTS
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import failed_finals, find_final_elsewhere, find_open_attempt
from trainer.assessment.rounds import granted_rounds
from trainer.assessment.rules import Kind, Tally, TryDecision
from trainer.assessment.rushed import are_untouched, replace_rushed
from trainer.content.library import Content, Course
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.errors import Conflict, NotYet
from trainer.credentials.models import PassedFinal
from trainer.learning.models import Enrollment
from trainer.learning.operations import record_result
from trainer.learning.queries import list_readings, standing


def start_final(enrollment: Enrollment, course: Course, content: Content, now: dt.datetime) -> Attempt:
    """Start a final, or return the one under way. Raises NotYet, saying what must come first."""
    under_way = find_open_attempt(enrollment.id, Kind.FINAL)
    if under_way is not None:
        return under_way
    get_user(enrollment.user_id)  # locks the row: of two courses that count together, only one final starts
    if find_elsewhere(enrollment, course) is not None:
        raise Conflict(_l("A final for the same certificate is in progress in another course. Finish it first."))
    decision = decide_final(enrollment, course, now)
    if not decision.is_allowed:
        raise NotYet(_l("The next try isn’t open yet. The final’s page shows what comes first."))
    rule, verdicts = FinalRule.of(course.file), content.vocabulary.verdicts
    attempt = Attempt(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        kind=Kind.FINAL,
        round=decision.round,
        number=decision.number,
        tries=course.file.final.retry_rule.tries,
        course=enrollment.course,
        rule={**rule.kept(), VERDICTS: {verdict: words.model_dump() for verdict, words in verdicts.items()}},
        scenes=rule.stages[0].scenes,
        started_at=now,
    )
    return _draw(attempt, rule, 0, content, now)


def _draw(attempt: Attempt, rule: FinalRule, stage: int, content: Content, now: dt.datetime) -> Attempt:
    course = content.courses.get(attempt.course)
    plan = course.instrument.draw.numbers(stage) if course and course.instrument else None
    return draw_stage(attempt, content, aims_of(rule.stages[stage]), plan, now)


def aims_of(stage: Stage) -> Aims:
    """Return the quotas for drawing a stage. Half of its pairs with danger now are shown as their other scene."""
    return Aims(
        stage.scenes,
        stage.fewest_to_report,
        stage.most_to_report,
        danger_pairs=2 * stage.danger_now,
        on_duty_at_least=stage.on_duty_at_least,
        on_duty_at_most=stage.on_duty_at_most,
    )


def decide_final(enrollment: Enrollment, course: Course, now: dt.datetime) -> TryDecision:
    """Return whether the next try at the final may start. Raises NotYet while lessons, minutes or name are missing."""
    if course.is_for_renewal:
        raise Conflict(_l("This course no longer has a final. Renew your certificate in the course it’s for."))
    where = standing(enrollment, course)
    if not where.is_ready_for_final:
        raise NotYet(
            _l("The final opens once you’ve read all lessons that it requires and have enough active minutes.")
        )
    if not where.has_name:
        raise NotYet(_l("Enter the name for your certificate first."))
    if not where.is_attested:
        raise NotYet(_l("First, sign that you did the course yourself."))
    if where.is_final_passed:
        raise Conflict(_l("You’ve already passed this final."))
    return next_try(enrollment, course, now)


def next_try(enrollment: Enrollment, course: Course, now: dt.datetime) -> TryDecision:
    """Return whether the next try at the final may start, as far as earlier tries decide that."""
    return _decide(enrollment, course, _failed(enrollment, course), now)


def find_elsewhere(enrollment: Enrollment, course: Course) -> Attempt | None:
    """Return the final under way in another course whose tries count with those of this one, or None."""
    return find_final_elsewhere(enrollment, _counted_with(enrollment, course))


def _counted_with(enrollment: Enrollment, course: Course) -> list[str]:
    """Return the courses whose tries count for this one: those that certify the same, unless it is required itself."""
    if enrollment.asks.is_required:
        return []
    same = course.file.achievement_id
    return [slug for slug, other in served().courses.items() if other.file.achievement_id == same]


def _failed(enrollment: Enrollment, course: Course) -> list[rules.FailedTry]:
    """Return the failed tries that count, with those of the lessons they named that this course has."""
    return [
        replace(failed, lessons=[lesson for lesson in failed.lessons if course.lesson(lesson)])
        for failed in failed_finals(enrollment, _counted_with(enrollment, course))
    ]


def _decide(enrollment: Enrollment, course: Course, failed: Sequence[rules.FailedTry], now: dt.datetime) -> TryDecision:
    readings, granted = list_readings(enrollment.id), granted_rounds(enrollment, _counted_with(enrollment, course))
    return rules.decide_try(course.file.final.retry_rule, failed, readings, granted, now)


def lessons_again(enrollment_id: uuid.UUID, course: Course, now: dt.datetime) -> tuple[tuple[str, ...], int]:
    """Return which lessons are to be read again before the next try, and how many were named for that."""
    enrollment = db.session.get(Enrollment, enrollment_id)
    if enrollment is None or enrollment.final_passed_at is not None:
        return (), 0
    failed = _failed(enrollment, course)
    decision = _decide(enrollment, course, failed, now)
    return decision.lessons, len(failed[-1].lessons) if failed else 0


def hand_in(
    attempt: Attempt,
    tally: Tally,
    responses: Sequence[Response],
    content: Content,
    is_local_trial: bool,
    now: dt.datetime,
) -> bool:
    """Decide on all scenes of a final so far and let what follows follow; return False if further scenes decide.

    So do those in place of scenes that were answered too fast. Raises NotYet if one of those under way has no full
    answer: a verdict without a first step is none.
    """
    policy = policy_of(attempt)
    if are_untouched(attempt, responses[attempt.handed_in :]):
        return False  # handed in twice at once
    if not all(policy.is_answered(response) for response in responses[attempt.handed_in :]):
        raise NotYet(_l("Some scenes have no full answer yet. Answer them, then hand in the final."))
    if replace_rushed(attempt, responses, content, now):
        return False
    rule = FinalRule.read(attempt.rule, attempt.scenes)
    decision = decide(rule, tally.counts, round_=attempt.round, number=attempt.number)
    if decision is Decision.SENT_ON:
        _go_on(attempt, rule, content, now)
        return False
    course = content.courses.get(attempt.course)
    attempt.is_passed = decision is Decision.PASSED
    if attempt.is_passed:
        enrollment = db.session.get_one(Enrollment, attempt.enrollment_id, with_for_update=True)
        record_result(enrollment, course, _passed(attempt, rule, tally), is_local_trial, now)
    else:
        needs = rule.needs(tally.counts, round_=attempt.round, number=attempt.number, is_passed=False)
        leads = first_to_work_on(needs, is_far_off=tally.is_far_off)
        attempt.lessons_to_read = _lessons_to_read(tally, leads, responses, content, course)
        canceled = list_canceled(responses)
        if failed_because(attempt, responses, canceled, content.vocabulary.danger_rules):
            cancel_final(attempt, now)
    return True


def _lessons_to_read(
    tally: Tally, leads: FinalQuestion | None, responses: Sequence[Response], content: Content, course: Course | None
) -> list[str]:
    """Return the lessons that teach what went wrong; of someone far off, those on the rule and on first steps.

    What went wrong where guessing would have done as well would tell the answers, of many such tries. The one on the
    rule also leads where a bar of verdicts failed by scenes whose signs no lesson teaches.
    """
    rule, steps = (course.file.rule_lesson, course.file.steps_lesson) if course else (None, None)
    if tally.is_far_off and (rule or steps):
        return [lesson for lesson in (rule, steps) if lesson is not None]
    scenes = judge_all(responses, content.vocabulary.danger_rules)
    judged = [([sign.id for sign in scene.signs], judgment) for scene, judgment in scenes]
    named = rules.lessons_for(judged, _taught(content, course), steps, leads)
    is_taught = (leads and leads.is_of_steps) or any(lesson != steps for lesson in named)
    return named if is_taught or rule is None else [rule, *named]


def _go_on(attempt: Attempt, rule: FinalRule, content: Content, now: dt.datetime) -> None:
    """Draw the scenes of the next stage; those before it stay as they were answered."""
    stage = rule.stage_of(attempt.scenes) + 1
    scenes = rule.stages[stage].scenes
    if len(pairs_of(content, Pool.RESERVED)) < attempt.scenes + scenes:  # the course may have left the content
        raise NotYet(
            _l("More scenes would decide, but right now there aren’t enough. Your answers are kept. Try again later.")
        )
    attempt.handed_in, attempt.scenes = attempt.scenes, attempt.scenes + scenes
    _draw(attempt, rule, stage, content, now)


def _passed(attempt: Attempt, rule: FinalRule, tally: Tally) -> PassedFinal:
    return PassedFinal(
        scenes=attempt.scenes,
        stage=rule.stage_of(attempt.scenes) + 1,
        round=attempt.round,
        number=attempt.number,
        caught=tally.hits,
        to_report=tally.concerns,
        over_reported=tally.false_alarms,
        achievement=rule.achievement,
    )


def _taught(content: Content, course: Course | None) -> dict[str, list[str]]:
    """Return the lessons that teach each sign: those of the core path, or where none of them does, those that go
    deeper."""
    taught: dict[str, list[str]] = {}
    for modules in (course.core, course.deeper) if course else ():
        before = set(taught)
        for lesson in (lesson for module in modules for lesson in module.lessons):
            for indicator in lesson.file.indicators:
                if indicator not in before:
                    taught.setdefault(indicator, []).append(lesson.id)
    return taught

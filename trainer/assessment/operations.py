"""Starting attempts, saving responses, handing in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from trainer.assessment import rules
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.queries import (
    failed_finals,
    find_open_attempt,
    get_attempt,
    last_number,
    list_responses,
    seen_items,
)
from trainer.assessment.rules import Kind, Pair, TryDecision
from trainer.core import chance
from trainer.core.db import db, insert_missing
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.courses.library import Content, Course, Drill, Scenario
from trainer.courses.schema import PassRule, Pool, Truth
from trainer.learning.models import Enrollment
from trainer.learning.operations import record_result
from trainer.learning.queries import list_readings, standing


def pairs_of(content: Content, pool: Pool) -> list[Pair]:
    """Return the matched pairs of a pool."""
    return [
        Pair(scenario.id, content.twin(scenario).id)
        for scenario in content.pool(pool)
        if scenario.file.truth is Truth.CONCERN
    ]


def start_practice(enrollment: Enrollment, content: Content, scenes: int, now: dt.datetime) -> Attempt:
    """Start a practice of open scenes, or return the one under way."""
    found = find_open_attempt(enrollment.id, Kind.PRACTICE)
    return found or _draw_into(_ungraded(enrollment, Kind.PRACTICE, scenes, now), content, Pool.OPEN, now)


def start_drill(enrollment: Enrollment, content: Content, number: int, now: dt.datetime) -> Attempt:
    """Start further questions about open scenes, or return those under way. Raises NotFound if there are none."""
    found = find_open_attempt(enrollment.id, Kind.DRILL)
    if found is not None:
        return found
    drills = {drill.id: drill for drill in content.drills()}
    seen = seen_items(enrollment.user_id, Kind.DRILL)
    drawn = [drills[one] for one in rules.draw_drills(list(drills), number, seen, chance.rng)]
    if not drawn:
        raise NotFound
    attempt = _ungraded(enrollment, Kind.DRILL, len(drawn), now)
    return _keep(attempt, [_Item(one.id, one.digest, one.payload, _shuffled(one)) for one in drawn], now)


def start_shift(enrollment: Enrollment, course: Course, content: Content, now: dt.datetime) -> Attempt:
    """Start the practice shift of a course, or return the one under way. Raises NotFound if it has none."""
    found = find_open_attempt(enrollment.id, Kind.SHIFT)
    if found is not None:
        return found
    if course.shift is None:
        raise NotFound
    scenes = [content.scenarios[name] for name in course.shift.scenes]
    return _keep(_ungraded(enrollment, Kind.SHIFT, len(scenes), now), [_item(one) for one in scenes], now)


def _ungraded(enrollment: Enrollment, kind: Kind, scenes: int, now: dt.datetime) -> Attempt:
    return Attempt(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        kind=kind,
        number=last_number(enrollment.id, kind) + 1,
        tries=None,
        course=enrollment.course,
        rule={},
        scenes=scenes,
        started_at=now,
    )


def start_final(enrollment: Enrollment, course: Course, content: Content, now: dt.datetime) -> Attempt:
    """Start a final, or return the one under way. Raises NotYet, saying what must come first."""
    found = find_open_attempt(enrollment.id, Kind.FINAL)
    if found is not None:
        return found
    decision = decide_final(enrollment, course, now)
    if not decision.is_allowed:
        raise NotYet("The next try isn’t open yet. The page of the final says what comes first.")
    attempt = Attempt(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        kind=Kind.FINAL,
        number=decision.number,
        tries=course.file.final.retry_rule.tries,
        course=enrollment.course,
        rule=course.file.final.pass_rule.model_dump(),
        scenes=course.file.final.scenes,
        started_at=now,
    )
    return _draw_into(attempt, content, Pool.RESERVED, now)


def decide_final(enrollment: Enrollment, course: Course, now: dt.datetime) -> TryDecision:
    """Return whether the next try at the final may start. Raises NotYet while lessons, minutes or name are missing."""
    where = standing(enrollment, course)
    if not where.is_ready_for_final:
        raise NotYet("The final opens when all lessons are read and the active minutes are there.")
    if not where.has_name:
        raise NotYet("Say first what name your certificate shall show.")
    if not where.is_attested:
        raise NotYet("Sign first that you did the course yourself.")
    if where.is_final_passed:
        raise Conflict("You’ve passed this final already.")
    return rules.decide_try(
        course.file.final.retry_rule, failed_finals(enrollment.id), list_readings(enrollment.id), now
    )


def save_response(
    attempt: Attempt, response: Response, given: Mapping[str, Any], version: int, now: dt.datetime, *, record: bool
) -> int:
    """Save what was given for one scene and return the response's new version.

    `record`: the learner is done with it; in practice the answer is then shown and the response is final.
    Raises Conflict if the attempt or response is closed, or another tab saved a newer version.
    """
    if attempt.submitted_at is not None:
        raise Conflict("This was handed in already. Nothing was changed.")
    if response.recorded_at is not None:
        raise Conflict("You have seen the answer to this scene; it can’t be changed any more.")
    is_recorded = record and attempt.kind != Kind.FINAL
    saved = db.session.execute(
        update(Response)
        .where(Response.attempt_id == attempt.id, Response.position == response.position, Response.version == version)
        .values(given=dict(given), version=version + 1, saved_at=now, recorded_at=now if is_recorded else None)
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("A newer answer was saved in another tab. Load this page again to see it.")
    return version + 1


def submit_attempt(
    user_id: uuid.UUID, attempt_id: uuid.UUID, content: Content, is_local_trial: bool, now: dt.datetime
) -> Attempt:
    """Hand in an attempt, score it as it was drawn, and let what follows follow, all in this transaction.

    Handing in twice is no error: the second finds the result of the first. Raises NotYet if a final has
    unanswered scenes.
    """
    attempt = get_attempt(user_id, attempt_id, for_change=True)
    if attempt.submitted_at is not None:
        return attempt
    if attempt.kind == Kind.DRILL:
        attempt.submitted_at, attempt.tally = now, _count_points(list_responses(attempt))
        return attempt
    judged = [(one.snapshot.payload, rules.judge(one.snapshot.payload, one.given)) for one in list_responses(attempt)]
    tally = rules.count(scene for _, scene in judged)
    if attempt.kind == Kind.FINAL and tally.unanswered:
        raise NotYet("Some scenes have no answer yet. Answer them, then hand in.")
    course = content.courses.get(attempt.course)
    attempt.submitted_at = now
    attempt.tally = tally.as_dict()
    if attempt.kind == Kind.FINAL:
        attempt.is_passed = rules.passes(tally, PassRule(**attempt.rule))
        if attempt.is_passed:
            enrollment = db.session.get_one(Enrollment, attempt.enrollment_id, with_for_update=True)
            record_result(enrollment, course, attempt.scenes, is_local_trial, now)
        else:
            attempt.lessons_to_read = rules.lessons_for(judged, _taught(content, course))
    return attempt


def move_attempts(
    guest_id: uuid.UUID, user_id: uuid.UUID, met: list[tuple[uuid.UUID, uuid.UUID]], content: Content, now: dt.datetime
) -> None:
    """Move a guest's attempts to an account; all are kept.

    `met`: enrollments that were merged, (old id, new id). There the guest's practices get the next numbers,
    and one that is under way is handed in as it is if the account has its own under way.
    """
    for old, new in met:
        for attempt in db.session.scalars(
            select(Attempt).where(Attempt.enrollment_id == old).order_by(Attempt.number)
        ).all():
            kind = Kind(attempt.kind)
            if attempt.submitted_at is None and find_open_attempt(new, kind) is not None:
                submit_attempt(guest_id, attempt.id, content, False, now)
            attempt.number = last_number(new, kind) + 1
            attempt.enrollment_id = new
            db.session.flush()
    db.session.execute(update(Attempt).where(Attempt.user_id == guest_id).values(user_id=user_id))


def forget_attempts(user_ids: Sequence[uuid.UUID]) -> None:
    """Delete all attempts of users who are to be forgotten."""
    ids = select(Attempt.id).where(Attempt.user_id.in_(user_ids))
    db.session.execute(delete(Response).where(Response.attempt_id.in_(ids)))
    db.session.execute(delete(Attempt).where(Attempt.user_id.in_(user_ids)))


@dataclass(frozen=True)
class _Item:
    id: str
    digest: str
    payload: dict[str, Any]
    order: list[str]


def _count_points(responses: Sequence[Response]) -> dict[str, Any]:
    marked = [
        rules.mark(one.snapshot.payload, (one.given or {}).get("chosen", ()))
        for one in responses
        if one.recorded_at is not None
    ]
    return {"points": round(sum(one.points for one in marked), 2), "items": len(responses), "answered": len(marked)}


def _draw_into(attempt: Attempt, content: Content, pool: Pool, now: dt.datetime) -> Attempt:
    seen = seen_items(attempt.user_id, Kind(attempt.kind))
    drawn = rules.draw(pairs_of(content, pool), attempt.scenes, seen, chance.rng)
    return _keep(attempt, [_item(_told(content.scenarios[one])) for one in drawn], now)


def _told(scenario: Scenario) -> Scenario:
    """Choose with whom a scene is told, where it can be told with other people: the answer is the same."""
    return chance.rng.choice([scenario, scenario.other]) if scenario.other else scenario


def _item(scenario: Scenario) -> _Item:
    actions = [action.id for action in scenario.file.judge.actions]
    chance.rng.shuffle(actions)
    return _Item(scenario.id, scenario.digest, scenario.snapshot(), actions)


def _shuffled(drill: Drill) -> list[str]:
    order = drill.options
    if drill.payload["type"] != "marks":  # phrases stay where they are in the scene
        chance.rng.shuffle(order)
    return order


def _keep(attempt: Attempt, items: Sequence[_Item], now: dt.datetime) -> Attempt:
    db.session.add(attempt)
    db.session.flush()
    insert_missing(
        ItemSnapshot,
        [{"digest": one.digest, "item": one.id, "payload": one.payload, "created_at": now} for one in items],
    )
    db.session.add_all(
        Response(
            attempt_id=attempt.id,
            position=position,
            item_digest=one.digest,
            item=one.id,
            action_order=one.order,
            version=0,
        )
        for position, one in enumerate(items, start=1)
    )
    db.session.flush()
    return attempt


def _taught(content: Content, course: Course | None) -> dict[str, list[str]]:
    taught: dict[str, list[str]] = {}
    for lesson in course.lessons if course else ():
        for indicator in lesson.file.indicators:
            taught.setdefault(indicator, []).append(lesson.id)
    return taught

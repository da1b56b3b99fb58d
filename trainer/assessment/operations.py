"""Starting attempts, saving responses, handing in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, bindparam, delete, select, update

from trainer.assessment import drawing, rules
from trainer.assessment.drawing import Aims, Pair, Telling, half_and_half
from trainer.assessment.models import Attempt, ItemSnapshot, Response, RoundRequest
from trainer.assessment.queries import (
    failed_finals,
    find_open_attempt,
    get_attempt,
    last_number,
    list_met,
    list_responses,
    seen_items,
)
from trainer.assessment.rounds import granted_rounds
from trainer.assessment.rules import Kind, Tally, TryDecision
from trainer.assessment.sittings import judge_all, sitting_of
from trainer.content.library import Content, Course, Scenario
from trainer.content.schema import Final, PassRule, Pool, Truth
from trainer.core import chance
from trainer.core.db import db, insert_missing
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.items.judge.payload import payload_of
from trainer.items.payload import Payload
from trainer.items.registry import read_further
from trainer.learning.models import Enrollment
from trainer.learning.operations import record_result
from trainer.learning.queries import list_readings, standing

# Run for every answer that is saved, so it is built once, on the table: no object has to follow the change.
_RESPONSES = cast(Table, Response.__table__)
_SAVE = (
    update(_RESPONSES)
    .where(
        _RESPONSES.c.attempt_id == bindparam("of_attempt"),
        _RESPONSES.c.position == bindparam("at_position"),
        _RESPONSES.c.version == bindparam("before"),
    )
    .values(
        given=bindparam("now_given"),
        version=bindparam("after"),
        saved_at=bindparam("now"),
        recorded_at=bindparam("recorded"),
    )
)


def pairs_of(content: Content, pool: Pool, met: Collection[tuple[str, str, dt.datetime]] = ()) -> list[Pair]:
    """Return the matched pairs of a pool. `met`: items and digests that were drawn for someone, and when."""
    by_digest = {digest: met_at for _item, digest, met_at in met}
    by_scene: dict[str, dt.datetime] = {}
    for item, _digest, met_at in met:
        scene = item.partition("/")[0]  # a further question tells the scene, too
        by_scene[scene] = max(met_at, by_scene.get(scene, met_at))
    words = content.vocabulary
    on_duty = {place.id for place in words.places if place.on_duty}
    return [
        Pair(
            tuple(one for scene in (scenario, content.twin(scenario)) for one in _tellings(scene, by_digest, by_scene)),
            is_danger=scenario.file.rule in words.danger_rules,
            is_on_duty=scenario.file.place in on_duty,
            topic=scenario.file.about,
        )
        for scenario in content.pool(pool)
        if scenario.file.truth is Truth.CONCERN
    ]


def _tellings(
    scene: Scenario, by_digest: Mapping[str, dt.datetime], by_scene: Mapping[str, dt.datetime]
) -> Iterator[Telling]:
    """Say when each telling was met. What was met of a scene that has changed since counts as its first telling."""
    other = by_digest.get(scene.other.digest) if scene.other else None
    first = by_digest.get(scene.digest) or (None if other else by_scene.get(scene.id))
    is_concern = scene.file.truth is Truth.CONCERN
    yield Telling(scene.id, is_concern, met_at=first)
    if scene.other:
        yield Telling(scene.id, is_concern, is_swapped=True, met_at=other)


def told(content: Content, telling: Telling) -> Scenario:
    """Return a scene as it was drawn: with the one set of people, or with the other."""
    scenario = content.scenarios[telling.scene]
    return scenario.other if telling.is_swapped and scenario.other else scenario


def start_practice(enrollment: Enrollment, content: Content, scenes: int, now: dt.datetime) -> Attempt:
    """Start a practice of open scenes, those of the learner's workplace first, or return the one under way."""
    found = find_open_attempt(enrollment.id, Kind.PRACTICE)
    return found or _draw_into(
        _ungraded(enrollment, Kind.PRACTICE, scenes, now),
        content,
        Pool.OPEN,
        half_and_half(scenes),
        now,
        content.venues_at(enrollment.place),
    )


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
    return _keep(attempt, [_Item(one.id, one.digest, read_further(one.payload)) for one in drawn], now)


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
        raise NotYet(_l("The next try isn’t open yet. The final’s page shows what comes first."))
    attempt = Attempt(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        kind=Kind.FINAL,
        round=decision.round,
        number=decision.number,
        tries=course.file.final.retry_rule.tries,
        course=enrollment.course,
        rule=course.file.final.pass_rule.model_dump(),
        scenes=course.file.final.scenes,
        started_at=now,
    )
    return _draw_into(attempt, content, Pool.RESERVED, aims_of(course.file.final), now)


def aims_of(final: Final) -> Aims:
    """Return what the draw of a final is to hold. A quarter comes from pairs of danger now, half of them shown so."""
    return Aims(
        final.scenes,
        final.scenes // 2,
        final.scenes // 2,
        danger_pairs=final.scenes // 4,
        on_duty_at_least=final.on_duty_at_least,
        on_duty_at_most=final.on_duty_at_most,
    )


def decide_final(enrollment: Enrollment, course: Course, now: dt.datetime) -> TryDecision:
    """Return whether the next try at the final may start. Raises NotYet while lessons, minutes or name are missing."""
    where = standing(enrollment, course)
    if not where.is_ready_for_final:
        raise NotYet(_l("The final opens once you’ve read all lessons and have enough active minutes."))
    if not where.has_name:
        raise NotYet(_l("Enter the name for your certificate first."))
    if not where.is_attested:
        raise NotYet(_l("First, sign that you did the course yourself."))
    if where.is_final_passed:
        raise Conflict(_l("You’ve already passed this final."))
    return next_try(enrollment, course, now)


def next_try(enrollment: Enrollment, course: Course, now: dt.datetime) -> TryDecision:
    """Return whether the next try at the final may start, as far as earlier tries decide that."""
    return rules.decide_try(
        course.file.final.retry_rule,
        failed_finals(enrollment.id),
        list_readings(enrollment.id),
        granted_rounds(enrollment.id),
        now,
    )


def save_response(
    attempt: Attempt, response: Response, given: Mapping[str, Any], version: int, now: dt.datetime, *, record: bool
) -> int:
    """Save what was given for one scene and return the response's new version.

    `record`: the learner is done with it; in practice the answer is then shown and the response is final.
    Raises Conflict if the attempt or response is closed, or another tab saved a newer version.
    """
    if attempt.submitted_at is not None:
        raise Conflict(_l("This was already handed in. Nothing was changed."))
    if response.recorded_at is not None:
        raise Conflict(_l("You’ve already seen the answer to this scene, so yours can’t be changed anymore."))
    is_recorded = record and not sitting_of(attempt).is_graded
    values = {
        "of_attempt": attempt.id,
        "at_position": response.position,
        "before": version,
        "now_given": dict(given),
        "after": version + 1,
        "now": now,
        "recorded": now if is_recorded else None,
    }
    saved = db.session.execute(_SAVE, values)
    if saved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_l("A newer answer was saved in another tab. Reload this page to see it."))
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
    sitting, responses = sitting_of(attempt), list_responses(attempt)
    tally = sitting.count(responses, content.vocabulary.danger_rules)
    if sitting.is_graded and isinstance(tally, Tally):
        _grade(attempt, tally, responses, content, is_local_trial, now)
    attempt.submitted_at, attempt.tally = now, tally.as_dict()
    return attempt


def _grade(
    attempt: Attempt,
    tally: Tally,
    responses: Sequence[Response],
    content: Content,
    is_local_trial: bool,
    now: dt.datetime,
) -> None:
    """Decide whether a final is passed. What follows of it follows here."""
    if tally.unanswered:
        raise NotYet(_l("Some scenes have no answer yet. Answer them, then hand in the final."))
    course = content.courses.get(attempt.course)
    attempt.is_passed = rules.passes(tally, PassRule(**attempt.rule))
    if attempt.is_passed:
        enrollment = db.session.get_one(Enrollment, attempt.enrollment_id, with_for_update=True)
        record_result(enrollment, course, attempt.scenes, is_local_trial, now)
    else:
        scenes = judge_all(responses, content.vocabulary.danger_rules)
        judged = [([sign.id for sign in scene.signs], one) for scene, one in scenes]
        attempt.lessons_to_read = rules.lessons_for(judged, _taught(content, course))


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
    db.session.execute(delete(RoundRequest).where(RoundRequest.user_id.in_(user_ids)))
    ids = select(Attempt.id).where(Attempt.user_id.in_(user_ids))
    db.session.execute(delete(Response).where(Response.attempt_id.in_(ids)))
    db.session.execute(delete(Attempt).where(Attempt.user_id.in_(user_ids)))


@dataclass(frozen=True)
class _Item:
    id: str
    digest: str
    payload: Payload


def _draw_into(
    attempt: Attempt, content: Content, pool: Pool, aims: Aims, now: dt.datetime, venues: Collection[str] = ()
) -> Attempt:
    pairs = pairs_of(content, pool, list_met(attempt.user_id))
    preferred = {pair for pair in pairs if content.scenarios[pair.tellings[0].scene].file.venue in venues}
    drawn = drawing.draw(pairs, aims, chance.rng, preferred)
    return _keep(attempt, [_item(told(content, one)) for one in drawn], now)


def _item(scenario: Scenario) -> _Item:
    return _Item(scenario.id, scenario.digest, payload_of(scenario))


def _keep(attempt: Attempt, items: Sequence[_Item], now: dt.datetime) -> Attempt:
    db.session.add(attempt)
    db.session.flush()
    insert_missing(
        ItemSnapshot,
        [{"digest": one.digest, "item": one.id, "payload": one.payload.kept(), "created_at": now} for one in items],
    )
    db.session.add_all(
        Response(
            attempt_id=attempt.id,
            position=position,
            item_digest=one.digest,
            item=one.id,
            action_order=one.payload.draw(chance.rng),
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

"""Starting attempts, saving responses, handing in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, bindparam, delete, select, update

from trainer.assessment import finals, pretest, rules
from trainer.assessment.attempt_policies import VERDICT_FIRST, is_verdict_recorded, policy_of
from trainer.assessment.drawing import draw, half_and_half, leaning
from trainer.assessment.drawn import DrawableItem, at_venues, draw_into, keep, keep_drawn, pairs_of, showing
from trainer.assessment.models import Attempt, CheckInMail, RenewalMail, Response, RoundRequest
from trainer.assessment.queries import (
    find_open_attempt,
    find_saved_before,
    get_attempt,
    has_begun,
    last_number,
    list_met,
    list_responses,
    seen_items,
)
from trainer.assessment.rules import Kind, Tally
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.core import chance
from trainer.core.db import any_of, db
from trainer.core.errors import Conflict, NotFound
from trainer.items.judge.model import PARTS, VERDICT_AND_SURENESS
from trainer.items.registry import read_further
from trainer.learning.models import Enrollment

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
        seconds=bindparam("took"),
    )
)


def start_first_try(enrollment: Enrollment, content: Content, scenes: int, now: dt.datetime) -> Attempt:
    """Start a first try of open scenes that is kept, or return the one under way."""
    under_way = find_open_attempt(enrollment.id, Kind.FIRST_TRY)
    attempt = under_way or ungraded(enrollment, Kind.FIRST_TRY, scenes, now)
    return under_way or draw_into(attempt, content, Pool.OPEN, half_and_half(scenes), now)


def start_practice(
    enrollment: Enrollment, content: Content, scenes: int, now: dt.datetime, category: str | None = None
) -> Attempt:
    """Start a practice of open scenes, those of the learner's workplace first, or return the one under way.

    With a category, pairs that show its signs come before all others, and the workplace counts within each kind.
    """
    under_way = find_open_attempt(enrollment.id, Kind.PRACTICE)
    if under_way is None and category is not None:
        return _start_leaning(enrollment, content, scenes, now, category)
    return under_way or draw_into(
        ungraded(enrollment, Kind.PRACTICE, scenes, now),
        content,
        Pool.OPEN,
        half_and_half(scenes),
        now,
        content.venues_at(enrollment.place),
    )


def _start_leaning(enrollment: Enrollment, content: Content, scenes: int, now: dt.datetime, category: str) -> Attempt:
    pairs = pairs_of(content, Pool.OPEN, list_met(enrollment.user_id))
    near = at_venues(pairs, content.venues_at(enrollment.place), content)
    chosen = leaning(pairs, showing(pairs, [category], content), scenes, chance.rng, near)
    drawn = draw(chosen, half_and_half(scenes), chance.rng)
    return keep_drawn(ungraded(enrollment, Kind.PRACTICE, scenes, now), content, drawn, now)


def start_drill(enrollment: Enrollment, content: Content, number: int, now: dt.datetime) -> Attempt:
    """Start further questions about open scenes, or return those under way. Raises NotFound if there are none."""
    under_way = find_open_attempt(enrollment.id, Kind.DRILL)
    if under_way is not None:
        return under_way
    drills = {drill.id: drill for drill in content.drills()}
    seen = seen_items(enrollment.user_id, Kind.DRILL)
    drawn = [drills[drill_id] for drill_id in rules.draw_drills(list(drills), number, seen, chance.rng)]
    if not drawn:
        raise NotFound
    attempt = ungraded(enrollment, Kind.DRILL, len(drawn), now)
    return keep(attempt, [DrawableItem(drill.id, drill.digest, read_further(drill.payload)) for drill in drawn], now)


def ungraded(enrollment: Enrollment, kind: Kind, scenes: int, now: dt.datetime) -> Attempt:
    """Return a new attempt that no rule passes, to be kept with what is drawn for it."""
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


def save_response(
    attempt: Attempt,
    response: Response,
    given: Mapping[str, Any],
    version: int,
    now: dt.datetime,
    *,
    record: bool,
    seconds: float | None = None,
) -> int:
    """Save what was given for one scene and return the response's new version.

    `record`: the learner is done with it. Where the verdict comes first, a verdict without a first step is recorded by
    that, and stays. A whole answer is in practice: it is then shown, and the response is final.
    `seconds`: how long the page says that the item was in view until then.

    Raises Conflict if the attempt or response is closed, the verdict recorded is another one, or another tab saved
    something else in the meantime. What was saved with all that is given now, as when only the answer to the request
    was lost, is no conflict, and what is there already isn't saved anew.
    """
    if attempt.submitted_at is not None:
        raise Conflict(_l("This was already handed in. Nothing was changed."))
    if response.position <= attempt.handed_in:
        raise Conflict(_l("This part of the final was already handed in. Nothing was changed."))
    if response.recorded_at is not None:
        raise Conflict(_l("You’ve already seen the answer to this scene, so yours can’t be changed anymore."))
    if attempt.kind == Kind.PRETEST and has_begun(attempt.user_id):
        raise Conflict(_l("You’ve begun the course, so these answers can’t be changed anymore."))
    given, is_whole = _beside_verdict(attempt, response, given, record=record)
    is_recorded = is_whole and policy_of(attempt).answers_at_once
    if version < response.version and _holds(given, response.given):
        if given == response.given and not is_recorded:
            return response.version
        version = response.version
    if version != response.version:  # that of what was looked at above, or what is written isn't held against it
        raise _newer()
    values = {
        "of_attempt": attempt.id,
        "at_position": response.position,
        "before": version,
        "now_given": given,
        "after": version + 1,
        "now": now,
        "recorded": now if is_recorded else None,
        "took": _took(attempt, response, seconds, now) if record else response.seconds,
    }
    saved = db.session.execute(_SAVE, values)
    if saved.rowcount != 1:  # type: ignore[attr-defined]
        raise _newer()
    return version + 1


def _took(attempt: Attempt, response: Response, said: float | None, now: dt.datetime) -> float | None:
    """Return how long it took until the verdict was recorded: what the page says, at most what the clock here allows.

    A page without script says nothing. Nothing is known of a verdict that was recorded before this was kept.
    """
    if response.seconds is not None or is_verdict_recorded(attempt, response.given):
        return response.seconds
    most = (now - find_saved_before(attempt, response.position)).total_seconds()
    return max(0.0, most if said is None else min(said, most))


def _newer() -> Conflict:
    return Conflict(_l("A newer answer was saved in another tab. Reload this page to see it."))


def _beside_verdict(
    attempt: Attempt, response: Response, given: Mapping[str, Any], *, record: bool
) -> tuple[dict[str, Any], bool]:
    """Return what is to be saved, and whether it is a whole answer; a verdict that is recorded stays as it is.

    Raises Conflict if it is another one now.
    """
    if VERDICT_FIRST not in attempt.rule:
        return dict(given), record
    if not is_verdict_recorded(attempt, response.given):
        is_verdict = record and not given.get("action")
        return ({**given, "action": None}, False) if is_verdict else (dict(given), record)
    saved = response.given or {}
    stays = {part: saved[part] for part in PARTS}
    if any(given.get(part, stays[part]) != stays[part] for part in VERDICT_AND_SURENESS):
        raise Conflict(_l("Your verdict on this scene is recorded, so it can’t be changed. Reload the page to go on."))
    return {**stays, **given}, record


def _holds(given: Mapping[str, Any], saved: Mapping[str, Any] | None) -> bool:
    """Return True if something was saved and nothing of it would be lost."""
    return saved is not None and all(given.get(part) == value for part, value in saved.items())


def submit_attempt(
    user_id: uuid.UUID,
    attempt_id: uuid.UUID,
    content: Content,
    is_local_trial: bool,
    now: dt.datetime,
    scenes: int | None = None,
) -> Attempt:
    """Hand in an attempt, score it as it was drawn, and let what follows follow, all in this transaction.

    A final that is close isn't over then: further scenes are drawn. `scenes`: how many the learner hands in, so that
    handing in twice is no error and hands in nothing else: the second finds what followed of the first. Raises NotYet
    if a final has unanswered scenes.
    """
    attempt = get_attempt(user_id, attempt_id, for_change=True)
    is_again = scenes is not None and attempt.handed_in and scenes <= attempt.handed_in
    if attempt.submitted_at is not None or is_again:
        return attempt
    policy, responses = policy_of(attempt), list_responses(attempt)
    tally = policy.count(responses, content.vocabulary.danger_rules)
    if policy.is_graded and isinstance(tally, Tally):
        is_over = finals.hand_in(attempt, tally, responses, content, is_local_trial, now)
        if not is_over:
            return attempt
    if attempt.kind == Kind.PRETEST and isinstance(tally, Tally):
        pretest.hand_in(attempt, tally, content.courses.get(attempt.course), now)
    attempt.submitted_at, attempt.tally = now, tally.as_dict()
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


def is_of(user_ids: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Return the condition of these users' attempts, those included that an account left which was joined to theirs."""
    enrollments = select(Enrollment.id).where(Enrollment.user_id.in_(user_ids))
    return any_of(Attempt, Attempt.user_id.in_(user_ids), Attempt.enrollment_id.in_(enrollments))


def forget_attempts(user_ids: Sequence[uuid.UUID]) -> None:
    """Delete all attempts of users who are to be forgotten."""
    db.session.execute(delete(RoundRequest).where(RoundRequest.user_id.in_(user_ids)))
    db.session.execute(delete(CheckInMail).where(CheckInMail.user_id.in_(user_ids)))
    earned = select(Enrollment.id).where(Enrollment.user_id.in_(user_ids))
    db.session.execute(delete(RenewalMail).where(RenewalMail.enrollment_id.in_(earned)))
    ids = select(Attempt.id).where(is_of(user_ids))
    db.session.execute(delete(Response).where(Response.attempt_id.in_(ids)))
    db.session.execute(delete(Attempt).where(is_of(user_ids)).execution_options(synchronize_session=False))

"""What assessment tells of a person, and how it forgets one. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from typing import Final

from sqlalchemy import select, update

from trainer.assessment.models import Attempt, CheckInMail, RenewalMail, Response, RoundRequest
from trainer.assessment.operations import forget_attempts, is_of
from trainer.assessment.queries import has_passed
from trainer.assessment.rules import Kind
from trainer.core.db import db
from trainer.core.privacy import Held, Row, Rows, Told, plain, tell_all, tell_one
from trainer.learning.models import Enrollment

HELD: Final = {
    "answers": Held(
        {"attempts", "check_in_mails", "renewal_mails", "responses", "round_requests"},
        ("attempts", "answers", "check_in_mails", "renewal_mails", "round_requests"),
    ),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "item_counts": "Sums over many people.",
    "item_snapshots": "Scenes, nobody's.",
    "site_figures": "Sums over many people.",
    "leak_counts": "Sums over many people.",
}
"""Tables that say nothing of a person by themselves, and why."""


_NOT_TOLD = (Kind.FINAL, Kind.PRETEST, Kind.CHECK_IN, Kind.FOLLOW_UP, Kind.RETEST)
_TOLD_LATER = (Kind.PRETEST, Kind.RETEST)
"""Their counts are told once a final is passed."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's attempts, answers and requests. No scene, no key; of some not even which scene it was.

    Counts that no page says aren't here, either: of many copies, they would add up to the keys.
    """
    attempts = select(Attempt).where(is_of([user_id])).order_by(Attempt.started_at, Attempt.id)
    answers = (
        select(Response, Attempt)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(is_of([user_id]), Response.given.is_not(None))
        .order_by(Attempt.started_at, Attempt.id, Response.position)
    )
    earned = select(Enrollment.id).where(Enrollment.user_id == user_id)
    renewals = select(RenewalMail).where(RenewalMail.enrollment_id.in_(earned)).order_by(RenewalMail.asked_at)
    mail = select(CheckInMail).where(CheckInMail.user_id == user_id)
    requests = select(RoundRequest).where(RoundRequest.user_id == user_id).order_by(RoundRequest.asked_at)
    return {
        "attempts": Rows(attempts, partial(_tell_attempt, has_passed(user_id))),
        "answers": Rows(answers, _tell_answer),
        "check_in_mails": tell_all(mail, "asked_at", "look_on"),
        "renewal_mails": tell_all(renewals, "asked_at", "ordered_at"),
        "round_requests": tell_all(requests, "course", "round", "asked_at", "granted_at", "reason"),
    }


def _tell_attempt(has_passed_final: bool, attempt: Attempt) -> Row:
    is_sealed = attempt.is_passed is False or (attempt.kind in _TOLD_LATER and not has_passed_final)
    return {
        **tell_one(attempt, "course", "kind", "language", "round", "number", "scenes", "started_at", "submitted_at"),
        **tell_one(attempt, "is_passed", "canceled_at"),
        "tally": None if is_sealed else plain(attempt.tally),
        **tell_one(attempt, "lessons_to_read", "handover"),
    }


def _tell_answer(response: Response, attempt: Attempt) -> Row:
    return {
        **tell_one(attempt, "course", "kind", "round", "number"),
        "item": None if attempt.kind in _NOT_TOLD else response.item,
        **tell_one(response, "position", "given", "saved_at", "seconds"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete a person's attempts and answers, after instructing and before learning. Never commits.

    A credential keeps the result, frozen. Rounds that the person granted to others stay, without who granted them.
    """
    forget_attempts([user_id])
    db.session.execute(
        update(RoundRequest)
        .where(RoundRequest.granted_by_id == user_id)
        .values(granted_by_id=None)
        .execution_options(synchronize_session=False)
    )

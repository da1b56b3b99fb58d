"""Canceling a scene whose key was found to be wrong: nobody fails a final because of it, and certificates stay.

Never commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from trainer.accounts.models import User
from trainer.assessment.attempt_policies import judge_all
from trainer.assessment.deciding import Decision, FinalCounts, FinalRule, decide
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.queries import list_responses
from trainer.assessment.rules import Kind, count
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.web.language import mail_language

NUMBERS_FROM = 100
"""Above it are the numbers that canceled finals have, so that theirs are free for another try."""
SHORTEST = 8
"""Characters of a digest."""


def find_versions(name: str) -> Sequence[str]:
    """Return the digests of all versions of a scene that were ever drawn, or of the one whose digest begins so.

    Raises NotFound if there is none.
    """
    is_it = ItemSnapshot.item == name
    if len(name) >= SHORTEST:
        is_it = or_(is_it, ItemSnapshot.digest.startswith(name, autoescape=True))
    digests = db.session.scalars(select(ItemSnapshot.digest).where(is_it)).all()
    if not digests:
        raise NotFound(_l("No scene of that name or digest was ever drawn."))
    return digests


def list_failed_because(digests: Collection[str], danger_rules: Container[str]) -> list[Attempt]:
    """Return the finals, locked, that were failed because of these versions of a scene."""
    failed = db.session.scalars(
        select(Attempt)
        .where(
            Attempt.id.in_(select(Response.attempt_id).where(Response.item_digest.in_(digests))),
            Attempt.kind == Kind.FINAL,
            Attempt.is_passed.is_(False),
            Attempt.canceled_at.is_(None),
        )
        .order_by(Attempt.id)
        .with_for_update()
    ).all()
    return [attempt for attempt in failed if failed_because(attempt, list_responses(attempt), digests, danger_rules)]


def list_canceled(responses: Iterable[Response]) -> set[str]:
    """Return the digests of those versions that were canceled."""
    return {response.item_digest for response in responses if response.snapshot.canceled_at is not None}


def list_passed_with(digests: Collection[str]) -> Sequence[Attempt]:
    """Return the finals that were passed in which these versions were drawn, but for versions canceled before."""
    drawn = Response.item_digest.in_(digests), ItemSnapshot.canceled_at.is_(None)
    with_it = Attempt.id.in_(select(Response.attempt_id).join(Response.snapshot).where(*drawn))
    passed = select(Attempt).where(with_it, Attempt.kind == Kind.FINAL, Attempt.is_passed.is_(True))
    return db.session.scalars(passed.order_by(Attempt.id)).all()


def failed_because(
    attempt: Attempt, responses: Sequence[Response], digests: Container[str], danger_rules: Container[str]
) -> bool:
    """Return whether a final that was failed wouldn't have been, had these scenes been answered as well as can be."""
    if not any(response.item_digest in digests for response in responses):
        return False
    rule = FinalRule.read(attempt.rule, attempt.scenes)
    for end in (end for end in rule.ends if end <= attempt.scenes):
        others = [response for response in responses[:end] if response.item_digest not in digests]
        spared = end - len(others)
        counts = count(judged for _scene, judged in judge_all(others, danger_rules)).counts
        decision = decide(
            rule,
            counts + FinalCounts(spared, 0, 0, 0, 0, good_first_steps=spared),
            round_=attempt.round,
            number=attempt.number,
        )
        if decision is Decision.PASSED or (decision is Decision.SENT_ON and end == attempt.scenes):
            return True
    return False


def cancel_scene(digests: Collection[str], danger_rules: Container[str], now: dt.datetime) -> int:
    """Cancel these versions of a scene; return how many failed finals no longer count as tries.

    Those who took them, and those who passed with the scene, are told by email.
    """
    finals, passed = list_failed_because(digests, danger_rules), list_passed_with(digests)
    db.session.execute(
        update(ItemSnapshot)
        .where(ItemSnapshot.digest.in_(digests), ItemSnapshot.canceled_at.is_(None))
        .values(canceled_at=now)
    )
    for attempt in finals:
        cancel_final(attempt, now)
    for attempt in passed:
        _tell(attempt, now)
    scenes = db.session.scalars(select(ItemSnapshot.item).where(ItemSnapshot.digest.in_(digests)).distinct())
    note("scene.canceled", now, scene=", ".join(sorted(scenes)), versions=len(digests), finals=len(finals))
    return len(finals)


def cancel_final(attempt: Attempt, now: dt.datetime) -> None:
    """Let a failed final no longer count as a try, and tell the person."""
    highest = db.session.scalar(
        select(func.max(Attempt.number)).where(
            Attempt.enrollment_id == attempt.enrollment_id, Attempt.kind == Kind.FINAL, Attempt.round == attempt.round
        )
    )
    attempt.canceled_at, attempt.lessons_to_read = now, None
    attempt.tries, attempt.number = None, max(NUMBERS_FROM, highest or 0) + 1
    db.session.flush()
    _tell(attempt, now)


def _tell(attempt: Attempt, now: dt.datetime) -> None:
    learner = db.session.get(User, attempt.user_id)
    if learner is not None and learner.email is not None:
        ids = {"attempt": attempt.id.hex}
        outbox.post("final-canceled", learner.email, mail_language(learner.language), ids, now)

"""Which attempts are open to whoever is signed in: all of their own, but for those from before a slip."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from sqlalchemy import and_, or_, select
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut, lead_to_slips, shut_before
from trainer.assessment.models import Attempt
from trainer.assessment.models import Response as Given
from trainer.assessment.rules import Kind
from trainer.core.db import db

_MOST_RESULTS = 50
"""Among so many, the last one of each kind is looked for."""


def keep_shut() -> Response | None:
    """Lead whoever opens an attempt from before a slip to where they can show that it is theirs.

    One that isn't handed in can be gone on with: only what was answered before is shut.
    """
    values = request.view_args or {}
    before = shut_before() if "attempt_id" in values else None
    if before is None:
        return None
    own = Attempt.id == values["attempt_id"], Attempt.user_id == current_user.id, Attempt.started_at < before
    attempt = db.session.scalar(select(Attempt).where(*own))
    if attempt is None:
        return None
    at = Given.attempt_id == attempt.id, Given.position == values.get("position"), Given.saved_at < before
    is_given = db.session.scalar(select(Given.position).where(*at)) is not None
    return lead_to_slips() if is_given or attempt.submitted_at is not None else None


def list_own_results() -> list[Attempt]:
    """Return practice and finals that were passed, as far as handed in and open, the latest of them, newest first.

    No other final: its counts stay sealed.
    """
    practices = [Kind.PRACTICE, Kind.DRILL, Kind.SHIFT, Kind.RARE]
    told = or_(Attempt.kind.in_(practices), and_(Attempt.kind == Kind.FINAL, Attempt.is_passed.is_(True)))
    own = select(Attempt).where(Attempt.user_id == current_user.id, Attempt.submitted_at.is_not(None), told)
    attempts = db.session.scalars(own.order_by(Attempt.submitted_at.desc()).limit(_MOST_RESULTS))
    return [attempt for attempt in attempts if not is_shut(attempt.started_at)]

"""What panels hold of a person, and what is forgotten. Part of the operations; never commits.

Ratings that were handed in stay without a name when the account is erased, since agreement that was told rests on them;
comments don't. Ratings that weren't handed in are deleted.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import delete, select, update

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.panel.models import PanelRater, PanelRating

HELD: Final = {"answers": Held({"panel_raters", "panel_ratings"}, ("panel_seats", "panel_ratings"))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {"key_panels": "Which scenes are rated and until when; raters have a table of their own."}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's seats and ratings, without which scenes those were: some are kept for finals."""
    seats = select(PanelRater).where(PanelRater.user_id == user_id).order_by(PanelRater.appointed_at)
    ratings = (
        select(PanelRating)
        .join(PanelRater, PanelRater.id == PanelRating.rater_id)
        .where(PanelRater.user_id == user_id)
        .order_by(PanelRating.rater_id, PanelRating.position)
    )
    return {
        "panel_seats": tell_all(seats, "number", "appointed_at", "revoked_at", "finished_at"),
        "panel_ratings": tell_all(ratings, "position", "verdict", "confidence", "comment"),
    }


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Take name and comments off what was handed in, and delete the rest."""
    own = select(PanelRater.id).where(PanelRater.user_id == user_id)
    unfinished = own.where(PanelRater.finished_at.is_(None))
    for statement in (
        delete(PanelRating).where(PanelRating.rater_id.in_(unfinished)),
        delete(PanelRater).where(PanelRater.user_id == user_id, PanelRater.finished_at.is_(None)),
        update(PanelRating).where(PanelRating.rater_id.in_(own)).values(comment=None),
        update(PanelRater).where(PanelRater.user_id == user_id).values(user_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))

"""What trials tell of a person, and how they forget one. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import delete, select

from trainer.core.db import db
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.study.models import TrialPerson

HELD: Final = {"answers": Held({"trial_people"}, ("studies",))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "trial_protocols": "What a trial is to do.",
    "trials": "A trial of a firm or a class: its course, its days, and whom people can ask, as was written there.",
}
"""Tables that say nothing of a person by themselves, and why."""
KEPT: Final = dt.timedelta(days=3 * 365)
"""Three years: long enough to check a result that was published."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the studies that a person took part in, with what fell to them."""
    taking = select(TrialPerson).where(TrialPerson.user_id == user_id).order_by(TrialPerson.agreed_at)
    return {"studies": tell_all(taking, "agreed_at", "arm", "withdrew_at", "mailed_at")}


def forget_person(user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Delete that a person took part; no later export or figure has their answers."""
    db.session.execute(delete(TrialPerson).where(TrialPerson.user_id == user_id))


def forget_people(now: dt.datetime) -> None:
    """Delete who took part, three years after they agreed."""
    db.session.execute(delete(TrialPerson).where(TrialPerson.agreed_at < now - KEPT))

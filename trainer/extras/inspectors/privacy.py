"""What links for inspectors tell of a person, and what is forgotten. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select

from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.inspectors.models import InspectorLink

HELD: Final = {"work": Held({"inspector_links"}, ("inspector_links",))}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the links that a person made for inspectors, without for whom."""
    links = select(InspectorLink).where(InspectorLink.created_by_id == user_id).order_by(InspectorLink.created_at)
    return {"inspector_links": tell_all(links, "created_at", "expires_at", "revoked_at")}


def forget_person(_user_id: uuid.UUID, _now: dt.datetime) -> None:
    """Keep the links that a person made: they are the firm's, rest from now on, and run out on their own."""

"""Classes of Acme Security that take notes."""

from __future__ import annotations

from sqlalchemy import select

from tests.instructing.conftest import Room
from tests.instructing.conftest import acme as acme
from trainer.core.db import db
from trainer.extras.notes.models import ClassNote


def notes(room: Room) -> list[ClassNote]:
    """Return all notes that were handed in, the earliest first."""
    with room.app.app_context():
        return list(db.session.scalars(select(ClassNote).order_by(ClassNote.handed_in_at)))

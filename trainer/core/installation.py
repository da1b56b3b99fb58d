"""The installation: one row that identifies a backup as its own, on any machine."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Final

from sqlalchemy import BigInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db

LIST_NUMBERS: Final = 1 << 40
"""How many numbers there are for status lists: enough that no number is ever drawn twice."""


class Installation(Base):
    """The identity of this database since it was created: a copy restored elsewhere has the same."""

    __tablename__ = "installations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[dt.datetime]
    status_list: Mapped[int] = mapped_column(BigInteger)
    """The status list in which badges get their places; another one after each restore, since nobody knows which
    places were given out between backup and restore."""


def get_installation() -> Installation:
    """Return the row that this database has."""
    return db.session.scalars(select(Installation)).one()


def draw_list_number() -> int:
    """Return a number for a new status list."""
    return 1 + secrets.randbelow(LIST_NUMBERS)

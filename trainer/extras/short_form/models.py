"""The record KeptShortForm."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base


class KeptShortForm(Base):
    """One person's answers to the short form, kept because they said yes. Nothing tells whose, or the time of day."""

    __tablename__ = "kept_short_forms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Made by chance when the form was begun, so that a form that is sent twice is kept once."""
    version: Mapped[str] = mapped_column(String(12), index=True)
    verdicts: Mapped[list[str]]
    """In the order of the scenes of that version."""
    confidences: Mapped[list[str]]
    kept_on: Mapped[dt.date]

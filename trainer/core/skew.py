"""Check that this machine's clock agrees with the database's: leases and due days of several machines depend on it."""

from __future__ import annotations

from typing import Final

from click import ClickException
from sqlalchemy.exc import SQLAlchemyError

from trainer.core.db import db
from trainer.core.failures import reason_of
from trainer.core.processes import measure_clock

MOST_SECONDS: Final = 30
"""How far a clock may be off. The shortest lease lasts two minutes."""


class ClockRefused(ClickException):
    """This machine's clock is wrong, or the database's is."""


def check_clock() -> None:
    """Raise ClockRefused if other machines' leases would seem to have ended, or ours to last indefinitely."""
    try:
        seconds, _instant = measure_clock()
    except SQLAlchemyError as error:
        raise ClockRefused(f"The database can't be reached or read: {reason_of(error)}") from None
    finally:
        db.session.rollback()
    if abs(seconds) > MOST_SECONDS:
        way = "ahead of" if seconds > 0 else "behind"
        raise ClockRefused(
            f"This machine's clock is {abs(round(seconds))} seconds {way} the database's. Synchronize both (NTP)."
        )

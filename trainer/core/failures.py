"""What an error of the database means, and its own words."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_UNDONE = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization that failed and for a deadlock."""


def is_outage(error: BaseException) -> bool:
    """Return whether the database can't be reached just now, rather than refuses what it was given."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def was_undone(error: DBAPIError) -> bool:
    """Return whether the database rolled back a transaction because of another one, so that it may be repeated."""
    return getattr(error.orig, "sqlstate", None) in _UNDONE


def reason_of(error: SQLAlchemyError) -> str:
    """Return the database's own first line, without statement and address: that may hold a password."""
    own = error.orig if isinstance(error, DBAPIError) else error
    return (str(own).strip().splitlines() or [type(own).__name__])[0]

"""Reading from a replica of the database what takes long, where there is one that has all that the primary has.

A replica is behind by nature. So each piece of work first asks the primary how far its log has come, and waits a moment
until the replica has replayed as much: whoever has just changed something finds it in an export. If the replica is
further behind, or away, the primary is read.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trainer.core.db import REPLICA, ReplicaReading, db, may_read_elsewhere, reading_from

T = TypeVar("T")

PATIENCE: Final = 2.0
"""Seconds that a piece of work waits until the replica has all that the primary had."""
REST: Final = 30.0
"""Seconds for which a replica that was no help isn't asked again: waiting each time would make everything slower."""
SAID_EVERY: Final = 60.0  # seconds
_PAUSE: Final = 0.02  # seconds between two looks at the replica
_NUDGED_AFTER: Final = 0.1  # seconds
OPTIONS: Final = {
    "hide_parameters": True,
    "isolation_level": "READ COMMITTED",  # else the wait would go on seeing what was there when it began
    "pool_pre_ping": True,
    "pool_use_lifo": True,
    "pool_size": 1,
    "max_overflow": 2,
    "pool_timeout": PATIENCE,
    "connect_args": {
        # Seconds: a replica whose machine or network is gone is noticed soon, also while it calculates.
        "connect_timeout": 2,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    },
}
"""What the replica's engine is made with: few connections, since long work is done one piece after another."""

# Without waiting for the disk, commits can be seen before they are in the part of the log that was flushed. Servers
# are told apart by cluster and timeline: a replica left over from another primary may have gone further on its own way.
_PRIMARY: Final = text(
    "SELECT CAST(own.lsn AS text), CAST(system_identifier AS text) || ' ' || left(pg_walfile_name(own.lsn), 8) "
    "FROM pg_control_system(), (SELECT CASE current_setting('synchronous_commit') "
    "WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END AS lsn) AS own"
)
_REPLICA: Final = text(
    "SELECT pg_is_in_recovery(), "
    "CAST(system_identifier AS text) || ' ' || upper(lpad(to_hex(timeline_id), 8, '0')), "
    "CAST(:position AS pg_lsn) - coalesce(pg_last_wal_replay_lsn(), '0/0'), "
    "extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) "
    "FROM pg_control_system(), pg_control_checkpoint()"
)
# Where little is written, the primary's log may be flushed up to the end of a page, in the middle of a record, and stay
# like that for seconds. A replica can't replay half a record. With the end of a transaction that has a number, all of
# the log up to there is flushed.
_NUDGE: Final = text("SELECT pg_current_xact_id()")
_log = logging.getLogger(__name__)


class LogPosition(NamedTuple):
    """How far the primary's log has come, and whose log it is."""

    position: str
    line: str


class ReplicaLag(NamedTuple):
    """How a replica stands to a point of the primary's log."""

    is_standby: bool
    """False for a server that was promoted, or never followed another."""
    is_ours: bool
    """Whether it follows this primary."""
    bytes_behind: int
    seconds_behind: float
    """Since when the last change was made that it has; 0 if it has all of them."""

    @property
    def has_all(self) -> bool:
        """Return whether everything that the primary had by then can be read there."""
        return self.is_standby and self.is_ours and not self.bytes_behind


@dataclass
class Replica:
    """The replica as this process knows it."""

    engine: Engine
    _rests_until: float = field(default=0.0, init=False)
    _said_at: float = field(default=float("-inf"), init=False)
    _unsaid: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def is_awake(self) -> bool:
        """Return whether it's worth asking."""
        return time.monotonic() >= self._rests_until

    def let_rest(self, why: str) -> None:
        """Ask it no more for a while, and log why; once a minute, so that an outage doesn't fill the log."""
        instant = time.monotonic()
        with self._lock:
            self._rests_until = instant + REST
            more, is_quiet = self._unsaid, instant < self._said_at + SAID_EVERY
            self._unsaid = more + 1 if is_quiet else 0
            self._said_at = self._said_at if is_quiet else instant
        if not is_quiet:
            _log.warning("the replica %s; the primary is read. Since this was last said: %s more times", why, more)


def init_replica(app: Flask) -> None:
    """Remember the replica of an app whose settings name one. Its database must be set up."""
    with app.app_context():
        engine = db.engines.get(REPLICA)
    if engine is not None:
        app.extensions["replica"] = Replica(engine)


def read_from_replica(call: Callable[[], T]) -> T:
    """Run a function that only reads, on the replica's data if there is a replica with all that there is now.

    Otherwise it reads from the primary. If the replica fails halfway, the function is called once more, on the primary.
    So all that it reads has to be read when it returns: a generator that is left to others reads from the primary, or
    fails if it has begun.
    """
    replica: Replica | None = current_app.extensions.get("replica")
    if replica is None or not replica.is_awake() or not may_read_elsewhere():
        return call()
    place: ReplicaReading | None = None
    try:
        point = _ask_primary()
        with reading_from(replica.engine) as place:
            standing = _wait_for(point, PATIENCE)
            if standing.has_all:
                return call()
        replica.let_rest(_describe(standing))
    except (DBAPIError, PoolTimeout) as error:
        if place is not None and place.has_written:
            raise  # it would be written twice
        replica.let_rest(f"failed: {_kind_of(error)}")
    return call()


def look_at_replica(patience: float | None = None) -> ReplicaLag | None:
    """Return how the replica stands, once it has all that the primary has or so many seconds, usually `PATIENCE`, are
    over.

    None: there is no replica. Raises SQLAlchemyError for a server that can't be asked.
    """
    replica: Replica | None = current_app.extensions.get("replica")
    if replica is None:
        return None
    point = _ask_primary()
    with reading_from(replica.engine):
        return _wait_for(point, PATIENCE if patience is None else patience)


def _ask_primary() -> LogPosition:
    with _alone() as connection:
        return LogPosition(*connection.execute(_PRIMARY).one())


def _alone() -> Connection:
    """Return a connection to the primary on which nothing stays open: not for as long as someone reads elsewhere."""
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _wait_for(point: LogPosition, patience: float) -> ReplicaLag:
    began, is_nudged = time.monotonic(), False
    while True:
        standing, waited = _ask_replica(point), time.monotonic() - began
        can_catch_up = standing.is_standby and standing.is_ours and standing.bytes_behind > 0
        if not can_catch_up or waited >= patience:
            return standing
        if not is_nudged and waited >= _NUDGED_AFTER:
            is_nudged = True
            with _alone() as connection:
                connection.execute(_NUDGE)
        time.sleep(_PAUSE)


def _ask_replica(point: LogPosition) -> ReplicaLag:
    is_standby, line, missing, age = db.session.execute(_REPLICA, {"position": point.position}).one()
    behind = max(0, int(missing))
    return ReplicaLag(is_standby, line == point.line, behind, float(age or 0) if behind else 0.0)


def _describe(standing: ReplicaLag) -> str:
    if not standing.is_standby:
        return "isn't a standby"
    if not standing.is_ours:
        return "doesn't follow this primary"
    return f"is {standing.bytes_behind} bytes behind"


def _kind_of(error: DBAPIError | PoolTimeout) -> str:
    """Return what kind of error it is, but not its text, which may hold a value."""
    own = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(filter(None, (type(own).__name__, getattr(own, "sqlstate", None))))

"""Counts of what is limited, in the database: shared by all processes, kept over a restart, forgotten when they end.

A count has no name but a keyed digest (`web.limits` makes it), and is written only when something is counted.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from limits.storage import Storage
from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from trainer.core.clock import now
from trainer.core.db import Base, db


class LimitCount(Base):
    """How often something happened between two moments."""

    __tablename__ = "limit_counts"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[dt.datetime] = mapped_column(index=True)


class DatabaseStorage(Storage):
    """Counts in our own database, in the interface of `limits`, which also has one for Redis. Never commits."""

    STORAGE_SCHEME = ["database"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        instant = now()
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        is_over = LimitCount.ends_at <= instant
        fresh: dict[str, Any] = {"key": key, "count": amount, "ends_at": instant + dt.timedelta(seconds=expiry)}
        count = db.session.scalar(
            insert(LimitCount)
            .values(fresh)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "count": case((is_over, amount), else_=LimitCount.count + amount),
                    "ends_at": case((is_over, fresh["ends_at"]), else_=LimitCount.ends_at),
                },
            )
            .returning(LimitCount.count)
        )
        assert count is not None
        return int(count)

    def get(self, key: str) -> int:
        query = select(LimitCount.count).where(LimitCount.key == key, LimitCount.ends_at > now())
        return int(db.session.scalar(query) or 0)

    def get_expiry(self, key: str) -> float:
        ends_at = db.session.scalar(select(LimitCount.ends_at).where(LimitCount.key == key))
        return (ends_at or now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return _gone(delete(LimitCount))

    def clear(self, key: str) -> None:
        _gone(delete(LimitCount).where(LimitCount.key == key))


def forget_counts(now: dt.datetime) -> int:
    """Delete counts that have ended; return how many."""
    return _gone(delete(LimitCount).where(LimitCount.ends_at <= now))


def _gone(statement: Any) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]

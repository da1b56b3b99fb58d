"""Versions of the content that were put into service, for all machines that share this database.

Each process looks for a newer one every second. The newest row has the files themselves, so that a machine whose own
folder is older, or half copied, serves what all others serve.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base, db, read


class ContentRelease(Base):
    """One version of the content that was put into service."""

    __tablename__ = "content_releases"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    released_at: Mapped[dt.datetime]
    archive: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The files of the folder; of the newest release alone."""
    built: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was made of them, sealed with the installation's key, so that no other process has to make it again."""
    built_by: Mapped[str] = mapped_column(String(64))
    """The code that built it, and that alone can read it."""


_NEWEST = select(func.max(ContentRelease.number))


def find_newest_number() -> int | None:
    """Return the number of the newest release, or None if nothing was ever released."""
    (row,) = read(_NEWEST, {})
    return None if row[0] is None else int(row[0])


def find_newest() -> ContentRelease | None:
    """Return the newest release, or None if nothing was ever released."""
    return db.session.scalar(select(ContentRelease).order_by(ContentRelease.number.desc()).limit(1))


def was_released(digest: str) -> bool:
    """Return whether this very content was ever released."""
    return db.session.scalar(select(ContentRelease.number).where(ContentRelease.digest == digest).limit(1)) is not None


def add_release(digest: str, archive: bytes, built: bytes, built_by: str, now: dt.datetime) -> int:
    """Put a version into service; return its number. Only the newest keeps its files."""
    release = ContentRelease(digest=digest, archive=archive, built=built, built_by=built_by, released_at=now)
    db.session.add(release)
    db.session.flush()
    older = update(ContentRelease).where(ContentRelease.number < release.number, ContentRelease.archive.is_not(None))
    db.session.execute(older.values(archive=None, built=None).execution_options(synchronize_session=False))
    return release.number


def keep_built(number: int, built: bytes, built_by: str) -> None:
    """Keep what other code made of a release."""
    db.session.execute(
        update(ContentRelease)
        .where(ContentRelease.number == number, ContentRelease.archive.is_not(None))
        .values(built=built, built_by=built_by)
        .execution_options(synchronize_session=False)
    )

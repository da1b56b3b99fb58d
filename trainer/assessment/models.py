"""Records of attempts, answers, counts, mails: Attempt, Response, ItemSnapshot, ItemCount, LeakCount, SiteFigures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainer.core.db import Base

LONGEST_REASON = 200


class ItemSnapshot(Base):
    """An item as it was when it was first used with this digest: enough to score and show it forever."""

    __tablename__ = "item_snapshots"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    item: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    canceled_at: Mapped[dt.datetime | None]
    """When its key was found to be wrong: nobody fails a final because of it anymore."""


class Attempt(Base):
    """One sitting of a first try, a pretest, practice, a shift, a rare shift, a final or a check-in."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "kind", "round", "number"),
        # The limit of tries holds here, whatever runs in parallel.
        CheckConstraint(
            "round >= 1 AND number >= 1 AND (tries IS NULL OR number <= tries)", name="number_within_tries"
        ),
        Index(
            "ux_attempts_one_open",
            "enrollment_id",
            "kind",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        # A person takes it once ever, in whatever course and tab.
        Index(
            "ux_attempts_one_pretest",
            "user_id",
            unique=True,
            sqlite_where=text("kind = 'pretest'"),
            postgresql_where=text("kind = 'pretest'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"))
    kind: Mapped[str] = mapped_column(String(10))
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of finals: after all tries of one round are used, the next one opens a while later."""
    number: Mapped[int]
    """Within the round; above 100 once a final is canceled, so that its number is free for another try."""
    tries: Mapped[int | None]
    course: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10), default="en", server_default="en")
    """In which it was begun."""
    rule: Mapped[dict[str, Any]]
    """How a final decides, as `deciding.FinalRule` was at the start; of a pretest its form; of a check-in its day; of a
    practice shift its name; and whether verdicts come first (`attempt_policies.VERDICT_FIRST`)."""
    scenes: Mapped[int]
    """How many were drawn so far: a final that is close goes on to further ones. None of a pretest that was skipped."""
    handed_in: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many scenes of a final were handed in before those of the stage under way."""
    started_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    is_passed: Mapped[bool | None]
    canceled_at: Mapped[dt.datetime | None]
    """When a final that was failed because of a scene with a wrong key stopped counting as a try."""
    tally: Mapped[dict[str, Any] | None]
    """Counts at submission, as `rules.Tally` names them, or `rules.Points`, or as an extra does."""
    handover: Mapped[dict[str, Any] | None]
    """What someone wrote at the end of a practice shift, as the extra with handovers names it."""
    lessons_to_read: Mapped[list[str] | None]
    """After a failed final: the lessons to read again."""


_WAITING = text("granted_at IS NULL")


class RoundRequest(Base):
    """A learner who used all tries asks for the next round of a final before it opens automatically."""

    __tablename__ = "round_requests"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "round"),
        Index("ix_round_requests_waiting", "asked_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    course: Mapped[str] = mapped_column(String(60))
    round: Mapped[int]
    asked_at: Mapped[dt.datetime]
    granted_at: Mapped[dt.datetime | None]
    granted_by_id: Mapped[uuid.UUID | None]
    """As in the audit log, an id without a foreign key."""
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Response(Base):
    """What was given for one item; made empty when the item is drawn."""

    __tablename__ = "responses"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_digest: Mapped[str] = mapped_column(ForeignKey("item_snapshots.digest"), index=True)
    item: Mapped[str] = mapped_column(String(80))
    action_order: Mapped[list[str]]
    """Options, of a scene those for the first action, in the order this learner sees them."""
    given: Mapped[dict[str, Any] | None]
    """{"verdict", "confidence", "action"}, each may be missing until it is given; "action" is null while the verdict is
    recorded and the first step isn't chosen yet. In a practice shift also "line", of the learner's log; of a further
    question {"chosen"}."""
    version: Mapped[int] = mapped_column(default=0)
    """Counts saves; a tab that shows an older one is refused."""
    saved_at: Mapped[dt.datetime | None]
    recorded_at: Mapped[dt.datetime | None]
    """Practice: when the learner asked for the answer. It can't be changed after that."""
    seconds: Mapped[float | None]
    """How long the item was read before its verdict was recorded, as the page says, at most what the clock here allows;
    None of answers given before this was kept."""

    snapshot: Mapped[ItemSnapshot] = relationship(lazy="raise")


class CheckInMail(Base):
    """Someone who asked for mail on the days of their check-ins."""

    __tablename__ = "check_in_mails"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    asked_at: Mapped[dt.datetime]
    look_on: Mapped[dt.date] = mapped_column(index=True)
    """The day of their next check-in; without one, a day on which to look again."""


class RenewalMail(Base):
    """Someone asked for one mail on the day from which a certificate can be renewed."""

    __tablename__ = "renewal_mails"

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollments.id"), primary_key=True)
    """The enrollment that the certificate completed."""
    asked_at: Mapped[dt.datetime]
    ordered_at: Mapped[dt.datetime | None]
    """When it was ordered; there is no second one."""


class ItemCount(Base):
    """What many people said of a scene as it was drawn, in one course, kind of sitting and language: counts, and
    nobody's answer.

    The worker counts again each hour; a page of figures doesn't look at answers. Of each person only the first answer
    to a scene counts, so rows can be added up.
    """

    __tablename__ = "item_counts"

    course: Mapped[str] = mapped_column(String(60), primary_key=True)
    sitting: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`rules.Sitting`."""
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    item_digest: Mapped[str] = mapped_column(ForeignKey("item_snapshots.digest"), primary_key=True, index=True)
    drawn: Mapped[int]
    answers: Mapped[dict[str, Any]]
    """Of first answers: "verdict/first action" → [whether that is right, number, how many of them by people who judged
    other scenes of its truth in this kind of sitting, the sum of what share of those is right, the sum of the shares'
    squares]."""
    seconds: Mapped[dict[str, Any]]
    """Of first answers: whole seconds until the verdict → number."""
    months: Mapped[dict[str, Any]]
    """Of first answers: "2026-11" → [right, number]."""
    first_finals: Mapped[int]
    """In the first stage of how many people's first finals it was drawn."""
    of_first_finals: Mapped[int]
    """How many first finals of this course, in any language, there were in all."""
    counted_at: Mapped[dt.datetime]


class LeakCount(Base):
    """Whether people judge a pair of scenes better in finals once a colleague has met it: sums, and nobody's answer.

    The worker counts again each day. `measures.leaks` says what the sums are.
    """

    __tablename__ = "leak_counts"

    pair: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Empty: all of them."""
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    """In which a final was begun, "2026-11". Empty: all months."""
    people: Mapped[int]
    """Who had something to compare."""
    met: Mapped[int]
    """How many of their scenes a colleague had met before."""
    gains: Mapped[float]
    losses: Mapped[float]
    gains_squared: Mapped[float]
    products: Mapped[float]
    losses_squared: Mapped[float]
    counted_at: Mapped[dt.datetime]


class SiteFigures(Base):
    """What all people of this site show together: estimates from many people's counts, and nobody's answer. One row."""

    __tablename__ = "site_figures"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[dt.datetime]
    figures: Mapped[dict[str, Any]]
    """`site_figures.Everyone` as JSON."""

"""Remarks about scenes and lessons: writing one, reading and forgetting them. Part of the operations; never commits.

A remark is tied to the scene as it was seen, or to the lesson, and to nobody: no account, no session, no time of day.
Someone may write from a place where being found out is dangerous.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select

from trainer.assessment.models import ItemSnapshot
from trainer.content.library import Content, Scenario
from trainer.core.audit import note
from trainer.core.db import db, insert_missing
from trainer.core.errors import NotFound
from trainer.extras.remarks.models import Remark
from trainer.items.judge.payload import payload_of

KEPT: Final = dt.timedelta(days=730)
"""Two years: by then the text was corrected, or nobody will."""


class RemarkKind(StrEnum):
    """What seems to be wrong."""

    KEY = "key"
    FACT = "fact"
    WORDING = "wording"
    OTHER = "other"


class RemarkState(StrEnum):
    """What became of a remark."""

    NEW = "new"
    READ = "read"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A remark with the scene, question or lesson that it is about; only a lesson has no digest."""

    id: uuid.UUID
    item: str
    digest: str | None
    kind: RemarkKind
    text: str | None
    written_on: dt.date
    state: RemarkState


def find_title(content: Content, about: str) -> str | None:
    """Return the title of a scene or question as it was drawn (its digest), or of a lesson; None if there is none."""
    course, is_lesson, lesson = about.partition("/")
    if is_lesson:
        whole = content.courses.get(course)
        read = whole and (whole.lesson(lesson) or whole.short.lesson(lesson))
        return read.file.title if read else None
    kept = db.session.get(ItemSnapshot, about)
    if kept is not None:
        return str(kept.payload["title"])
    shown = _shown(content, about)
    return shown.file.title if shown else None


def write_remark(content: Content, about: str, kind: RemarkKind, text: str, today: dt.date) -> None:
    """Keep a remark about a scene as it was seen, or a lesson. Raises NotFound if there is no such thing."""
    if find_title(content, about) is None:
        raise NotFound
    remark = Remark(kind=kind, text=text or None, written_on=today, state=RemarkState.NEW.value)
    if "/" in about:
        remark.lesson = about
    else:
        remark.item_digest = about
        scene = _shown(content, about)
        if scene is not None:
            first_seen = dt.datetime.combine(today, dt.time(), dt.UTC)
            kept = {"item": scene.id, "payload": payload_of(scene).kept(), "created_at": first_seen}
            insert_missing(ItemSnapshot, [{"digest": about, **kept}])
    db.session.add(remark)
    db.session.flush()


def _shown(content: Content, digest: str) -> Scenario | None:
    """Return the scene as it is now: the first try leaves no row, so what it showed may not have been kept yet."""
    return next((scene for scene in content.scenarios.values() if scene.digest == digest), None)


def list_remarks(*, scene: str | None = None, of_lessons: bool = False, open_only: bool = False) -> list[RemarkLine]:
    """Return remarks, the newest day first: all, those about a scene and the questions about it, or about lessons."""
    query = select(Remark, ItemSnapshot.item).outerjoin(ItemSnapshot, ItemSnapshot.digest == Remark.item_digest)
    if scene is not None:
        query = query.where((ItemSnapshot.item == scene) | ItemSnapshot.item.startswith(f"{scene}/", autoescape=True))
    if of_lessons:
        query = query.where(Remark.lesson.is_not(None))
    if open_only:
        query = query.where(Remark.state != RemarkState.ANSWERED)
    rows = db.session.execute(query.order_by(Remark.written_on.desc(), Remark.id))
    return [
        RemarkLine(
            remark.id,
            str(item or remark.lesson),
            remark.item_digest,
            RemarkKind(remark.kind),
            remark.text,
            remark.written_on,
            RemarkState(remark.state),
        )
        for remark, item in rows
    ]


def count_remarks() -> dict[str, int]:
    """Return how many remarks wait to be answered, by scene; those about its questions count for the scene."""
    rows = db.session.execute(
        select(ItemSnapshot.item, func.count())
        .join(Remark, Remark.item_digest == ItemSnapshot.digest)
        .where(Remark.state != RemarkState.ANSWERED)
        .group_by(ItemSnapshot.item)
    )
    counts: dict[str, int] = {}
    for item, number in rows:
        scene = item.partition("/")[0]
        counts[scene] = counts.get(scene, 0) + number
    return counts


def mark_remark(remark_id: uuid.UUID, state: RemarkState, actor_id: uuid.UUID | None, now: dt.datetime) -> str:
    """Set what became of a remark, and record who did; return the scene or lesson. Raises NotFound."""
    row = db.session.execute(
        select(Remark, ItemSnapshot.item)
        .outerjoin(ItemSnapshot, ItemSnapshot.digest == Remark.item_digest)
        .where(Remark.id == remark_id)
    ).first()
    if row is None:
        raise NotFound
    remark, item = row
    scene = item and str(item).partition("/")[0]
    if remark.state != state:
        remark.state = state.value
        note(f"remark.{state}", now, actor_id=actor_id, subject_id=remark_id, scene=scene, lesson=remark.lesson)
    return str(scene or remark.lesson)


def forget_remarks(now: dt.datetime) -> None:
    """Delete what is older than two years."""
    db.session.execute(delete(Remark).where(Remark.written_on < now.date() - KEPT))

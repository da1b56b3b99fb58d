"""Counting what many people said of each scene, a portion of people at a time. Never commits.

An answer counts once it can't be changed anymore, and of each person only the first one to a scene, in whatever
version: whoever answers again may know the key. What is kept are sums, so that no count holds anybody's answer.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, delete, func, or_, select

from trainer.assessment.attempt_policies import POLICIES
from trainer.assessment.models import Attempt, ItemCount, ItemSnapshot, Response
from trainer.assessment.rules import Kind, Sitting
from trainer.content.subject import Truth
from trainer.core.db import db, insert_missing
from trainer.items.judge.model import VERDICT_AND_SURENESS
from trainer.items.registry import read_scene
from trainer.learning.queries import first_readings

PORTION: Final = 500
"""People."""
LONGEST: Final = 600
"""Seconds; whoever takes longer did something else meanwhile."""
_SITTINGS: Final = {
    Kind.FIRST_TRY: Sitting.UNTRAINED,
    Kind.PRETEST: Sitting.UNTRAINED,
    Kind.PRACTICE: Sitting.PRACTICE,
    Kind.SHIFT: Sitting.PRACTICE,
    Kind.FINAL: Sitting.FINAL,
    Kind.CHECK_IN: Sitting.CHECK_IN,
    Kind.FOLLOW_UP: Sitting.CHECK_IN,
}
_NO_ANSWER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


class Cell(NamedTuple):
    """Where something is counted."""

    digest: str
    course: str
    sitting: Sitting
    language: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A scene that was drawn for someone, with the answer where one counts: a whole one that can't be changed."""

    user_id: uuid.UUID
    item: str
    cell: Cell
    verdict: str | None
    action: str
    """Empty where none was asked for."""
    seconds: float | None
    saved_at: dt.datetime
    begun_at: dt.datetime
    """When the attempt was."""
    is_first_stage: bool = False
    """Of a final: it was drawn when that was begun."""

    @property
    def digest(self) -> str:
        """The digest of the scene as it was drawn."""
        return self.cell.digest


@dataclass(frozen=True, slots=True)
class VerdictMark:
    """What a verdict and a first action come to in a scene."""

    truth: Truth
    is_right: bool


Marking = Callable[[Shown], VerdictMark]


@dataclass(slots=True)
class CellSums:
    """Sums of one cell, as `ItemCount` has them."""

    drawn: int = 0
    answers: dict[str, list[float]] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)
    months: dict[str, list[int]] = field(default_factory=dict)
    first_finals: int = 0

    def add(self, shown: Shown, *, is_right: bool, share: float | None) -> None:
        """Count a first answer. `share`: of the other scenes of its truth, what this person judged right."""
        sums = self.answers.setdefault(f"{shown.verdict}/{shown.action}", [is_right, 0, 0, 0.0, 0.0])
        sums[1] += 1
        if share is not None:
            sums[2] += 1
            sums[3] += share
            sums[4] += share * share
        if shown.seconds is not None:
            self.seconds[str(min(round(shown.seconds), LONGEST))] += 1
        month = self.months.setdefault(f"{shown.saved_at:%Y-%m}", [0, 0])
        month[0] += is_right
        month[1] += 1


@dataclass(slots=True)
class AnswerSums:
    """Sums by cell, and how many people took a final of each course."""

    cells: dict[Cell, CellSums] = field(default_factory=lambda: defaultdict(CellSums))
    first_finals: Counter[str] = field(default_factory=Counter)

    def add(self, shown: Sequence[Shown], marking: Marking) -> None:
        """Count what one person was shown and said."""
        for scene in shown:
            self.cells[scene.cell].drawn += 1
        self._add_first_final([scene for scene in shown if scene.cell.sitting is Sitting.FINAL])
        first: dict[str, Shown] = {}
        for scene in sorted(shown, key=attrgetter("saved_at")):
            if scene.verdict is not None:
                first.setdefault(scene.item, scene)
        marked = [(scene, marking(scene)) for scene in first.values()]
        number = Counter((scene.cell.sitting, mark.truth) for scene, mark in marked)
        right = Counter((scene.cell.sitting, mark.truth) for scene, mark in marked if mark.is_right)
        for scene, mark in marked:
            alike = (scene.cell.sitting, mark.truth)
            others = number[alike] - 1
            share = (right[alike] - mark.is_right) / others if others else None
            self.cells[scene.cell].add(scene, is_right=mark.is_right, share=share)

    def _add_first_final(self, shown: Sequence[Shown]) -> None:
        if not shown:
            return
        begun_at = min(scene.begun_at for scene in shown)
        drawn = [scene for scene in shown if scene.begun_at == begun_at and scene.is_first_stage]
        for scene in drawn:
            self.cells[scene.cell].first_finals += 1
        self.first_finals.update({scene.cell.course for scene in drawn})


def count_portion(counts: AnswerSums, after: uuid.UUID | None) -> uuid.UUID | None:
    """Count the next people after one, and return the last of them; None once there are no more."""
    people = select(Attempt.user_id).distinct().order_by(Attempt.user_id).limit(PORTION)
    ids = db.session.scalars(people.where(Attempt.user_id > after) if after else people).all()
    if not ids:
        return None
    shown = _list_shown(ids)
    mark = marking({scene.digest for scene in shown})
    for _user, group in groupby(shown, key=attrgetter("user_id")):
        counts.add(list(group), mark)
    return ids[-1] if len(ids) == PORTION else None


def write(counts: AnswerSums, now: dt.datetime) -> None:
    """Put these counts in place of those before. Of two workers that do so at once, one is enough."""
    db.session.execute(delete(ItemCount))
    insert_missing(
        ItemCount,
        [
            {
                "item_digest": cell.digest,
                "course": cell.course,
                "sitting": cell.sitting.value,
                "language": cell.language,
                "drawn": sums.drawn,
                "answers": sums.answers,
                "seconds": dict(sums.seconds),
                "months": sums.months,
                "first_finals": sums.first_finals,
                "of_first_finals": counts.first_finals[cell.course],
                "counted_at": now,
            }
            for cell, sums in counts.cells.items()
        ],
    )


def _list_shown(user_ids: Sequence[uuid.UUID]) -> list[Shown]:
    first_stage = func.coalesce(Attempt.rule[("stages", 0, "scenes")].as_integer(), Attempt.scenes)
    rows = db.session.execute(
        select(
            Attempt.user_id,
            Attempt.kind,
            Attempt.course,
            Attempt.language,
            Attempt.started_at,
            Response.item,
            Response.item_digest,
            Response.given,
            Response.seconds,
            Response.saved_at,
            or_(Response.recorded_at.is_not(None), Attempt.submitted_at.is_not(None)).label("is_fixed"),
            (Response.position <= first_stage).label("is_first_stage"),
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.user_id.in_(user_ids), Attempt.kind.in_(_SITTINGS))
        .order_by(Attempt.user_id)
    )
    trained = first_readings(user_ids)
    return [_shown(row, trained.get(row.user_id)) for row in rows]


def _shown(row: Row[Any], trained_at: dt.datetime | None) -> Shown:
    kind, said = Kind(row.kind), row.given or {}
    sitting = _SITTINGS[kind]
    asks = VERDICT_AND_SURENESS if sitting is Sitting.CHECK_IN else POLICIES[kind].asks  # not all ask for more
    counts = row.is_fixed and all(said.get(part) for part in asks)
    if sitting is Sitting.UNTRAINED and trained_at is not None and trained_at <= row.started_at:
        sitting = Sitting.PRACTICE
    return Shown(
        row.user_id,
        row.item,
        Cell(row.item_digest, row.course, sitting, row.language),
        said["verdict"] if counts else None,
        said.get("action") or "",
        row.seconds,
        row.saved_at or _NO_ANSWER,
        row.started_at,
        row.is_first_stage,
    )


def marking(digests: Iterable[str]) -> Marking:
    """Return what marks answers to these scenes: by the same code as a result, each different answer once."""
    kept = select(ItemSnapshot.digest, ItemSnapshot.payload).where(ItemSnapshot.digest.in_(digests))
    scenes = {digest: read_scene(payload) for digest, payload in db.session.execute(kept)}
    known: dict[tuple[str, str | None, str], VerdictMark] = {}

    def mark(asked: Shown) -> VerdictMark:
        key = (asked.digest, asked.verdict, asked.action)
        if key not in known:
            scene = scenes[asked.digest]
            # Which lines of the rule mean danger now makes no difference to whether a verdict is right.
            outcome = scene.judge({"verdict": asked.verdict, "action": asked.action}, ()).outcome
            known[key] = VerdictMark(scene.truth, outcome is not None and outcome.is_right)
        return known[key]

    return mark

"""Counting what many people said of each scene, a portion of people at a time. Never commits.

An answer counts once it can't be changed anymore, and of each person only the first one to a scene, in whatever
version: whoever answers again may know the key. What is kept are sums, so that no count holds anybody's answer.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import delete, or_, select

from trainer.assessment.attempt_policies import POLICIES
from trainer.assessment.models import Attempt, ItemCount, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.subject import Truth
from trainer.core.db import db, insert_missing
from trainer.items.registry import read_scene

PORTION: Final = 500
"""People."""
ALL_COURSES: Final = ""
_KINDS: Final = [kind.value for kind, policy in POLICIES.items() if policy.asks_scenes]
_NO_ANSWER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A scene that was drawn for someone, with the answer where one counts: a whole one that can't be changed."""

    user_id: uuid.UUID
    item: str
    digest: str
    course: str
    verdict: str | None
    action: str
    """Empty where none was asked for."""
    saved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class VerdictMark:
    """What a verdict and a first action come to in a scene."""

    truth: Truth
    is_right: bool


Marking = Callable[[Shown], VerdictMark]


@dataclass(slots=True)
class AnswerSums:
    """Sums by (digest of a scene, course), with all courses together under an empty name."""

    drawn: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: dict[tuple[str, str], dict[str, list[float]]] = field(default_factory=dict)

    def add(self, shown: Sequence[Shown], marking: Marking) -> None:
        """Count what one person was shown and said."""
        where = [key for asked in shown for key in ((asked.digest, asked.course), (asked.digest, ALL_COURSES))]
        self.drawn.update(where)
        self.people.update(set(where))
        first: dict[str, Shown] = {}
        for scene in sorted(shown, key=attrgetter("saved_at")):
            if scene.verdict is not None:
                first.setdefault(scene.item, scene)
        marked = [(judged, marking(judged)) for judged in first.values()]
        number = Counter(mark.truth for _one, mark in marked)
        right = Counter(mark.truth for _one, mark in marked if mark.is_right)
        for scene, mark in marked:
            others = number[mark.truth] - 1
            share = (right[mark.truth] - mark.is_right) / others if others else None
            for course in (scene.course, ALL_COURSES):
                said = self.answers.setdefault((scene.digest, course), {})
                _add(said.setdefault(f"{scene.verdict}/{scene.action}", [mark.is_right, 0, 0, 0.0, 0.0]), share)


def _add(sums: list[float], share: float | None) -> None:
    sums[1] += 1
    if share is not None:
        sums[2] += 1
        sums[3] += share
        sums[4] += share * share


def count_portion(counts: AnswerSums, after: uuid.UUID | None) -> uuid.UUID | None:
    """Count the next people after one, and return the last of them; None once there are no more."""
    people = select(Attempt.user_id).distinct().order_by(Attempt.user_id).limit(PORTION)
    ids = db.session.scalars(people.where(Attempt.user_id > after) if after else people).all()
    if not ids:
        return None
    shown = _list_shown(ids)
    marking = _marking({scene.digest for scene in shown})
    for _user, group in groupby(shown, key=attrgetter("user_id")):
        counts.add(list(group), marking)
    return ids[-1] if len(ids) == PORTION else None


def write(counts: AnswerSums, now: dt.datetime) -> None:
    """Put these counts in place of those before. Of two workers that do so at once, one is enough."""
    db.session.execute(delete(ItemCount))
    insert_missing(
        ItemCount,
        [
            {
                "item_digest": digest,
                "course": course,
                "drawn": drawn,
                "people": counts.people[digest, course],
                "answers": counts.answers.get((digest, course), {}),
                "counted_at": now,
            }
            for (digest, course), drawn in counts.drawn.items()
        ],
    )


def _list_shown(user_ids: Sequence[uuid.UUID]) -> list[Shown]:
    rows = db.session.execute(
        select(
            Attempt.user_id,
            Response.item,
            Response.item_digest,
            Attempt.course,
            Attempt.kind,
            Response.given,
            Response.saved_at,
            or_(Response.recorded_at.is_not(None), Attempt.submitted_at.is_not(None)),
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.user_id.in_(user_ids), Attempt.kind.in_(_KINDS))
        .order_by(Attempt.user_id)
    )
    return [_shown(*row) for row in rows]


def _shown(
    user_id: uuid.UUID,
    item: str,
    digest: str,
    course: str,
    kind: str,
    given: dict[str, Any] | None,
    saved_at: dt.datetime | None,
    is_fixed: bool,
) -> Shown:
    said = given or {}
    counts = is_fixed and all(said.get(part) for part in POLICIES[Kind(kind)].asks)
    verdict = said["verdict"] if counts else None
    return Shown(user_id, item, digest, course, verdict, said.get("action") or "", saved_at or _NO_ANSWER)


def _marking(digests: Iterable[str]) -> Marking:
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

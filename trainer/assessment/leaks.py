"""Looking for scenes that colleagues tell each other of, a firm at a time. Never commits.

A scene of someone's final is *met* if a final with its pair was handed in, before this one was begun, by someone who is
or was in the same firm. What is kept are sums over people.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row, Select, delete, func, select

from trainer.assessment.counting import Cell, Shown, marking
from trainer.assessment.measures.leaks import Comparison, FinalAnswer, LeakSums, compare
from trainer.assessment.models import Attempt, ItemCount, LeakCount, Response
from trainer.assessment.rules import Kind, Sitting
from trainer.content.library import Content
from trainer.core.db import db, insert_missing
from trainer.organizations.models import Membership, Organization

ALL: Final = ""
"""All pairs, or all months."""
_BANDS: Final = 3
"""Scenes of a truth are compared with those about as many judge right: those in the same third."""
_WAS_FINAL: Final = (Attempt.kind == Kind.FINAL, Attempt.submitted_at.is_not(None))


@dataclass(slots=True)
class LeakTotals:
    """Sums by (pair, month), as `LeakCount` has them."""

    sums: dict[tuple[str, str], LeakSums] = field(default_factory=lambda: defaultdict(LeakSums))

    def add(self, finals: Mapping[str, dict[str, Comparison]]) -> None:
        """Add a person. `finals`: month -> what the finals begun in it come to, by pair."""
        parts: dict[tuple[str, str], Comparison] = defaultdict(Comparison)
        for month, compared in finals.items():
            for pair, part in compared.items():
                for key in ((ALL, ALL), (ALL, month), (pair, ALL)):
                    parts[key].add(part)
        for key, part in parts.items():
            self.sums[key].add(part)


def next_firm(after: uuid.UUID | None) -> uuid.UUID | None:
    """Return the firm to look at after another."""
    query = select(Organization.id).order_by(Organization.id).limit(1)
    return db.session.scalar(query.where(Organization.id > after) if after else query)


def count_firm(firm: uuid.UUID, totals: LeakTotals, content: Content, bands: Mapping[str, int]) -> None:
    """Count what the people of a firm said in finals. `bands`: as `find_bands` returns them."""
    people = select(Membership.user_id).where(Membership.organization_id == firm, Membership.user_id.is_not(None))
    pairs = {scene.id: scene.file.pair for scene in content.scenarios.values() if scene.file.pair}
    met = _first_met(people, pairs)
    rows = _list_answers(people, firm)
    mark = marking({row.item_digest for row in rows})
    for user_id, theirs in groupby(rows, key=attrgetter("user_id")):
        finals: dict[str, dict[str, Comparison]] = {}
        for _attempt, final in groupby(theirs, key=attrgetter("attempt_id")):
            answers, month = [], ""
            for row in final:
                if row.item not in pairs or not (row.given or {}).get("verdict"):
                    continue
                month, pair = f"{row.started_at:%Y-%m}", pairs[row.item] or ""
                marked = mark(_shown(row))
                is_met = any(who != user_id and at < row.started_at for at, who in met.get(pair, ()))
                stratum = (marked.truth, bands.get(row.item, _BANDS // 2))
                answers.append(FinalAnswer(stratum, pair, is_met, marked.is_right))
            for pair, part in compare(answers).items():
                finals.setdefault(month, {}).setdefault(pair, Comparison()).add(part)
        if finals:
            totals.add(finals)


def find_bands(content: Content) -> dict[str, int]:
    """Return in which third of its truth each scene is, by how many judge it right in finals."""
    rows = db.session.execute(
        select(ItemCount.item_digest, ItemCount.answers).where(ItemCount.sitting == Sitting.FINAL)
    )
    scenes = {
        telling.digest: scene
        for scene in content.scenarios.values()
        for telling in (scene, scene.other)
        if telling is not None
    }
    right: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for digest, answers in rows:
        if digest in scenes:
            for sums in answers.values():
                right[scenes[digest].id][0] += sums[1] if sums[0] else 0
                right[scenes[digest].id][1] += sums[1]
    bands: dict[str, int] = {}
    for truth in {scene.file.truth for scene in scenes.values()}:
        of_truth = [name for name in right if content.scenarios[name].file.truth is truth]
        of_truth.sort(key=lambda name: ((right[name][0] + 1) / (right[name][1] + 2), name))
        bands |= {name: _BANDS * place // len(of_truth) for place, name in enumerate(of_truth)}
    return bands


def write(totals: LeakTotals, now: dt.datetime) -> None:
    """Put these sums in place of those before."""
    db.session.execute(delete(LeakCount))
    rows = [
        {"pair": pair, "month": month, **asdict(sums), "counted_at": now} for (pair, month), sums in totals.sums.items()
    ]
    insert_missing(LeakCount, rows)


def read() -> Iterator[tuple[str, str, LeakSums]]:
    """Yield (pair, month, sums), the newest month first."""
    for row in db.session.scalars(select(LeakCount).order_by(LeakCount.month.desc(), LeakCount.pair)):
        yield row.pair, row.month, LeakSums(**{each.name: getattr(row, each.name) for each in fields(LeakSums)})


def find_counted_at() -> dt.datetime | None:
    """Return when it was last counted, or None if there was nothing to count."""
    return db.session.scalar(select(func.max(LeakCount.counted_at)))


def _first_met(people: Select[Any], pairs: Mapping[str, str | None]) -> dict[str, list[tuple[dt.datetime, uuid.UUID]]]:
    """Return who of these people handed in a final with each pair first, and who next: one of them isn't oneself."""
    rows = db.session.execute(
        select(Response.item, Attempt.user_id, func.min(Attempt.submitted_at))
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.user_id.in_(people), *_WAS_FINAL)
        .group_by(Response.item, Attempt.user_id)
    )
    met: dict[str, dict[uuid.UUID, dt.datetime]] = {}
    for item, user_id, at in rows:
        if item in pairs and at is not None:
            who = met.setdefault(pairs[item] or "", {})
            who[user_id] = min(at, who.get(user_id, at))
    return {pair: sorted((at, who) for who, at in first.items())[:2] for pair, first in met.items()}


def _list_answers(people: Select[Any], firm: uuid.UUID) -> Sequence[Row[Any]]:
    """Return what people answered in finals that they began while they were in a firm."""
    return db.session.execute(
        select(
            Attempt.user_id,
            Response.attempt_id,
            Attempt.started_at,
            Response.item,
            Response.item_digest,
            Response.given,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(Membership, Membership.user_id == Attempt.user_id)
        .where(
            Attempt.user_id.in_(people),
            *_WAS_FINAL,
            Membership.organization_id == firm,
            Membership.joined_at <= Attempt.started_at,
            Membership.ended_at.is_(None) | (Membership.ended_at > Attempt.started_at),
        )
        .order_by(Attempt.user_id, Response.attempt_id)
    ).all()


def _shown(row: Row[Any]) -> Shown:
    said, cell = row.given, Cell(row.item_digest, "", Sitting.FINAL, "")
    at = row.started_at
    return Shown(row.user_id, row.item, cell, said["verdict"], said.get("action") or "", None, at, at)

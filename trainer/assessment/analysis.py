"""How scenes work, from what was counted: pages, CSV and the command all read `analyze`.

No person appears, and below 30 answers no figure, only counts. Figures of scenes that are kept for finals are for
authors and administrators; others see open scenes, whose keys everyone reads after answering.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import bindparam, func, select

from trainer.assessment.counting import ALL_COURSES
from trainer.assessment.measures.items import Alike, Average, Flag, ItemFigures, average, examine, find_flags
from trainer.assessment.models import ItemCount, ItemSnapshot
from trainer.content.library import Content, Scenario
from trainer.content.schema import Difficulty, Grade, Pool
from trainer.content.subject import Truth
from trainer.core.db import db
from trainer.core.feature import ask_extra
from trainer.items.judge.model import JudgeItem
from trainer.items.registry import read_scene

RANKS: Final = tuple(Difficulty)
_KEPT: Final = select(ItemSnapshot.digest, ItemSnapshot.item, ItemSnapshot.created_at)
_COUNTS: Final = select(ItemCount.item_digest, ItemCount.drawn, ItemCount.people, ItemCount.answers).where(
    ItemCount.course == bindparam("course")
)
_COUNTED_AT: Final = select(func.max(ItemCount.counted_at))


class Edition(StrEnum):
    """How a version of a scene relates to the current content."""

    CURRENT = "current"
    RETOLD = "retold"
    """Current, too: the same scene with other people."""
    EARLIER = "earlier"


class FirstStep(Protocol):
    """A first action to choose, of the content or as it was kept."""

    @property
    def id(self) -> str:
        """What answers name it by."""

    @property
    def text(self) -> str:
        """What a learner reads."""

    @property
    def grade(self) -> Grade:
        """What choosing it comes to."""


@dataclass(slots=True)
class Version:
    """A scene in one of its versions, and what people made of it."""

    scene: str
    digest: str
    title: str
    pool: Pool | None
    """None where the scene has left the content."""
    pair: str | None
    truth: Truth
    designed: Difficulty | None
    """None where only the content of that time knew."""
    edition: Edition
    first_used_at: dt.datetime | None
    actions: Sequence[FirstStep]
    drawn: int = 0
    people: int = 0
    answers: int = 0
    figures: ItemFigures | None = None
    flags: tuple[Flag, ...] = ()
    remarks: int = 0
    """How many remarks about the scene wait, whatever version they are about."""

    @property
    def is_current(self) -> bool:
        """True if it is drawn today."""
        return self.edition is not Edition.EARLIER


@dataclass(frozen=True, slots=True)
class Stratum:
    """Scenes of a pool that are of one truth and designed alike, and how many judge them right on average."""

    pool: Pool
    truth: Truth
    designed: Difficulty
    right: Average


@dataclass(frozen=True, slots=True)
class Analysis:
    """All versions that were asked for, the averages they were held against, and when answers were counted."""

    versions: Sequence[Version]
    strata: Sequence[Stratum]
    counted_at: dt.datetime | None


def analyze(
    content: Content,
    pools: Collection[Pool],
    *,
    course: str = ALL_COURSES,
    scene: str | None = None,
    with_earlier: bool = False,
) -> Analysis:
    """Return how the scenes of these pools work, by answers in a course or in all, or how one of them does.

    For one scene, all versions are included; for all scenes, those in use, and `with_earlier` the others, too. What has
    left the content is included only with all pools: which pool it belonged to is no longer known.
    """
    counts = {digest: tuple(count) for digest, *count in db.session.execute(_COUNTS, {"course": course})}
    kept = {digest: (item, at) for digest, item, at in db.session.execute(_KEPT)}
    used_at = {digest: at for digest, (_item, at) in kept.items()}
    there = [
        current for told in content.scenarios.values() if told.file.pool in pools for current in _current(told, used_at)
    ]
    others = _others(content, pools, {current.digest for current in there}, kept, scene, with_earlier)
    versions = [*there, *_earlier(content, others)]
    for version in versions:
        if version.digest in counts:
            _count(version, *counts[version.digest])
    strata = list(_strata(versions))
    facilities, waiting = _facilities(strata), ask_extra("count_remarks") or {}
    for version in versions:
        version.remarks = waiting.get(version.scene, 0)
        if version.figures is not None:
            version.flags = tuple(find_flags(version.figures, facilities.get((version.pool, version.truth), {})))
    shown = [row for row in sorted(versions, key=_order) if scene in (None, row.scene)]
    return Analysis(shown, strata, db.session.scalar(_COUNTED_AT))


def _others(
    content: Content,
    pools: Collection[Pool],
    told: Collection[str],
    kept: Mapping[str, tuple[str, dt.datetime]],
    scene: str | None,
    with_earlier: bool,
) -> list[str]:
    """Return the digests of what isn't in use anymore."""
    others = []
    for digest, (item, _at) in kept.items():
        if digest in told or "/" in item or scene not in (None, item):
            continue
        known = content.scenarios.get(item)
        may_see = known.file.pool in pools if known else set(pools) == set(Pool)
        # Of a scene that is gone, earlier versions are all there is.
        if may_see and (with_earlier or scene or known is None):
            others.append(digest)
    return others


def _current(scene: Scenario, used_at: Mapping[str, dt.datetime]) -> Iterator[Version]:
    """Return a scene as it is drawn today, with each of its sets of people."""
    for telling in (scene, scene.other):
        if telling is None or telling.file.retired:
            continue
        file, item = telling.file, telling.file.first
        assert isinstance(item, JudgeItem)  # the checks have shown it
        yield Version(
            scene=scene.id,
            digest=telling.digest,
            title=file.title,
            pool=file.pool,
            pair=file.pair,
            truth=file.truth,
            designed=file.difficulty,
            edition=Edition.RETOLD if telling.is_swapped else Edition.CURRENT,
            first_used_at=used_at.get(telling.digest),
            actions=item.actions,
        )


def _earlier(content: Content, digests: Sequence[str]) -> Iterator[Version]:
    """Return scenes as they once were, from what was kept of them."""
    if not digests:
        return
    for kept in db.session.scalars(select(ItemSnapshot).where(ItemSnapshot.digest.in_(digests))):
        scene, known = read_scene(kept.payload), content.scenarios.get(kept.item)
        yield Version(
            scene=kept.item,
            digest=kept.digest,
            title=scene.title,
            pool=known.file.pool if known else None,
            pair=scene.pair,
            truth=scene.truth,
            designed=None,
            edition=Edition.EARLIER,
            first_used_at=kept.created_at,
            actions=scene.actions,
        )


def _count(version: Version, drawn: int, people: int, answers: Mapping[str, Sequence[Any]]) -> None:
    alike = [_alike(said, sums) for said, sums in answers.items()]
    version.drawn, version.people, version.answers = drawn, people, sum(group.number for group in alike)
    version.figures = examine(
        alike,
        RANKS.index(version.designed) if version.designed else None,
        [action.id for action in version.actions],
        next(action.id for action in version.actions if action.grade is Grade.BEST),
    )


def _alike(said: str, sums: Sequence[Any]) -> Alike:
    verdict, _slash, action = said.partition("/")
    return Alike(verdict, action, *sums)


def _strata(versions: Iterable[Version]) -> Iterator[Stratum]:
    there = [version for version in versions if version.is_current and version.figures is not None]
    for pool in Pool:
        for truth in Truth:
            for designed in RANKS:
                estimate = average(
                    (version.pair or version.scene, version.figures.facility)
                    for version in there
                    if version.figures and (version.pool, version.truth, version.designed) == (pool, truth, designed)
                )
                if estimate is not None:
                    yield Stratum(pool, truth, designed, estimate)


def _facilities(strata: Iterable[Stratum]) -> Mapping[tuple[Pool | None, Truth], dict[int, float]]:
    """Return, for each pool and truth, the average of each designed rank that has two pairs or more."""
    facilities: dict[tuple[Pool | None, Truth], dict[int, float]] = {}
    for stratum in strata:
        if stratum.right.interval is not None:
            facilities.setdefault((stratum.pool, stratum.truth), {})[RANKS.index(stratum.designed)] = (
                stratum.right.value
            )
    return facilities


def _order(version: Version) -> tuple[str, int, float]:
    """Sort by scene, current ones first, then the newest."""
    first_used = version.first_used_at.timestamp() if version.first_used_at else 0.0
    return version.scene, list(Edition).index(version.edition), -first_used

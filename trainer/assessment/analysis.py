"""How scenes work, from what was counted: pages, CSV and the command all read `analyze`.

No person appears, and below 30 answers no figure, only counts; nor where what is left of all answers would tell
somebody's. Figures of scenes that are kept for finals are for authors and administrators; others see open scenes, whose
keys everyone reads after answering.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import func, select

from trainer.assessment.cells import CountedCell, CountedCells
from trainer.assessment.measures.items import (
    AnswerTime,
    Average,
    Exposure,
    Flag,
    ItemFigures,
    answer_time,
    average,
    examine,
    find_flags,
    trend,
)
from trainer.assessment.models import ItemCount, ItemSnapshot
from trainer.assessment.rules import Sitting
from trainer.content.library import Content, Scenario
from trainer.content.schema import Difficulty, Grade, Pool
from trainer.content.subject import Truth
from trainer.core.db import db
from trainer.core.feature import ask_extra
from trainer.items.judge.model import JudgeItem
from trainer.items.registry import read_scene

RANKS: Final = tuple(Difficulty)
ALL: Final = ""
"""Every course, every language."""
SITTING_OF: Final = {
    Pool.OPEN: Sitting.PRACTICE,
    Pool.PRETEST: Sitting.UNTRAINED,
    Pool.CHECK_IN: Sitting.CHECK_IN,
    Pool.RESERVED: Sitting.FINAL,
    Pool.SHIFT: Sitting.PRACTICE,
    Pool.SHORT_FORM: Sitting.UNTRAINED,
}
"""The kind of sitting that scenes of each pool are kept for."""
_KEPT: Final = select(ItemSnapshot.digest, ItemSnapshot.item, ItemSnapshot.created_at)
_COUNTED_AT: Final = select(func.max(ItemCount.counted_at))


@dataclass(frozen=True, slots=True)
class AnswersFilter:
    """Which answers are looked at. Never several kinds of sittings together: they say different things of a scene."""

    sitting: Sitting | None = None
    """None: the one that the scene's pool is kept for."""
    course: str = ALL
    language: str = ALL
    each_telling: bool = False
    """The two tellings of a scene apart, and not pooled."""

    @property
    def is_whole(self) -> bool:
        """True if nothing narrows it but the kind of sitting."""
        return not (self.course or self.language or self.each_telling)


_EVERYTHING: Final = AnswersFilter()


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
    tellings: tuple[str, ...]
    """The digests of all its tellings."""
    is_apart: bool = False
    """Whether only this one of its tellings is counted."""
    words: int | None = None
    sitting: Sitting = Sitting.FINAL
    drawn: int = 0
    answers: int = 0
    figures: ItemFigures | None = None
    is_told: bool = False
    """Whether its figures may be told. Flags always may: each only says that an interval ends somewhere."""
    months: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How many judged it right in a month, of how many, of the months that may be told."""
    rise: float | None = None
    """How the share that is right moves from month to month, as `measures.items.trend` says it."""
    time: AnswerTime | None = None
    exposure: Exposure | None = None
    flags: tuple[Flag, ...] = ()
    remarks: int = 0
    """How many remarks about the scene wait, whatever version they are about."""

    @property
    def is_current(self) -> bool:
        """True if it is drawn today."""
        return self.edition is not Edition.EARLIER


@dataclass(frozen=True, slots=True)
class Stratum:
    """Scenes of a pool that are of one truth and designed alike, and how many judge them right on average: of two
    pairs or more, for the average of one would tell what its scenes don't."""

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
    languages: Sequence[str]
    """In which answers were given."""
    swaps: Mapping[Truth, Average]
    """By how much more often scenes are reported with the second set of people, pooled over all that were asked for."""


def analyze(
    content: Content,
    pools: Collection[Pool],
    answers: AnswersFilter = _EVERYTHING,
    *,
    scene: str | None = None,
    with_earlier: bool = False,
) -> Analysis:
    """Return how the scenes of these pools work, by the answers that a filter lets through, or how one of them does.

    For one scene, all versions are included; for all scenes, those in use, and `with_earlier` the others, too. What has
    left the content is included only with all pools: which pool it belonged to is no longer known.
    """
    kept = {digest: (item, at) for digest, item, at in db.session.execute(_KEPT)}
    cells = CountedCells.read()
    used_at = {digest: at for digest, (_item, at) in kept.items()}
    there = [
        current
        for told in content.scenarios.values()
        if told.file.pool in pools
        for current in _current(told, used_at, answers)
    ]
    in_use = {digest for version in there for digest in version.tellings}
    others = _others(content, pools, in_use, kept, scene, with_earlier)
    versions, scenes_of = [*there, *_earlier(content, others)], _scenes_by_pair(content)
    in_finals = {
        pair
        for pair, scenes in content.pairs.items()
        if all(told.file.finals and told.file.pool is Pool.RESERVED for told in scenes)
    }
    for version in versions:
        _count(version, cells, answers)
        if version.pair in in_finals and version.is_current:
            pair = [digest for digest, (item, _at) in kept.items() if item in scenes_of[version.pair]]
            version.exposure = cells.exposure(pair, answers.course)
    strata = list(_strata(versions))
    facilities, waiting = _facilities(strata), ask_extra("count_remarks") or {}
    for version in versions:
        version.remarks = waiting.get(version.scene, 0)
        if version.figures is not None:
            of_alike = facilities.get((version.pool, version.truth), {})
            version.flags = tuple(find_flags(version.figures, of_alike, version.rise, version.exposure))
    shown = [row for row in sorted(versions, key=_order) if scene in (None, row.scene)]
    swaps = cells.swap_differences([told for told in content.scenarios.values() if told.file.pool in pools])
    return Analysis(shown, strata, db.session.scalar(_COUNTED_AT), cells.languages, swaps)


def _scenes_by_pair(content: Content) -> Mapping[str | None, set[str]]:
    scenes: dict[str | None, set[str]] = {}
    for told in content.scenarios.values():
        scenes.setdefault(told.file.pair, set()).add(told.id)
    return scenes


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


def _current(scene: Scenario, used_at: Mapping[str, dt.datetime], answers: AnswersFilter) -> Iterator[Version]:
    """Return a scene as it is drawn today, its two sets of people together or apart."""
    tellings = [telling for telling in (scene, scene.other) if telling is not None and not telling.file.retired]
    for telling in tellings if answers.each_telling else tellings[:1]:
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
            tellings=tuple(each.digest for each in tellings),
            is_apart=answers.each_telling,
            words=sum(len(paragraph.split()) for paragraph in telling.paragraphs),
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
            tellings=(kept.digest,),
        )


def _count(version: Version, cells: CountedCells, answers: AnswersFilter) -> None:
    version.sitting = answers.sitting or (SITTING_OF[version.pool] if version.pool else Sitting.FINAL)
    digest = version.digest if version.is_apart else ""
    asked = CountedCell(digest, version.sitting, answers.course, answers.language)
    sums = cells.add_up(version.tellings, asked)
    version.rise = trend(sums.months)
    alike = sums.alike()
    version.drawn, version.answers = sums.drawn, sum(group.number for group in alike)
    version.figures = examine(
        alike,
        RANKS.index(version.designed) if version.designed else None,
        [action.id for action in version.actions],
        next(action.id for action in version.actions if action.grade is Grade.BEST),
    )
    version.is_told = version.figures is not None and cells.may_tell(version.tellings, asked)
    if version.is_told and answers.is_whole:
        version.months = sums.tellable_months()
    if version.is_told and version.words:
        version.time = answer_time(sums.seconds, version.words)


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
                if estimate is not None and estimate.interval is not None:
                    yield Stratum(pool, truth, designed, estimate)


def _facilities(strata: Iterable[Stratum]) -> Mapping[tuple[Pool | None, Truth], dict[int, float]]:
    """Return, for each pool and truth, the average of each designed rank."""
    facilities: dict[tuple[Pool | None, Truth], dict[int, float]] = {}
    for stratum in strata:
        facilities.setdefault((stratum.pool, stratum.truth), {})[RANKS.index(stratum.designed)] = stratum.right.value
    return facilities


def _order(version: Version) -> tuple[str, int, float]:
    """Sort by scene, current ones first, then the newest."""
    first_used = version.first_used_at.timestamp() if version.first_used_at else 0.0
    return version.scene, list(Edition).index(version.edition), -first_used

"""What all people of this site show together, as the worker counts it once a day: no count tells of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter

from trainer.assessment.measures.reliability import Reliability
from trainer.assessment.measures.strength import Prior
from trainer.assessment.models import SiteFigures
from trainer.assessment.rules import Kind
from trainer.content.library import Content
from trainer.content.subject import Truth
from trainer.core.db import db
from trainer.items.judge.payload import ScenePayload

ASSUMED: Final = Prior(1.5, 0.5)
"""What is known of scenes of a category and a truth before the first answer: three in four are judged right, and it
weighs as much as two answers. An assumption, until enough people's answers say how much people differ."""
_ROW: Final = 1
"""There is one row."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate, and between which bounds it plausibly lies (95 %)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SiteRate:
    """How many answers to scenes of one truth were reports."""

    reports: int
    answers: int
    share: Interval


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How people judged in one kind of attempts, by first answers. None: too few, or all alike."""

    kind: Kind
    people: int
    pairs: int
    hits: SiteRate | None = None
    false_alarms: SiteRate | None = None
    sensitivity: Interval | None = None
    bias: Interval | None = None
    area: Interval | None = None


@dataclass(frozen=True, slots=True)
class SiteGain:
    """By how much the shares of reports changed from the pretest to its other form on day 163. None: too few."""

    people: int = 0
    """Who answered both."""
    hits: Interval | None = None
    false_alarms: Interval | None = None


@dataclass(frozen=True, slots=True)
class Everyone:
    """All that is kept."""

    kinds: tuple[KindFigures, ...]
    finals: int
    """How many first finals, without those they were sent on to, were split in halves."""
    reliability: Reliability | None
    priors: Mapping[str, Mapping[Truth, Prior]] = field(default_factory=dict)
    """By category and truth."""
    gain: SiteGain = SiteGain()
    counted_at: dt.datetime | None = None


EVERYONE: Final = TypeAdapter(Everyone)


def find_everyone() -> Everyone | None:
    """Return what was counted last, or None before the first time."""
    kept = db.session.get(SiteFigures, _ROW)
    return EVERYONE.validate_python({**kept.figures, "counted_at": kept.counted_at}) if kept else None


def keep(everyone: Everyone, now: dt.datetime) -> None:
    """Put these figures in place of those before."""
    figures = EVERYONE.dump_python(everyone, mode="json", exclude={"counted_at"})
    db.session.merge(SiteFigures(id=_ROW, counted_at=now, figures=figures))
    db.session.flush()


def find_priors() -> dict[tuple[str, Truth], Prior]:
    """Return how people's shares are spread, by category and truth, as far as enough of them have answered."""
    everyone = find_everyone()
    return {
        (category, truth): prior
        for category, of_truths in (everyone.priors if everyone else {}).items()
        for truth, prior in of_truths.items()
    }


def categories_of(scene: ScenePayload, content: Content) -> set[str]:
    """Return the categories of the signs that a scene or its twin shows, as far as the catalog still has them.

    A pair tests them whichever of its scenes is drawn: leaving the innocent one alone counts, too.
    """
    pair = content.pairs.get(scene.pair or "", ())
    signs = {sign.id for sign in scene.signs}.union(*(scenario.file.sign_ids for scenario in pair))
    return {content.indicators[sign_id].category for sign_id in signs if sign_id in content.indicators}

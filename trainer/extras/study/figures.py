"""The figures of a closed trial: `analysis.R` finds the same in its export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Final

from sqlalchemy import select

from trainer.assessment.measures.detection import Reports
from trainer.assessment.measures.groups import FEWEST_PEOPLE, Estimate, estimate
from trainer.core.db import db
from trainer.extras.study.export import StudyAnswer, iterate_answers, list_people
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.protocol import MARGIN
from trainer.extras.study.rules import Arm

_NORMAL: Final = NormalDist()
_SIGNS: Final = {(Arm.NOW, 2): 1, (Arm.NOW, 1): -1, (Arm.LATER, 2): -1, (Arm.LATER, 1): 1}
"""Of a difference of differences."""


@dataclass
class Counts:
    """What a group answered on one occasion: by person and pair, (reports, answers) of each truth."""

    concern: dict[tuple[object, object], tuple[int, int]] = field(default_factory=dict)
    innocent: dict[tuple[object, object], tuple[int, int]] = field(default_factory=dict)

    def add(self, person: object, pair: object, *, is_concern: bool, is_report: bool) -> None:
        """Count an answer."""
        cells = self.concern if is_concern else self.innocent
        reports, answers = cells.get((person, pair), (0, 0))
        cells[person, pair] = reports + is_report, answers + 1

    @property
    def people(self) -> int:
        """How many answered."""
        return len({person for person, _pair in (*self.concern, *self.innocent)})

    @property
    def reports(self) -> Reports:
        """All answers together."""
        hits, false_alarms = (sum(cell[0] for cell in cells.values()) for cells in (self.concern, self.innocent))
        concerns, innocents = (sum(cell[1] for cell in cells.values()) for cells in (self.concern, self.innocent))
        return Reports(hits, concerns, false_alarms, innocents)

    @property
    def sensitivity(self) -> float:
        """d′ of all answers together, log-linear."""
        counted = self.reports
        return _NORMAL.inv_cdf(counted.hit_rate) - _NORMAL.inv_cdf(counted.false_alarm_rate)


@dataclass(frozen=True)
class Attrition:
    """How many of a group agreed, withdrew, and answered each form."""

    agreed: int
    withdrew: int
    first: int
    second: int


@dataclass(frozen=True)
class StudyFigures:
    """What a trial found. Effects: by how much more group “now” changed than group “later”."""

    counts: Mapping[tuple[Arm, int], Counts]
    attrition: Mapping[Arm, Attrition]
    sensitivity: Estimate
    false_alarms: Estimate
    hits: Estimate

    @property
    def is_shown(self) -> StudyFigures | None:
        """These figures if each group is large enough on both occasions for a firm to see them, or None."""
        return self if min(counts.people for counts in self.counts.values()) >= FEWEST_PEOPLE else None

    @property
    def is_supported(self) -> bool:
        """True if both co-primary outcomes hold."""
        return self.sensitivity.interval()[0] > 0 and self.false_alarms.interval()[1] < MARGIN


def count_figures(trial: Trial) -> StudyFigures | None:
    """Return the figures of a trial, or None if a group has too few answers to say anything."""
    people = list_people(trial)
    counts = count_answers(answer for person in people for answer in iterate_answers(person))
    try:
        attrition = {arm: _attrition(trial, arm, counts) for arm in Arm}
        shares = (_change(counts, is_concern=is_concern) for is_concern in (False, True))
        return StudyFigures(counts, attrition, _sensitivity(counts), *shares)
    except ValueError:  # nobody, or a single person or pair
        return None


def count_answers(answers: Iterable[StudyAnswer]) -> dict[tuple[Arm, int], Counts]:
    """Return the counts of each group and occasion."""
    counts: dict[tuple[Arm, int], Counts] = {key: Counts() for key in _SIGNS}
    for answer in answers:
        counts[Arm(answer.arm), answer.occasion].add(
            answer.user_id, answer.pair, is_concern=answer.is_concern, is_report=answer.is_report
        )
    return counts


def _change(counts: Mapping[tuple[Arm, int], Counts], *, is_concern: bool) -> Estimate:
    """Return the effect on the share of scenes of one truth that are reported, log-linear."""
    value, weights = 0.0, defaultdict[tuple[object, object], float](float)
    for key, sign in _SIGNS.items():
        cells, rate = _rated(counts[key], is_concern)
        value += sign * rate
        _add(weights, cells, rate, sign)
    return estimate(value, weights)


def _sensitivity(counts: Mapping[tuple[Arm, int], Counts]) -> Estimate:
    """Return the effect on d′. Its variance is that of the shares, carried over by d z(p)/dp = 1/φ(z(p))."""
    value, weights = 0.0, defaultdict[tuple[object, object], float](float)
    for key, sign in _SIGNS.items():
        value += sign * counts[key].sensitivity
        for is_concern in (True, False):
            cells, rate = _rated(counts[key], is_concern)
            slope = 1 / _NORMAL.pdf(_NORMAL.inv_cdf(rate))
            _add(weights, cells, rate, sign * slope * (1 if is_concern else -1))
    return estimate(value, weights)


def _rated(counts: Counts, is_concern: bool) -> tuple[dict[tuple[object, object], tuple[int, int]], float]:
    counted = counts.reports
    return (counts.concern, counted.hit_rate) if is_concern else (counts.innocent, counted.false_alarm_rate)


def _add(
    weights: dict[tuple[object, object], float],
    cells: Mapping[tuple[object, object], tuple[int, int]],
    rate: float,
    factor: float,
) -> None:
    total = sum(answers for _reports, answers in cells.values())
    for key, (reports, answers) in cells.items():
        weights[key] += factor * (reports - rate * answers) / total


def _attrition(trial: Trial, arm: Arm, counts: Mapping[tuple[Arm, int], Counts]) -> Attrition:
    query = select(TrialPerson.withdrew_at).where(TrialPerson.trial_id == trial.id, TrialPerson.arm == arm)
    withdrew = [at is not None for at in db.session.scalars(query)]
    return Attrition(len(withdrew), sum(withdrew), counts[arm, 1].people, counts[arm, 2].people)

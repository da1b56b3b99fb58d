"""How a scene works: how many judge it right, whether they are the able ones, and which first actions draw nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, sqrt, tanh
from statistics import NormalDist, StatisticsError, correlation, median
from typing import Final

from trainer.assessment.measures.shares import wilson

FEWEST_ANSWERS: Final = 30
LEAST_LINK: Final = 0.2
"""An item-total correlation below it is poor: R. L. Ebel, Measuring Educational Achievement (1965)."""
LEAST_CHOSEN: Final = 0.05
"""A distractor chosen by fewer doesn't work: T. M. Haladyna and S. M. Downing, "How many options is enough for a
multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999–1010."""
_Z: Final = NormalDist().inv_cdf(0.975)


class Flag(StrEnum):
    """What someone should look at in a scene."""

    EASIER_THAN_DESIGNED = "easier_than_designed"
    HARDER_THAN_DESIGNED = "harder_than_designed"
    MOSTLY_WRONG = "mostly_wrong"
    """Fewer than half judge it right: look at the key first."""
    AGAINST_THE_REST = "against_the_rest"
    """Those who judge the other scenes well judge this one worse."""
    TELLS_LITTLE = "tells_little"
    """It hardly goes with the other scenes of its truth."""
    UNUSED_ACTION = "unused_action"


@dataclass(frozen=True, slots=True)
class Seen:
    """One person's answer to the scene, beside the same person's answers to the other scenes of its truth."""

    is_right: bool
    rest_right: int
    rest_answers: int
    action: str
    """The first action that was chosen, by its id."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """A correlation with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What many answers to a scene show."""

    answers: int
    right: int
    designed: int
    """How hard it was meant to be: a rank, 0 for the easiest."""
    link: Link | None
    """With the share that is right of the other scenes of its truth; None where one of the two doesn't vary."""
    chosen: Mapping[str, int]
    """How many chose each first action."""
    seconds: float
    """The median."""

    @property
    def facility(self) -> float:
        """The share that is right."""
        return self.right / self.answers

    @property
    def facility_interval(self) -> tuple[float, float]:
        """Where the share of many more people plausibly lies: each person answers a scene once."""
        return wilson(self.right, self.answers)


def examine(seen: Sequence[Seen], designed: int, actions: Sequence[str]) -> ItemFigures | None:
    """Return the figures of a scene, or None below 30 answers. `actions`: the ids of all first actions.

    Facility is the share that is right. The item-total correlation is Pearson's, corrected by leaving the scene out of
    the total: S. Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28 (1963), 211–218.
    The total is a share, since no two people answer the same scenes. Its interval is R. A. Fisher's, "On the 'probable
    error' of a coefficient of correlation deduced from a small sample", Metron 1 (1921), 3–32.
    """
    if len(seen) < FEWEST_ANSWERS:
        return None
    rested = [one for one in seen if one.rest_answers]
    chosen = Counter(one.action for one in seen)
    return ItemFigures(
        answers=len(seen),
        right=sum(one.is_right for one in seen),
        designed=designed,
        link=_link([float(one.is_right) for one in rested], [one.rest_right / one.rest_answers for one in rested]),
        chosen={action: chosen[action] for action in actions},
        seconds=median(one.seconds for one in seen),
    )


def find_flags(figures: ItemFigures, facilities: Mapping[int, float]) -> list[Flag]:
    """Return what to look at. `facilities`: of the scenes of its truth, by designed rank, the share that is right.

    A scene is easier than designed when its whole interval lies above what people reach in the scenes designed a step
    easier, and harder when it lies below the next harder ones: what is easy, people say and not the design.
    """
    low, high = figures.facility_interval
    easier, harder = facilities.get(figures.designed - 1), facilities.get(figures.designed + 1)
    link = figures.link
    found = {
        Flag.EASIER_THAN_DESIGNED: easier is not None and low > easier,
        Flag.HARDER_THAN_DESIGNED: harder is not None and high < harder,
        Flag.MOSTLY_WRONG: high < 0.5,
        Flag.AGAINST_THE_REST: link is not None and link.high < 0,
        Flag.TELLS_LITTLE: link is not None and 0 <= link.high < LEAST_LINK,
        Flag.UNUSED_ACTION: any(
            wilson(number, figures.answers)[1] < LEAST_CHOSEN for number in figures.chosen.values()
        ),
    }
    return [flag for flag, is_found in found.items() if is_found]


def _link(first: Sequence[float], second: Sequence[float]) -> Link | None:
    try:
        value = correlation(first, second)
    except StatisticsError:  # fewer than two, or one of them doesn't vary
        return None
    if len(first) < 4 or abs(value) >= 1:
        return None
    reach = _Z / sqrt(len(first) - 3)
    return Link(value, tanh(atanh(value) - reach), tanh(atanh(value) + reach))

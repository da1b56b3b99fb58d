"""How a scene works: how many judge it right, whether they are the able ones, and which first actions draw nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, sqrt, tanh
from statistics import NormalDist, fmean, stdev
from typing import Final

from trainer.assessment.measures.distributions import t_quantile
from trainer.assessment.measures.shares import wilson

FEWEST_ANSWERS: Final = 30
LEAST_LINK: Final = 0.1
"""Below it the key is to be looked at. R. L. Ebel, Measuring Educational Achievement (1965), calls less than .2 poor;
ours is half of that, because the few other scenes that someone answered say little about them."""
LEAST_CHOSEN: Final = 0.05
"""A distractor chosen by fewer doesn't work: T. M. Haladyna and S. M. Downing, "How many options is enough for a
multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999–1010."""
FEWEST_PAIRS: Final = 2
_Z: Final = NormalDist().inv_cdf(0.975)
_NOTHING: Final = 1e-9
"""What is left of a variance of zero, as a share of the sum of squares, once sums were rounded."""


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
    """Hardly anybody chooses one of the first actions."""
    OTHER_ACTION = "other_action"
    """Most choose another first action than the best."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Answers to a scene that said the same, and how these people judged the other scenes of its truth."""

    verdict: str
    action: str
    """The first action that was chosen, by its id; empty where none was asked for."""
    is_right: bool
    number: int
    rested: int
    """How many of them are of people who judged other scenes of its truth, too."""
    rest_sum: float
    """The sum of the shares that these people judged right of the others."""
    rest_squares: float
    """The sum of these shares' squares."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What many answers to a scene show."""

    answers: int
    right: int
    designed: int | None
    """How hard it was meant to be: a rank, 0 for the easiest; None where nobody knows anymore."""
    link: Correlation | None
    """With the share that is right of the other scenes of its truth; None where one of the two doesn't vary."""
    said: Mapping[str, int]
    """How many gave each verdict."""
    chosen: Mapping[str, int]
    """How many chose each first action, of those who were asked."""
    best: str
    """The best first action."""

    @property
    def asked(self) -> int:
        """Of how many people a first action was asked, too."""
        return sum(self.chosen.values())

    @property
    def facility(self) -> float:
        """The share that is right."""
        return self.right / self.answers

    @property
    def facility_interval(self) -> tuple[float, float]:
        """Where the share of many more people plausibly lies: each person answers a scene once."""
        return wilson(self.right, self.answers)


def examine(alike: Sequence[Alike], designed: int | None, actions: Sequence[str], best: str) -> ItemFigures | None:
    """Return the figures of a scene, or None below 30 answers. `actions`: the ids of all first actions.

    Facility is the share that is right. The item-total correlation is Pearson's, corrected by leaving the scene out of
    the total: S. Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28 (1963), 211–218.
    The total is a share, since no two people answer the same scenes. Its interval is R. A. Fisher's, "On the 'probable
    error' of a coefficient of correlation deduced from a small sample", Metron 1 (1921), 3–32.
    """
    answers = sum(same.number for same in alike)
    if answers < FEWEST_ANSWERS:
        return None
    said, chosen = Counter[str](), Counter[str]()
    for group in alike:
        said[group.verdict] += group.number
        chosen[group.action] += group.number
    return ItemFigures(
        answers=answers,
        right=sum(same.number for same in alike if same.is_right),
        designed=designed,
        link=_link(alike),
        said=dict(said),
        chosen={action: chosen[action] for action in actions},
        best=best,
    )


def find_flags(figures: ItemFigures, facilities: Mapping[int, float]) -> list[Flag]:
    """Return what to look at. `facilities`: of the scenes of its truth, by designed rank, the share that is right.

    A scene is easier than designed when its whole interval lies above what people reach in the scenes designed a step
    easier, and harder when it lies below the next harder ones: the answers decide what is easy, not the design.
    """
    low, high = figures.facility_interval
    rank, link = figures.designed, figures.link
    easier, harder = (None, None) if rank is None else (facilities.get(rank - 1), facilities.get(rank + 1))
    asked = figures.asked
    flags = {
        Flag.EASIER_THAN_DESIGNED: easier is not None and low > easier,
        Flag.HARDER_THAN_DESIGNED: harder is not None and high < harder,
        Flag.MOSTLY_WRONG: high < 0.5,
        Flag.AGAINST_THE_REST: link is not None and link.high < 0,
        Flag.TELLS_LITTLE: link is not None and link.value < LEAST_LINK and link.high >= 0,
        Flag.UNUSED_ACTION: asked >= FEWEST_ANSWERS
        and any(number == 0 or wilson(number, asked)[1] < LEAST_CHOSEN for number in figures.chosen.values()),
        Flag.OTHER_ACTION: asked >= FEWEST_ANSWERS and wilson(figures.chosen[figures.best], asked)[1] < 0.5,
    }
    return [flag for flag, is_found in flags.items() if is_found]


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of pairs of scenes, with its 95 % interval where there are two or more."""

    value: float
    pairs: int
    interval: tuple[float, float] | None


def average(facilities: Iterable[tuple[Hashable, float]]) -> Average | None:
    """Return what share judges scenes right on average, or None without any. Given: (pair, share) of each scene.

    Scenes of a pair, and its tellings, are alike, so each pair counts once. The interval is that of a mean, "Student",
    "The probable error of a mean", Biometrika 6 (1908), 1–25, cut where no share can lie.
    """
    by_pair: dict[Hashable, list[float]] = {}
    for pair, share in facilities:
        by_pair.setdefault(pair, []).append(share)
    if not by_pair:
        return None
    means = [fmean(shares) for shares in by_pair.values()]
    value = fmean(means)
    if len(means) < FEWEST_PAIRS:
        return Average(value, len(means), None)
    reach = t_quantile(0.975, len(means) - 1) * stdev(means) / sqrt(len(means))
    return Average(value, len(means), (max(0.0, value - reach), min(1.0, value + reach)))


def _link(alike: Sequence[Alike]) -> Correlation | None:
    number = sum(group.rested for group in alike)
    right = sum(group.rested for group in alike if group.is_right)
    rest = sum(group.rest_sum for group in alike)
    squares = sum(group.rest_squares for group in alike)
    both = sum(group.rest_sum for group in alike if group.is_right)
    of_right, of_rest = number * right - right * right, number * squares - rest * rest
    if number < 4 or of_right == 0 or of_rest <= _NOTHING * number * squares:
        return None  # too few for an interval, or one of the two doesn't vary
    value = (number * both - right * rest) / sqrt(of_right * of_rest)
    if abs(value) >= 1:
        return None
    reach = _Z / sqrt(number - 3)
    return Correlation(value, tanh(atanh(value) - reach), tanh(atanh(value) + reach))

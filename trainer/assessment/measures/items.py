"""How a scene works: how many judge it right, whether they are the able ones, and which first actions draw nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, sqrt, tanh
from statistics import NormalDist, fmean, median, stdev
from typing import Final

from trainer.assessment.measures import disclosure
from trainer.assessment.measures.distributions import t_quantile
from trainer.assessment.measures.shares import wilson

FEWEST_ANSWERS: Final = 30
LEAST_LINK: Final = 0.2
"""Where the whole interval lies below it, the key is to be looked at: R. L. Ebel, Measuring Educational Achievement
(1965), calls less than .2 poor."""
LEAST_CHOSEN: Final = 0.05
"""A distractor chosen by fewer doesn't work: T. M. Haladyna and S. M. Downing, "How many options is enough for a
multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999–1010."""
FEWEST_PAIRS: Final = 2
WORDS_A_MINUTE: Final = 300
"""An answer given in less than a third of the time that this takes is called fast."""
LARGEST_EXPOSURE, SMALLEST_EXPOSURE = 0.58, 0.12
"""In what share of first finals a pair of scenes is meant to be."""
_Z: Final = NormalDist().inv_cdf(0.975)
_MOVED: Final = NormalDist().inv_cdf(0.995)
"""Hundreds of scenes are looked at, and each can move by chance."""
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
    MOVED = "moved"
    """The share that is right rises or falls from month to month."""
    MET_OFTEN = "met_often"
    """It is in more first finals than it should be."""
    MET_RARELY = "met_rarely"
    """It is in fewer."""


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
    choosers: Mapping[str, float]
    """What share of the other scenes of its truth those judge right who chose a first action, of five people or more
    who judged any."""

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
    said, chosen, rested, rest = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for group in alike:
        said[group.verdict] += group.number
        chosen[group.action] += group.number
        rested[group.action] += group.rested
        rest[group.action] += group.rest_sum  # type: ignore[assignment]  # a sum of shares
    return ItemFigures(
        answers=answers,
        right=sum(same.number for same in alike if same.is_right),
        designed=designed,
        link=_link(alike),
        said=dict(said),
        chosen={action: chosen[action] for action in actions},
        best=best,
        choosers={
            action: rest[action] / rested[action] for action in actions if rested[action] >= disclosure.FEWEST_PEOPLE
        },
    )


@dataclass(frozen=True, slots=True)
class Exposure:
    """In how many first finals a pair of scenes was, of how many of a course."""

    drawn: int
    finals: int

    @property
    def share(self) -> float:
        """The share, between 0 and 1."""
        return self.drawn / self.finals

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of many more first finals plausibly lies."""
        return wilson(self.drawn, self.finals)


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long answers took, of those of which it is known."""

    number: int
    median: float
    """Seconds."""
    fast: int
    """How many were given in less than a third of the time that reading takes at 300 words a minute."""


def answer_time(seconds: Mapping[int, int], words: int) -> AnswerTime | None:
    """Return how long answers took, or None below 30. `seconds`: whole seconds -> how many took so long.

    Answers faster than reading are guesses, or come from someone who knew the scene: S. L. Wise and X. Kong, "Response
    time effort", Applied Measurement in Education 18 (2005), 163–183.
    """
    number = sum(seconds.values())
    if number < FEWEST_ANSWERS:
        return None
    each = sorted(Counter(seconds).elements())
    fast = sum(took < words * 60 / WORDS_A_MINUTE / 3 for took in each)
    return AnswerTime(number, median(each), fast)


def trend(months: Mapping[str, tuple[int, int]]) -> float | None:
    """Return how much the share that is right rises by month, as a standard normal z, or None if nothing can be said.

    `months`: "2026-11" -> (right, number). P. Armitage, "Tests for linear trends in proportions and frequencies",
    Biometrics 11 (1955), 375–386; the scores are months since the first one.
    """
    number, right = (sum(said[side] for said in months.values()) for side in (1, 0))
    if number < FEWEST_ANSWERS or right in (0, number):
        return None
    scores = {month: 12 * int(month[:4]) + int(month[5:]) for month in months}
    mean = sum(scores[month] * said[1] for month, said in months.items()) / number
    spread = sum(said[1] * (scores[month] - mean) ** 2 for month, said in months.items())
    if not spread:
        return None
    share = right / number
    rise = sum((scores[month] - mean) * (said[0] - share * said[1]) for month, said in months.items())
    return rise / sqrt(share * (1 - share) * spread)


def find_flags(
    figures: ItemFigures,
    facilities: Mapping[int, float],
    rise: float | None = None,
    exposure: Exposure | None = None,
) -> list[Flag]:
    """Return what to look at. `facilities`: of the scenes of its truth, by designed rank, the share that is right;
    `rise`: as `trend` returns it.

    Each flag is raised by an interval, so that few scenes with nothing to look at have one. A scene is easier than
    designed when its whole interval lies above what people reach in the scenes designed a step easier, and harder when
    it lies below the next harder ones: the answers decide what is easy, not the design.
    """
    low, high = figures.facility_interval
    rank, link = figures.designed, figures.link
    easier, harder = (None, None) if rank is None else (facilities.get(rank - 1), facilities.get(rank + 1))
    asked = figures.asked
    least, most = exposure.interval if exposure else (0.0, 1.0)
    flags = {
        Flag.EASIER_THAN_DESIGNED: easier is not None and low > easier,
        Flag.HARDER_THAN_DESIGNED: harder is not None and high < harder,
        Flag.MOSTLY_WRONG: high < 0.5,
        Flag.AGAINST_THE_REST: link is not None and link.high < 0,
        Flag.TELLS_LITTLE: link is not None and 0 <= link.high < LEAST_LINK,
        Flag.UNUSED_ACTION: asked >= FEWEST_ANSWERS
        and any(wilson(number, asked)[1] < LEAST_CHOSEN for number in figures.chosen.values()),
        Flag.OTHER_ACTION: asked >= FEWEST_ANSWERS and wilson(figures.chosen[figures.best], asked)[1] < 0.5,
        Flag.MOVED: rise is not None and abs(rise) > _MOVED,
        Flag.MET_OFTEN: least > LARGEST_EXPOSURE,
        Flag.MET_RARELY: most < SMALLEST_EXPOSURE,
    }
    return [flag for flag, is_raised in flags.items() if is_raised]


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


@dataclass(frozen=True, slots=True)
class BothTellings:
    """How many reported a scene in each of its two tellings, of how many: (reports, answers)."""

    pair: Hashable
    first: tuple[int, int]
    second: tuple[int, int]


def swap_difference(scenes: Iterable[BothTellings]) -> Average | None:
    """Return by how much more often scenes are reported with the second set of people than with the first.

    The mean of the scenes' differences with weights n₁n₂/(n₁ + n₂): S. Greenland and J. M. Robins, "Estimation of a
    common effect parameter from sparse follow-up data", Biometrics 41 (1985), 55–68. Each person answers a scene in one
    of the tellings, by chance. The variance is that of pairs as clusters, × G/(G − 1), with Student's t, G − 1 df. None
    below 30 people (unless so many answered one of the scenes) or with fewer than two pairs.
    """
    told = [scene for scene in scenes if scene.first[1] and scene.second[1]]
    most = max((scene.first[1] + scene.second[1] for scene in told), default=0)
    if most < FEWEST_ANSWERS or len({scene.pair for scene in told}) < FEWEST_PAIRS:
        return None
    weights = [scene.first[1] * scene.second[1] / (scene.first[1] + scene.second[1]) for scene in told]
    changes = [scene.second[0] / scene.second[1] - scene.first[0] / scene.first[1] for scene in told]
    total = sum(weights)
    value = sum(weight * change for weight, change in zip(weights, changes, strict=True)) / total
    by_pair: dict[Hashable, float] = {}
    for scene, weight, change in zip(told, weights, changes, strict=True):
        by_pair[scene.pair] = by_pair.get(scene.pair, 0.0) + weight * (change - value) / total
    pairs = len(by_pair)
    variance = sum(part * part for part in by_pair.values()) * pairs / (pairs - 1)
    reach = t_quantile(0.975, pairs - 1) * sqrt(variance)
    return Average(value, pairs, (value - reach, value + reach))

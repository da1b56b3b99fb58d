"""What many people's answers come to together, added up a person at a time: rates, d′, c, and the area of ratings.

Groups are measured by their counts, never by a mean of personal d′: of few scenes each, that is biased, and its
interval misses the truth nearly always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from statistics import NormalDist
from typing import Final, NamedTuple

from trainer.assessment.measures.detection import Reports, detect
from trainer.assessment.measures.groups import Estimate
from trainer.assessment.measures.rating import CLASSES, LEAST_REPORT, area

_NORMAL: Final = NormalDist()
_Weights = Mapping["RatedAs", float]
_Products = Counter[tuple["RatedAs", "RatedAs"]]


class RatedAs(NamedTuple):
    """What a scene is, and the class that an answer is rated in (`rating.rate`)."""

    is_concern: bool
    rating: int


class Pooled:
    """Sums over people's answers, from which every figure and its interval follow; nobody's answer is kept.

    A figure is a function of the counts, and changes by so much with each answer of a kind (its weights). The variance
    is that of A. C. Cameron, J. B. Gelbach and D. L. Miller, "Robust inference with multiway clustering", Journal of
    Business & Economic Statistics 29 (2011), 238–249, as in `groups.share`: people's clusters plus pairs', less
    person-by-pair, each × G/(G − 1). All methods raise ValueError with fewer than two people or pairs, or a truth
    without answers.
    """

    def __init__(self) -> None:
        self.people = 0
        self._cells = 0
        self._of_pairs: dict[Hashable, Counter[RatedAs]] = {}
        self._by_person: _Products = Counter()
        self._by_cell: _Products = Counter()

    def add(self, answers: Iterable[tuple[Hashable, RatedAs]]) -> None:
        """Add one person's answers, each with the pair that the scene is of."""
        cells: dict[Hashable, Counter[RatedAs]] = {}
        for pair, rated in answers:
            cells.setdefault(pair, Counter())[rated] += 1
        if not cells:
            return
        self.people += 1
        self._cells += len(cells)
        self._by_person.update(_products(sum(cells.values(), Counter())))
        for pair, counts in cells.items():
            self._by_cell.update(_products(counts))
            self._of_pairs.setdefault(pair, Counter()).update(counts)

    @property
    def pairs(self) -> int:
        """How many pairs of scenes they were asked."""
        return len(self._of_pairs)

    def count(self, *, is_concern: bool) -> tuple[int, int]:
        """Return how many answers to scenes of a truth were reports, and how many there are."""
        ratings = self._ratings(is_concern)
        return sum(number for rating, number in ratings.items() if rating >= LEAST_REPORT), ratings.total()

    def rate(self, *, is_concern: bool) -> Estimate:
        """Return what share of the scenes of a truth was reported: hits, or false alarms."""
        reports, answers = self.count(is_concern=is_concern)
        return self._estimate(reports / max(answers, 1), self._rate_weights(is_concern))

    def sensitivity(self) -> Estimate:
        """Return d′ of the pooled counts."""
        of_hits, of_alarms = self._slopes()
        return self._estimate(detect(self._reports()).sensitivity, _combine((1, of_hits), (-1, of_alarms)))

    def bias(self) -> Estimate:
        """Return c of the pooled counts."""
        of_hits, of_alarms = self._slopes()
        return self._estimate(detect(self._reports()).bias, _combine((-0.5, of_hits), (-0.5, of_alarms)))

    def area(self) -> Estimate:
        """Return the chance that a scene to report is rated above an innocent one, ties counted half."""
        signal, noise = self._ratings(True), self._ratings(False)
        rated = area(signal, noise)
        weights = {
            RatedAs(True, rating): (won - rated.area) / signal.total() for rating, won in rated.of_signal.items()
        }
        weights |= {
            RatedAs(False, rating): (won - rated.area) / noise.total() for rating, won in rated.of_noise.items()
        }
        return self._estimate(rated.area, weights)

    def _ratings(self, is_concern: bool) -> Counter[int]:
        ratings: Counter[int] = Counter()
        for counts in self._of_pairs.values():
            for rated, number in counts.items():
                if rated.is_concern == is_concern:
                    ratings[rated.rating] += number
        return ratings

    def _reports(self) -> Reports:
        return Reports(*self.count(is_concern=True), *self.count(is_concern=False))

    def _rate_weights(self, is_concern: bool) -> _Weights:
        reports, answers = self.count(is_concern=is_concern)
        if not answers:
            raise ValueError("both truths must occur")
        return {
            RatedAs(is_concern, rating): ((rating >= LEAST_REPORT) - reports / answers) / answers for rating in CLASSES
        }

    def _slopes(self) -> tuple[_Weights, _Weights]:
        """Return the weights of z(H) and of z(F): those of the rates, over the normal density there."""
        reports = self._reports()
        hits, alarms = self._rate_weights(True), self._rate_weights(False)
        return tuple(  # type: ignore[return-value]
            {rated: weight / _NORMAL.pdf(_NORMAL.inv_cdf(rate)) for rated, weight in weights.items()}
            for rate, weights in ((reports.hit_rate, hits), (reports.false_alarm_rate, alarms))
        )

    def _estimate(self, value: float, weights: _Weights) -> Estimate:
        if self.people < 2 or self.pairs < 2:
            raise ValueError("two people and two pairs, or more, are needed")
        of_pairs = sum(
            sum(number * weights.get(rated, 0) for rated, number in counts.items()) ** 2
            for counts in self._of_pairs.values()
        )
        people = _clustered(_squares(self._by_person, weights), self.people)
        pairs = _clustered(of_pairs, self.pairs)
        variance = people + pairs - _clustered(_squares(self._by_cell, weights), self._cells)
        return Estimate(value, variance if variance > 0 else max(people, pairs), self.people, self.pairs)


def _products(counts: Counter[RatedAs]) -> _Products:
    """Return the products of all counts: what the square of any weighted sum of them is made of."""
    return Counter(
        {(first, second): some * others for first, some in counts.items() for second, others in counts.items()}
    )


def _squares(products: _Products, weights: _Weights) -> float:
    return sum(number * weights.get(first, 0) * weights.get(second, 0) for (first, second), number in products.items())


def _clustered(squares: float, clusters: int) -> float:
    return squares * clusters / (clusters - 1)


def _combine(*parts: tuple[float, _Weights]) -> _Weights:
    return {rated: factor * weight for factor, weights in parts for rated, weight in weights.items()}

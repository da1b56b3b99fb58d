"""How likely each pair is to be drawn: as planned by its kind, as far as aims and what is left allow. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

from trainer.content.instrument import PairKind

Plan = Mapping[PairKind, float]
"""How many pairs of each kind a draw has, on average, while all are fresh."""
_Corner = tuple[bool, bool]
"""On duty or not, of danger or not."""
_CORNERS: Final = (True, True), (False, True), (True, False), (False, False)
_ON_DANGER, _OFF_DANGER, _ON_PLAIN, _OFF_PLAIN = _CORNERS
_LEAST: Final = 1e-6
"""What is planned of each kind at least: it may have to stand in for another that is used up."""
_LESS: Final = 0.5
"""A pair weighs e to the minus this for each time that a colleague met it lately …"""
_SPAN: Final = 2.0
"""… but the pair of a kind that they met most never less than the one that they met least by more than this factor."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is to be drawn."""

    pairs: int
    danger: int | None
    """Pairs of danger; None if it doesn't matter."""
    on_duty_at_least: int
    on_duty_at_most: int


def chances(kinds: Sequence[PairKind], met: Sequence[int], quota: Quota, plan: Plan) -> list[float]:
    """Return with which chance each pair is drawn. They add up to the quota, as far as there are such pairs.

    `kinds`: those of the pairs to draw from; `met`: how often colleagues met each lately.
    """
    weights = _weigh(kinds, met, plan)
    numbers = _number(kinds, weights, quota)
    result = [0.0] * len(kinds)
    for corner, number in numbers.items():
        places = [place for place, kind in enumerate(kinds) if kind[:2] == corner]
        shares = _share_out(number, [weights[place] for place in places])
        for place, share in zip(places, shares, strict=True):
            result[place] = share
    return result


def _weigh(kinds: Sequence[PairKind], met: Sequence[int], plan: Plan) -> list[float]:
    """Return what is planned of each pair: together as much as of its kind, or all there are."""
    weights = [0.0] * len(kinds)
    for kind in dict.fromkeys(kinds):
        places = [place for place, other in enumerate(kinds) if other == kind]
        fewest = min(met[place] for place in places)
        most = max(met[place] for place in places)
        less = min(_LESS, log(_SPAN) / max(most - fewest, 1))
        parts = [exp(-less * (met[place] - fewest)) for place in places]
        planned = min(plan.get(kind, 0.0) + _LEAST, len(places))
        for place, part in zip(places, parts, strict=True):
            weights[place] = planned * part / sum(parts)
    return weights


def _number(kinds: Sequence[PairKind], weights: Sequence[float], quota: Quota) -> dict[_Corner, float]:
    """Return how many pairs come from each corner: danger holds before duty, and both before what is planned."""
    there = dict.fromkeys(_CORNERS, 0)
    planned = dict.fromkeys(_CORNERS, 0.0)
    for (on_duty, is_danger, _topic), weight in zip(kinds, weights, strict=True):
        there[on_duty, is_danger] += 1
        planned[on_duty, is_danger] += weight
    scale = quota.pairs / sum(planned.values())
    danger = (planned[_ON_DANGER] + planned[_OFF_DANGER]) * scale if quota.danger is None else quota.danger
    plain_there, danger_there = there[_ON_PLAIN] + there[_OFF_PLAIN], there[_ON_DANGER] + there[_OFF_DANGER]
    danger = _within(danger, max(0, quota.pairs - plain_there), min(quota.pairs, danger_there))
    plain = quota.pairs - danger
    duty = _within((planned[_ON_DANGER] + planned[_ON_PLAIN]) * scale, quota.on_duty_at_least, quota.on_duty_at_most)
    duty = _within(
        duty,
        max(0, danger - there[_OFF_DANGER]) + max(0, plain - there[_OFF_PLAIN]),
        min(danger, there[_ON_DANGER]) + min(plain, there[_ON_PLAIN]),
    )
    both = danger * planned[_ON_DANGER] / ((planned[_ON_DANGER] + planned[_OFF_DANGER]) or 1)
    both = _within(
        both,
        max(0, danger - there[_OFF_DANGER], duty - there[_ON_PLAIN], duty - plain),
        min(danger, duty, there[_ON_DANGER], there[_OFF_PLAIN] - plain + duty),
    )
    return {
        _ON_DANGER: both,
        _OFF_DANGER: danger - both,
        _ON_PLAIN: duty - both,
        _OFF_PLAIN: plain - duty + both,
    }


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


def _share_out(number: float, weights: Sequence[float]) -> list[float]:
    """Return shares of a number in proportion to the weights, but none above 1."""
    shares, open_ = [1.0] * len(weights), set(range(len(weights)))
    while open_:
        factor = (number - len(weights) + len(open_)) / sum(weights[place] for place in open_)
        full = {place for place in open_ if weights[place] * factor >= 1}
        if not full:
            for place in open_:
                shares[place] = weights[place] * factor
            break
        open_ -= full
    return shares

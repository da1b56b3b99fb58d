"""Choosing by given chances so that what is chosen is balanced. Pure: chance is given."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

_NOTHING: Final = 1e-9
"""Below this, a number is a rounding error."""


def choose_balanced(chances: Sequence[float], traits: Sequence[Sequence[float]], rng: random.Random) -> list[int]:
    """Return the places that are chosen, each with its chance, so that the sums of their traits stray little.

    `traits`: one sequence for each place, those that matter most first. The sum of a trait over what is chosen is its
    mean, to within a few units; where chances leave a choice, later traits yield to earlier ones. This is the cube
    method (Deville & Tillé 2004, Biometrika 91:893), with the fast flight of Chauvet & Tillé (2006): chances move along
    lines on which all sums stay what they are, until each is 0 or 1.
    """
    now = list(chances)
    open_ = [place for place, chance in enumerate(now) if _NOTHING < chance < 1 - _NOTHING]
    for held in range(len(traits[0]) if traits else 0, -1, -1):
        while open_:
            group = open_[: held + 1]
            line = _dependence([traits[place][:held] for place in group])
            if line is None:
                break
            _move(now, group, line, rng)
            open_ = [place for place in open_ if _NOTHING < now[place] < 1 - _NOTHING]
    return [place for place, chance in enumerate(now) if chance > 0.5]


def _move(now: list[float], places: Sequence[int], line: Sequence[float], rng: random.Random) -> None:
    """Move chances along a line, either way, until one is 0 or 1. Their means stay the same."""
    ahead = min(_room(now[place], step) for place, step in zip(places, line, strict=True))
    back = min(_room(now[place], -step) for place, step in zip(places, line, strict=True))
    far = ahead if rng.random() * (ahead + back) < back else -back
    for place, step in zip(places, line, strict=True):
        now[place] += far * step


def _room(chance: float, step: float) -> float:
    """Return how many steps a chance can go before it is 0 or 1."""
    if abs(step) < _NOTHING:
        return float("inf")
    return (1 - chance) / step if step > 0 else chance / -step


def _dependence(columns: Sequence[Sequence[float]]) -> list[float] | None:
    """Return factors, not all 0, with which the columns add up to nothing; None if there are none."""
    reduced: list[tuple[int, list[float], list[float]]] = []  # where it is 1, the column, and what it was made of
    for number, column in enumerate(columns):
        left, made = list(column), [0.0] * len(columns)
        made[number] = 1.0
        for place, other, other_made in reduced:
            factor = left[place]
            if factor:
                left = [mine - factor * its for mine, its in zip(left, other, strict=True)]
                made = [mine - factor * its for mine, its in zip(made, other_made, strict=True)]
        pivot = next((row for row, value in enumerate(left) if abs(value) > _NOTHING), None)
        if pivot is None:
            return made
        size = left[pivot]
        reduced.append((pivot, [value / size for value in left], [value / size for value in made]))
    return None

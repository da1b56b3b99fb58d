"""Which counts of a group's answers can be told without telling what one person in it answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

FEWEST_PEOPLE: Final = 5
"""A count of fewer people would show what one of them answered."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many answers of a group were of one kind (`part`), of how many answers of how many people."""

    people: int
    part: int
    whole: int


def may_tell(count: GroupCount, least: int = 1) -> bool:
    """Return whether a count may be told: of at least 5 people and `least` answers, and not all of them alike.

    Fewer people are a threshold rule, and a count that all of a group share tells of each of them: A. Hundepool et al.,
    Statistical Disclosure Control (2012), sections 4.2 and 5.2 (group disclosure).
    """
    return count.people >= FEWEST_PEOPLE and count.whole >= least and 0 < count.part < count.whole


def list_tellable(
    parts: Iterable[Key], count: Callable[[Collection[Key]], GroupCount], least: int = 1
) -> frozenset[Key]:
    """Return which parts of a group may be told beside the count of the whole group.

    What isn't told can be calculated: it is the whole less what is told. So those left out, taken together, must be
    tellable themselves, or empty; until they are, the smallest of the others is left out, too (secondary suppression,
    Hundepool et al., section 5.3). `count`: returns the count of any number of parts together.
    """
    alone = {part: count([part]) for part in parts}
    told = {part for part, of_part in alone.items() if may_tell(of_part, least)}
    hidden = [part for part, of_part in alone.items() if part not in told and of_part.whole]
    while told and hidden and not may_tell(count(hidden)):
        smallest = min(told, key=lambda part: (alone[part].whole, str(part)))
        told.remove(smallest)
        hidden.append(smallest)
    return frozenset(told)

"""The lot, the days, and what a firm may see of a trial. Pure: days and the seed are arguments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trainer.assessment.pretest import FORMS

WAIT: Final = dt.timedelta(days=28)
"""From the first form to the second; that long the second group waits."""
WINDOW: Final = dt.timedelta(days=14)
"""How long the second form stays open."""
COURSE: Final = dt.timedelta(days=30)
"""What the group that waited has for the course, after that, before anything is due."""
BLOCKS: Final = (2, 4, 6)
"""Sizes of the blocks, in each of which both groups are equally many."""
FEWEST: Final = 5
"""A firm sees numbers of people in steps of so many, and figures of groups that are no smaller."""


class Arm(StrEnum):
    """The groups of a trial."""

    NOW = "now"
    LATER = "later"


class TrialStage(StrEnum):
    """Where someone stands who takes part, in this order."""

    FIRST = "first"  # the first form is to be answered
    COURSE = "course"  # the course can be taken
    WAIT = "wait"  # for the day of the second form
    SECOND = "second"  # the second form is to be answered
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Lot:
    """What falls to someone: which group, and which form of the scenes comes first."""

    arm: Arm
    form: str


@dataclass(frozen=True, slots=True)
class Days:
    """The days of someone who takes part."""

    second_from: dt.date
    second_until: dt.date
    """The last day of the second form."""


def draw_lot(seed: str, site: str, place: int) -> Lot:
    """Return what falls to the person who is number `place`, from 0, of those who agreed at a site.

    Groups: permuted blocks of random size within each site. Forms: permuted blocks of two within site and group. Both
    follow from the seed, which nobody sees, so that the next lot can't be guessed from those before.
    """
    arms = _in_blocks(random.Random(f"{seed} {site}"), list(Arm), BLOCKS, place)  # noqa: S311 the seed is
    before = arms[:place].count(arms[place])
    forms = _in_blocks(random.Random(f"{seed} {site} {arms[place]}"), FORMS, (2,), before)  # noqa: S311 likewise
    return Lot(Arm(arms[place]), forms[before])


def _in_blocks(rng: random.Random, kinds: Sequence[str], sizes: Sequence[int], place: int) -> list[str]:
    order: list[str] = []
    while len(order) <= place:
        block = list(kinds) * (rng.choice(sizes) // len(kinds))
        rng.shuffle(block)
        order += block
    return order


def days_of(agreed_on: dt.date) -> Days:
    """Return the days of someone who agreed on a day: the same for both groups."""
    return Days(agreed_on + WAIT, agreed_on + WAIT + WINDOW)


def earliest_due(enroll_until: dt.date) -> dt.date:
    """Return the day before which the course is due for nobody in the firm, whether they take part or not."""
    return enroll_until + WAIT + WINDOW + COURSE


def stage_of(
    arm: Arm, days: Days, today: dt.date, *, has_first: bool, has_second: bool, is_over: bool, can_begin: bool
) -> TrialStage:
    """Return where someone stands. `is_over`: withdrew, or the trial is closed; `can_begin`: the first form is open."""
    if is_over or has_second or today > days.second_until or not (has_first or can_begin):
        return TrialStage.OVER
    if not has_first:
        return TrialStage.FIRST
    if today >= days.second_from:
        return TrialStage.SECOND
    return TrialStage.WAIT if arm is Arm.LATER else TrialStage.COURSE


def in_fives(people: int, invited: int) -> int | None:
    """Return the number a firm is shown: rounded down to fives, None for fewer than five or all but fewer than five.

    Steps of five hide who joined between two looks; that nearly everyone takes part would tell of each.
    """
    if people < FEWEST or invited - people < FEWEST:
        return None
    return people - people % FEWEST

"""A full bank that is made up: as many pairs as the finished one, with its shares of danger, duty and topics."""

from __future__ import annotations

import random
from typing import Final

from trainer.assessment.drawing import Pair, PairTelling

PAIRS: Final = 96
_DANGER: Final = 24
_ON_DUTY: Final = 60
_TOPICS: Final = ("one",) * 47 + ("two",) * 27 + ("three",) * 22


def full_bank(rng: random.Random) -> list[Pair]:
    """Return the pairs of a full bank, each in four tellings, its traits dealt out by chance."""
    danger, duty, topics = (rng.sample(range(PAIRS), PAIRS) for _trait in range(3))
    ways = [(is_concern, is_swapped) for is_concern in (True, False) for is_swapped in (False, True)]
    return [
        Pair(
            tuple(PairTelling(f"{number}-{is_concern}", is_concern, is_swapped) for is_concern, is_swapped in ways),
            danger[number] < _DANGER,
            duty[number] < _ON_DUTY,
            _TOPICS[topics[number]],
        )
        for number in range(PAIRS)
    ]

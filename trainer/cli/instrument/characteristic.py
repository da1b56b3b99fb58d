"""Whom the rule of a final passes: its operating characteristic, by the real draw and rule on a full bank.

The bank is made up: as many pairs as the finished one, with its shares of danger now, of scenes seen on duty, and of
topics. Printed beside the rule of today, one stage decided by counts.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from trainer.assessment.deciding import Stage
from trainer.assessment.drawing import Aims, Pair, Telling, draw
from trainer.assessment.measures.operating import RULES, Draw, Scene, spread, table

SEED: Final = 20261125
PAIRS: Final = 96
_DANGER: Final = 24
_ON_DUTY: Final = 60
_TOPICS: Final = ("labor",) * 47 + ("sex",) * 27 + ("minors",) * 22
_DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def full_bank(rng: random.Random) -> list[Pair]:
    """Return the pairs of a full bank, each in four tellings, its traits dealt out by chance."""
    danger, duty, topics = (rng.sample(range(PAIRS), PAIRS) for _trait in range(3))
    ways = [(is_concern, is_swapped) for is_concern in (True, False) for is_swapped in (False, True)]
    return [
        Pair(
            tuple(Telling(str(number), is_concern, is_swapped) for is_concern, is_swapped in ways),
            danger[number] < _DANGER,
            duty[number] < _ON_DUTY,
            _TOPICS[topics[number]],
        )
        for number in range(PAIRS)
    ]


def by_real_draw(pairs: Sequence[Pair]) -> Draw:
    """Return the draw that learners get, for someone who has met what `met` says, a draw a day."""

    def drawn(stage: Stage, met: Sequence[Scene], rng: random.Random) -> list[Scene]:
        last = {(scene.pair, scene.is_concern): _DAY + dt.timedelta(minutes=place) for place, scene in enumerate(met)}
        known = [
            replace(
                pair,
                tellings=tuple(replace(one, met_at=last.get((one.scene, one.is_concern))) for one in pair.tellings),
            )
            for pair in pairs
        ]
        aims = Aims(stage.scenes, stage.fewest_to_report, stage.most_to_report, danger_pairs=2 * stage.danger_now)
        danger = {pair.tellings[0].scene for pair in pairs if pair.is_danger}
        return [
            Scene(one.scene, one.is_concern, one.is_concern and one.scene in danger) for one in draw(known, aims, rng)
        ]

    return drawn


def as_text(people: int) -> str:
    """Return the operating characteristic of both rules, each learner simulated `people` times."""
    rng = random.Random(SEED)  # noqa: S311 a simulation
    pairs = full_bank(rng)
    effects = spread([pair.tellings[0].scene for pair in pairs], rng)
    return table(RULES, by_real_draw(pairs), effects, rng, people=people)

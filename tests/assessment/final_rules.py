"""The rules of our finals, as their specification has them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from trainer.assessment.deciding import Bounds, FinalRule, Stage
from trainer.assessment.measures.operating import Draw, DrawnScene

TWO_STAGES = FinalRule(
    stages=(Stage(32, 15, 17, 4), Stage(16, 7, 9, 2)),
    first_try=(Bounds(2, 2, 1, 1, 24), Bounds(5, 4, 2, 2, 36)),
    later_tries=(Bounds(2, 1, 1, 1, 24), Bounds(5, 3, 2, 2, 36)),
)
"""The rule before: 32 scenes, and 16 more where they leave it open. Finals that began by it end by it."""

THREE_STAGES = FinalRule(
    stages=(Stage(32, 15, 17, 4), Stage(16, 7, 9, 2), Stage(16, 7, 9, 2)),
    first_try=(Bounds(1, 1, 1, 1, 24), Bounds(3, 3, 2, 2, 36), Bounds(6, 5, 3, 3, 48)),
    later_tries=(Bounds(1, 1, 1, 1, 24), Bounds(3, 2, 2, 2, 36), Bounds(6, 4, 3, 3, 48)),
)
"""The rule: 32 scenes, 16 more where they leave it open, and another 16 where those do."""


def bank_draw(pairs: int, danger_pairs: int) -> Draw:
    """Return a draw from a bank of so many pairs: fresh ones first, then those met longest ago; one twin of a pair.

    Twice as many pairs of danger as scenes of danger now are drawn; the other half are shown by their innocent twin.
    Raises ValueError when it draws from a bank that is too small.
    """

    def draw(stage: Stage, met: Sequence[DrawnScene], rng: random.Random) -> list[DrawnScene]:
        last_met = {scene.pair: position for position, scene in enumerate(met)}
        order = sorted(rng.sample(range(pairs), pairs), key=lambda pair: last_met.get(pair, -1))
        of_danger = [pair for pair in order if pair < danger_pairs][: 2 * stage.danger_now]
        others = [pair for pair in order if pair >= danger_pairs][: stage.scenes - 2 * stage.danger_now]
        if len(of_danger) + len(others) < stage.scenes:
            raise ValueError(f"{pairs} pairs, {danger_pairs} of danger, are too few for {stage}")
        rng.shuffle(of_danger)
        rng.shuffle(others)
        rest = rng.randint(stage.fewest_to_report, stage.most_to_report) - stage.danger_now
        dangers = [(pair, place < stage.danger_now) for place, pair in enumerate(of_danger)]
        return [DrawnScene(pair, is_danger, is_danger) for pair, is_danger in dangers] + [
            DrawnScene(pair, place < rest, False) for place, pair in enumerate(others)
        ]

    return draw

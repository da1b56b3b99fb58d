"""The rules of our finals, as their specification has them."""

from __future__ import annotations

from trainer.assessment.deciding import Bounds, FinalRule, Stage

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

"""The rule of our finals, as its specification has it."""

from __future__ import annotations

from trainer.assessment.deciding import Bounds, FinalRule, Stage

TWO_STAGES = FinalRule(
    stages=(Stage(32, 15, 17, 4), Stage(16, 7, 9, 2)),
    first_try=(Bounds(2, 2, 1, 1, 24), Bounds(5, 4, 2, 2, 36)),
    later_tries=(Bounds(2, 1, 1, 1, 24), Bounds(5, 3, 2, 2, 36)),
)
"""The rule: 32 scenes, and 16 more where they leave it open."""

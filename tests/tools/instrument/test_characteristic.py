"""Whom the rule passes, by the draw that learners get."""

from __future__ import annotations

import random
from pathlib import Path

from tests.assessment.final_rules import TWO_STAGES
from tests.content import small
from tests.tools.instrument import bank
from tests.tools.instrument.full import PAIRS, full_bank
from trainer.assessment.measures.operating import COMPETENT, LEARNERS, DrawnScene, judge_by, simulate, spread
from trainer.tools.instrument.characteristic import as_text, by_real_draw


def test_the_real_draw_gives_each_stage_what_the_rule_asks() -> None:
    rng = random.Random(1)
    drawn = by_real_draw(full_bank(rng))
    met: list[DrawnScene] = []
    for _try in range(2):
        for stage in TWO_STAGES.stages:
            scenes = drawn(stage, met, rng)
            assert len(scenes) == stage.scenes
            assert sum(scene.is_danger for scene in scenes) == stage.danger_now
            assert stage.fewest_to_report <= sum(scene.is_concern for scene in scenes) <= stage.most_to_report
            met += scenes
    assert len({scene.pair for scene in met}) == len(met) == 96  # no pair twice in two tries of 48


def test_someone_competent_passes_and_who_reports_all_never_does() -> None:
    rng = random.Random(2)
    pairs = full_bank(rng)
    effects = spread(range(PAIRS), rng)
    drawn = by_real_draw(pairs)
    competent = simulate(TWO_STAGES, judge_by(COMPETENT, effects), drawn, rng, people=150)
    assert competent.in_one > 0.83 - 4 * competent.error
    everything = next(one for one in LEARNERS if one.name == "reports everything")
    assert simulate(TWO_STAGES, judge_by(everything, effects), drawn, rng, people=20).in_two_rounds == 0


def test_a_pool_that_is_too_small_is_named(tmp_path: Path) -> None:
    told = as_text(small.read(bank.write(tmp_path)), people=4)
    assert told.startswith("The reserved pool has ")
    assert told.endswith("too few for: one stage, counts alone.")

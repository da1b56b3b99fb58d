"""Whom the rule of a final passes: its operating characteristic, by the real draw, rule and bank.

Printed beside a rule of one stage that is decided by counts alone.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from trainer.assessment.deciding import FinalRule, Stage
from trainer.assessment.drawing import Pair, draw
from trainer.assessment.drawn import pairs_of
from trainer.assessment.finals import aims_of
from trainer.assessment.measures.operating import ONE_STAGE, Draw, DrawnScene, spread, table
from trainer.assessment.planned import Plan
from trainer.content.objects import Content
from trainer.content.schema import Pool
from trainer.tools.instrument.exposure import CourseDraw

SEED: Final = 20261125
_DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def by_real_draw(pairs: Sequence[Pair], plans: Mapping[Stage, Plan | None] = MappingProxyType({})) -> Draw:
    """Return the draw that learners get, for someone who has met what `met` says, one scene a minute.

    Its scenes name their pairs by their places in `pairs`. `plans`: how many pairs of each kind a stage draws.
    """
    place_of = {telling.scene: place for place, pair in enumerate(pairs) for telling in pair.tellings}

    def drawn(stage: Stage, met: Sequence[DrawnScene], rng: random.Random) -> list[DrawnScene]:
        last = {(scene.pair, scene.is_concern): _DAY + dt.timedelta(minutes=minute) for minute, scene in enumerate(met)}
        known = [
            replace(
                pair,
                tellings=tuple(
                    replace(telling, met_at=last.get((place, telling.is_concern))) for telling in pair.tellings
                ),
            )
            for place, pair in enumerate(pairs)
        ]
        return [
            DrawnScene(
                place_of[scene.scene], scene.is_concern, scene.is_concern and pairs[place_of[scene.scene]].is_danger
            )
            for scene in draw(known, aims_of(stage), rng, plan=plans.get(stage))
        ]

    return drawn


def as_text(content: Content, people: int) -> str:
    """Return the operating characteristic of the first course's rule, each learner simulated `people` times."""
    course = next(iter(content.courses.values()))
    rng = random.Random(SEED)  # noqa: S311 a simulation
    pairs = pairs_of(content, Pool.RESERVED)
    rules = {f"{course.slug} {course.file.version}": FinalRule.of(course.file), "one stage, counts alone": ONE_STAGE}
    too_few = [name for name, rule in rules.items() if rule.ends[-1] > len(pairs)]
    if too_few:
        return f"The reserved pool has {len(pairs)} pairs, too few for: {', '.join(too_few)}."
    effects = spread(range(len(pairs)), rng)
    drawing = CourseDraw(content, course)
    plans = {stage: drawing.plan(number) for number, stage in enumerate(drawing.stages)}
    return table(rules, by_real_draw(pairs, plans), effects, rng, people=people)

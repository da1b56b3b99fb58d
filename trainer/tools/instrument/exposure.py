"""How often pairs are met in finals, what colleagues have in common, and how often an aim of a draw yields."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, pstdev
from typing import Final

from trainer.assessment.deciding import FinalRule, Stage
from trainer.assessment.drawing import Pair, PairTelling, draw
from trainer.assessment.drawn import pairs_of
from trainer.assessment.finals import aims_of
from trainer.assessment.planned import Plan, chances
from trainer.content.objects import Content, Course
from trainer.content.schema import Pool
from trainer.tools.instrument.figures import Figure

SEED: Final = 20261125
COLLEAGUES: Final = 250
"""Pairs of them, whose first finals are compared."""
PEOPLE: Final = 10
"""For whom a report draws: whether an aim yields depends little on chance."""
_DAY: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class DrawnStage:
    """What one stage of one try drew for someone."""

    number: int
    """Of the try, from 1 on."""
    stage: Stage
    shown: tuple[tuple[Pair, PairTelling], ...]


class CourseDraw:
    """Draws the finals of a course as learners get them."""

    def __init__(self, content: Content, course: Course) -> None:
        self.pairs = pairs_of(content, Pool.RESERVED)
        self.stages = FinalRule.of(course.file).stages
        self.tries = course.file.final.retry_rule.tries
        self._draw = course.instrument.draw if course.instrument else None

    def plan(self, stage: int) -> Plan | None:
        """Return how many pairs of each kind a stage draws, if that was computed."""
        return self._draw.numbers(stage) if self._draw else None

    def first(self, rng: random.Random, met: Counter[str] | None = None) -> list[PairTelling]:
        """Draw the first stage of a first try. `met`: how often colleagues met each scene."""
        counts = met or Counter[str]()
        pairs = [
            replace(pair, colleagues=sum(counts[name] for name in {telling.scene for telling in pair.tellings}))
            for pair in self.pairs
        ]
        return draw(pairs, aims_of(self.stages[0]), rng, plan=self.plan(0))

    def stage(
        self, place: int, pairs: Sequence[Pair], shown: Sequence[PairTelling], rng: random.Random
    ) -> list[PairTelling]:
        """Draw a stage of a try that has shown these."""
        scenes = {telling.scene for telling in shown}
        left = [pair for pair in pairs if scenes.isdisjoint(telling.scene for telling in pair.tellings)]
        return draw(left, aims_of(self.stages[place]), rng, plan=self.plan(place))

    def history(self, rng: random.Random, stages: int) -> Iterator[DrawnStage]:
        """Draw all tries of a round for someone who is asked so many stages in each."""
        known = self.pairs
        for number in range(1, self.tries + 1):
            shown: list[PairTelling] = []
            pair_of = {telling: pair for pair in known for telling in pair.tellings}
            for place, stage in enumerate(self.stages[:stages]):
                drawn = self.stage(place, known, shown, rng)
                yield DrawnStage(number, stage, tuple((pair_of[telling], telling) for telling in drawn))
                shown += drawn
            known = meet(known, shown, number)


def figures(content: Content) -> Iterator[Figure]:
    """Return how evenly first finals draw, for each course whose draw is planned."""
    for course in content.courses.values():
        drawing = CourseDraw(content, course)
        plan = drawing.plan(0)
        if plan is None:
            continue
        rng = random.Random(f"{SEED} {course.slug}")  # noqa: S311 a simulation
        quota = aims_of(drawing.stages[0]).quota()
        chance = chances([pair.kind for pair in drawing.pairs], [0] * len(drawing.pairs), quota, plan)
        yield Figure(f"{course.slug}: largest chance of a pair in a first final", max(chance), most=0.42)
        yield Figure(f"{course.slug}: smallest chance of a pair in a first final", min(chance), least=0.12)
        shared, noted, hard = [], [], []
        for _pair in range(COLLEAGUES):
            drawn = drawing.first(rng)
            names = {telling.scene for telling in drawn}
            shared.append(len(names & {telling.scene for telling in drawing.first(rng, Counter(names))}))
            noted.append(sum(telling.is_noted for telling in drawn))
            hard.append(sum(telling.is_hard for telling in drawn))
        yield Figure(f"{course.slug}: scenes shared by two colleagues’ first finals, mean", mean(shared), most=6)
        yield Figure(f"{course.slug}: scenes to note in a first final, standard deviation", pstdev(noted))
        yield Figure(f"{course.slug}: hard scenes in a first final, standard deviation", pstdev(hard))


def as_lines(content: Content) -> Iterator[str]:
    """Yield for each course how often the draws of a round hold their aims."""
    yield (
        f"AIMS OF DRAWS: how many of {PEOPLE} people’s draws hold them, in each stage of each try, if every try has so "
        "many scenes"
    )
    for name, tries in _rounds(content, PEOPLE):
        danger, duty = (", ".join(_held(draws, is_held) for draws in tries) for is_held in (_holds_danger, _holds_duty))
        yield f"{name}: emergencies {danger}; on duty {duty}"


def table(content: Content, people: int) -> Iterator[str]:
    """Yield how evenly so many people’s finals draw, try by try: means, with standard deviations."""
    yield (
        f"{f'of {people} people each':40}{'a pair is met by':>18}{'on duty':>15}{'to note':>12}{'hard':>12}"
        "   draws that hold danger; duty"
    )
    for name, tries in _rounds(content, people):
        for number, draws in enumerate(tries, start=1):
            shown = [[each for stage in person for each in stage.shown] for person in draws]
            met = Counter(pair.tellings[0].scene for person in shown for pair, _telling in person)
            unmet = len(met) < len(pairs_of(content, Pool.RESERVED))
            least, most = 0 if unmet else min(met.values()) / people, max(met.values()) / people
            counted = (
                [sum(pair.is_on_duty for pair, _telling in person) for person in shown],
                [sum(telling.is_noted for _pair, telling in person) for person in shown],
                [sum(telling.is_hard for _pair, telling in person) for person in shown],
            )
            told = "".join(f"{f'{mean(each):.1f} ± {pstdev(each):.1f}':>13}" for each in counted)
            held = f"{_held(draws, _holds_danger)}; {_held(draws, _holds_duty)}"
            yield f"{f'{name}, try {number}':40}{f'{least:.2f} to {most:.2f}':>18}{told}   {held}"


def _rounds(content: Content, people: int) -> Iterator[tuple[str, list[list[list[DrawnStage]]]]]:
    """Yield for each course what people draw by try: of those never sent on, sent on once each time, and so on."""
    for course in content.courses.values():
        drawing = CourseDraw(content, course)
        if course.is_for_renewal or sum(stage.scenes for stage in drawing.stages) > len(drawing.pairs):
            continue
        for stages in range(1, len(drawing.stages) + 1):
            rng = random.Random(f"{SEED} {course.slug}")  # noqa: S311 a simulation
            histories = [list(drawing.history(rng, stages)) for _person in range(people)]
            yield (
                f"{course.slug}, {sum(stage.scenes for stage in drawing.stages[:stages])} scenes",
                [
                    [[stage for stage in history if stage.number == number] for history in histories]
                    for number in range(1, drawing.tries + 1)
                ],
            )


def _held(draws: Sequence[Sequence[DrawnStage]], is_held: Callable[[DrawnStage], bool]) -> str:
    """Return in how many draws an aim is held, stage by stage."""
    return "+".join(str(sum(is_held(stage) for stage in stages)) for stages in zip(*draws, strict=True))


def _holds_danger(drawn: DrawnStage) -> bool:
    return sum(pair.is_danger for pair, _telling in drawn.shown) == 2 * drawn.stage.danger_now


def _holds_duty(drawn: DrawnStage) -> bool:
    on_duty = sum(pair.is_on_duty for pair, _telling in drawn.shown)
    most = drawn.stage.scenes if drawn.stage.on_duty_at_most is None else drawn.stage.on_duty_at_most
    return drawn.stage.on_duty_at_least <= on_duty <= most


def meet(pairs: Sequence[Pair], shown: Collection[PairTelling], day: int) -> list[Pair]:
    """Return pairs as someone knows them whom a try showed these that day."""
    at, met = _DAY + dt.timedelta(days=day), set(shown)
    return [
        pair
        if met.isdisjoint(pair.tellings)
        else replace(pair, tellings=tuple(replace(each, met_at=at) if each in met else each for each in pair.tellings))
        for pair in pairs
    ]

"""Who would pass without judging: strategies that go by something else, through the real draw and the real rule."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from trainer.assessment import rules
from trainer.assessment.deciding import Decision, FinalCounts, FinalRule, decide
from trainer.assessment.drawing import PairTelling
from trainer.assessment.drawn import told
from trainer.content.objects import Content, Course, Scenario
from trainer.content.subject import Verdict
from trainer.items.judge.payload import Judged, ScenePayload, payload_of
from trainer.tools.instrument.exposure import CourseDraw, meet
from trainer.tools.instrument.figures import Figure
from trainer.tools.instrument.guards import by_words

SEED: Final = 20261125
TRIES: Final = 2_000
_AT_HOME: Final = frozenset({"none", "anglo", "french"})
SimulatedAnswer = tuple[Verdict, str]
"""Of one scene: the verdict, and the id of the first action."""
Says = Callable[[Sequence[tuple[Scenario, ScenePayload]], random.Random], Iterable[SimulatedAnswer]]
"""What someone says of the scenes of a stage."""


def figures(content: Content) -> Iterator[Figure]:
    """Return how often each strategy passes one try of the first course's final; its first steps are all the best."""
    finals = SimulatedFinals(content, next(iter(content.courses.values())))
    if not finals.can_be_drawn:
        return
    words = by_words(content)
    per_scene: dict[str, Callable[[Scenario], bool]] = {
        "reports all": lambda scene: True,
        "reports none": lambda scene: False,
        "by origin": lambda scene: any(person.origin not in _AT_HOME for person in scene.file.people),
        "by tone": lambda scene: any(
            person.role == "controller" and person.manner == "gruff" for person in scene.file.people
        ),
        "by words": lambda scene: words[scene.id] > 0.5,
    }
    for name, reports in per_scene.items():
        yield Figure(f"(g) {name}: passes a try", _share(finals, _by_scene(reports)), most=0.01)
    yield Figure("(g) always calls: passes a try", _share(finals, _always_calls), most=0.01)

    def top_half(drawn: Sequence[tuple[Scenario, ScenePayload]], _rng: random.Random) -> Iterator[SimulatedAnswer]:
        middle = sorted((words[scene.id] for scene, _payload in drawn), reverse=True)[len(drawn) // 2 - 1]
        return (_well_done(payload, words[scene.id] >= middle) for scene, payload in drawn)

    yield Figure("(g) by words, knowing how many: passes a try", _share(finals, top_half), most=0.05)


class SimulatedFinals:
    """Finals of a course that made-up people take. What is drawn for one of them is kept for all ways to answer."""

    def __init__(self, content: Content, course: Course) -> None:
        self._content, self._drawing, self._final = content, CourseDraw(content, course), FinalRule.of(course.file)
        self._drawn: dict[tuple[int, ...], list[PairTelling]] = {}
        self._payloads: dict[tuple[str, bool], ScenePayload] = {}
        self._judged: dict[tuple[str, bool, SimulatedAnswer], Judged] = {}

    @property
    def can_be_drawn(self) -> bool:
        """True if there are pairs enough for all stages."""
        return len(self._drawing.pairs) >= self._final.ends[-1]

    def passes(self, person: int, says: Says, tries: int = 1) -> int:
        """Return in which of so many tries someone passes; 0: in none."""
        known = self._drawing.pairs
        path: tuple[int, ...] = (person,)
        rng = random.Random(f"{SEED} {person}")  # noqa: S311 a simulation
        for number in range(1, tries + 1):
            counts, shown = FinalCounts(0, 0, 0, 0, 0, 0), list[PairTelling]()
            for place in range(len(self._drawing.stages)):
                path = (*path, place)
                if path not in self._drawn:
                    chance = random.Random(f"{SEED} {path}")  # noqa: S311 a simulation
                    self._drawn[path] = self._drawing.stage(place, known, shown, chance)
                shown += self._drawn[path]
                counts += self._count(self._drawn[path], says, rng)
                decision = decide(self._final, counts, round_=1, number=number)
                if decision is not Decision.SENT_ON:
                    break
            if decision is Decision.PASSED:
                return number
            known = meet(known, shown, number)
        return 0

    def _count(self, drawn: Sequence[PairTelling], says: Says, rng: random.Random) -> FinalCounts:
        scenes = [told(self._content, telling) for telling in drawn]
        for scene in scenes:
            if (scene.id, scene.is_swapped) not in self._payloads:
                self._payloads[scene.id, scene.is_swapped] = payload_of(scene)
        shown = [(scene, self._payloads[scene.id, scene.is_swapped]) for scene in scenes]
        judged = []
        for (scene, payload), (verdict, action) in zip(shown, says(shown, rng), strict=True):
            key = scene.id, scene.is_swapped, (verdict, action)
            if key not in self._judged:
                given = {"verdict": verdict.value, "action": action}
                self._judged[key] = payload.judge(given, self._content.vocabulary.danger_rules)
            judged.append(self._judged[key])
        return rules.count(judged).counts


def _share(finals: SimulatedFinals, says: Says) -> float:
    return sum(map(bool, (finals.passes(person, says) for person in range(TRIES)))) / TRIES


def _by_scene(reports: Callable[[Scenario], bool]) -> Says:
    return lambda drawn, _rng: [_well_done(payload, reports(scene)) for scene, payload in drawn]


def _always_calls(drawn: Sequence[tuple[Scenario, ScenePayload]], _rng: random.Random) -> Iterator[SimulatedAnswer]:
    for _scene, payload in drawn:
        report = next((action for action in payload.actions if action.is_report), payload.best_action)
        yield Verdict.NOTHING_TO_REPORT, report.id


def _well_done(payload: ScenePayload, is_reported: bool) -> SimulatedAnswer:
    action = payload.best_action
    if not is_reported and action.is_report:
        action = next((other for other in payload.actions if not other.is_report and not other.harm), action)
    return Verdict.REPORT_NOW if is_reported else Verdict.NOTHING_TO_REPORT, action.id

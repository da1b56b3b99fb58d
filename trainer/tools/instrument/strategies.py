"""Who would pass without judging: strategies that go by something else, through the real draw and the real rule."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from trainer.assessment import rules
from trainer.assessment.deciding import Decision, FinalCounts, FinalRule, decide
from trainer.assessment.drawing import Pair, draw
from trainer.assessment.drawn import pairs_of, told
from trainer.assessment.finals import aims_of
from trainer.content.objects import Content, Course, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Verdict
from trainer.items.judge.payload import Judged, ScenePayload, payload_of
from trainer.tools.instrument.figures import Figure
from trainer.tools.instrument.guards import by_words

SEED: Final = 20261125
TRIES: Final = 2_000
_AT_HOME: Final = frozenset({"none", "anglo", "french"})
SimulatedAnswer = Mapping[str, bool]
"""By scene: whether it is reported."""


def figures(content: Content) -> Iterator[Figure]:
    """Return how often each strategy passes one try of the first course's final; its first steps are all the best."""
    course = next(iter(content.courses.values()))
    final = FinalRule.of(course.file)
    if len(pairs_of(content, Pool.RESERVED)) < final.ends[-1]:
        return
    words = by_words(content)
    tries = _Tries(content, course, final)
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
        yield Figure(f"(g) {name}: passes a try", _passes(content, final, tries, _by_scene(reports)), most=0.01)
    calling = _passes(content, final, tries, _nothing, always_calls=True)
    yield Figure("(g) always calls: passes a try", calling, most=0.01)

    def top_half(drawn: list[Scenario]) -> SimulatedAnswer:
        first = sorted(drawn, key=lambda scene: -words[scene.id])[: len(drawn) // 2]
        return {scene.id: scene in first for scene in drawn}

    yield Figure("(g) by words, knowing how many: passes a try", _passes(content, final, tries, top_half), most=0.05)


def _by_scene(reports: Callable[[Scenario], bool]) -> Callable[[list[Scenario]], SimulatedAnswer]:
    return lambda drawn: {scene.id: reports(scene) for scene in drawn}


def _nothing(drawn: list[Scenario]) -> SimulatedAnswer:
    return {scene.id: False for scene in drawn}


class _Tries:
    """What each try draws, stage by stage, which doesn't depend on what is said: drawing is what takes long."""

    def __init__(self, content: Content, course: Course, final: FinalRule) -> None:
        self._content, self._final = content, final
        self._instrument = course.instrument
        self._matched = pairs_of(content, Pool.RESERVED)
        self._chances = [random.Random(f"{SEED} {number}") for number in range(TRIES)]  # noqa: S311 a simulation
        self._drawn: list[list[list[Scenario]]] = [[] for _number in range(TRIES)]

    def stages(self, number: int) -> Iterator[list[Scenario]]:
        """Return the scenes of a try's stages."""
        drawn = self._drawn[number]
        for place, stage in enumerate(self._final.stages):
            if place == len(drawn):
                known = {scene.file.pair for scenes in drawn for scene in scenes}
                fresh = [pair for pair in self._matched if _pair(self._content, pair) not in known]
                plan = self._instrument.draw.numbers(place) if self._instrument else None
                tellings = draw(fresh, aims_of(stage), self._chances[number], plan=plan)
                drawn.append([told(self._content, telling) for telling in tellings])
            yield drawn[place]


def _passes(
    content: Content,
    final: FinalRule,
    tries: _Tries,
    says: Callable[[list[Scenario]], SimulatedAnswer],
    *,
    always_calls: bool = False,
) -> float:
    judgments: dict[tuple[str, bool], Judged] = {}
    passed = 0
    for number in range(TRIES):
        counts = FinalCounts(0, 0, 0, 0, 0, 0)
        for drawn in tries.stages(number):
            said = says(drawn)
            for scene in drawn:
                if (scene.id, said[scene.id]) not in judgments:
                    payload = payload_of(scene)
                    given = _given(payload, said[scene.id], always_calls)
                    judgments[scene.id, said[scene.id]] = payload.judge(given, content.vocabulary.danger_rules)
            counts += rules.count([judgments[scene.id, said[scene.id]] for scene in drawn]).counts
            decision = decide(final, counts, round_=1, number=1)
            if decision is not Decision.SENT_ON:
                break
        passed += decision is Decision.PASSED
    return passed / TRIES


def _pair(content: Content, pair: Pair) -> str | None:
    return content.scenarios[pair.tellings[0].scene].file.pair


def _given(payload: ScenePayload, is_reported: bool, always_calls: bool) -> dict[str, str]:
    reports = (report for report in payload.actions if report.is_report)
    action = next(reports, payload.best_action) if always_calls else payload.best_action
    if not always_calls and not is_reported and action.is_report:
        action = next((other for other in payload.actions if not other.is_report and not other.harm), action)
    verdict = Verdict.REPORT_NOW if is_reported else Verdict.NOTHING_TO_REPORT
    return {"verdict": verdict.value, "action": action.id}

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
from trainer.cli.instrument.figures import Figure
from trainer.cli.instrument.guards import by_words
from trainer.content.objects import Content, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Verdict
from trainer.items.judge.payload import ScenePayload, payload_of

SEED: Final = 20261125
TRIES: Final = 2_000
_AT_HOME: Final = frozenset({"none", "anglo", "french"})
Said = Mapping[str, bool]
"""By scene: whether it is reported."""


def figures(content: Content) -> Iterator[Figure]:
    """Return how often each strategy passes one try of the first course's final; its first steps are all the best."""
    course = next(iter(content.courses.values()))
    final = FinalRule.of(course.file)
    if len(pairs_of(content, Pool.RESERVED)) < final.ends[-1]:
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
        yield Figure(f"(g) {name}: passes a try", _passes(content, final, _by_scene(reports)), most=0.01)
    yield Figure("(g) always calls: passes a try", _passes(content, final, _nothing, always_calls=True), most=0.01)

    def top_half(drawn: list[Scenario]) -> Said:
        first = sorted(drawn, key=lambda scene: -words[scene.id])[: len(drawn) // 2]
        return {scene.id: scene in first for scene in drawn}

    yield Figure("(g) by words, knowing how many: passes a try", _passes(content, final, top_half), most=0.05)


def _by_scene(reports: Callable[[Scenario], bool]) -> Callable[[list[Scenario]], Said]:
    return lambda drawn: {scene.id: reports(scene) for scene in drawn}


def _nothing(drawn: list[Scenario]) -> Said:
    return {scene.id: False for scene in drawn}


def _passes(
    content: Content, final: FinalRule, says: Callable[[list[Scenario]], Said], *, always_calls: bool = False
) -> float:
    rng = random.Random(SEED)  # noqa: S311 a simulation
    matched = pairs_of(content, Pool.RESERVED)
    payloads: dict[str, ScenePayload] = {}
    passed = 0
    for _try in range(TRIES):
        met: list[Scenario] = []
        counts = FinalCounts(0, 0, 0, 0, 0, 0)
        for stage in final.stages:
            known = {scene.file.pair for scene in met}
            fresh = [pair for pair in matched if _pair(content, pair) not in known]
            drawn = [told(content, telling) for telling in draw(fresh, aims_of(stage), rng)]
            said, judged = says(drawn), []
            for scene in drawn:
                payload = payloads.get(scene.id) or payloads.setdefault(scene.id, payload_of(scene))
                given = _given(payload, said[scene.id], always_calls)
                judged.append(payload.judge(given, content.vocabulary.danger_rules))
            met += drawn
            counts += rules.count(judged).counts
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

"""Whom the shipped finals let through, by their real draw and rule: nobody without the key, and others as measured.

`content report --instrument` has more who don't know the key, in part (g): there, with the best first steps.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from statistics import median

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from trainer.content.catalogue import Strength
from trainer.content.evidence import line_of, shown_signs
from trainer.content.library import Library
from trainer.content.objects import Content, Scenario
from trainer.content.schema import Explained, Pool, ShownBy
from trainer.content.subject import Truth, Verdict
from trainer.items.judge.payload import ScenePayload, ShownAction, payload_of
from trainer.tools.instrument.strategies import SimulatedAnswer, SimulatedFinals
from trainer.tools.instrument.texts import pairs, text

MANY, TRIES = 400, 3
CALLS = ["911", "hotline", "child-protection", "site", "services", "labor", "legal-aid", "ask", "note", "none"]
QUIET = ["note", "site", "none", "ask", "services", "labor", "legal-aid", "child-protection", "hotline", "911"]
NO_911, SITE = [*CALLS[1:], "911"], ["site", *QUIET]
NEXT: dict[Strength, list[Strength]] = {
    "weak": ["medium"],
    "weak-medium": ["weak", "medium"],
    "medium": ["weak", "strong"],
    "strong": ["medium"],
}
ALARM = re.compile(r"passport|police|afraid|scared|bruise|lock|cash|owe|debt|rent|alone|boss|phone|cries|hotel")
# What bad training points at: where people come from, how they speak, how old they are, what they wear. Papers and
# threats with the immigration office are left out: who holds them against someone is a sign.
CUES = re.compile(
    r"\b(accent|languages?|Spanish|Portuguese|French|Russian|Chinese|Somali|Arabic|foreign\w*|interpreters?|translat\w+|"
    r"from (Guatemala|Honduras|Mexico|Brazil|Haiti|Jamaica|Congo|Angola|China|Vietnam|Thailand|the Philippines|Ukraine|"
    r"Romania|Nigeria|Kenya|Ghana|Portugal|Quebec|India)|abroad|overseas|older|younger|young|old|gray|girl|boy|teens?|"
    r"twice (his|her) age|in (his|her) (late |early )?(twenties|forties|fifties|sixties)|tattoos?|skirt|heels|make-?up|"
    r"hoodie|coat|jacket|apron|boots|shirt|hair|sneakers|dirty|shabby|shy|nervous)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Seen:
    """A scene before someone who answers it, and those drawn with it."""

    scene: Scenario
    payload: ScenePayload
    drawn: Sequence[tuple[Scenario, ScenePayload]]
    rng: random.Random

    def turn(self, is_reported: bool, calls: Sequence[str] = CALLS, quiet: Sequence[str] = QUIET) -> SimulatedAnswer:
        """Choose the first step by whom it turns to."""
        order = calls if is_reported else quiet
        return say(is_reported, min(self.payload.actions, key=lambda step: order.index(step.door or "none")))

    def offers(self, door: str) -> bool:
        return any(step.door == door for step in self.payload.actions)

    def any_step(self, but: str = "") -> ShownAction:
        return self.rng.choice([step for step in self.payload.actions if step.door != but])

    def alarms(self) -> int:
        return len(set(ALARM.findall(text(self.scene).lower())))

    def is_concern(self, sureness: float = 1) -> bool:
        return (self.payload.truth is Truth.CONCERN) == (self.rng.random() < sureness)


Strategy = Callable[[Seen], SimulatedAnswer]


def say(is_reported: bool, step: ShownAction) -> SimulatedAnswer:
    return Verdict.REPORT_NOW if is_reported else Verdict.NOTHING_TO_REPORT, step.id


def by_step(choose: Callable[[Seen], ShownAction]) -> Strategy:
    return lambda it: say((step := choose(it)).is_report, step)


def by_danger(it: Seen) -> Sequence[str]:
    return CALLS if it.payload.rule == "danger-now" else NO_911


NEVER: dict[str, Strategy] = {
    "1 all": lambda it: it.turn(True),
    "2 none": lambda it: it.turn(False),
    "3 a coin": lambda it: it.turn(it.rng.random() < 0.5),
    "4 911 offered": lambda it: it.turn(it.offers("911")),
    "5 911 not offered": lambda it: it.turn(not it.offers("911")),
    "6 a note, and no carrying on": lambda it: it.turn(it.offers("note") and not it.offers("none")),
    "7 no note": lambda it: it.turn(not it.offers("note")),
    "8 two doors report": lambda it: it.turn(sum(step.is_report for step in it.payload.actions) > 1),
    "9 longest": by_step(lambda it: max(it.payload.actions, key=lambda step: len(step.text))),
    "10 shortest": by_step(lambda it: min(it.payload.actions, key=lambda step: len(step.text))),
    "11 first shown": by_step(Seen.any_step),
    "12 long": lambda it: it.turn(len(text(it.scene).split()) > 100),
    "13 looks": lambda it: it.turn(bool(CUES.search(it.scene.html))),
    "15 gut": lambda it: it.turn(it.scene.file.is_about_minor or it.payload.venue in ("hotel", "massage", "online")),
    "16 two alarm words": lambda it: it.turn(it.alarms() > 1),
    "17 an alarm word": lambda it: it.turn(it.alarms() > 0),
    "18 minors, never 911": lambda it: it.turn(it.scene.file.is_about_minor, NO_911),
    "31 knows, 911 last": lambda it: it.turn(it.is_concern(), NO_911),
    "32 knows, carries on": lambda it: it.turn(it.is_concern(), CALLS, ["none", *QUIET]),
    "34 knows, always the site": lambda it: it.turn(it.is_concern(), SITE, SITE),
    "35 knows, any step": lambda it: say(it.is_concern(), it.any_step()),
    "36 knows, any but nobody": lambda it: say(it.is_concern(), it.any_step(but="none")),
}
MEASURED: dict[str, tuple[Strategy, float, float]] = {
    "the rule": (lambda it: say(it.is_concern(), it.payload.best_action), 1, 1),
    "30 knows": (lambda it: it.turn(it.is_concern()), 0.29, 0.60),
    "33 knows, notes or carries on": (lambda it: it.turn(it.is_concern(), CALLS, ["note", "none", *QUIET]), 0.02, 0.03),
    "38 judges .90": (lambda it: it.turn(it.is_concern(0.9)), 0.05, 0.12),
    "38 judges .95": (lambda it: it.turn(it.is_concern(0.95)), 0.15, 0.33),
    "39 knows danger, too": (lambda it: it.turn(it.is_concern(), by_danger(it)), 0.61, 0.89),
}
LEARNERS = {
    0.05: {0.0: (0.98, 1.0), 0.1: (0.86, 1.0), 0.2: (0.39, 0.71), 0.3: (0.08, 0.18)},
    0.2: {0.0: (0.49, 0.8), 0.1: (0.2, 0.4), 0.2: (0.03, 0.09), 0.3: (0.0, 0.0)},
}


def readers(content: Content) -> dict[str, Strategy]:
    """Return those who read words as the open scenes have them, each also knowing that half are to be reported."""
    opened, kept = ([one for two in pairs(content, pool) for one in two.both] for pool in (Pool.OPEN, Pool.RESERVED))
    strategies: dict[str, Strategy] = {}
    for name, menu in (("20 words", False), ("21 words and menu", True)):
        told, asked = (
            [" ".join([text(one), *(step.text for step in payload_of(one).actions if menu)]) for one in scenes]
            for scenes in (opened, kept)
        )
        reader = make_pipeline(TfidfVectorizer(min_df=2), LogisticRegression()).fit(told, [1, 0] * (len(told) // 2))
        scores = dict(zip((one.id for one in kept), reader.predict_proba(asked)[:, 1], strict=True))

        def reads(it: Seen, scores: dict[str, float] = scores, knows_half: bool = False) -> SimulatedAnswer:
            middle = median(scores[scene.id] for scene, _payload in it.drawn) if knows_half else 0.5
            return it.turn(scores[it.scene.id] > middle)

        strategies |= {name: reads, f"{name}, half": partial(reads, knows_half=True)}
    return strategies


def learner(content: Content, p: float, q: float) -> Strategy:
    """Return who knows the rule, takes each thing that counts for another with `p`, and a wrong step with `q`."""
    danger = content.vocabulary.danger_rules

    def judges(it: Seen) -> SimulatedAnswer:
        file, twin, choose = it.scene.file, content.twin(it.scene).file, it.rng.choice

        def errs(can: bool = True) -> bool:
            return can and it.rng.random() < p

        signs = [
            (sign, choose(NEXT[strength]) if errs() else strength)
            for sign, strength in shown_signs(file.signs, content.indicators)
        ]
        is_repeated = (file.shown_by is ShownBy.PATTERN) != errs(ShownBy.PATTERN in (file.shown_by, twin.shown_by))
        is_explained = file.explained is Explained.FULLY and not errs()
        is_danger = (file.rule in danger) != errs(not danger.isdisjoint((file.rule, twin.rule)))
        line = line_of(signs, is_explained=is_explained, is_repeated=is_repeated)
        reports = is_danger or line.truth is Truth.CONCERN
        fits = [step for step in it.payload.actions if step.is_report == reports]
        if (reports, is_danger) == (it.is_concern(), file.rule in danger):
            fits = [it.payload.best_action]
        if it.rng.random() < q:
            fits = [step for step in it.payload.actions if step.grade not in ("best", "fine")]
        return say(reports, choose(fits or it.payload.actions))

    return judges


def share(finals: SimulatedFinals, strategy: Strategy, people: int) -> tuple[float, float]:
    """Return how many pass in one try, and within three."""
    passed = [
        finals.passes(person, lambda drawn, rng: [strategy(Seen(*one, drawn, rng)) for one in drawn], TRIES)
        for person in range(people)
    ]
    return passed.count(1) / people, 1 - passed.count(0) / people


@pytest.mark.slow
@pytest.mark.parametrize("people", [4, pytest.param(MANY, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("course", ["recognize", "security-officer"])
def test_who_has_no_key_or_no_first_steps_never_passes(shelf: Library, course: str, people: int) -> None:
    content = shelf.content
    assert content.courses[course].instrument
    finals = SimulatedFinals(content, content.courses[course])
    passed = {name: share(finals, each, people) for name, each in (NEVER | readers(content)).items()}
    assert passed == dict.fromkeys(passed, (0, 0))
    assert share(finals, MEASURED["the rule"][0], people) == (1, 1)


@pytest.mark.slow
@pytest.mark.nightly
def test_who_knows_or_learned_passes_as_often_as_was_measured(shelf: Library) -> None:
    """Within three standard errors of the difference of two such runs."""
    content = shelf.content
    finals = SimulatedFinals(content, content.courses["recognize"])
    asked = MEASURED | {
        f"p {p}, q {q}": (learner(content, p, q), *told) for q, row in LEARNERS.items() for p, told in row.items()
    }
    strays = {}
    for name, (strategy, *expected) in asked.items():
        now = share(finals, strategy, MANY)
        errors = [sqrt(2 * max(each * (1 - each), 1 / MANY) / MANY) for each in expected]
        if any(abs(one - other) > 3 * error for one, other, error in zip(now, expected, errors, strict=True)):
            strays[name] = now
    assert strays == {}

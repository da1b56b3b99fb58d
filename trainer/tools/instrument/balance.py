"""How the bank is balanced: what a program can count of scenes as their authors describe them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import mean, median
from typing import Final

from trainer.content.catalogue import Indicator
from trainer.content.objects import Content, Scenario
from trainer.content.schema import Difficulty, Explained, Pool, ShownBy
from trainer.content.subject import Verdict
from trainer.tools.instrument.figures import Figure
from trainer.tools.instrument.texts import TextPair, difference, pairs, place_of_decision, text

_AT_HOME: Final = frozenset({"none", "anglo", "french"})
"""Origins that readers in Maine don't take for foreign."""


def figures(content: Content) -> Iterator[Figure]:
    """Count the pools, and hold the reserved scenes against their targets."""
    reserved = pairs(content, Pool.RESERVED)
    concern, innocent = [pair.concern for pair in reserved], [pair.innocent for pair in reserved]
    yield Figure("open pairs", len(pairs(content, Pool.OPEN)), least=32)
    yield Figure("reserved pairs", len(reserved), least=128)
    if not reserved:
        return
    yield from _pools(content, reserved)
    yield from _concerns(concern)
    yield from _innocents(innocent)
    yield from _texts(reserved)
    yield from _people(concern, innocent)
    yield from _signs(content, concern, innocent)


def _pools(content: Content, reserved: Sequence[TextPair]) -> Iterator[Figure]:
    words = content.vocabulary
    danger = sum(pair.concern.file.rule in words.danger_rules for pair in reserved)
    yield Figure("pairs of danger now", danger, least=32)
    on_duty = {place.id for place in words.places if place.on_duty}
    yield Figure("pairs seen on duty", sum(pair.concern.file.place in on_duty for pair in reserved), least=60)
    about = Counter(pair.concern.file.about for pair in reserved)
    for topic in words.scene_topics:
        yield Figure(f"share about {topic}", about[topic] / len(reserved))
    told = sum(all(scene.other for scene in pair.both) for pair in reserved)
    yield Figure("share of pairs with a second telling", told / len(reserved), least=1)


def _concerns(scenes: Sequence[Scenario]) -> Iterator[Figure]:
    shown = Counter(scene.file.shown_by for scene in scenes)

    def share(*ways: ShownBy) -> float:
        return sum(shown[way] for way in ways) / len(scenes)

    yield Figure("concern: seen, or a pattern", share(ShownBy.SEEN, ShownBy.PATTERN), least=0.5)
    yield Figure("concern: told by the person", share(ShownBy.PERSON), most=0.2)
    yield Figure("concern: said by the controller", share(ShownBy.CONTROLLER), most=0.15)
    yield Figure(
        "concern: a plausible excuse", _share(scenes, lambda scene: scene.file.excuse == "plausible"), least=0.25
    )
    yield Figure("concern: hard by design", _share(scenes, _is_hard), least=0.3)
    thirds = Counter(place_of_decision(scene) for scene in scenes)
    for third, name in enumerate(("first", "middle", "last")):
        yield Figure(f"concern: decided in the {name} third", thirds[third] / len(scenes))


def _innocents(scenes: Sequence[Scenario]) -> Iterator[Figure]:
    explained = Counter(scene.file.explained for scene in scenes)
    yield Figure("innocent: explained fully", explained[Explained.FULLY] / len(scenes), most=0.4)
    yield Figure("innocent: not explained", explained[Explained.NOT] / len(scenes), least=0.35)
    noted = _share(scenes, lambda scene: scene.file.best is Verdict.NOTE_AND_WATCH)
    yield Figure("innocent: note and watch is best", noted, least=0.4, most=0.5)
    yield Figure("innocent: hard by design", _share(scenes, _is_hard), least=0.3)


def _texts(reserved: Sequence[TextPair]) -> Iterator[Figure]:
    words = [len(text(scene).split()) for pair in reserved for scene in pair.both]
    yield Figure("words of a scene, mean", mean(words), most=105)
    yield Figure("words of a scene, fewest", min(words), least=90)
    yield Figure("words of a scene, most", max(words), most=130)
    apart = [difference(pair) for pair in reserved]
    yield Figure("words in which twins differ, median", median(many for many, _places in apart), most=15)
    yield Figure("places in which twins differ, median", median(places for _many, places in apart), most=4)


def _people(concern: Sequence[Scenario], innocent: Sequence[Scenario]) -> Iterator[Figure]:
    """Return by how much a trait is more common where it is one to report: near 0, it foretells nothing."""
    traits: dict[str, Callable[[str, str, str, str], bool]] = {
        "foreign": lambda _gender, _age, origin, _manner: origin not in _AT_HOME,
        "female": lambda gender, _age, _origin, _manner: gender == "female",
        "under 18": lambda _gender, age, _origin, _manner: age in ("child", "teen"),
        "gruff": lambda _gender, _age, _origin, manner: manner == "gruff",
    }
    for role in ("at-risk", "controller"):
        for name, has in traits.items():
            shares = []
            for scenes in (concern, innocent):
                people = [person for scene in scenes for person in scene.file.people if person.role == role]
                with_it = sum(has(person.gender, person.age, person.origin, person.manner) for person in people)
                shares.append(with_it / len(people) if people else 0.0)
            yield Figure(f"{role}, {name}: more common in concern by", shares[0] - shares[1], least=-0.1, most=0.1)
    for about in sorted({scene.file.about for scene in concern}):
        people = [person for scene in concern if scene.file.about == about for person in scene.file.people]
        at_risk = [person for person in people if person.role == "at-risk"]
        foreign = sum(person.origin not in _AT_HOME for person in at_risk)
        yield Figure(f"at-risk, foreign, in concern about {about}", foreign / len(at_risk) if at_risk else 0.0)


def _signs(content: Content, concern: Sequence[Scenario], innocent: Sequence[Scenario]) -> Iterator[Figure]:
    def short(is_counted: Callable[[Indicator], bool], scenes: Sequence[Scenario], least: int) -> int:
        shown = Counter(sign for scene in scenes for sign in scene.file.sign_ids)
        return sum(is_counted(sign) and shown[sign.id] < least for sign in content.indicators.values())

    strong = ("medium", "medium-strong", "strong")
    yield Figure(
        "medium and strong signs in fewer than two concern scenes",
        short(lambda sign: sign.kind == "indicator" and sign.strength in strong, concern, 2),
        most=0,
    )
    yield Figure(
        "weak signs in fewer than two innocent scenes",
        short(lambda sign: sign.kind == "indicator" and sign.strength == "weak", innocent, 2),
        most=0,
    )
    yield Figure(
        "false cues in fewer than two innocent scenes",
        short(lambda sign: sign.kind == "false_cue", innocent, 2),
        most=0,
    )


def _share(scenes: Sequence[Scenario], is_so: Callable[[Scenario], bool]) -> float:
    return sum(is_so(scene) for scene in scenes) / len(scenes)


def _is_hard(scene: Scenario) -> bool:
    return scene.file.difficulty is Difficulty.HARD

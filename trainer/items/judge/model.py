"""What authors write of a scene to judge, and its checks."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Final, Literal

from trainer.content.checks.vocabulary import hold_word
from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import (
    SECONDS_A_QUESTION,
    Grade,
    InputMode,
    Item,
    Refuse,
    SceneItem,
    Telling,
    reading_seconds,
    text_seconds,
)
from trainer.content.subject import Route, Verdict, Vocabulary
from trainer.items.contract import EVERY_WAY

ACTIONS: Final = 5
FEWEST_ACTIONS: Final = 4  # until the bank is rewritten
MOST_WORDS: Final = 12  # of an action
PARTS: Final = ("verdict", "confidence", "action")
"""What may be asked of a scene."""
PARTS_AND_LINE: Final = (*PARTS, "line")
"""With a line for one's own log, which may stay empty."""
VERDICT_AND_SURENESS: Final = ("verdict", "confidence")
VERDICT_ALONE: Final = ("verdict",)


class Confidence(StrEnum):
    """How sure a learner says they are."""

    GUESSING = "guessing"
    FAIRLY_SURE = "fairly-sure"
    CERTAIN = "certain"


class Action(Part):
    """One option for the first action. `door`: whom it turns to."""

    id: Slug
    text: Text
    why: Text
    door: Slug
    grade: Grade
    harm: Slug | None = None  # what kind of harm, of a harmful one


class JudgeItem(SceneItem):
    """*Judge the scene*: verdict, how sure, first action."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY

    type: Literal["judge"]
    verdicts: dict[Verdict, Text]  # a rationale for each
    actions: list[Action]

    @property
    def best(self) -> Action:
        """The best first action."""
        return next(action for action in self.actions if action.grade is Grade.BEST)

    def check(self, scene: Telling, refuse: Refuse) -> None:
        """Hold verdicts and actions against what each scene offers."""
        for verdict in Verdict:
            if verdict not in self.verdicts:
                refuse(
                    ("verdicts",), f'option "{verdict}" has no rationale', "Add one: learners see it after answering."
                )
        actions, words = self.actions, scene.vocabulary
        if not FEWEST_ACTIONS <= len(actions) <= ACTIONS:
            refuse(("actions",), f"there are {len(actions)} actions", f"Give {ACTIONS}.")
        if len({action.id for action in actions}) < len(actions):
            refuse(("actions",), "two actions have the same id", "Give each its own.")
        if sum(action.grade is Grade.BEST for action in actions) != 1:
            refuse(("actions",), "there must be exactly one best action", 'Write "grade: best" at it, and only there.')
        if not any(action.harm for action in actions):
            example = f'Mark one, such as "grade: harmful" with "harm: {words.harms[0]}".'
            refuse(("actions",), "no action is harmful", example)
        if len({action.door for action in actions}) < 2:
            refuse(("actions",), "all actions have the same door", "Let them turn to different ones.")
        for index, action in enumerate(actions):
            hold_word(words.ids("doors"), ("actions", index, "door"), action.door, refuse)
            if action.harm:
                hold_word(words.harms, ("actions", index, "harm"), action.harm, refuse)
            if (action.grade is Grade.HARMFUL) != (action.harm is not None):
                refuse(
                    ("actions", index),
                    f'action "{action.id}" needs both "grade: harmful" and "harm", or neither',
                    "Say what kind of harm, or correct the grade.",
                )

    def check_twin(self, twin: Item, refuse: Refuse) -> None:
        """Both twins offer the same actions."""
        if not isinstance(twin, JudgeItem) or _choices_shown(self.actions) != _choices_shown(twin.actions):
            refuse(
                (),
                "the actions differ from those of its twin",
                "Use the same ids, texts, doors and kinds of harm, so that the options never give the truth away.",
            )

    def route_fault(self, route: Route, vocabulary: Vocabulary) -> str | None:
        """The best action makes the emergency call where that is the route, and never where nobody outside is told."""
        best = [action for action in self.actions if action.grade is Grade.BEST]
        calls = any(action.door in vocabulary.emergency_doors for action in best)
        number = vocabulary.emergency_number
        if best and route.emergency and not calls:
            return f'the route is "{route.id}" but the best action does not call {number}'
        if route.inside and calls:
            return f'the best action calls {number} but the route is "{route.id}"'
        return None

    def shortcomings(self, vocabulary: Vocabulary) -> Iterable[str]:
        """Name what the instrument asks of first actions and these don't do."""
        if len(self.actions) < ACTIONS:
            yield f"fewer than {ACTIONS} first actions"
        if sum(action.door in vocabulary.calling_doors for action in self.actions) < 2:
            yield "fewer than two first actions that call or tell someone"
        if all(action.door in vocabulary.calling_doors for action in self.actions):
            yield "no first action that calls nobody"
        if any(len(action.text.split()) > MOST_WORDS for action in self.actions):
            yield f"a first action of more than {MOST_WORDS} words"
        wrong = [action.text.lower() for action in self.actions if action.grade not in (Grade.BEST, Grade.FINE)]
        for gloss in vocabulary.glosses:
            if any(gloss in text for text in wrong):
                yield f'a wrong first action marked by "{gloss}"'

    def first_steps(self) -> Iterable[tuple[str, Grade]]:
        """List the doors of the actions and their grades."""
        return [(action.door, action.grade) for action in self.actions]

    def digest(self, scene: Telling) -> str:
        """Hash what scoring rests on and what a learner sees before answering."""
        file = scene.file
        told = {
            "id": scene.id,
            "narrative": scene.narrative.strip(),
            "title": file.title,
            "setting": file.setting,
            "note": file.note,
            "truth": file.truth.value,
            "best": file.best.value,
            "rule": file.rule,
            "route": file.route,
            "actions": [[a.id, a.text, a.door, a.grade, a.harm] for a in self.actions],
        }
        return told_digest(told)

    def seconds(self, scene: Telling) -> float:
        """Return how long it takes to read a scene and its first steps, and to decide."""
        texts = [scene.file.setting, scene.file.note or "", *(action.text for action in self.actions)]
        return reading_seconds(scene.words) + text_seconds(texts) + SECONDS_A_QUESTION

    def seconds_answered(self, scene: Telling) -> float:
        """Return how long what stands open of a right answer takes to read; the story was read before."""
        return text_seconds([*self._told(scene), self.best.text, self.best.why])

    def seconds_verdict(self, scene: Telling) -> float:
        """Return how long it takes where the verdict alone is asked for, and its reason is read."""
        asked = reading_seconds(scene.words) + text_seconds([scene.file.setting, scene.file.note or ""])
        return asked + SECONDS_A_QUESTION + text_seconds(self._told(scene))

    def _told(self, scene: Telling) -> list[str]:
        """List what stands open after any right answer."""
        file, place = scene.file, scene.vocabulary.find_rung(scene.file.rule)
        line = scene.vocabulary.ladder[place - 1] if place else None
        reasons = [self.verdicts[file.best], *([line.seen, line.do] if line else [])]
        return [file.title, *file.decides, *reasons, file.differs or ""]


def _choices_shown(actions: Iterable[Action]) -> set[tuple[str, str, str, str | None]]:
    return {(action.id, action.text, action.door, action.harm) for action in actions}

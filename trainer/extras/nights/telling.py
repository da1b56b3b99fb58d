"""What pages tell of a night: an event in its reader's language, and what happened so far, with one's own log."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from trainer.assessment.localized import VOCABULARY, localize
from trainer.assessment.models import Attempt
from trainer.assessment.queries import list_responses
from trainer.assessment.rules import Kind
from trainer.content.objects import UNTRANSLATED, TranslationStanding
from trainer.content.own_words import SOURCE
from trainer.content.serving import served
from trainer.extras.nights.events import EventPayload, payload_of
from trainer.items.judge.payload import ScenePayload
from trainer.items.payload import Given
from trainer.items.registry import read_scene
from trainer.web.language import language_tag


@dataclass(frozen=True)
class Happened:
    """An event of a practice shift that is past: nothing in it tells the key."""

    position: int
    title: str
    setting: str
    """With the time of the night in front."""
    narrative: Markup
    line: str | None
    """What the learner wrote into their log."""

    @classmethod
    def of(cls, position: int, scene: ScenePayload, given: Given | None) -> Happened:
        """Return a scene with what was written of it."""
        return cls(position, scene.title, scene.setting, scene.story, (given or {}).get("line"))


def night_of(attempt: Attempt, before: int | None = None) -> list[Happened]:
    """Return the events of a practice shift before this one, or all of them; none for another kind of attempt."""
    if attempt.kind != Kind.SHIFT:
        return []
    end = before or attempt.scenes + 1
    responses = [response for response in list_responses(attempt) if response.position < end]
    return [
        Happened.of(response.position, localize(read_scene(response.snapshot.payload))[0], response.given)
        for response in responses
    ]


def tell_event(event: EventPayload, course: str) -> tuple[EventPayload, TranslationStanding]:
    """Return an event of a course's rare shift in its reader's language, and how it stands there; as it is where
    `localize` would do so."""
    content, language = served(), language_tag()
    there = content.translations.get(language)
    if there is None or language == SOURCE:
        return event, TranslationStanding()
    now = content.courses[course].rare if course in content.courses else None
    localized = there.courses[course].rare if course in there.courses else None
    if now is None or localized is None or localized is now:
        return event, UNTRANSLATED
    for original, other in zip(now.events, localized.events, strict=True):
        if original.id == event.scenario and payload_of(original, now, content).digest == event.digest:
            return payload_of(other, localized, there), there.standing(f"courses/{course}/rare.yaml", VOCABULARY)
    return event, UNTRANSLATED

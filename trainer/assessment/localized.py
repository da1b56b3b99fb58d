"""Scenes and questions in their reader's language.

What is drawn, kept and scored is the original: only what is shown is translated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind
from trainer.content.catalogue import Indicator
from trainer.content.objects import UNTRANSLATED, Content, Course, Scenario, TranslationStanding
from trainer.content.own_words import SOURCE
from trainer.content.quotes import bare
from trainer.content.sentences import Pieces, in_pieces
from trainer.content.serving import served, served_in
from trainer.content.subject import Verdict, VerdictWords, Vocabulary
from trainer.items.contract import FurtherPayload
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.items.payload import Payload
from trainer.items.registry import read_further
from trainer.web.language import language_tag

VOCABULARY: Final = "vocabulary.yaml"
"""What the verdicts are called stands beside each scene, and the line of the rule beside each answer."""
SIGNS: Final = "indicators.yaml"
"""What the signs of a scene are, and what else they may be, stands beside each answer."""
VERDICTS: Final = "verdicts"
"""Under this name the rule of a final keeps what the verdicts are called."""


def localize(scene: ScenePayload, *beside: str) -> tuple[ScenePayload, TranslationStanding]:
    """Return a scene in its reader's language, and the state of its translation with the files shown `beside` it.

    A scene that isn't translated, or whose words have changed since it was drawn, is returned as it is. One that was
    drawn with other people is shown with those of that language, or else in its first version there.
    """
    texts = _find(scene.scenario)
    if texts is None:
        return scene, TranslationStanding()
    there, now, localized = texts
    drawn = next(
        (telling for telling in (now, now and now.other) if telling and _is_same(payload_of(telling), scene)), None
    )
    if localized is None or localized is now or drawn is None:
        return scene, UNTRANSLATED
    shown = localized.other if drawn.is_swapped and localized.other else localized
    return payload_of(shown), there.standing(shown, VOCABULARY, *beside)


def localize_question(question: FurtherPayload, item: str) -> tuple[FurtherPayload, TranslationStanding]:
    """Return a further question in its reader's language, and the state of its translation; `item`: its id.

    It is returned unchanged where `localize` wouldn't change a scene.
    """
    texts = _find(question.scenario)
    if texts is None:
        return question, TranslationStanding()
    there, now, localized = texts
    if now is not None and localized is not None:
        for drill, other in zip(now.drills, localized.drills, strict=True):
            if drill.id == item and drill is not other and _is_same(read_further(drill.payload), question):
                return read_further(other.payload), there.standing(localized)
    return question, UNTRANSLATED


def _find(scene: str) -> tuple[Content, Scenario | None, Scenario | None] | None:
    """Return the content in the reader's language, and a scene as it is now in the original and there.

    None where the reader has the original.
    """
    content, language = served(), language_tag()
    there = content.translations.get(language)
    if there is None or language == SOURCE:
        return None
    return there, content.scenarios.get(scene), there.scenarios.get(scene)


def _is_same(now: Payload, drawn: Payload) -> bool:
    """Tell whether two payloads say the same, also where one was kept with straight quotation marks."""
    return _words(now) == _words(drawn)


def _words(payload: Payload) -> str:
    return bare(json.dumps(payload.kept(), ensure_ascii=False))


def lit_story(scene: ScenePayload) -> tuple[Pieces, ...] | None:
    """Return the paragraphs of a scene, with the words that decide it; None where it is no longer told like that."""
    for content in (served_in(language_tag()), served()):
        known = content.scenarios.get(scene.scenario)
        telling = known.other if known and scene.is_swapped else known
        if telling and bare(str(telling.html)) == bare(scene.narrative):
            return in_pieces(telling.paragraphs, telling.file.decides)
    return None


def standing_of(course: Course) -> TranslationStanding:
    """Return the state of the translation of a course's own texts, with the words of the subject beside them."""
    return served_in(language_tag()).standing(VOCABULARY, *course.own_files)


def reader_words() -> Vocabulary:
    """Return the words of the subject in their reader's language: what follows from each is the same in all."""
    return served_in(language_tag()).vocabulary


def find_sign(name: str) -> Indicator | None:
    """Find a sign of the catalogue, in its reader's language."""
    return served_in(language_tag()).indicators.get(name)


def verdicts_of(attempt: Attempt) -> Mapping[Verdict, VerdictWords]:
    """Return what the verdicts are called in an attempt: in a final as they were when it began.

    They are in the reader's language as long as they are called the same in the original.
    """
    ours, theirs = served().vocabulary, reader_words()
    if attempt.kind != Kind.FINAL:
        return theirs.verdicts
    kept = attempt.rule.get(VERDICTS)
    if kept is None:
        return theirs.verdicts_before or theirs.verdicts
    called = {Verdict(verdict): VerdictWords(**its) for verdict, its in kept.items()}
    return theirs.verdicts if called == ours.verdicts else called

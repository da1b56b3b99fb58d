"""A scene in its reader's language. What is drawn, kept and scored is the original: only what is shown is told anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind
from trainer.content.objects import Standing
from trainer.content.own_words import SOURCE
from trainer.content.schema import Verdict, VerdictWords
from trainer.content.serving import served, served_in
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.web.language import language_tag

VERDICTS: Final = "verdicts"
"""Under this name the rule of a final keeps what the verdicts are called."""


def tell(scene: ScenePayload) -> tuple[ScenePayload, Standing]:
    """Return a scene in its reader's language, and how it stands there.

    A scene that isn't translated, that was drawn with other people, or whose words have changed since it was drawn, is
    returned as it is.
    """
    here, language = served(), language_tag()
    there, now = here.translations.get(language), here.scenarios.get(scene.scenario)
    if there is None or language == SOURCE:
        return scene, Standing.AS_WRITTEN
    if now is None or there.scenarios[now.id] is now or scene != payload_of(now):
        return scene, Standing.UNTRANSLATED
    told = there.scenarios[now.id]
    return payload_of(told), there.standing(told)


def verdicts_of(attempt: Attempt) -> Mapping[Verdict, VerdictWords]:
    """Return what the verdicts are called in an attempt: in a final as they were when it began."""
    words = served().vocabulary
    if attempt.kind != Kind.FINAL:
        return words.verdicts
    kept = attempt.rule.get(VERDICTS)
    if kept is None:
        return words.verdicts_before or words.verdicts
    return {Verdict(one): VerdictWords(**its) for one, its in kept.items()}


def standing_of_questions() -> Standing:
    """Say how further questions stand in a reader's language: they aren't translated yet."""
    return Standing.AS_WRITTEN if served_in(language_tag()).language == SOURCE else Standing.UNTRANSLATED

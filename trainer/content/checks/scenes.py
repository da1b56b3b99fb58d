"""Scenes: where they stand, what they tell, the items about them, and the rule that decides them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from trainer.content import markdown
from trainer.content.catalogue import Indicator
from trainer.content.checks.bodies import check_body, check_source
from trainer.content.checks.pairs import check_pairs
from trainer.content.checks.rule import check_rule, find_signs
from trainer.content.checks.vocabulary import check_word, hold_word
from trainer.content.folder import Entry, Folder
from trainer.content.markdown import PageScope
from trainer.content.prose import QUESTIONS
from trainer.content.schema import InputMode, Pool, ScenarioFile, SceneItem
from trainer.content.subject import Truth, Vocabulary, WordList
from trainer.content.swap import is_told
from trainer.content.telling import SceneText
from trainer.content.yaml_lines import Key

Scene = Entry[ScenarioFile]
_WORDS: Final[dict[str, WordList]] = {"rule": "rules", "route": "routes", "venue": "venues", "place": "places"}
_PLACE: Final[dict[Pool, tuple[str, ...]]] = {Pool.SHIFT: ("clock",), Pool.SHORT_FORM: ()}
"""What a scene has that stands in no pair."""


def check_scenes(folder: Folder) -> None:
    """Check each scene, each pair and the bank as a whole."""
    scope = PageScope(folder.targets(), {})
    indicators = {name: sign.value for name, sign in folder.indicators.items()}
    drawings = folder.drawings
    for name, entry in folder.scenarios.items():
        _check_scene(folder, entry, scope)
        if folder.vocabulary:
            words = folder.vocabulary.value
            _check_items(entry, SceneText(name, entry.value, entry.body, indicators, words, drawings))
        for localized in folder.in_other_languages(entry):
            _check_retold(folder, entry, localized, scope, indicators)
    _check_translated_pairs(folder)
    check_pairs(folder)


def _check_translated_pairs(folder: Folder) -> None:
    """Twins that are translated offer the same actions in the other language, too."""
    offered: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for language, files in folder.translations.items():
        for file in files.values():
            for _original, localized in file.entries:
                if file.mark.is_older:
                    continue  # its original says something else by now
                if isinstance(localized.value, ScenarioFile) and localized.value.pair:
                    texts = {str(action.text) for action in getattr(localized.value.items[0], "actions", ())}
                    twin, others = offered.setdefault((language, localized.value.pair), (localized.path, texts))
                    if others != texts:
                        localized.refuse("actions", f"the actions differ from those of {twin}", "Use the same texts.")


def _check_retold(
    folder: Folder, entry: Scene, localized: Scene, scope: PageScope, indicators: Mapping[str, Indicator]
) -> None:
    """Check what another language says of its own: the narrative, the questions about it, the second telling."""
    _check_narrative(folder, localized, scope)
    is_told = localized.value.decides != entry.value.decides
    if is_told:
        _check_decides(localized)
    _check_swap(localized, localized.value.decides if is_told else ())  # else they are words of the original
    if folder.vocabulary is None or localized.value.drills == entry.value.drills:
        return
    scene = SceneText("", localized.value, localized.body, indicators, folder.vocabulary.value, folder.drawings)
    for index, item in enumerate(localized.value.drills):

        def refuse(key: Key, what: str, remedy: str, at: Key = (QUESTIONS, index)) -> None:
            localized.refuse((*at, *key), what, remedy)

        item.check(scene, refuse)


def _check_scene(folder: Folder, entry: Scene, scope: PageScope) -> None:
    _check_narrative(folder, entry, scope)
    for index, source in enumerate(entry.value.sources):
        check_source(folder, entry, ("sources", index), source)
    shown = find_signs(folder, entry, {("signs", ref): ref for ref in entry.value.signs})
    _check_place(entry)
    _check_region(folder, entry)
    _check_design(entry)
    _check_decides(entry)
    _check_swap(entry, entry.value.decides)
    for key, words in _WORDS.items():
        check_word(folder, entry, (key,), getattr(entry.value, key), words)
    if folder.vocabulary:
        hold_word(folder.vocabulary.value.scene_topics, ("about",), entry.value.about, entry.refuse)
        _check_route(entry, folder.vocabulary.value)
        rule = folder.vocabulary.value.find_rule(entry.value.rule)
        if rule and shown is not None and (entry.value.explained or entry.value.shown_by):
            check_rule(entry, rule, shown, folder.vocabulary.value)


def _check_region(folder: Folder, entry: Scene) -> None:
    region = entry.value.region
    if region is not None and region not in folder.regions:
        entry.refuse("region", f'there is no region "{region}"', f"Add regions/{region}, or correct it.")
    if region is not None and entry.value.pool in _PLACE:
        what = f"a scene of the pool {entry.value.pool} is for readers of all regions"
        entry.refuse("region", what, "Tell it so that nothing in it rests on one region, and take the line out.")


def _is_judged(entry: Scene) -> bool:
    return isinstance(entry.value.items[0], SceneItem)


def _check_place(entry: Scene) -> None:
    """A scene stands in a pair, or in a practice shift and has a clock time, or alone in the short form."""
    scene, needed = entry.value, _PLACE.get(entry.value.pool, ("pair", "differs"))
    for key in ("pair", "differs", "clock"):
        if key in needed and getattr(scene, key) is None:
            entry.refuse(1, f'"{key}" is missing', "Add it.")
        if key not in needed and getattr(scene, key) is not None:
            entry.refuse(key, f'"{key}" has no place in the pool {scene.pool}', "Take it out.")


def _check_design(entry: Scene) -> None:
    """A concern says how it shows and what excuses it; a scene of no concern how far it is explained."""
    concern = ("shown_by", "excuse")
    needed, other = (concern, ("explained",)) if entry.value.truth == Truth.CONCERN else (("explained",), concern)
    for key in needed:
        if getattr(entry.value, key) is None:
            entry.refuse(1, f'"{key}" is missing', "Add it.")
    for key in other:
        if getattr(entry.value, key) is not None:
            entry.refuse(key, f'"{key}" has no place in a scene of {entry.value.truth}', "Take it out.")


def _check_decides(entry: Scene) -> None:
    narrative = _narrative(entry)
    for index, words in enumerate(entry.value.decides):
        if " ".join(words.split()) not in narrative:
            entry.refuse(("decides", index), f'"{words[:60]}" is not in the scene', "Quote it as it stands there.")


def _narrative(entry: Scene) -> str:
    return " ".join(" ".join(markdown.paragraphs(entry.body)).split())


def _check_swap(entry: Scene, decides: Iterable[str]) -> None:
    narrative = _narrative(entry)
    rest = narrative
    for words in decides:
        rest = rest.replace(" ".join(words.split()), " ")
    rest = " ".join(rest.split())
    for word, other in entry.value.swap.items():
        is_there = is_told(narrative, word)
        if is_there and not is_told(rest, word):
            entry.refuse(
                ("swap", word),
                f'"{word[:60]}" stands only in what decides: told so, the sign would be another',
                "Swap people and details around it, not what decides.",
            )
        if not is_there:
            entry.refuse(("swap", word), f'"{word[:60]}" is not in the scene', "Write it as it stands there.")
        if word == other:
            entry.refuse(("swap", word), "nothing is swapped", "Name another person.")


def _check_items(entry: Scene, scene: SceneText) -> None:
    for index, item in enumerate(entry.value.items):

        def refuse(key: Key, what: str, remedy: str, at: Key = ("items", index)) -> None:
            entry.refuse((*at, *key), what, remedy)

        if index == 0 and not isinstance(item, SceneItem):
            refuse((), "the first item is not to judge", 'Begin with "type: judge".')
        if index > 0 and isinstance(item, SceneItem) and _is_judged(entry):
            refuse((), "only the first item is to judge", "Take this one out.")
        missing = [way.value for way in InputMode if way not in item.access]
        if missing:
            refuse((), f'items of type "{item.type}" can\'t be answered by {", ".join(missing)}', "Use another type.")
        item.check(scene, refuse)


def _check_narrative(folder: Folder, entry: Scene, scope: PageScope) -> None:
    check_body(folder, entry, scope)
    for markup, lines in (
        ("a box", [box.line for box in markdown.boxes_in(entry.body)]),
        ("a heading", [line for _, line in markdown.headings_in(entry.body)]),
        ("a sign", [line for _, line in markdown.signs_in(entry.body)]),
        ("a citation", [citation.line for citation in markdown.citations_in(entry.body)]),
    ):
        for line in lines:
            entry.refuse(line, f"there is {markup} in the scene", "Tell it in plain paragraphs.")


def _check_route(entry: Scene, vocabulary: Vocabulary) -> None:
    scene = entry.value
    route = vocabulary.find_route(scene.route)
    if route is None:
        return
    if route.truth not in (None, scene.truth):
        others = [f'"{choice.id}"' for choice in vocabulary.routes if choice.truth in (None, scene.truth)]
        entry.refuse(
            "route", f'route "{route.id}" isn\'t for "{scene.truth}"', f"Use {', '.join(others)}, or correct the truth."
        )
    fault = scene.first.route_fault(route, vocabulary) if _is_judged(entry) else None
    if fault:
        entry.refuse("route", fault, "Make them agree.")

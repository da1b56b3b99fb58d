"""The words of each kind are read and put back in one shape, and nothing else can be said in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import CONTENT
from trainer.content.catalogue import Site, Source
from trainer.content.complaints import Complaints
from trainer.content.folder import Entry, Folder
from trainer.content.parts import Part
from trainer.content.prose import find_difference, prose_of
from trainer.content.reader import read_folder
from trainer.content.schema import Illustration, ScenarioFile
from trainer.content.shapes import Each, Keys, Only, Words
from trainer.content.yaml_lines import Key
from trainer.items.registry import MODELS


def folder_of(root: Path) -> Folder:
    return read_folder(root, MODELS, Complaints())


def changed(words: Any) -> Any:
    """Return words, each of them another."""
    if isinstance(words, dict):
        return {key: changed(one) for key, one in words.items()}
    return [changed(one) for one in words] if isinstance(words, list) else f"otra {words}"


@pytest.fixture(scope="module")
def entries() -> list[Entry[Part]]:
    """All objects of the folder with one of everything."""
    return folder_of(CONTENT).entries


def test_each_kind_of_file_can_be_translated_but_the_site_and_what_others_published(entries: list[Entry[Part]]) -> None:
    kinds = {type(entry.value) for entry in entries}
    assert {kind for kind in kinds if prose_of(kind, MODELS) is None} == {Site, Source, Illustration}


def test_what_is_put_in_is_what_is_read_and_nothing_else_changes(entries: list[Entry[Part]]) -> None:
    for entry in entries:
        prose = prose_of(type(entry.value), MODELS)
        if prose is None:
            continue
        words = prose.read(entry.written.value)
        own: dict[str, Any] = {"swap": {}} if isinstance(entry.value, ScenarioFile) else {}
        assert prose.put(entry.written.value, words) == {**own, **entry.written.value}
        told = prose.put(entry.written.value, changed({key: one for key, one in words.items() if key != "swap"}))
        same = prose.read(told)
        assert {key: one for key, one in same.items() if key != "swap"} == changed(
            {key: one for key, one in words.items() if key != "swap"}
        )
        assert find_difference(changed(words), words) is None


def test_no_id_no_number_and_nothing_that_is_scored_is_among_the_words(entries: list[Entry[Part]]) -> None:
    never = {
        "id",
        "door",
        "grade",
        "key",
        "sign",
        "strength",
        "truth",
        "best",
        "rule",
        "route",
        "value",
        "venues",
    }
    never |= {"signs", "scenes", "minutes", "phone", "seen_on", "defaults", "type", "emergency_number", "banned"}
    for entry in entries:
        prose = prose_of(type(entry.value), MODELS)
        if prose is not None and not isinstance(entry.value, ScenarioFile):
            assert never.isdisjoint(keys_of(prose.read(entry.written.value)))


def keys_of(words: Any) -> set[str]:
    if isinstance(words, dict):
        return set(words).union(*map(keys_of, words.values()))
    return set().union(*map(keys_of, words)) if isinstance(words, list) else set()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a: uno\nb: [uno, dos]\nc: {d: uno}", None),
        ("a: [uno]\nb: [uno, dos]\nc: {d: uno}", ("a",)),
        ("a: uno\nb: [uno]\nc: {d: uno}", ("b",)),
        ("a: uno\nb: [uno, [dos]]\nc: {d: uno}", ("b", 1)),
        ("a: uno\nb: [uno, dos]\nc: {d: uno, e: dos}", ("c", "e")),
        ("a: uno\nb: [uno, dos]\nc: {}", ("c",)),
        ("a: uno\nb: [uno, dos]\nc: {d: }", ("c", "d")),
    ],
)
def test_where_words_have_another_shape_is_told(words: str, found: Key | None) -> None:
    original = {"a": "one", "b": ["one", "two"], "c": {"d": "one"}}
    assert find_difference(yaml.safe_load(words), original) == found


def test_an_object_may_stand_in_a_translation_as_one_text() -> None:
    rows = Keys({"title": Words(), "rows": Each(Only("name"))})
    value = {"title": "Calls", "rows": [{"name": "Day", "value": 1}, {"name": "Night", "value": 2}], "source": "S1"}
    assert rows.read(value) == {"title": "Calls", "rows": ["Day", "Night"]}
    assert rows.put(value, {"rows": ["Día", "Noche"]}) == {
        "title": "Calls",
        "rows": [{"name": "Día", "value": 1}, {"name": "Noche", "value": 2}],
        "source": "S1",
    }


def test_a_scene_is_taken_apart_by_its_items_and_put_together_again(folder: Path) -> None:
    entry = folder_of(folder).scenarios["open-1-a"]
    prose = prose_of(ScenarioFile, MODELS)
    assert prose is not None
    words = prose.read(entry.written.value)
    assert list(words["verdicts"]) == ["report-now", "note-and-watch", "nothing-to-report"]
    assert words["actions"]["notes"] == {"text": "Keep to the usual notes", "why": "Notes are enough."}
    assert words["questions"] == []
    told = prose.put(entry.written.value, {"actions": changed(words["actions"])})
    assert told["items"][0]["actions"][1]["text"] == "otra Keep to the usual notes"
    assert told["items"][0]["verdicts"] == entry.written.value["items"][0]["verdicts"]
    assert "verdicts" not in told

"""Telling a scene with other people: everything that is read, nothing that is scored."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content import small
from tests.content.small import CONCERN_FILE, add_to_head, edit, only, read
from trainer.content.library import Scenario
from trainer.content.swap import is_told, teller
from trainer.items.judge.payload import payload_of

SWAP = "swap: {man: woman, his: her}\n"


def open_scene(folder: Path) -> tuple[Scenario, Scenario]:
    first = read(folder).scenarios["open-1-a"]
    assert first.other is not None
    return first, first.other


@pytest.mark.parametrize(
    ("text", "swap", "told"),
    [
        ("Ana asks Bo. Bo nods.", {"Ana": "Bo", "Bo": "Ana"}, "Bo asks Ana. Ana nods."),
        ("Ana, Anabel and Ana's son", {"Ana": "Ida"}, "Ida, Anabel and Ida's son"),
        ("an old man, an old boy", {"old": "ill", "old man": "ill woman"}, "an ill woman, an ill boy"),
        ("An old\nman and an old man", {"old man": "young woman"}, "An young woman and an young woman"),
        ("The man asks", {"man": "man asks"}, "The man asks asks"),
        ("He paid (in $5 bills).", {"$5": "$10"}, "He paid (in $10 bills)."),
        ("Bob and Jimbob: bob", {"bob": "al", "Bob": "Al"}, "Al and Jimbob: al"),
    ],
)
def test_whole_words_are_replaced_everywhere_at_once(text: str, swap: dict[str, str], told: str) -> None:
    assert teller(swap)(text) == told
    assert all(is_told(" ".join(text.split()), word) for word in swap)


@given(st.lists(st.sampled_from(["Ana", "Bo", "Anabel", "old", "man", ",", "\n", "the"]), max_size=12).map(" ".join))
def test_names_that_change_places_twice_are_back(text: str) -> None:
    swap = {"Ana": "Bo", "Bo": "Ana", "old": "the", "the": "old"}
    assert teller(swap)(teller(swap)(text)) == text


def test_everything_that_is_read_is_told_anew(folder: Path) -> None:
    for old, new in (
        ("title: Room 214", "title: A man at the desk"),
        ("setting: Motel, night", "setting: A man's motel"),
        ("differs: The boss keeps the papers.", "differs: The boss keeps his papers."),
        ("C1: The boss keeps the papers", "C1: The boss keeps his papers"),
        ("- A room for a few nights", "- A man with his bags"),
        ("note: Nothing graphic.", "note: About a man."),
        ("report-now: About reporting.", "report-now: The man asked."),
        ("why: Notes are enough.", "why: His notes are enough for the man."),
    ):
        edit(folder, CONCERN_FILE, old, new)
    add_to_head(folder, CONCERN_FILE, SWAP)
    _first, other = open_scene(folder)
    assert "A woman asks for her papers" in other.html
    shown = payload_of(other).kept()
    assert " man" not in str({key: value for key, value in shown.items() if key != "actions"})
    assert shown["title"] == "A woman at the desk"
    assert (shown["differs"], shown["note"]) == ("The boss keeps her papers.", "About a woman.")
    assert [action.text for action in payload_of(other).actions][2] == "Ask the woman what he is doing"
    assert payload_of(other).actions[1].why == "His notes are enough for the woman."


def test_ids_truth_and_keys_stay_and_only_the_digest_is_another(folder: Path) -> None:
    before = read(folder).scenarios["open-1-a"]
    add_to_head(folder, CONCERN_FILE, SWAP)
    first, other = open_scene(folder)
    assert first.digest == before.digest != other.digest
    assert (other.id, other.file.truth, other.file.rule, other.file.pair) == (
        first.id, first.file.truth, first.file.rule, first.file.pair
    )  # fmt: skip
    for name in ("id", "door", "grade", "harm", "is_report"):
        assert [getattr(one, name) for one in payload_of(other).actions] == [
            getattr(one, name) for one in payload_of(first).actions
        ]
    assert (first.is_swapped, other.is_swapped, other.other, before.other) == (False, True, None, None)
    assert (payload_of(first).kept()["is_swapped"], payload_of(other).kept()["is_swapped"]) == (False, True)


def test_a_word_that_is_also_a_mark_or_an_id_leaves_those_alone(folder: Path) -> None:
    for name in (CONCERN_FILE, small.NO_CONCERN_FILE):
        edit(folder, name, "You stand", "You confront a report.\n\nYou stand")
    add_to_head(folder, CONCERN_FILE, "swap: {confront: accost, report: story}\n")
    _first, other = open_scene(folder)
    assert "You accost a story." in other.html
    assert (payload_of(other).actions[0].id, payload_of(other).actions[2].harm) == ("report", "confront")


def test_questions_about_a_scene_are_asked_of_the_first_telling_only(folder: Path) -> None:
    options = "".join(
        f"      - {{id: {one}, text: T{one}, why: W{one}, key: {key}}}\n"
        for one, key in (("a", "true"), ("b", "false"))
    )
    add_to_head(folder, CONCERN_FILE, f"  - type: single\n    ask: What?\n    options:\n{options}{SWAP}")
    first, other = open_scene(folder)
    assert ([drill.id for drill in first.drills], other.drills) == (["open-1-a/single"], ())


@pytest.mark.parametrize(
    ("swap", "what"),
    [
        ("{man: woman, Ann: Bob}", '"Ann" is not in the scene. Write it as it stands there.'),
        ("{ma: wo}", '"ma" is not in the scene. '),
        ("{Man: Woman}", '"Man" is not in the scene. '),
        ("{man: man}", "nothing is swapped. Name another person."),
    ],
)
def test_what_is_not_told_or_not_changed_is_refused(folder: Path, swap: str, what: str) -> None:
    add_to_head(folder, CONCERN_FILE, f"swap: {swap}\n")
    line = small.line_of(folder, CONCERN_FILE, "swap:")
    assert only(folder).startswith(f"content/{CONCERN_FILE}:{line}: {what}")

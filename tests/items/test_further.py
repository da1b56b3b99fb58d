"""Further questions about a scene: cut into phrases, held against the scene, and tied to what is scored."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE, add_to_head, edit, line_of, only, read
from trainer.content.drills import Drill
from trainer.items.marks.type import cut
from trainer.items.registry import MODELS, further_type_of, read_further

MARKS = """\
  - type: marks
    phrases:
      - {text: You stand at the desk, why: It does.}
      - {text: A man asks for his papers, why: Anyone may ask.}
      - {text: the boss says no, why: He may not., sign: C1}
"""
SINGLE = """\
  - type: single
    ask: What decides it?
    options:
      - {id: no, text: The boss says no, why: It does., key: true}
      - {id: desk, text: The desk, why: It does not.}
      - {id: night, text: The night, why: It does not.}
"""
MULTIPLE = SINGLE.replace("single", "multiple").replace(
    "The desk, why: It does not.", "The papers, why: So do they., key: true"
)

OUT_OF_ORDER = "the phrases overlap or are not in the order of the scene"

TYPES = ", ".join(MODELS)


def drill_of(folder: Path, scene: str = "open-1-a") -> Drill:
    (drill,) = read(folder).scenarios[scene].drills
    return drill


@pytest.mark.parametrize(
    ("paragraphs", "phrases", "parts"),
    [
        (["a b c"], ["b"], [[("a ", None), ("b", 0), (" c", None)]]),
        (["a b"], ["a b"], [[("a b", 0)]]),
        (["a b"], ["a", "b"], [[("a", 0), (" ", None), ("b", 1)]]),
        (["a b", "c"], ["b", "c"], [[("a ", None), ("b", 0)], [("c", 1)]]),
        (["he he"], ["he", "he"], [[("he", 0), (" ", None), ("he", 1)]]),
        (["a", "a"], ["a", "a"], [[("a", 0)], [("a", 1)]]),
        (["a b"], [], [[("a b", None)]]),
        (["a b"], ["b", "a"], None),
        (["a b c"], ["a b", "b c"], None),
        (["he"], ["he", "he"], None),
        (["a b"], ["x"], None),
        (["a", "b"], ["a b"], None),
    ],
)
def test_paragraphs_are_cut_at_the_phrases_in_order_or_not_at_all(
    paragraphs: list[str], phrases: list[str], parts: list[list[tuple[str, int | None]]] | None
) -> None:
    assert cut(paragraphs, phrases) == parts


def test_what_is_cut_is_still_the_whole_text(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, MARKS)
    drill = drill_of(folder)
    (paragraph,) = drill.payload["paragraphs"]
    assert "".join(text for text, _phrase in paragraph) == (
        "You stand at the desk. A man asks for his papers, and the boss says no."
    )
    assert (
        [phrase for _text, phrase in paragraph if phrase]
        == read_further(drill.payload).draw(random.Random(1))
        == ["p1", "p2", "p3"]
    )
    assert [one["key"] for one in drill.payload["options"]] == [False, False, True]
    assert drill.payload["options"][2]["name"] == "ID kept"


def test_a_phrase_may_go_on_in_the_next_line(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, MARKS)
    edit(folder, CONCERN_FILE, "the boss says no.", "the boss\nsays no.")
    assert read_further(drill_of(folder).payload).draw(random.Random(1)) == ["p1", "p2", "p3"]


@pytest.mark.parametrize(
    ("text", "old", "new", "at", "what"),
    [
        (MARKS, "You stand at", "You sit at", "You sit", '"You sit at the desk" is not in the scene'),
        (MARKS, "A man asks for his papers", "the desk. A man", "phrases:", OUT_OF_ORDER),
        (MARKS, "You stand at the desk", "his papers", "phrases:", OUT_OF_ORDER),
        (MARKS, "You stand at the desk", "the boss says no", "phrases:", OUT_OF_ORDER),
        (MARKS, "sign: C1", "sign: C2", "sign: C2", 'C2 is none of the "signs" of this scene'),
        (MARKS, ", sign: C1", "", "- type: marks", "no phrase is a sign"),
        (SINGLE, ", key: true", "", "options:", "there are 0 right options. Mark exactly one"),
        (SINGLE, "The desk, why: It does not.", "D, why: W, key: true", "options:", "there are 2 right options"),
        (SINGLE, "id: desk", "id: no", "options:", "two options have the same id"),
        (MULTIPLE, "So do they., key: true", "So do they.", "options:", "1 of 3 options are right. Mark two or more"),
        (MULTIPLE, "night, why: It does not.", "night, why: W, key: true", "options:", "3 of 3 options are right"),
    ],
)  # fmt: skip
def test_a_question_must_agree_with_itself_and_its_scene(
    folder: Path, text: str, old: str, new: str, at: str, what: str
) -> None:
    assert old in text
    add_to_head(folder, CONCERN_FILE, text.replace(old, new))
    assert only(folder).startswith(f"content/{CONCERN_FILE}:{last_line_of(folder, at)}: {what}")


def test_a_scene_may_have_two_questions_of_a_type(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, SINGLE + SINGLE.replace("decides", "settles"))
    first, second = read(folder).scenarios["open-1-a"].drills
    assert (first.id, second.id) == ("open-1-a/single", "open-1-a/single-2")
    assert (first.payload["ask"], second.payload["ask"]) == ("What decides it?", "What settles it?")
    assert first.digest != second.digest
    assert further_type_of(second.id).name == "single"


def test_only_the_first_item_is_to_judge(folder: Path) -> None:
    text = (folder / CONCERN_FILE).read_text(encoding="utf-8")
    judge = text[text.index("  - type: judge") : text.index("---", 4)]
    add_to_head(folder, CONCERN_FILE, judge)
    line = last_line_of(folder, "- type: judge")
    assert only(folder) == f"content/{CONCERN_FILE}:{line}: only the first item is to judge. Take this one out."


def last_line_of(folder: Path, text: str) -> int:
    lines = (folder / CONCERN_FILE).read_text(encoding="utf-8").split("\n")
    return max(number for number, line in enumerate(lines, 1) if text in line)


def test_an_innocent_scene_has_no_sign_to_mark(folder: Path) -> None:
    marks = MARKS.replace("the boss says no", "the boss hands them over")
    add_to_head(folder, NO_CONCERN_FILE, marks.replace("sign: C1", "sign: A1"))
    assert "a scene of no concern has signs to mark. Correct the phrases or the truth." in only(folder)
    edit(folder, NO_CONCERN_FILE, ", sign: A1", "")
    assert not any(one["key"] for one in drill_of(folder, "open-1-b").payload["options"])


def test_the_first_item_is_the_one_to_judge(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "items:\n", f"items:\n{SINGLE}")
    line = line_of(folder, CONCERN_FILE, "- type: single")
    assert only(folder) == f'content/{CONCERN_FILE}:{line}: the first item is not to judge. Begin with "type: judge".'


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "type: single",
            "type: essay",
            f'"type" can\'t be "essay". Use one of: {TYPES}.',
        ),
        (
            "type: single\n    ask",
            "ask",
            f'item 2 of "items" has no "type". Use one of: {TYPES}.',
        ),
    ],
)
def test_an_item_of_no_known_type_is_named_with_its_line(folder: Path, old: str, new: str, what: str) -> None:
    add_to_head(folder, CONCERN_FILE, SINGLE.replace(old, new))
    line = line_of(folder, CONCERN_FILE, "ask: What decides") - ("essay" in new)
    assert only(folder) == f"content/{CONCERN_FILE}:{line}: {what}"


def test_a_fault_inside_an_item_is_named_with_its_line(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, SINGLE.replace("text: The night, why: It does not.", "text: The night"))
    line = line_of(folder, CONCERN_FILE, "id: night")
    assert only(folder) == f'content/{CONCERN_FILE}:{line}: "why" is missing. Add it.'


def test_only_questions_about_open_scenes_in_use_are_asked(folder: Path) -> None:
    for name in (CONCERN_FILE, "scenarios/reserved-1-a.md"):
        add_to_head(folder, name, SINGLE)
    assert [drill.id for drill in read(folder).drills()] == ["open-1-a/single"]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (SINGLE, "What decides it?", "What settles it?"),
        (SINGLE, "text: The night", "text: Night"),
        (SINGLE, "id: night", "id: dark"),
        (SINGLE, "title: Room 214", "title: Room 215"),
        (SINGLE, "setting: Motel", "setting: Hotel"),
        (SINGLE, "note: Nothing", "note: Not much"),
        (SINGLE, "You stand", "You sit"),
        (MULTIPLE, "why: So is this., key: true", "why: So is this."),
        (MARKS, "{text: A man asks", "{text: man asks"),
        (MARKS, "why: Anyone may ask.", "why: Anyone may ask., sign: C1"),
    ],
)
def test_a_digest_stays_for_a_corrected_reason_and_changes_with_what_is_asked(
    folder: Path, text: str, old: str, new: str
) -> None:
    more = "      - {id: late, text: It is late, why: So is this., key: true}\n" if text == MULTIPLE else ""
    add_to_head(folder, CONCERN_FILE, text + more)
    before = drill_of(folder).digest
    edit(folder, CONCERN_FILE, "why: It does.", "why: Indeed.")
    assert drill_of(folder).digest == before
    edit(folder, CONCERN_FILE, "why: Indeed.", "why: It does.")
    edit(folder, CONCERN_FILE, old, new)
    assert drill_of(folder).digest != before


def test_the_digest_of_the_scene_does_not_follow_its_further_questions(folder: Path) -> None:
    before = read(folder).scenarios["open-1-a"].digest
    add_to_head(folder, CONCERN_FILE, SINGLE)
    assert small.read(folder).scenarios["open-1-a"].digest == before

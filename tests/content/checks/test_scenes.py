"""Scenes: each agrees with itself, and stands where it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import add, told
from tests.content.small import (
    CONCERN_FILE,
    NO_CONCERN_FILE,
    OTHER_SIGN,
    SIGN,
    complaints,
    edit,
    only,
)

WAIT = """\
      - id: wait
        text: Wait a week
        why: It may be late.
        door: none
        grade: wrong-route
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "  C1: ", "  H7: ", 'no indicator is called "H7"'),
        (CONCERN_FILE, "sources: [S1]", "sources: [S9]", 'no source is called "S9"'),
        (CONCERN_FILE, "grade: best", "grade: fine", "there must be exactly one best action"),
        (CONCERN_FILE, "grade: wrong-route", "grade: best", "there must be exactly one best action"),
        (CONCERN_FILE, "truth: concern", "truth: no_concern", 'rule "one-strong" doesn\'t make it "no_concern"'),
        (CONCERN_FILE, "rule: one-strong", "rule: weak-only", 'isn\'t "weak-only": C1 (strong) leads to "one-strong"'),
        (CONCERN_FILE, "rule: one-strong", "rule: danger-now\nsigns: {}", 'the key "signs" is there twice'),
        (CONCERN_FILE, SIGN, f"{SIGN}\n  C2: b", "C2 misleads and can't be a sign"),
        (CONCERN_FILE, SIGN, OTHER_SIGN, 'A1 (medium) leads to "one-medium"'),
        (CONCERN_FILE, f"signs:\n  {SIGN}", "signs: {}", 'no sign leads to "no-sign"'),
        (CONCERN_FILE, "route: hotline", "route: none", 'route "none" isn\'t for "concern"'),
        (CONCERN_FILE, "route: hotline", "route: '911'", 'the route is "911" but the best action does not call 911'),
        (NO_CONCERN_FILE, "route: none", "route: hotline", 'route "hotline" isn\'t for "no_concern"'),
        (NO_CONCERN_FILE, OTHER_SIGN, SIGN, 'C1 (strong) leads to "one-strong"'),
        (NO_CONCERN_FILE, "rule: weak-only", "rule: no-sign", 'A1 (medium) leads to "weak-only"'),
    ],
)
def test_a_scene_must_agree_with_itself(folder: Path, name: str, old: str, new: str, complaint: str) -> None:
    edit(folder, name, old, new)
    assert complaint in told(folder)
    assert f"content/{name}:" in told(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("grade: harmful", "grade: fine"),  # a kind of harm, and not harmful
        ("grade: wrong-route", "grade: harmful"),  # harmful, and no kind
        ("grade: best", "grade: best\n        harm: follow"),
    ],
)
def test_what_is_harmful_has_a_kind_of_harm_and_nothing_else_has(folder: Path, old: str, new: str) -> None:
    edit(folder, CONCERN_FILE, old, new)
    if "follow" in new:
        edit(folder, NO_CONCERN_FILE, "door: hotline\n", "door: hotline\n        harm: follow\n")
    assert 'needs both "grade: harmful" and "harm", or neither. ' in told(folder)


def test_one_action_at_least_is_harmful(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "grade: harmful\n        harm: confront", "grade: wrong-route")
    assert told(folder).count("no action is harmful. ") == 2


def test_actions_turn_to_two_doors_at_least(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        for door in ("note", "ask", "none"):
            edit(folder, name, f"door: {door}\n", "door: hotline\n")
    assert told(folder).count("all actions have the same door. ") == 2


@pytest.mark.parametrize("door", ["door: police", ""])
def test_each_action_has_a_door_of_the_list(folder: Path, door: str) -> None:
    edit(folder, CONCERN_FILE, "        door: note\n", f"        {door}\n" if door else "")
    assert '"door" ' in told(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "shown_by: controller\n", "", '1: "shown_by" is missing. Add it.'),
        (CONCERN_FILE, "excuse: none\n", "", '1: "excuse" is missing. Add it.'),
        (NO_CONCERN_FILE, "explained: fully\n", "", '1: "explained" is missing. Add it.'),
        (CONCERN_FILE, "cues:", "explained: not\ncues:", '"explained" has no place in a scene of concern. '),
        (NO_CONCERN_FILE, "cues:", "shown_by: seen\ncues:", '"shown_by" has no place in a scene of no_concern. '),
        (NO_CONCERN_FILE, "cues:", "excuse: weak\ncues:", '"excuse" has no place in a scene of no_concern. '),
    ],
)
def test_a_concern_says_how_it_shows_and_the_other_how_far_it_is_explained(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    edit(folder, name, old, new)
    assert f"content/{name}:" in only(folder)
    assert complaint in only(folder)


def test_what_decides_is_quoted_from_the_scene(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "decides: [the boss says no]", "decides: [for his papers, the boss said no]")
    line = small.line_of(folder, CONCERN_FILE, "decides:")
    assert only(folder) == (
        f'content/{CONCERN_FILE}:{line}: "the boss said no" is not in the scene. Quote it as it stands there.'
    )
    edit(folder, CONCERN_FILE, "the boss said no", "the boss says no")
    edit(folder, CONCERN_FILE, "and the boss says no", "and the\nboss says no")  # it may go on in the next line
    small.read(folder)


def test_another_telling_leaves_what_decides(folder: Path) -> None:
    small.add_to_head(folder, CONCERN_FILE, "swap: {man: woman, boss: owner}\n")
    assert '"boss" stands only in what decides: told so, the sign would be another. ' in only(folder)
    edit(folder, CONCERN_FILE, "You stand at the desk.", "You stand at the boss's desk.")
    small.read(folder)  # someone who is in what decides may be another


@pytest.mark.parametrize("text", ["::: story\nA\n:::", "## Later", "A thing.[^S1]"])
def test_a_narrative_is_plain_paragraphs(folder: Path, text: str) -> None:
    add(folder, text, CONCERN_FILE)
    assert "in the scene. Tell it in plain paragraphs." in told(folder)


def test_a_scene_has_four_or_five_actions_with_ids_of_their_own(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, WAIT, "")
        edit(folder, name, "id: ask", "id: notes")
    assert told(folder).count("there are 3 actions") == 2
    assert told(folder).count("two actions have the same id") == 2
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "        harm: confront\n", f"        harm: confront\n{WAIT}{WAIT}{WAIT}")
    assert told(folder).count("there are 6 actions. Give 5.") == 2


SHIFT_SCENE = "scenarios/shift-1.md"


def told_lines(folder: Path) -> list[str]:
    return [str(one) for one in complaints(folder)]


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "differs: The boss keeps the papers.\n", "", '1: "differs" is missing. Add it.'),
        (CONCERN_FILE, "cues", 'clock: "22:10"\ncues', '19: "clock" has no place in the pool open.'),
        ("scenarios/reserved-1-a.md", "cues", "clock: 22:10\ncues", '19: "clock" has no place in'),
        (SHIFT_SCENE, "pool: shift\n", "pool: shift\npair: late\n", '14: "pair" has no place in the pool shift. '),
        (SHIFT_SCENE, "pool: shift\n", "pool: shift\ndiffers: a\n", '14: "differs" has no place in the pool shift. '),
        (CONCERN_FILE, "pool: open", "pool: short-form", '13: "pair" has no place in the pool short-form.'),
        (SHIFT_SCENE, 'clock: "23:10"\n', "", '1: "clock" is missing. Add it.'),
        (SHIFT_SCENE, "23:10", "24:10", '14: "clock" can\'t be "24:10". Write it as "22:10".'),
        (SHIFT_SCENE, "23:10", "9:10", '14: "clock" can\'t be "9:10". Write it as "22:10".'),
    ],
)  # fmt: skip
def test_a_scene_stands_in_a_pair_or_at_a_time_of_the_shift(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    small.add_shift(folder)
    edit(folder, name, old, new)
    found = [line for line in told_lines(folder) if line.startswith(f"content/{name}:")]
    assert found[0].startswith(f"content/{name}:{complaint}")

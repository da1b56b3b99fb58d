"""The vocabulary: each word once, and no other file has one that isn't in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import CARD, CARD_FILE, told
from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE, complaints, edit, only, read

FILE = "vocabulary.yaml"
VENUES = "Use one of: hotel, farm, any; or add it to vocabulary.yaml."


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "rule: one-strong", "rule: two-weak", '6: "rule" can\'t be "two-weak". Use one of: danger-now,'),
        (CONCERN_FILE, "route: hotline", "route: mayor", '7: "route" can\'t be "mayor". Use one of: none, 911, '),
        (CONCERN_FILE, "place: staff", "place: moon", '10: "place" can\'t be "moon". Use one of: guard, staff, n'),
        (CONCERN_FILE, "about: labor", "about: both", '9: "about" can\'t be "both". Use one of: sex, labor, minors; '),
        (
            "indicators.yaml",
            "about: labor",
            "about: tea",
            '"about" can\'t be "tea". Use one of: sex, labor, minors, bo',
        ),
        ("indicators.yaml", "[hotel]", "[farm, castle]", f'item 2 of "venues" can\'t be "castle". {VENUES}'),
        ("help/us.yaml", "[trafficking]", "[tea]", 'item 1 of "needs" can\'t be "tea". Use one of: danger, '),
        (CARD_FILE, "[hotel]", "[castle]", f'2: item 1 of "venues" can\'t be "castle". {VENUES}'),
    ],
)
def test_a_word_that_is_not_in_the_vocabulary_is_refused(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    small.put(folder, CARD_FILE, CARD)
    edit(folder, name, old, new)
    assert [one for one in told(folder).split("\n") if complaint in one and one.startswith(f"content/{name}:")]


def test_a_venue_and_a_forbidden_step_of_both_twins_are_held_to_it(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "venue: hotel", "venue: castle")
        edit(folder, name, "harm: confront", "harm: sing")
    line = small.line_of(folder, CONCERN_FILE, "harm: sing")
    assert told(folder).split("\n")[:2] == [
        f'content/{CONCERN_FILE}:8: "venue" can\'t be "castle". {VENUES}',
        f'content/{CONCERN_FILE}:{line}: "harm" can\'t be "sing". '
        "Use one of: confront, follow; or add it to vocabulary.yaml.",
    ]
    edit(folder, FILE, "[hotel, farm, any]", "[hotel, farm, any, castle]")
    edit(folder, FILE, "[confront, follow]", "[confront, follow, sing]")
    assert complaints(folder) == small.complaints(small.write(folder / "untouched"))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[hotel, farm, any]", "[hotel, any, hotel]", '"hotel" is listed twice in "venues". Take one out.'),
        ("id: hotline, name: Hotline", "id: none, name: Hotline", '"none" is listed twice in "routes". Take one out.'),
        ("places:", "danger_signs: [C1, H9]\nplaces:", 'no indicator is called "H9". Correct its id.'),
    ],
)
def test_a_word_stands_once_and_a_danger_sign_is_a_sign(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, FILE, old, new)
    line = small.line_of(folder, FILE, new.split("\n")[0])
    assert f"content/{FILE}:{line}: {complaint}" in told(folder)


def test_a_vocabulary_with_a_fault_is_the_only_complaint(folder: Path) -> None:
    edit(folder, FILE, "signs: danger", "signs: fear")
    assert only(folder).startswith(f'content/{FILE}:19: "signs" can\'t be "fear". Use one of: danger, strong, two-med')


def test_code_learns_from_it_what_follows_from_a_word(folder: Path) -> None:
    edit(folder, FILE, "id: danger-now", "id: fire")
    edit(folder, FILE, "rules: [danger-now]", "rules: [fire]")
    edit(folder, FILE, 'emergency_number: "911"', "emergency_number: 112")
    edit(folder, FILE, 'id: "911"', "id: call-112")
    vocabulary = read(folder).vocabulary
    assert vocabulary.danger_rules == {"fire"}
    assert vocabulary.find_rule("danger-now") is None
    edit(folder, FILE, "places:", "danger_signs: [A1]\nplaces:")
    edit(folder, FILE, "name: Emergency call, report", "name: Help, report")
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "door: hotline", "door: call-112")
    edit(folder, CONCERN_FILE, "rule: one-strong\nroute: hotline", "rule: fire\nroute: call-112")
    edit(
        folder,
        CONCERN_FILE,
        "  C1: The boss keeps the papers",
        "  A1: x",
    )
    assert read(folder).scenarios["open-1-a"].file.rule == "fire"
    edit(folder, FILE, "danger_signs: [A1]", "danger_signs: [C2]")
    assert only(folder).endswith("no sign shows danger now. Add C2, another strong sign, or correct the rule.")

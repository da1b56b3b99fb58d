"""Rare shifts: what is drawn from, and whether signs carry what the rule says of each event."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import RARE_FILE, edit, only, put
from trainer.content.nights import RareEvent

SPOILED = [
    ("id: bread", "id: keys", '"keys" is there twice. Give one another id.'),
    ("rule: weak-only", "rule: feeling", 'can\'t be "feeling". Use one of: danger-now,'),
    ("[A1]", "[Z9]", 'item 1 of "signs" can\'t be "Z9". Write the id of an indicator'),
    ("[A1]", "[A9]", 'no indicator is called "A9". Correct its id.'),
    ("[A1]", "[A1.often]", 'A1 has no detail "often". Use one of: A1; or add it to the details of A1.'),
    ("[A1]", "[A1, A1]", "A1 is there twice. Keep the detail that says most."),
    ("rule: one-strong, signs: [C1]", "rule: two-medium, signs: [A1]", '"two-medium": A1 (medium) leads to "one-m'),
    ("rule: one-strong, signs: [C1]", "rule: two-medium, signs: [A1, C5]", None),
    (
        "rule: one-strong, signs: [C1]",
        "rule: one-strong, signs: [A1]",
        '"one-strong": A1 (medium) leads to "one-medium',
    ),
    ("rule: one-strong, signs: [C1]", "rule: one-strong", '"one-strong": no sign leads to "no-sign"'),
    ("id: papers,", 'id: papers, clock: "02:00",', "a worrying event has no clock. It may come at any hour."),
    ("[A1]", "[A1, C5]", '"one-medium": A1 (medium), C5 (medium) leads to "two-medium"'),
    ("rule: one-medium", "rule: weak-only", '"weak-only": A1 (medium) leads to "one-medium"'),
    ("rule: weak-only", "rule: no-sign", '"no-sign": C2 (weak) leads to "weak-only"'),
    ("rule: weak-only, signs: [C2]", "rule: weak-only", '"weak-only": no sign leads to "no-sign"'),
    ('"22:10"', '"23:55"', "the events aren't in the order of the clock. Reorder them."),
    ("number: 4", "number: 6", "there are only 5 ordinary events to draw 6 from. Add some."),
    ("worrying_at_most: 1", "worrying_at_most: 2", "there are only 1 worrying events to draw 2 from. Add some."),
]


@pytest.mark.parametrize(("old", "new", "complaint"), SPOILED)
def test_one_fault_brings_one_complaint(folder: Path, old: str, new: str, complaint: str | None) -> None:
    small.add_rare(folder)
    assert small.read(folder).courses["recognize"].rare is not None
    edit(folder, RARE_FILE, old, new)
    if complaint is None:
        assert small.read(folder)
        return
    found = only(folder)
    assert found.startswith(f"content/{RARE_FILE}:")
    assert complaint in found


def test_an_event_is_kept_as_it_is_written(folder: Path) -> None:
    small.add_rare(folder)
    rare = small.read(folder).courses["recognize"].rare
    assert rare is not None
    assert rare.events[2] == RareEvent(
        id="rooms",
        clock="01:30",
        text="Somebody books three rooms.",
        rule="weak-only",
        signs=["C2"],
        why="Of rooms.",
    )
    assert (rare.number, rare.worrying_at_most, rare.example_one_in) == (4, 1, 400)


def test_the_rare_shift_is_part_of_its_course(folder: Path) -> None:
    before = small.read(folder).courses["recognize"]
    small.add_rare(folder)
    after = small.read(folder).courses["recognize"]
    assert before.digest != after.digest
    assert after.own_files[-1] == RARE_FILE


def test_a_rare_shift_without_a_course_is_refused(folder: Path) -> None:
    put(folder, "courses/other/rare.yaml", small.RARE)
    assert "course.yaml" in only(folder)

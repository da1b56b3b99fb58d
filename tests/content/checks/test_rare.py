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
    ("{A1: medium}", "{Z9: medium}", '"Z9" can\'t be a key of "signs". Write the id of an indicator'),
    ("{A1: medium}", "{A9: medium}", 'no indicator is called "A9". Correct its id.'),
    ("{C2: weak}", "{C2: medium}", "C2 can't be medium in a scene: in the list it is weak."),
    ("{C1: strong}", "{C1: medium}", "C1 can't be medium in a scene: in the list it is strong."),
    ("rule: one-strong, signs: {C1: strong}", "rule: two-medium, signs: {A1: medium}", "of one night must differ"),
    ("rule: one-strong, signs: {C1: strong}", "rule: two-medium, signs: {A1: medium, C5: medium}", None),
    ("rule: one-strong, signs: {C1: strong}", "rule: one-strong, signs: {A1: medium}", "no sign is strong."),
    ("rule: one-strong, signs: {C1: strong}", "rule: one-strong", "a concern has no signs."),
    ("id: papers,", 'id: papers, clock: "02:00",', "a worrying event has no clock. It may come at any hour."),
    ("{A1: medium}", "{A1: medium, C5: medium}", "by the rule A1, C5 would be one to report."),
    ("{A1: medium}", "{A1: weak}", 'rule "one-medium" has no medium sign.'),
    ("rule: one-medium", "rule: weak-only", "A1 is more than weak."),
    ("rule: weak-only", "rule: no-sign", 'rule "no-sign" has the sign C2.'),
    ("rule: weak-only, signs: {C2: weak}", "rule: weak-only", 'rule "weak-only" has no sign.'),
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
        signs={"C2": "weak"},
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

"""The decision rule: signs carry it, alone or together, and each is as strong in a scene as the list allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import (
    CONCERN_FILE,
    NO_CONCERN_FILE,
    OTHER_SIGN,
    SIGN,
    edit,
    only,
)
from trainer.content.catalogue import Indicator
from trainer.content.checks.rule import has_two_medium


def shown(ident: str, strength: str) -> str:
    return f"{ident}: {{words: The boss stands there, strength: {strength}}}"


def in_list(folder: Path, ident: str, strength: str, extra: str = "") -> None:
    """Give a sign another strength in the list of signs, and more keys."""
    path = folder / "indicators.yaml"
    head, _id, rest = path.read_text(encoding="utf-8").partition(f"  - id: {ident}\n")
    before, _strength, after = rest.partition("    strength: ")
    path.write_text(
        f"{head}  - id: {ident}\n{before}    strength: {strength}\n{extra}{after.partition(chr(10))[2]}",
        encoding="utf-8",
    )


def as_note(folder: Path, signs: str, explained: str = "not") -> None:
    """Make the scene of no concern one to write down and watch, with these signs."""
    edit(folder, NO_CONCERN_FILE, "best: nothing-to-report\nrule: weak-only", "best: note-and-watch\nrule: one-medium")
    edit(folder, NO_CONCERN_FILE, "explained: fully", f"explained: {explained}")
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, signs)


def test_the_signs_must_carry_the_rule(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "rule: one-strong", "rule: two-medium")
    small.read(folder)  # a strong sign carries any rule
    edit(folder, CONCERN_FILE, SIGN, shown("A1", "weak"))
    assert "the signs are not two medium ones of different groups" in only(folder)
    edit(folder, CONCERN_FILE, "rule: two-medium", "rule: danger-now")
    assert "no sign shows danger now" in told(folder)


def test_two_medium_signs_of_different_groups_are_a_concern(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "rule: one-strong", "rule: two-medium")
    edit(folder, CONCERN_FILE, SIGN, f"{shown('A1', 'medium')}\n  {shown('C5', 'medium')}")
    small.read(folder)
    edit(folder, CONCERN_FILE, "rule: two-medium", "rule: one-strong")
    assert "no sign is strong" in only(folder)


def test_weak_to_medium_signs_count_together_only_across_groups(folder: Path) -> None:
    for ident in ("A1", "C5"):
        in_list(folder, ident, "weak-medium")
    edit(folder, CONCERN_FILE, "rule: one-strong", "rule: two-medium")
    edit(folder, CONCERN_FILE, SIGN, shown("A1", "medium"))
    assert "the signs are not two medium ones" in only(folder)
    edit(folder, CONCERN_FILE, shown("A1", "medium"), f"{shown('A1', 'medium')}\n  {shown('C5', 'medium')}")
    small.read(folder)


@pytest.mark.parametrize(
    ("listed", "fits"),
    [
        ("weak", ("weak",)),
        ("weak-medium", ("weak", "medium")),
        ("medium", ("weak", "medium")),
        ("medium-strong", ("medium", "strong")),
        ("strong", ("strong",)),
    ],
)
def test_a_sign_is_as_strong_in_a_scene_as_the_list_allows(folder: Path, listed: str, fits: tuple[str, ...]) -> None:
    in_list(folder, "A1", listed)
    edit(folder, CONCERN_FILE, SIGN, f"{SIGN}\n  {shown('A1', 'unset')}")
    last = "unset"
    for strength in ("weak", "medium", "strong"):
        edit(folder, CONCERN_FILE, shown("A1", last), shown("A1", strength))
        last = strength
        line = small.line_of(folder, CONCERN_FILE, "  A1: ")
        complaint = (
            f"content/{CONCERN_FILE}:{line}: A1 can't be {strength} in a scene: in the list it is {listed}. "
            f"Write one of: {', '.join(fits)}."
        )
        assert (complaint in told(folder)) == (strength not in fits)


def test_where_a_note_says_when_a_sign_may_be_stronger_or_weaker(folder: Path) -> None:
    in_list(folder, "A1", "weak")
    edit(folder, CONCERN_FILE, SIGN, f"{SIGN}\n  {shown('A1', 'medium')}")
    assert "A1 can't be medium in a scene" in told(folder)
    in_list(folder, "A1", "weak", "    strength_note: Stronger when it happens daily.\n")
    assert "A1 can't be medium in a scene" not in told(folder)


def test_a_false_cue_is_weak_in_any_scene_whatever_its_note_says(folder: Path) -> None:
    in_list(folder, "C2", "weak", "    strength_note: Poor people have few papers.\n")
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, shown("C2", "medium"))
    assert "C2 can't be medium in a scene: in the list it is weak. Write one of: weak." in told(folder)
    edit(folder, NO_CONCERN_FILE, shown("C2", "medium"), shown("C2", "weak"))
    assert "C2 can't be" not in told(folder)


@pytest.mark.parametrize(
    ("name", "best", "wrong", "right"),
    [
        (CONCERN_FILE, "report-now", "note-and-watch", "report-now"),
        (CONCERN_FILE, "report-now", "nothing-to-report", "report-now"),
        (NO_CONCERN_FILE, "nothing-to-report", "report-now", "nothing-to-report"),
        (NO_CONCERN_FILE, "nothing-to-report", "note-and-watch", "nothing-to-report"),
    ],
)
def test_the_best_verdict_follows_truth_and_rule(folder: Path, name: str, best: str, wrong: str, right: str) -> None:
    edit(folder, name, f"best: {best}", f"best: {wrong}")
    found = only(folder)
    assert found.startswith(f'content/{name}:5: "{wrong}" can\'t be best by rule ')
    assert found.endswith(f'Write "{right}", or correct the rule.')


@pytest.mark.parametrize("explained", ["not", "partly"])
def test_medium_signs_of_one_group_are_written_down_and_watched(folder: Path, explained: str) -> None:
    as_note(folder, f"{shown('C5', 'medium')}\n  {shown('A1', 'weak')}", explained)
    small.read(folder)
    edit(folder, NO_CONCERN_FILE, "best: note-and-watch", "best: nothing-to-report")
    assert '"nothing-to-report" can\'t be best by rule "one-medium". Write "note-and-watch"' in only(folder)


@pytest.mark.parametrize(
    ("signs", "explained", "complaint"),
    [
        (shown("A1", "weak"), "not", 'rule "one-medium" has no medium sign. '),
        (shown("A1", "medium"), "fully", "A1 is explained fully, so there is nothing to watch. "),
        (shown("C1", "strong"), "not", "C1 is strong: that is a concern. "),
        (f"{shown('A1', 'medium')}\n  {shown('C5', 'medium')}", "not", "A1, C5 are medium and of different groups: "),
    ],
)
def test_what_is_not_one_medium_is_refused(folder: Path, signs: str, explained: str, complaint: str) -> None:
    as_note(folder, signs, explained)
    assert complaint in only(folder)


def test_an_unexplained_medium_sign_is_not_nothing(folder: Path) -> None:
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, shown("A1", "medium"))
    small.read(folder)  # it is explained
    edit(folder, NO_CONCERN_FILE, "explained: fully", "explained: not")
    assert 'A1 is medium and nobody explains it. Write rule "one-medium"' in only(folder)


def test_mediums_of_two_groups_are_refused_even_when_explained(folder: Path) -> None:
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, f"{shown('A1', 'medium')}\n  {shown('C5', 'medium')}")
    assert "A1, C5 are medium and of different groups: by the rule that is a concern" in only(folder)


SHIFT_SCENE = "scenarios/shift-1.md"


def test_scenes_of_a_shift_are_held_to_the_rule_as_well(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, SHIFT_SCENE, "rule: one-strong", "rule: weak-only")
    assert only(folder).startswith(f'content/{SHIFT_SCENE}:6: rule "weak-only" does not make it "concern". ')


def sign(ident: str, category: str, strength: str) -> Indicator:
    return Indicator.model_validate(
        {"id": ident, "kind": "indicator", "name": "n", "category": category, "observed": "o", "strength": strength,
         "about": "both", "venues": ["any"], "look_alikes": ["l"], "basis": "b"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("signs", "counts"),
    [
        ([], False),
        ([("A1", "a", "weak")], False),
        ([("A1", "a", "weak"), ("B1", "b", "weak"), ("C1", "c", "weak")], False),
        ([("A1", "a", "weak-medium")], False),
        ([("A1", "a", "weak-medium"), ("A2", "a", "weak-medium")], False),
        ([("A1", "a", "weak-medium"), ("B1", "b", "weak")], False),
        ([("A1", "a", "weak-medium"), ("B1", "b", "weak-medium")], True),
        ([("A1", "a", "medium")], True),  # on different days
        ([("A1", "a", "weak"), ("B1", "b", "strong")], True),
    ],
)
def test_signs_count_together_across_groups_or_again_on_another_day(
    signs: list[tuple[str, str, str]], counts: bool
) -> None:
    assert has_two_medium([sign(*one) for one in signs]) is counts

"""The decision rule: a scene's line follows from its signs, and truth and best verdict from the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE, OTHER_SIGN, SIGN, edit, only

DETAILS = """    details:
      - {id: asked, words: asked for and refused, strength: strong, evidence: our judgment, source: S1}
      - {id: joke, words: said as a joke, strength: weak, evidence: tested}
"""


def in_list(folder: Path, ident: str, extra: str, strength: str = "") -> None:
    """Give a sign more keys in the list of signs, and another strength if one is given."""
    path = folder / "indicators.yaml"
    head, _id, rest = path.read_text(encoding="utf-8").partition(f"  - id: {ident}\n")
    before, key, after = rest.partition("    strength: ")
    own, _end, after = after.partition("\n")
    path.write_text(f"{head}  - id: {ident}\n{before}{key}{strength or own}\n{extra}{after}", encoding="utf-8")


def as_note(folder: Path, signs: str, explained: str = "not") -> None:
    """Make the scene of no concern one to write down and watch, with these signs."""
    edit(folder, NO_CONCERN_FILE, "best: nothing-to-report\nrule: weak-only", "best: note-and-watch\nrule: one-medium")
    edit(folder, NO_CONCERN_FILE, "explained: fully", f"explained: {explained}")
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, signs)


def as_concern(folder: Path, rule: str, signs: str, shown_by: str = "controller") -> None:
    """Decide the scene of concern by another line, with these signs."""
    edit(folder, CONCERN_FILE, "rule: one-strong", f"rule: {rule}")
    edit(folder, CONCERN_FILE, SIGN, signs)
    edit(folder, CONCERN_FILE, "shown_by: controller", f"shown_by: {shown_by}")


@pytest.mark.parametrize(
    ("rule", "signs", "leads"),
    [
        ("two-medium", "C1: a", 'C1 (strong) leads to "one-strong"'),
        ("one-strong", "A1: a", 'A1 (medium) leads to "one-medium"'),
        ("two-medium", "A1: a", 'A1 (medium) leads to "one-medium"'),
        ("one-strong", "A1: a\n  C5: b", 'A1 (medium), C5 (medium) leads to "two-medium"'),
        ("one-strong", "{}", 'no sign leads to "no-sign"'),
    ],
)
def test_another_line_than_that_of_the_signs_is_refused(folder: Path, rule: str, signs: str, leads: str) -> None:
    as_concern(folder, rule, signs)
    if signs == "{}":
        edit(folder, CONCERN_FILE, "signs:\n  {}", "signs: {}")
    assert only(folder) == (
        f'content/{CONCERN_FILE}:6: the line of the rule isn\'t "{rule}": {leads}. Write that line with its truth '
        "and best, name the detail that makes a sign stronger or weaker, such as C1.refused, or change what the "
        "scene shows."
    )


@pytest.mark.parametrize(
    ("rule", "signs", "shown_by"),
    [
        ("one-strong", "A1.asked: a", "controller"),
        ("two-medium", "A1: a\n  C5: b", "controller"),
        ("two-medium", "A1: a", "pattern"),
        ("danger-now", "A1.asked: a", "controller"),
    ],
)
def test_the_line_follows_from_the_details_that_a_scene_names(
    folder: Path, rule: str, signs: str, shown_by: str
) -> None:
    in_list(folder, "A1", DETAILS)
    as_concern(folder, rule, signs, shown_by)
    if rule == "danger-now":
        assert "no sign shows danger now" not in told(folder)
    else:
        assert small.read(folder).scenarios["open-1-a"].file.rule == rule


def test_danger_now_needs_a_strong_sign_or_one_of_danger(folder: Path) -> None:
    as_concern(folder, "danger-now", "A1: a")
    assert "no sign shows danger now. Add " in told(folder)


def test_a_state_says_no_more_on_another_day(folder: Path) -> None:
    as_concern(folder, "two-medium", "A1: a", "pattern")
    small.read(folder)
    in_list(folder, "A1", "    counts_again: false\n")
    assert 'A1 (medium) leads to "one-medium"' in only(folder)


def test_a_sign_may_count_in_another_group_than_its_own(folder: Path) -> None:
    as_concern(folder, "two-medium", "A1: a\n  C5: b")
    small.read(folder)
    in_list(folder, "A1", "    counts_in: papers\n")
    assert 'A1 (medium), C5 (medium) leads to "one-medium"' in only(folder)


def test_a_weak_to_medium_sign_counts_beside_a_stronger_one_of_another_group(folder: Path) -> None:
    in_list(folder, "A1", "", "weak-medium")
    as_concern(folder, "two-medium", "A1: a\n  C5: b")
    shown = small.read(folder).scenarios["open-1-a"].signs
    assert [sign.strength for sign in shown] == ["weak-medium", "medium"]
    edit(folder, CONCERN_FILE, "A1: a\n  C5: b", "A1: a")
    assert 'A1 (weak) leads to "weak-only"' in only(folder)


def test_what_is_explained_fully_counts_only_if_it_is_strong(folder: Path) -> None:
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, "A1: a\n  C5: b")
    assert [sign.strength for sign in small.read(folder).scenarios["open-1-b"].signs] == ["medium", "medium"]
    edit(folder, NO_CONCERN_FILE, "explained: fully", "explained: partly")
    assert 'A1 (medium), C5 (medium) leads to "two-medium"' in only(folder)
    edit(folder, NO_CONCERN_FILE, "explained: partly", "explained: fully")
    edit(folder, NO_CONCERN_FILE, "A1: a", "C1: a")
    edit(folder, NO_CONCERN_FILE, "  C5: b\n", "")
    assert 'C1 (strong) leads to "one-strong"' in only(folder)


@pytest.mark.parametrize("explained", ["not", "partly"])
def test_medium_signs_of_one_group_are_written_down_and_watched(folder: Path, explained: str) -> None:
    as_note(folder, "C5: a\n  C2: b", explained)
    small.read(folder)
    edit(folder, NO_CONCERN_FILE, "best: note-and-watch", "best: nothing-to-report")
    assert '"nothing-to-report" can\'t be best by rule "one-medium". Write "note-and-watch"' in only(folder)


def test_the_truth_follows_from_the_line(folder: Path) -> None:
    in_list(folder, "A1", DETAILS)
    edit(folder, NO_CONCERN_FILE, "rule: weak-only", "rule: one-strong")
    edit(folder, NO_CONCERN_FILE, OTHER_SIGN, "A1.asked: a")
    assert only(folder) == (
        f'content/{NO_CONCERN_FILE}:4: rule "one-strong" doesn\'t make it "no_concern". Write "concern".'
    )


@pytest.mark.parametrize(
    ("sign", "complaint"),
    [
        ("C1.lost: a", 'C1 has no detail "lost". Use one of: C1; or add it to the details of C1.'),
        ("C9.lost: a", 'no indicator is called "C9". Correct its id.'),
        ("C1: a\n  A1: b\n  A1.asked: c", "A1 is there twice. Keep the detail that says most."),
        ("C1: {words: a, strength: strong}", '"C1" holds more than its words. Write the words alone, such as "C1.ref'),
        ("C1.: a", '"C1." can\'t be a key of "signs". Write the id of an indicator, such as G1, with a detail or'),
    ],
)
def test_a_scene_names_signs_and_details_of_the_list_and_no_strength(folder: Path, sign: str, complaint: str) -> None:
    in_list(folder, "A1", DETAILS)
    edit(folder, CONCERN_FILE, SIGN, sign)
    line = small.line_of(folder, CONCERN_FILE, f"  {sign.rpartition(chr(10))[2].strip()}")
    assert only(folder).startswith(f"content/{CONCERN_FILE}:{line}: {complaint}")


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


SHIFT_SCENE = "scenarios/shift-1.md"


def test_scenes_of_a_shift_are_held_to_the_rule_as_well(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, SHIFT_SCENE, "rule: one-strong", "rule: weak-only")
    assert only(folder).startswith(f'content/{SHIFT_SCENE}:6: the line of the rule isn\'t "weak-only": C1 (strong)')

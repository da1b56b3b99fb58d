"""What holds for scenes of a shift, for pairs told with other people, and for the bank as a whole.

The rules that scenes had from the start are in test_checker.py, further questions in test_drills.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courses import small
from tests.courses.small import CONCERN_FILE, NO_CONCERN_FILE, add_to_head, complaints, edit, line_of, only
from trainer.courses.scenes_checker import has_two_medium
from trainer.courses.schema import Indicator

SHIFT_SCENE = "scenarios/shift-1.md"
BANK = "bank:\n  open_pairs: 2\n  reserved_pairs: 2\n  swapped_pairs: 1\n"


def told(folder: Path) -> list[str]:
    return [str(one) for one in complaints(folder)]


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "differs: The boss keeps the papers.\n", "", '1: "differs" is missing. Add it.'),
        (CONCERN_FILE, "difficulty", 'clock: "22:10"\ndifficulty', '12: "clock" has no place in the pool open.'),
        ("scenarios/reserved-1-a.md", "difficulty", "clock: 22:10\ndifficulty", '12: "clock" has no place in'),
        (SHIFT_SCENE, "pool: shift\n", "pool: shift\npair: late\n", '11: "pair" has no place in the pool shift. '),
        (SHIFT_SCENE, "pool: shift\n", "pool: shift\ndiffers: a\n", '11: "differs" has no place in the pool shift. '),
        (SHIFT_SCENE, 'clock: "23:10"\n', "", '1: "clock" is missing. Add it.'),
        (SHIFT_SCENE, "23:10", "24:10", '11: "clock" can\'t be "24:10". Write it as "22:10".'),
        (SHIFT_SCENE, "23:10", "9:10", '11: "clock" can\'t be "9:10". Write it as "22:10".'),
    ],
)  # fmt: skip
def test_a_scene_stands_in_a_pair_or_at_a_time_of_the_shift(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    small.add_shift(folder)
    edit(folder, name, old, new)
    found = [line for line in told(folder) if line.startswith(f"content/{name}:")]
    assert found[0].startswith(f"content/{name}:{complaint}")


def test_a_scene_outside_the_shift_without_a_pair_is_refused_and_so_is_its_twin(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "pair: open-1\n", "")
    assert [line.partition(". ")[0] for line in told(folder)] == [
        f'content/{CONCERN_FILE}:1: "pair" is missing',
        f'content/{NO_CONCERN_FILE}:10: pair "open-1" has 1 scene',
    ]


def test_scenes_of_a_shift_need_no_balance_and_no_twin(folder: Path) -> None:
    small.add_shift(folder, "nnnn")
    small.read(folder)


def test_scenes_of_a_shift_are_held_to_the_rule_as_well(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, SHIFT_SCENE, "rule: one-strong", "rule: weak-only")
    assert only(folder).startswith(f'content/{SHIFT_SCENE}:5: rule "weak-only" does not make it "concern". ')


@pytest.mark.parametrize("key", ["open_pairs", "reserved_pairs", "swapped_pairs"])
def test_the_bank_is_as_large_as_the_site_says(folder: Path, key: str) -> None:
    small.put(folder, "site.yaml", small.SITE + BANK)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):  # twins are one pair
        add_to_head(folder, name, "swap: {man: woman, his: her}\n")
    assert not [line for line in told(folder) if "the bank has" in line]
    had = 1 if key == "swapped_pairs" else 2
    edit(folder, "site.yaml", f"{key}: {had}", f"{key}: {had + 1}")
    line = line_of(folder, "site.yaml", key)
    assert [line for line in told(folder) if "the bank has" in line] == [
        f"content/site.yaml:{line}: the bank has {had} of {had + 1} {key.replace('_', ' ')}. Add scenes."
    ]


def test_retired_pairs_and_those_of_the_shift_are_no_part_of_the_bank(folder: Path) -> None:
    small.put(folder, "site.yaml", small.SITE + BANK.replace("swapped_pairs: 1", "swapped_pairs: 0"))
    small.add_shift(folder)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "pool: open", "pool: open\nretired: true")
    assert [line for line in told(folder) if "the bank has" in line] == [
        "content/site.yaml:9: the bank has 1 of 2 open pairs. Add scenes."
    ]


@pytest.mark.parametrize("key", ["open_pairs: 0", "swapped_pairs: -1", "open_pairs: many"])
def test_a_bank_is_counted_in_whole_numbers(folder: Path, key: str) -> None:
    name, _colon, _value = key.partition(":")
    text = "".join(f"{key}\n" if line.strip().startswith(name) else f"{line}\n" for line in BANK.splitlines())
    small.put(folder, "site.yaml", small.SITE + text.replace(f"\n{key}", f"\n  {key}"))
    line = line_of(folder, "site.yaml", name)
    assert only(folder).startswith(f'content/site.yaml:{line}: "{name}" ')


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

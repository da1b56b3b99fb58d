"""Pairs of scenes, and the bank as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import (
    CONCERN_FILE,
    NO_CONCERN_FILE,
    add_to_head,
    complaints,
    edit,
    line_of,
    only,
)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("venue: hotel", "venue: farm", '"venue" differs from its twin'),
        ("about: labor", "about: sex", '"about" differs from its twin'),
        ("place: staff", "place: guard", '"place" differs from its twin'),
        ("age: adult", "age: teen", "someone at risk is under 18 in one twin only"),
        ("pool: open", "pool: reserved", '"pool" differs from its twin'),
        ("pool: open", "pool: pretest", '"pool" differs from its twin'),
        ("text: Wait a week", "text: Wait a month", "the actions differ from those of its twin"),
        ("id: wait", "id: later", "the actions differ from those of its twin"),
        ("door: note", "door: site", "the actions differ from those of its twin"),
        ("harm: confront", "harm: follow", "the actions differ from those of its twin"),
        ("pair: open-1", "pair: open-2", 'pair "open-2" has 3 scenes'),
        ("pair: open-1", "pair: lonely", 'pair "lonely" has 1 scene.'),
        ("pool: open", "pool: open\nretired: true", 'pair "open-1" has 1 scene.'),
        ("pool: open", "pool: open\nfinals: false", "only scenes of the reserved pool are in finals"),
    ],
)
def test_twins_share_all_but_the_controlling_fact(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, NO_CONCERN_FILE, old, new)
    assert complaint in told(folder)


def test_twins_are_of_both_truths_and_pools_in_balance(folder: Path) -> None:
    path = folder / NO_CONCERN_FILE
    path.write_text((folder / CONCERN_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    assert 'both twins are "concern"' in told(folder)
    assert "the open pool has 3 scenes of concern and 1 of none" in told(folder)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "pool: open", "pool: pretest")
    assert "the pretest pool has 2 scenes of concern and 0 of none" in told(folder)


BANK = "bank:\n  open_pairs: 2\n  reserved_pairs: 2\n  swapped_pairs: 1\n"


def told_lines(folder: Path) -> list[str]:
    return [str(one) for one in complaints(folder)]


def test_a_scene_outside_the_shift_without_a_pair_is_refused_and_so_is_its_twin(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "pair: open-1\n", "")
    assert [line.partition(". ")[0] for line in told_lines(folder)] == [
        f'content/{CONCERN_FILE}:1: "pair" is missing',
        f'content/{NO_CONCERN_FILE}:13: pair "open-1" has 1 scene',
    ]


def test_scenes_of_a_shift_need_no_balance_and_no_twin(folder: Path) -> None:
    small.add_shift(folder, "nnnn")
    small.read(folder)


@pytest.mark.parametrize("key", ["open_pairs", "reserved_pairs", "swapped_pairs"])
def test_the_bank_is_as_large_as_the_site_says(folder: Path, key: str) -> None:
    small.put(folder, "site.yaml", small.SITE + BANK)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):  # twins are one pair
        add_to_head(folder, name, "swap: {man: woman, his: her}\n")
    assert not [line for line in told_lines(folder) if "the bank has" in line]
    had = 1 if key == "swapped_pairs" else 2
    edit(folder, "site.yaml", f"{key}: {had}", f"{key}: {had + 1}")
    line = line_of(folder, "site.yaml", key)
    assert [line for line in told_lines(folder) if "the bank has" in line] == [
        f"content/site.yaml:{line}: the bank has {had} of {had + 1} {key.replace('_', ' ')}. Add scenes."
    ]


def test_retired_pairs_and_those_of_the_shift_are_no_part_of_the_bank(folder: Path) -> None:
    small.put(folder, "site.yaml", small.SITE + BANK.replace("swapped_pairs: 1", "swapped_pairs: 0"))
    small.add_shift(folder)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "pool: open", "pool: open\nretired: true")
    assert [line for line in told_lines(folder) if "the bank has" in line] == [
        "content/site.yaml:11: the bank has 1 of 2 open pairs. Add scenes."
    ]


@pytest.mark.parametrize("key", ["open_pairs: 0", "swapped_pairs: -1", "open_pairs: many"])
def test_a_bank_is_counted_in_whole_numbers(folder: Path, key: str) -> None:
    name, _colon, _value = key.partition(":")
    text = "".join(f"{key}\n" if line.strip().startswith(name) else f"{line}\n" for line in BANK.splitlines())
    small.put(folder, "site.yaml", small.SITE + text.replace(f"\n{key}", f"\n  {key}"))
    line = line_of(folder, "site.yaml", name)
    assert only(folder).startswith(f'content/site.yaml:{line}: "{name}" ')

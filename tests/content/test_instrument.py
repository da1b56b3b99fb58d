"""What was computed of finals: read, left out where it no longer fits, and never in the way of serving."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.content import small
from tests.content.computed import CHANCES
from trainer.content.chances import Chances
from trainer.content.instrument import PairKind, StagePlan, instrument_digest
from trainer.content.schema import Pool

STAGE = {
    "on_duty": {"danger": {}, "other": {"labor": 1.5}},
    "elsewhere": {"danger": {"sex": 0.25}, "other": {"labor": 0.25}},
}
STALE = (
    "content/instrument.json:1: the final or the reserved scenes of recognize have changed since. "
    'Run "flask content instrument".'
)
BROKEN = 'content/instrument.json:1: the file can\'t be read. Run "flask content instrument".'


def digest(folder: Path) -> str:
    content = small.read(folder)
    reserved = [scene.file for scene in content.pool(Pool.RESERVED)]
    return instrument_digest(content.courses["recognize"].file.final, reserved, content.vocabulary)


def write(folder: Path, **course: object) -> None:
    told = {"digest": digest(folder), "draw": {"stages": [STAGE]}, **course}
    small.put(folder, "instrument.json", json.dumps({"courses": {"recognize": told}}))


def warnings(folder: Path) -> list[str]:
    return [str(one) for one in small.complaints(folder) if "instrument.json" in one.path]


def test_without_the_file_nothing_is_missing(folder: Path) -> None:
    assert warnings(folder) == []
    assert small.read(folder).courses["recognize"].instrument is None


def test_what_fits_is_there(folder: Path) -> None:
    write(folder, chances=CHANCES)
    assert warnings(folder) == []
    instrument = small.read(folder).courses["recognize"].instrument
    assert instrument is not None
    assert instrument.chances == Chances(**CHANCES)
    numbers = {
        PairKind(on_duty=True, danger=False, topic="labor"): 1.5,
        PairKind(on_duty=False, danger=True, topic="sex"): 0.25,
        PairKind(on_duty=False, danger=False, topic="labor"): 0.25,
    }
    assert instrument.draw.numbers(0) == numbers
    assert instrument.draw.numbers(1) is None
    assert StagePlan.of(numbers).numbers() == numbers


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (small.COURSE_FILE, "tries: 3", "tries: 2"),
        (small.COURSE_FILE, "harmful_at_most: 0", "harmful_at_most: 1"),
        ("scenarios/reserved-1-a.md", "excuse: none", "excuse: plausible"),
        ("scenarios/reserved-1-b.md", "cues: few", "cues: many"),
        ("vocabulary.yaml", "{id: staff, on_duty: true}", "{id: staff}"),
    ],
)
def test_what_no_longer_fits_is_left_out_with_a_warning(folder: Path, name: str, old: str, new: str) -> None:
    write(folder)
    small.edit(folder, name, old, new)
    assert warnings(folder) == [STALE]
    assert small.read(folder).courses["recognize"].instrument is None


def test_other_words_and_open_scenes_change_nothing(folder: Path) -> None:
    write(folder)
    for letter in "ab":  # twins have the same first steps
        small.edit(folder, f"scenarios/reserved-1-{letter}.md", "text: Wait a week", "text: Wait two weeks")
    small.edit(folder, "scenarios/open-1-a.md", "cues: few", "cues: many")
    assert warnings(folder) == []
    assert small.read(folder).courses["recognize"].instrument is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"courses": {"recognize": {}}}', '{"courses": 1}', "\udcff", '{"courses": {}, "more": 1}']
)
def test_a_file_that_cannot_be_read_never_keeps_anything_from_being_served(folder: Path, text: str) -> None:
    (folder / "instrument.json").write_bytes(text.encode(errors="surrogateescape"))
    assert warnings(folder) == [BROKEN]
    assert small.read(folder).courses["recognize"].instrument is None


@pytest.mark.parametrize("number", ["-1", "NaN", "1e999", '"many"'])
def test_numbers_of_pairs_are_numbers(folder: Path, number: str) -> None:
    write(folder)
    small.edit(folder, "instrument.json", "0.25", number)
    assert warnings(folder) == [BROKEN]


def test_a_course_that_it_says_nothing_of_is_named(folder: Path) -> None:
    small.put(folder, "instrument.json", '{"courses": {}}')
    assert warnings(folder) == [STALE]

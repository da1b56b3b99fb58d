"""The list of changes: what an entry is, and that stamping touches the newest entry of one course only."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.content.history import Change, TopUp, read_changes, stamp

TEXT = """\
# Changes

## neighbors 1.1
digest: none yet
- A scene was corrected.

## recognize 1.1

digest: none yet

- A lesson on children.
- Another.

## neighbors 1.0
digest: 0123456789ab (published 2026-11-01)
- First.

## recognize 1.0
digest: none yet
"""
DIGEST = "f" * 12 + "0" * 52


def test_entries_are_read_as_they_stand() -> None:
    changes, faults = read_changes(TEXT)
    assert faults == []
    assert changes == [
        Change("neighbors", "1.1", None, None, 3, ("A scene was corrected.",), None),
        Change("recognize", "1.1", None, None, 7, ("A lesson on children.", "Another."), None),
        Change("neighbors", "1.0", "0123456789ab", dt.date(2026, 11, 1), 14, ("First.",), None),
        Change("recognize", "1.0", None, None, 18, (), None),
    ]


def test_a_top_up_names_lessons_and_a_day() -> None:
    text = "## recognize 1.1\ndigest: none yet\ntop-up: start/a, start/b by 2027-01-31\n- a\n  and more\n- b\n"
    [change], faults = read_changes(text)
    assert faults == []
    assert change.top_up == TopUp(("start/a", "start/b"), dt.date(2027, 1, 31), 3)
    assert change.points == ("a and more", "b")
    assert [change.is_after(version) for version in ("0.9", "1.0", "1.1", "1.10", "2.0")] == [True, True, *[False] * 3]


@pytest.mark.parametrize(
    "line",
    [
        *("top-up:", "top-up: start/a", "top-up: start by 2027-01-31", "top-up: start/a by 31 January"),
        *("top-up: start/a by 2027-02-30", "top-up: start/a start/b by 2027-01-31", "top-up start/a by 2027-01-31"),
        "top-up: start/a by 2027-01-31\ntop-up: start/b by 2027-01-31",
    ],
)
def test_a_top_up_that_cannot_be_read_is_refused_with_its_line(line: str) -> None:
    changes, [(at, what)] = read_changes(f"# Changes\n\n## recognize 1.1\ndigest: none yet\n{line}\n- a\n")
    assert changes == []
    assert (at, what.partition(":")[0]) == (3, 'the entry "recognize 1.1"')


@pytest.mark.parametrize("text", ["", "# Changes\n", "Words only.\n\n### recognize 1.0\n"])
def test_a_list_may_have_no_entry(text: str) -> None:
    assert read_changes(text) == ([], [])


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("## Recognize 1.0\ndigest: none yet\n- a", '"## Recognize 1.0" isn\'t the heading of an entry'),
        ("## recognize\ndigest: none yet\n- a", '"## recognize" isn\'t the heading of an entry'),
        ("## recognize v1.0\ndigest: none yet\n- a", '"## recognize v1.0" isn\'t the heading of an entry'),
        ("## recognize  1.0\ndigest: none yet\n- a", '"## recognize  1.0" isn\'t the heading of an entry'),
        ("## recognize 1.0\n- a", 'the entry "recognize 1.0" has no line with its digest'),
        ("## recognize 1.0\ndigest: 0123\n- a", 'the entry "recognize 1.0" has no line with its digest'),
        ("## recognize 1.0\ndigest: none yet, later\n- a", 'the entry "recognize 1.0" has no line with its digest'),
        ("## recognize 1.0\n## recognize 0.9\ndigest: none yet\n- a", 'the entry "recognize 1.0" has no line'),
    ],
)
def test_an_entry_that_cant_be_read_is_named_with_its_line(entry: str, what: str) -> None:
    changes, faults = read_changes(f"# Changes\n\n{entry}\n")
    assert len(faults) == 1
    assert faults[0][0] == 3
    assert faults[0][1].startswith(what)
    assert len(changes) == entry.count("## ") - 1


def test_a_stamp_is_written_into_the_newest_entry_of_its_course_only() -> None:
    stamped = stamp(TEXT, "recognize", DIGEST, "2026-11-24")
    before, after = TEXT.split("\n"), stamped.split("\n")
    changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other]
    assert changed == [9]
    assert after[8] == "digest: ffffffffffff (published 2026-11-24)"
    assert [change.digest for change in read_changes(stamped)[0]] == [None, "f" * 12, "0123456789ab", None]


def test_a_course_is_not_taken_for_one_whose_name_begins_alike() -> None:
    text = "## recognize-more 1.0\ndigest: none yet\n- a\n\n## recognize 1.0\ndigest: none yet\n- b\n"
    assert [one.digest for one in read_changes(stamp(text, "recognize", DIGEST, "2026-11-24"))[0]] == [None, "f" * 12]

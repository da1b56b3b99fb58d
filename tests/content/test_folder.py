"""What was read: one fault is one complaint, although others point to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import complaints, edit, only
from trainer.content import cache
from trainer.content.cache import Cache
from trainer.content.complaints import Complaints
from trainer.content.folder import At
from trainer.content.library import load
from trainer.content.memory import Memory
from trainer.content.reader import read_folder
from trainer.items.registry import MODELS


def test_one_broken_item_is_one_complaint_although_others_point_to_it(folder: Path) -> None:
    edit(folder, "sources.yaml", "publisher: An office", "publisher:")
    edit(folder, "glossary.yaml", "meaning: One contact with the hotline.", "meaning:")
    assert len(complaints(folder)) == 2


def test_two_modules_can_have_neither_one_name_nor_one_number(folder: Path) -> None:
    (folder / "courses/recognize/05-basics").mkdir()
    (folder / "courses/recognize/05-basics/module.yaml").write_text(small.MODULE, encoding="utf-8")
    assert "05-basics:1: content/courses/recognize/01-basics has the same name or number" in only(folder)


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("minutes", 4),
        (("sources", 0), 7),
        (("sources", 7), 7),  # the nearest thing that is written
        ("nothing", 2),  # where the head begins
        (99, 99),
    ],
)
def test_an_entry_complains_of_the_line_that_is_meant(folder: Path, at: At, line: int) -> None:
    found = Complaints()
    lesson = read_folder(folder, MODELS, found).courses["recognize"].modules["basics"].lessons["first"]
    lesson.refuse(at, "it is wrong", "Correct it.")
    lesson.warn(at, "it is old", "Look again.")
    assert [(one.path, one.line, one.what, one.level) for one in found.all] == [
        (f"content/{small.LESSON_FILE}", line, "it is wrong", "error"),
        (f"content/{small.LESSON_FILE}", line, "it is old", "warning"),
    ]


def test_what_was_read_before_complains_to_the_one_who_reads_now(folder: Path) -> None:
    memory, first, second = Memory(), Complaints(), Complaints()
    read_folder(folder, MODELS, first, memory)
    for entry in read_folder(folder, MODELS, second, memory).entries:
        entry.refuse(1, "it is wrong", "Correct it.")
        assert second.all.pop().path == entry.path
    assert first.all == []


def test_no_collector_of_complaints_is_kept_with_the_content(folder: Path, tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept", "secret")
    load(folder, small.TODAY, MODELS, kept_in=kept)
    raw = (kept.folder / cache.NAME).read_bytes()
    assert b"Complaint\x94" in raw  # the warnings are
    assert b"Complaints" not in raw
    assert b"Entry" not in raw

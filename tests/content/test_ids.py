"""Permanent ids: decided by the table of kinds, and none may get lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import CARD, CARD_FILE, SERIES, SERIES_FILE, told
from tests.content.small import CONCERN_FILE, COURSE_FILE, NO_CONCERN_FILE, complaints, edit, only, read
from trainer.content.complaints import Complaints
from trainer.content.ids import permanent_ids, write_ids
from trainer.content.library import Content
from trainer.content.reader import read_folder
from trainer.items.registry import MODELS


def test_the_folder_and_the_content_made_of_it_have_the_same_ids(folder: Path) -> None:
    assert sorted(permanent_ids(read_folder(folder, MODELS, Complaints()))) == list(small.read(folder).ids)


def test_a_lesson_that_is_gone_is_missed_even_if_another_course_has_one_of_its_name(folder: Path) -> None:
    shutil.copytree(folder / "courses/recognize", folder / "courses/other")
    small.put(folder, "courses/other/01-basics/02-more.md", small.LESSON)
    small.put(folder, "ids.txt", "lesson:recognize/basics/more\n")
    assert only(folder).startswith('content/ids.txt:1: "lesson:recognize/basics/more" was published and is gone. ')


def test_a_lesson_with_a_fault_is_not_gone(folder: Path) -> None:
    small.put(folder, "ids.txt", "lesson:recognize/basics/first\n")
    small.edit(folder, small.LESSON_FILE, "minutes: 4", "minutes: four")
    assert only(folder).startswith(f"content/{small.LESSON_FILE}:4: ")


def test_an_id_that_was_published_may_not_get_lost(folder: Path) -> None:
    (folder / "ids.txt").write_text("course:recognize\nterm:signal\nterm:gone\nscenario:old\n", encoding="utf-8")
    assert 'content/ids.txt:3: "term:gone" was published and is gone. ' in told(folder)
    assert 'content/ids.txt:4: "scenario:old" was published and is gone. ' in told(folder)
    assert len(complaints(folder)) == 2


@pytest.mark.parametrize(
    ("gone", "old", "new", "found"),
    [
        ("page:privacy-notice", "pages/privacy.md", "pages/privacy-note.md", "page:privacy-note"),  # by its id
        ("page:what-is-kept", "pages/privacy.md", "pages/x.md", "page:x"),  # by its title
        (
            "lesson:recognize/practice/first",
            small.LESSON_FILE,
            "courses/recognize/01-basics/03-first.md",
            "lesson:recognize/basics/first",
        ),
        ("term:signals", "glossary.yaml", "glossary.yaml", "term:signal"),
    ],
)
def test_a_file_that_looks_like_the_renamed_one_is_named(
    folder: Path, gone: str, old: str, new: str, found: str
) -> None:
    (folder / "ids.txt").write_text(f"{gone}\n", encoding="utf-8")
    small.edit(folder, "pages/privacy.md", "title: Privacy", "title: What is kept")
    (folder / old).rename(folder / new)
    hint = f'Put it back. If "{found}" (content/{new}) is the same under a new name, give it its old one again. '
    assert f'content/ids.txt:1: "{gone}" was published and is gone. {hint}' in told(folder)


@pytest.mark.parametrize(
    "ids",
    [
        "page:privacy-notice\npage:privacy\n",  # what is alike was published
        "page:signal\n",  # it is of another kind
        "page:zzz\n",  # nothing is alike
    ],
)
def test_nothing_else_is_taken_for_the_renamed_one(folder: Path, ids: str) -> None:
    (folder / "ids.txt").write_text(ids, encoding="utf-8")
    assert "was published and is gone. Put it back. A scene that" in only(folder)


def test_ids_of_series_and_cards_are_for_ever_too(folder: Path) -> None:
    (folder / "ids.txt").write_text("statistics:calls\ncard:hotel\n", encoding="utf-8")
    assert told(folder).count("was published and is gone") == 2
    small.put(folder, CARD_FILE, CARD)
    small.put(folder, SERIES_FILE, SERIES)
    small.read(folder)


def test_a_retired_scene_keeps_its_id_and_leaves_the_pool(folder: Path) -> None:
    (folder / "ids.txt").write_text("scenario:open-1-a\nscenario:open-1-b\n", encoding="utf-8")
    edit(folder, COURSE_FILE, "  scenes: 2\nfinal", "  scenes: 1\nfinal")
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "pool: open", "pool: open\nretired: true")
    assert "was published" not in told(folder)


def test_lines_of_the_list_of_ids_are_ids(folder: Path) -> None:
    (folder / "ids.txt").write_text("term:signal\nnonsense\nterm:signal\n", encoding="utf-8")
    assert 'ids.txt:2: "nonsense" isn\'t an id' in told(folder)
    assert 'ids.txt:3: "term:signal" is there twice' in told(folder)


def test_published_ids_name_everything_once(folder: Path) -> None:
    ids = list(read(folder).ids)
    assert ids == sorted(set(ids))
    assert {
        "course:recognize", "module:recognize/basics", "lesson:recognize/basics/first", "scenario:open-1-a",
        "indicator:C1", "source:S1", "term:signal", "help:hotline", "page:privacy",
    } < set(ids)  # fmt: skip


def test_ids_are_only_ever_added(folder: Path) -> None:
    path = folder / "ids.txt"
    path.write_text("term:older", encoding="utf-8")
    added = write_ids(folder, read_with(folder, path))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "term:older"
    assert lines[1:] == added
    assert write_ids(folder, read_with(folder, path)) == []


def read_with(folder: Path, ids: Path) -> Content:
    """Load as if the list of ids were not there, which names a lost id on purpose."""
    text = ids.read_text(encoding="utf-8")
    ids.unlink()
    content = read(folder)
    ids.write_text(text, encoding="utf-8")
    return content

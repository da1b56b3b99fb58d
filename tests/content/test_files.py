"""Files of the folder, whatever their bytes, and links that lead out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import LESSON_FILE, complaints, only
from trainer.content.files import SIZE_LIMIT
from trainer.content.library import ContentRefused, load
from trainer.items.registry import MODELS


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"- id: S1\n  title: \xff\xfe\n", "sources.yaml:2: the text is not in UTF-8. Save the file again as UTF-8."),
        ("- id: S1".encode("utf-16"), "sources.yaml:1: the text is not in UTF-8. Save the file again as UTF-8."),
        (b"- id: S1\n\n  title: a\x00b\n", "sources.yaml:3: there is an invisible character (U+0000). "),
        ("- id: S1\n  title: a\u202eb\n".encode(), "sources.yaml:2: there is an invisible character (U+202E). "),
        (b"a" * (SIZE_LIMIT + 1), "sources.yaml:1: the file is larger than 256 KB. Split it."),
        (b"title: a", "sources.yaml:1: a list is needed here. "),
    ],
)
def test_bytes_that_are_no_good_text_are_refused_and_bring_no_second_complaint(
    folder: Path, raw: bytes, complaint: str
) -> None:
    (folder / "sources.yaml").write_bytes(raw)
    assert complaint in only(folder)


def test_windows_line_ends_and_a_byte_order_mark_are_read(folder: Path) -> None:
    path = folder / LESSON_FILE
    text = path.read_text(encoding="utf-8")
    before = small.read(folder).courses["recognize"].lessons[0].html
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert small.read(folder).courses["recognize"].lessons[0].html == before


def test_a_file_without_a_head_is_told_how_to_begin(folder: Path) -> None:
    (folder / "pages/privacy.md").write_text("Only text\n", encoding="utf-8")
    assert only(folder).startswith("content/pages/privacy.md:1: the head of the file is missing. Begin with a line")


def test_hidden_files_and_the_read_me_are_left_alone(folder: Path) -> None:
    for name in (".DS_Store", "pages/.privacy.md.swp", "README.md"):
        (folder / name).write_bytes(b"\xff")
    small.read(folder)


@pytest.mark.check("T129")
def test_links_that_leave_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: a\nsummary: b\n---\nSecret\n", encoding="utf-8")
    (folder / "pages/secret.md").symlink_to(tmp_path / "secret.md")
    (folder / "es").symlink_to("/etc")
    found = [str(complaint) for complaint in complaints(folder)]
    assert [line.partition(": ")[0] for line in found] == ["content/es:1", "content/pages/secret.md:1"]
    assert all("links to other places are not allowed here" in line for line in found)


def test_a_pipe_does_not_hang_the_loader(folder: Path) -> None:
    os.mkfifo(folder / "pages/pipe.md")
    assert only(folder) == "content/pages/pipe.md:1: this isn't a regular file. Take it out."


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused) as refused:
        load(tmp_path / "content", small.TODAY, MODELS)
    assert "the folder can't be read" in str(refused.value)

"""The checks as a whole: what comes first, and what is left until there are no errors."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.content.small import complaints, edit
from trainer.content.checker import check
from trainer.content.complaints import Complaints
from trainer.content.reader import read_folder
from trainer.items.registry import MODELS

CHANGES = "# Changes\n\n## recognize 9.9\ndigest: none yet\n- First.\n"


def test_what_changed_is_looked_at_only_in_a_folder_without_errors(folder: Path) -> None:
    small.put(folder, "CHANGELOG.md", CHANGES)
    assert [one.what for one in complaints(folder)] == ["recognize 1.0 has no entry"]
    edit(folder, "site.yaml", "first_try: recognize", "first_try: nobody")
    assert [one.what for one in complaints(folder)] == ['no course is called "nobody"']


def test_checking_twice_says_the_same(folder: Path) -> None:
    edit(folder, "site.yaml", "first_try: recognize", "first_try: nobody")
    found = Complaints()
    read = read_folder(folder, MODELS, found)
    check(read, small.TODAY)
    once = found.sorted()
    check(read, small.TODAY)
    assert found.sorted() == once
    assert found.has_errors

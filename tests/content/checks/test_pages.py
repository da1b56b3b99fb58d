"""Pages: no parts of a lesson, no name of the app's own pages."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.content.checks.spoiling import PAGE_FILE, add, told
from tests.content.small import only


def test_pages_are_checked_too_and_have_no_lesson_parts(folder: Path) -> None:
    add(folder, "A.[^S9] [b](page:nothing) <i>c</i>", PAGE_FILE)
    add(folder, "::: ask\nd\n:::", PAGE_FILE)
    for complaint in ('no source is called "S9"', "leads nowhere", "there is HTML", 'a page has no "ask"'):
        assert complaint in told(folder)


def test_a_page_may_not_take_the_name_of_a_page_of_the_app(folder: Path) -> None:
    (folder / "pages/help.md").write_text(small.PAGE, encoding="utf-8")
    assert only(folder).startswith('content/pages/help.md:1: the name "help" belongs to a page of the app. ')

"""Each reader gets a page in the reader's own language, whoever read it first."""

from __future__ import annotations

import pytest
from babel import localedata
from flask import Flask

from tests.cast import make_guest, sign_in_as
from tests.languages import PSEUDO, pseudo, speak_pseudo
from tests.support import COURSE, Visitor, closed_up
from tests.web.marked import unmarked
from trainer.content.library import Library
from trainer.serving import preload
from trainer.web.language import language_tag


def read(visitor: Visitor, path: str, language: str) -> str:
    answer = visitor.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    return closed_up(answer.text)


def check(page: str, language: str) -> None:
    """Check the frame, a kept part of the page, and that nothing of the other language is in them."""
    direction, quick_exit = {"en": ("ltr", ">Quick exit<"), PSEUDO: ("rtl", f">{pseudo('Quick exit')}<")}[language]
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert quick_exit in page
    assert ("«" in page) == (language == PSEUDO)


def test_other_systems_read_the_source_whatever_they_ask_for(app: Flask) -> None:
    speak_pseudo(app)
    for path, language in (("/api/v1/people", "en"), ("/help", PSEUDO)):
        with app.test_request_context(path, headers={"Accept-Language": PSEUDO}):
            assert language_tag() == language


def test_what_depends_on_the_language_says_so_once_there_are_two(app: Flask, visitor: Visitor) -> None:
    assert "Accept-Language" not in visitor.get("/help").headers["Vary"]
    speak_pseudo(app)
    for path in ("/help", "/observation.pdf"):
        assert "Accept-Language" in visitor.get(path).headers["Vary"]


def test_even_the_last_page_that_can_be_shown_is_in_the_readers_language(app: Flask) -> None:
    speak_pseudo(app)
    page = Visitor(app, "http://other.example").get("/", headers={"Accept-Language": PSEUDO}).text
    assert "<html lang='ar' dir='rtl'>" in page
    assert list(unmarked(page)) == []


@pytest.mark.parametrize("first", ["en", PSEUDO])
def test_what_is_kept_reaches_each_reader_in_their_language(app: Flask, shelf: Library, first: str) -> None:
    speak_pseudo(app)
    second = {"en": PSEUDO, PSEUDO: "en"}[first]
    learner = sign_in_as(app, make_guest(app))
    learner.enroll()
    lesson = f"/courses/{COURSE}/{shelf.content.courses[COURSE].lessons[0].id}"
    for path, visitor in (("/", None), ("/courses", None), (lesson, None), (lesson, learner), ("/me", learner)):
        pages: dict[str, str] = {}
        for language in (first, second, first):
            page = read(visitor or Visitor(app), path, language)
            check(page, language)
            pages.setdefault(language, page)
        assert pages[first] != pages[second], path


def test_what_dates_are_written_with_is_there_before_processes_are_forked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(localedata, "_cache", {})
    monkeypatch.setattr("trainer.serving._preloaded", [])
    preload(app)
    assert "en" in localedata._cache

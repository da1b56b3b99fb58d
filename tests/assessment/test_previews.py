"""Authors see a scene with its answer, in development only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import COURSE, Visitor, closed_up
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings


@pytest.fixture
def authors(settings: Settings, shelf: Library) -> Visitor:
    """A visitor of an app in development."""
    return Visitor(create_app(replace(settings, development=True), shelf))


def test_a_preview_shows_a_scene_with_its_answer_in_development_only(
    visitor: Visitor, authors: Visitor, shelf: Library
) -> None:
    scenes = list(shelf.content.scenarios.values())[::9] + [
        one for one in shelf.content.scenarios.values() if one.other
    ]
    lesson = shelf.content.courses[COURSE].lessons[0]
    assert authors.get("/preview").status_code == 200
    for scene in scenes:
        page = authors.get(f"/preview/{scene.id}")
        assert page.status_code == 200
        assert scene.file.truth in page.text
        assert ("(with other people)" in page.text) == (scene.other is not None)
        assert authors.get(f"/preview?id={scene.id}").headers["Location"] == f"/preview/{scene.id}"
        for path in (f"/preview/{scene.id}", f"/preview?id={scene.id}"):
            assert visitor.get(path).status_code == 404
    assert authors.get(f"/preview?id={COURSE}/{lesson.id}").headers["Location"] == f"/courses/{COURSE}/{lesson.id}"
    assert authors.get("/preview/nothing").status_code == visitor.get("/preview").status_code == 404
    assert "<b>x" not in authors.get("/preview?id=%3Cb%3Ex").text
    assert "&lt;b&gt;x" in authors.get("/preview?id=%3Cb%3Ex").text


def test_a_preview_of_a_lesson_shows_its_questions_with_their_answers_in_development_only(
    visitor: Visitor, authors: Visitor, shelf: Library
) -> None:
    lesson = next(one for one in shelf.content.courses[COURSE].lessons if one.questions)
    path = f"/preview/{COURSE}/{lesson.id}"
    assert authors.get(f"/preview?id={COURSE}/{lesson.id}").headers["Location"] == path
    page = closed_up(authors.get(path).text)
    assert "Papers that are kept are a strong sign." in page
    assert "“You get it when your debt is paid,” says the boss." in page
    assert f'href="/courses/{COURSE}/{lesson.id}"' in page
    assert authors.get(f"/preview/{COURSE}/start/nothing").status_code == visitor.get(path).status_code == 404

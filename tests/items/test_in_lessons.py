"""Every type of questions in a lesson: each test runs over all samples of all types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import make_guest, sign_in_as
from tests.content import small
from tests.content.small import LESSON_FILE, edit, put
from tests.support import Visitor, closed_up
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.items.contract import NARRATIVE, FurtherType, Sample
from trainer.items.registry import FURTHER, MODELS, read_further
from trainer.learning.models import LessonResponse

SAMPLES = [pytest.param(one, sample, id=one.name) for one in FURTHER.values() for sample in one.samples()]
FILES = {name: text for one in FURTHER.values() for sample in one.samples() for name, text in sample.files.items()}
FILLED = re.compile(r" (?:checked|selected)>|<textarea[^>]*>\s*[^<\s]")
REASON = re.compile(r"\bOf (the )?[a-z]")
PATH = "/courses/recognize/basics/first"
ANSWERS = f"{PATH}/answers/asked"

Serve = Callable[[object], Flask]


def write(parent: Path, item: object) -> Path:
    """Write the tiny folder with one question in its first lesson."""
    parent.mkdir()
    folder = small.write(parent)
    for name, text in FILES.items():
        put(folder, name, text)
    assert isinstance(item, dict)
    text = yaml.safe_dump(
        {"items": [{"id": "asked", "passage": NARRATIVE, **item}]}, sort_keys=False, allow_unicode=True, width=10_000
    )
    edit(folder, LESSON_FILE, "sources: [S1, N2]\n", f"sources: [S1, N2]\n{text}")
    edit(folder, LESSON_FILE, "## What to read next", "::: item asked\n:::\n\n## What to read next")
    return folder


@pytest.fixture
def serve(settings: Settings, tmp_path: Path) -> Iterator[Serve]:
    """Return how to serve a folder with one question in a lesson."""
    apps: list[Flask] = []

    def make(item: object) -> Flask:
        folder = write(tmp_path / f"content-{len(apps)}", item)
        apps.append(create_app(settings, Library(folder, lambda: small.TODAY, MODELS)))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def readers(app: Flask) -> list[Visitor]:
    """Return a stranger, and someone who takes the course."""
    learner = sign_in_as(app, make_guest(app))
    learner.enroll()
    return [Visitor(app), learner]


def send(visitor: Visitor, fields: object) -> TestResponse:
    """Send an answer, and follow to the page that shows the question."""
    assert isinstance(fields, dict)
    answer = visitor.post(ANSWERS, {"version": "0", **fields})
    return visitor.get(answer.location) if answer.status_code == 303 else answer


def kept(app: Flask) -> list[object]:
    with app.app_context():
        return list(db.session.scalars(select(LessonResponse.given)))


def masked(page: str) -> str:
    page = re.sub(r'(name="(?:csrf_token|opened_at|answers)"[^>]*value=")[^"]*', "", page)
    return re.sub(r"[0-9a-f]{12}", "", page)


@pytest.mark.check("T017")
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_nothing_before_answering_tells_the_key(kind: FurtherType, sample: Sample, serve: Serve) -> None:
    seen = []
    for item in (sample.authored, sample.otherwise):
        pages = []
        for reader in readers(serve(item)):
            pages += [reader.get(PATH).text, reader.get(f"{PATH}?open=all").text]
            pages += [reader.get(f"{PATH}?answers=x&incomplete=asked").text]
            if sample.incomplete is not None:
                pages.append(send(reader, sample.incomplete).text)
        assert not any(REASON.search(page) for page in pages)
        seen.append([masked(page) for page in pages])
    assert seen[0] == seen[1]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_right_and_wrong_answers_are_told_with_their_reasons(kind: FurtherType, sample: Sample, serve: Serve) -> None:
    app = serve(sample.authored)
    for reader in readers(app):
        for fields in (sample.wrong, sample.right):
            if sample.first is not None:
                step = send(reader, sample.first)
                assert step.status_code == 200
                assert f'action="{ANSWERS}#' in step.text
            answer = send(reader, fields)
            assert answer.status_code == 200
            assert len(REASON.findall(answer.text)) >= 3
            assert f'action="{ANSWERS}#' not in answer.text
            is_right = fields == sample.right or kind.done is not None
            assert f'class="told {"right" if is_right else "wrong"}"' in answer.text
    assert len(kept(app)) == 1


@pytest.mark.check("T019")
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_what_the_page_does_not_offer_is_refused_and_changes_nothing(
    kind: FurtherType, sample: Sample, serve: Serve
) -> None:
    app = serve(sample.authored)
    for reader in readers(app):
        for fields in sample.altered:
            answer = send(reader, fields)
            assert answer.status_code == 400, fields
            assert not REASON.search(answer.text)
    assert kept(app) == []


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_an_incomplete_answer_is_asked_for(kind: FurtherType, sample: Sample, serve: Serve) -> None:
    app = serve(sample.authored)
    for reader in readers(app):
        if sample.incomplete is None:
            assert send(reader, {}).status_code == 200  # nothing is an answer as well
            continue
        answer = send(reader, sample.incomplete)
        assert answer.status_code == 422
        assert 'class="err' in answer.text
        assert len(FILLED.findall(answer.text)) == len(sample.incomplete)
        assert kept(app) == []


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_all_readers_see_the_choices_in_one_order_whatever_the_key(
    kind: FurtherType, sample: Sample, tmp_path: Path
) -> None:
    orders = []
    for name, item in (("one", sample.authored), ("two", sample.otherwise)):
        content = small.read(write(tmp_path / name, item))
        (question,) = content.courses["recognize"].lessons[0].questions
        payload = read_further(question.payload)
        orders.append(payload.order_for_all())
        assert payload.order_for_all() == orders[-1]
    assert orders[0] == orders[1]


def test_outcome_story_reason_of_the_choice_and_of_what_is_right_stand_open_in_this_order(serve: Serve) -> None:
    (sample, *_more) = FURTHER["single"].samples()
    told = ("That’s not right.", '<div class="story">', "What decides it?", "You chose: The look", "Of the desk.")
    right = ("Right answer: The word of the boss", '<p class="b">Of the boss.</p>')
    for visitor in readers(serve(sample.authored)):
        visitor.get(PATH)
        page = closed_up(send(visitor, {"chosen": "desk"}).text)
        places = [page.index(text) for text in (*told, *right, "<summary>Why not the others</summary>", "Of the hour.")]
        assert places == sorted(places)

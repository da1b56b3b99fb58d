"""A scene is drawn, kept and scored as the original, and read in the reader's language while that is the same scene."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_guest, sign_in_as, start_practice
from tests.content import small
from tests.content.test_translations import SCENE, put_scene
from tests.content.test_translations import spanish as spanish
from tests.support import Visitor, closed_up
from trainer.app import create_app
from trainer.assessment.models import ItemSnapshot
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

ENGLISH, SPANISH = "You stand at the desk", "Usted está en la recepción"
NOT_TRANSLATED = "This isn’t translated yet"
SCENES = ("open-1-a", "open-1-b", "open-2-a", "open-2-b")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


@pytest.fixture
def told(spanish: Path) -> Path:
    """The tiny folder with all scenes that practice draws in Spanish."""
    for name in SCENES:
        no_concern = SCENE.replace("C1: El jefe guarda los papeles", "A1: El jefe está a su lado")
        put_scene(spanish, name, SCENE if name.endswith("a") else no_concern)
    return spanish


def load(folder: Path) -> Library:
    return Library(folder, lambda: small.TODAY, MODELS)


def read(visitor: Visitor, path: str, language: str) -> str:
    answer = visitor.get(path, headers={"Accept-Language": language}, follow_redirects=True)
    assert answer.status_code == 200
    return closed_up(answer.text)


def practice(app: Flask) -> tuple[Visitor, str]:
    guest = make_guest(app)
    return sign_in_as(app, guest), f"/attempts/{start_practice(app, guest)}/scenes/1"


def test_an_attempt_is_kept_in_the_original_and_read_in_either_language(settings: Settings, told: Path) -> None:
    app = create_app(settings, load(told))
    learner, path = practice(app)
    for language, own, other in (("es", SPANISH, ENGLISH), ("en", ENGLISH, SPANISH)):
        page = read(learner, path, language)
        assert own in page
        assert other not in page
        assert NOT_TRANSLATED not in page
    assert "Llamar a la línea" in read(learner, path, "es")
    with app.app_context():
        assert all(ENGLISH in one["narrative"] for one in db.session.scalars(select(ItemSnapshot.payload)))


def test_what_was_answered_is_told_in_the_readers_language(settings: Settings, told: Path) -> None:
    learner, path = practice(create_app(settings, load(told)))
    learner.post(path, {"verdict": "report-now", "confidence": "certain", "action": "report", "version": "0"})
    page = read(learner, path, "es")
    for words in ("Cuarto 214", "Sobre avisar.", "El jefe guarda los papeles."):
        assert words in page
    assert "About reporting." not in page


def test_a_scene_that_has_changed_since_is_shown_as_it_was_drawn(settings: Settings, told: Path) -> None:
    app = create_app(settings, load(told))
    learner, path = practice(app)
    for name in SCENES:
        small.edit(told, f"scenarios/{name}.md", "You stand at the desk.", "You work at the desk.")
    app.extensions["library"] = load(told)
    page = read(learner, path, "es")
    assert ENGLISH in page
    assert NOT_TRANSLATED in page


def test_the_first_try_is_told_in_the_readers_language(settings: Settings, told: Path) -> None:
    visitor = Visitor(create_app(settings, load(told)))
    page = read(visitor, "/try?keep=no", "es")
    assert SPANISH in page
    assert ENGLISH not in page

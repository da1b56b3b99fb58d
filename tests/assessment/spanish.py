"""A course that is read in Spanish."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.spanish import INDICATORS_ES, SCENE, VOCABULARY_ES, put, put_scene
from tests.support import Visitor, closed_up
from trainer.content.library import Library
from trainer.items.registry import MODELS

NOT_TRANSLATED = "Esto todavía no está traducido"
SCENES = ("open-1-a", "open-1-b", "open-2-a", "open-2-b")


@pytest.fixture
def told(spanish: Path) -> Path:
    """The tiny folder with all scenes that practice draws, and the words of the subject, in Spanish."""
    put(spanish, "vocabulary.es.yaml", VOCABULARY_ES)
    put(spanish, "indicators.es.yaml", INDICATORS_ES)
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

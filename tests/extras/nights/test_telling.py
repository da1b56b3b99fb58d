"""A night is told in its reader's language while its translation is of that night."""

from __future__ import annotations

from pathlib import Path

from tests.assessment.spanish import NOT_TRANSLATED, load, read
from tests.assessment.spanish import told as told
from tests.cast import make_guest, sign_in_as
from tests.content import small
from tests.content.conftest import folder as folder
from tests.content.spanish import SHIFT_ES, put
from tests.content.spanish import spanish as spanish
from trainer.app import create_app
from trainer.core.settings import Settings


def test_a_night_is_offered_in_spanish_until_its_translation_is_gone(settings: Settings, told: Path) -> None:
    small.add_shift(told)
    small.add_handover(told)
    put(told, "courses/recognize/shifts/night.es.yaml", SHIFT_ES)
    app = create_app(settings, load(told))
    learner = sign_in_as(app, make_guest(app))
    page = read(learner, "/courses/recognize/practice", "es")
    assert "Usted está de turno." in page
    assert NOT_TRANSLATED not in page
    (told / "courses/recognize/shifts/night.es.yaml").unlink()
    app.extensions["library"] = load(told)
    page = read(learner, "/courses/recognize/practice", "es")
    assert "You are on duty." in page
    assert NOT_TRANSLATED in page

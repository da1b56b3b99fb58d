"""A scene is drawn, kept and scored as the original, and read in the reader's language while that is the same scene."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment.spanish import NOT_TRANSLATED, SCENES, load, read
from tests.assessment.spanish import told as told
from tests.cast import make_guest, sign_in_as, start_practice
from tests.content import small
from tests.content.spanish import (
    QUESTIONS,
    SCENE_ES,
    SHIFT_ES,
    put,
    put_scene,
)
from tests.content.spanish import spanish as spanish
from tests.support import Visitor
from trainer.app import create_app
from trainer.assessment.drawn import item_of
from trainer.assessment.localized import verdicts_of
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.serving import served
from trainer.content.subject import Verdict
from trainer.core.clock import now
from trainer.core.db import db, insert_missing, transaction
from trainer.core.settings import Settings

ENGLISH, SPANISH = "You stand at the desk", "Usted está en la recepción"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


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
    learner.post(path, {"verdict": "report-now", "confidence": "certain", "version": "0"})
    assert "Llamar a la línea" in read(learner, path, "es")
    with app.app_context():
        assert all(ENGLISH in one["narrative"] for one in db.session.scalars(select(ItemSnapshot.payload)))


def test_what_was_answered_is_told_in_the_readers_language(settings: Settings, told: Path) -> None:
    learner, path = practice(create_app(settings, load(told)))
    learner.record(path, {"verdict": "report-now", "confidence": "certain", "action": "report", "version": "0"})
    page = read(learner, path, "es")
    for words in ("Cuarto 214", "Sobre avisar.", "El jefe guarda los papeles."):
        assert words in page
    assert "About reporting." not in page
    assert ("Guardados a petición" in page) != (
        "Una familia de viaje" in page
    )  # by the sign of the scene that was drawn
    assert "Kept safe on request" not in page
    assert "A family on a trip" not in page
    assert NOT_TRANSLATED not in page


def test_a_scene_that_has_changed_since_is_shown_as_it_was_drawn(settings: Settings, told: Path) -> None:
    app = create_app(settings, load(told))
    learner, path = practice(app)
    for name in SCENES:
        small.edit(told, f"scenarios/{name}.md", "You stand at the desk.", "You work at the desk.")
    app.extensions["library"] = load(told)
    page = read(learner, path, "es")
    assert ENGLISH in page
    assert NOT_TRANSLATED in page


def test_a_scene_that_was_kept_with_straight_quotation_marks_is_still_known(settings: Settings, told: Path) -> None:
    for name in SCENES:
        small.edit(told, f"scenarios/{name}.md", "You stand at the desk.", 'You stand at the desk. "It\'s late."')
    app = create_app(settings, load(told))
    learner, path = practice(app)
    assert "“It’s late.”" in read(learner, path, "en")
    with app.app_context(), transaction():
        for snapshot in db.session.scalars(select(ItemSnapshot)):
            straight = snapshot.payload["narrative"].replace("’", "&#39;").replace("“", "&#34;").replace("”", "&#34;")
            snapshot.payload = {**snapshot.payload, "narrative": straight}
    assert SPANISH in read(learner, path, "es")


def test_an_answer_says_so_where_its_signs_are_not_translated(settings: Settings, told: Path) -> None:
    (told / "indicators.es.yaml").unlink()
    learner, path = practice(create_app(settings, load(told)))
    assert NOT_TRANSLATED not in read(learner, path, "es")
    learner.record(path, {"verdict": "report-now", "confidence": "certain", "action": "report", "version": "0"})
    assert NOT_TRANSLATED in read(learner, path, "es")


def test_the_first_try_is_told_in_the_readers_language(settings: Settings, told: Path) -> None:
    visitor = Visitor(create_app(settings, load(told)))
    page = read(visitor, "/try?keep=no", "es")
    assert SPANISH in page
    assert ENGLISH not in page


def test_a_scene_drawn_with_other_people_is_told_with_those_of_its_language(settings: Settings, told: Path) -> None:
    swap_all(told, "swap: {Un hombre: Una mujer}\n")
    app = create_app(settings, load(told))
    learner, path = practice(app)
    as_swapped(app)
    assert "Another man asks for his papers" in read(learner, path, "en")
    page = read(learner, path, "es")
    assert "Una mujer pide sus papeles" in page
    assert NOT_TRANSLATED not in page


@pytest.mark.on_both
def test_without_a_second_telling_of_its_language_it_is_told_by_the_first(settings: Settings, told: Path) -> None:
    swap_all(told, "")
    app = create_app(settings, load(told))
    learner, path = practice(app)
    as_swapped(app)
    learner.record(path, {"verdict": "report-now", "confidence": "certain", "action": "report", "version": "0"})
    page = read(learner, path, "es")
    assert "Un hombre pide sus papeles" in page
    assert "Sobre avisar." in page
    assert "Another man" not in page
    assert NOT_TRANSLATED not in page


def swap_all(told: Path, own: str) -> None:
    """Give each scene a second telling, and each translation its own if there is one."""
    for name in SCENES:
        small.edit(told, f"scenarios/{name}.md", "title: Room", "swap: {A man: Another man}\ntitle: Room")
        there = f"scenarios/{name}.es.md"
        text = (told / there).read_text(encoding="utf-8").split("\n", 2)[2]
        put(told, there, f"---\nof: {{of}}\n{own}{text}")


def as_swapped(app: Flask) -> None:
    """Let what was drawn have been drawn with other people."""
    with app.app_context(), transaction():
        for response in db.session.scalars(select(Response)):
            other = served().scenarios[response.item].other
            assert other is not None
            item = item_of(other)
            insert_missing(
                ItemSnapshot,
                [{"digest": item.digest, "item": item.id, "payload": item.payload.kept(), "created_at": now()}],
            )
            response.item_digest = item.digest


def ask_one(told: Path) -> None:
    """Give one scene one further question."""
    small.add_to_head(told, small.CONCERN_FILE, QUESTIONS.partition("  - type: marks")[0])
    put_scene(told, "open-1-a", SCENE_ES.partition("  - phrases")[0] + "actions:" + SCENE_ES.partition("actions:")[2])


def test_further_questions_are_told_and_marked_as_the_original(settings: Settings, told: Path) -> None:
    ask_one(told)
    app = create_app(settings, load(told))
    learner = sign_in_as(app, make_guest(app))
    learner.post("/courses/recognize/drills")
    with app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        positions = {one.item: one.position for one in db.session.scalars(select(Response))}
    path = f"/attempts/{attempt.id}/questions/{positions['open-1-a/single']}"
    page = read(learner, path, "es")
    for words in ("¿Qué lo decide?", "Lo que dice el jefe", SPANISH):
        assert words in page
    for words in ("What decides it?", ENGLISH, NOT_TRANSLATED):
        assert words not in page
    assert "What decides it?" in read(learner, path, "en")
    answer = learner.post(path, {"chosen": "boss", "version": "0"}, headers={"Accept-Language": "es"})
    assert answer.status_code == 303
    page = read(learner, path, "es")
    assert "Se niega." in page
    assert "He refuses." not in page
    with app.app_context():
        kept = db.session.scalars(select(ItemSnapshot.payload).where(ItemSnapshot.item == "open-1-a/single")).one()
    assert kept["ask"] == "What decides it?"


def test_a_question_that_has_changed_since_is_asked_as_it_was_drawn(settings: Settings, told: Path) -> None:
    ask_one(told)
    app = create_app(settings, load(told))
    learner = sign_in_as(app, make_guest(app))
    learner.post("/courses/recognize/drills")
    small.edit(told, small.CONCERN_FILE, "Where you stand", "Where you are")
    app.extensions["library"] = load(told)
    with app.app_context():
        response = db.session.scalars(select(Response).where(Response.item == "open-1-a/single")).one()
        path = f"/attempts/{response.attempt_id}/questions/{response.position}"
    page = read(learner, path, "es")
    assert "Where you stand" in page
    assert NOT_TRANSLATED in page


def test_verdicts_are_called_as_the_reader_calls_them_unless_a_final_kept_others(
    settings: Settings, told: Path
) -> None:
    app = create_app(settings, load(told))
    ours = load(told).content.vocabulary.verdicts
    kept = {str(verdict): its.model_dump() for verdict, its in ours.items()}
    old = {**kept, "report-now": {"name": "Report", "hint": "Once"}}
    with app.test_request_context(headers={"Accept-Language": "es"}):
        for rule, name in (({"verdicts": kept}, "Avisar ahora"), ({"verdicts": old}, "Report")):
            assert verdicts_of(Attempt(kind=Kind.FINAL, rule=rule))[Verdict.REPORT_NOW].name == name
        assert verdicts_of(Attempt(kind=Kind.PRACTICE, rule={}))[Verdict.REPORT_NOW].name == "Avisar ahora"


def test_a_shift_and_what_a_final_says_first_are_told_with_the_course(settings: Settings, told: Path) -> None:
    small.add_shift(told)
    small.add_handover(told)
    put(told, "courses/recognize/shifts/night.es.yaml", SHIFT_ES)
    app = create_app(settings, load(told))
    learner = sign_in_as(app, make_guest(app))
    assert NOT_TRANSLATED not in read(learner, "/courses/recognize/practice", "es")
    assert "Nada explícito." in read(learner, "/courses/recognize/final", "es")
    assert "Una señal fuerte basta." in read(learner, "/courses/recognize/rule", "es")
    (told / "courses/recognize/shifts/night.es.yaml").unlink()
    app.extensions["library"] = load(told)
    assert NOT_TRANSLATED in read(learner, "/courses/recognize/practice", "es")

"""Lessons that changed materially: who was certified before is asked to read them, and keeps a valid certificate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment.swapped import copy_content, open_library
from tests.cast import answer_all, certify, hand_in, make_account, make_ready, sign_in_as, start_final, write_note
from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor
from trainer.assignments.queries import list_own_duties
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.learning.operations import answer, enroll

LESSON = "start/what-a-call-is"
OFFICER, FARM = "security-officer", "your-venue/farm"
LATER = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


def change(app: Flask, folder: Path, *, slug: str = COURSE, top_up: str = LESSON) -> dt.date:
    """Publish a later version of a course; return the day by which its top-up is to be done."""
    by = clock.now().date() + dt.timedelta(days=60)
    course = folder / "courses" / slug / "course.yaml"
    course.write_text(course.read_text("utf-8").replace('version: "1.0"', 'version: "1.1"', 1), "utf-8")
    line = f"top-up: {top_up} by {by}\n" if top_up else ""
    entries = [
        f"## {slug} 1.1\ndigest: 0123456789ab (published {clock.now():%Y-%m-%d})\n{line}- Whom to call has changed.\n",
        *(f"## {path.name} 1.0\ndigest: none yet\n- First.\n" for path in (folder / "courses").iterdir()),
    ]
    (folder / "CHANGELOG.md").write_text("# What changed\n\n" + "\n".join(entries), encoding="utf-8")
    app.extensions["library"] = open_library(folder)
    return by


def own(app: Flask, user_id: UUID) -> Credential:
    with app.app_context():
        return db.session.scalars(select(Credential).where(Credential.user_id == user_id)).one()


def answer_farm(app: Flask, user_id: UUID) -> None:
    """Answer both questions of the lesson about the farm, as they are now."""
    write_note(app, user_id)
    with app.app_context(), transaction():
        course = served().courses[OFFICER]
        lesson = course.lesson(FARM)
        assert lesson is not None
        question = lesson.question("which-line")
        assert question is not None
        given = {"matches": dict[str, str]()}
        answer(enroll(user_id, course, clock.now()), lesson, question, given, None, clock.now())


def read_again(visitor: Visitor, slug: str, lesson: str) -> None:
    path = f"/courses/{slug}/{lesson}"
    assert visitor.post(f"{path}/completions").status_code == 303


def test_a_holder_is_asked_to_read_what_changed_and_told_once_it_is_done(app: Flask, folder: Path) -> None:
    bob = make_account(app)
    with time_machine.travel(clock.now() - 2 * LATER):
        certify(app, bob)
    credential, visitor = own(app, bob), sign_in_as(app, bob)
    pages = ["/me", f"/verify/{credential.serial}"]
    assert not any("See what has changed" in visitor.get(page).text for page in pages)
    by = change(app, folder)
    for page in pages:
        text = visitor.get(page).text
        assert "1 lesson has changed since you were certified." in text
        assert f"{by:%B} {by.day}, {by.year}" in text
    path = f"/my-certificates/{credential.id}/changes"
    shown = visitor.get(path).text
    assert "Whom to call has changed." in shown
    assert f"/courses/{COURSE}/{LESSON}" in shown
    assert "Due by" in shown
    with time_machine.travel(dt.datetime.combine(by + LATER, dt.time(12), dt.UTC)):
        assert "Due since" in sign_in_as(app, bob).get(path).text
    read_again(visitor, COURSE, LESSON)
    assert "You’ve read all of them." in visitor.get(path).text
    assert "See what has changed" not in visitor.get("/me").text
    assert "Valid</h1>" in Visitor(app).get(f"/verify/{credential.serial}").text


def test_a_question_that_changed_is_to_be_answered_again(app: Flask, folder: Path) -> None:
    bob = make_account(app)
    make_ready(app, bob, course=OFFICER)
    attempt = start_final(app, bob, OFFICER)
    answer_all(app, attempt)
    hand_in(app, bob, attempt)
    credential, visitor = own(app, bob), sign_in_as(app, bob)
    answer_farm(app, bob)
    file = folder / "courses" / OFFICER / "02-your-venue" / "04-farm.md"
    file.write_text(file.read_text("utf-8").replace("what you saw and heard.", "what you saw, heard and did."), "utf-8")
    change(app, folder, slug=OFFICER, top_up=FARM)
    page = f"/my-certificates/{credential.id}/changes"
    read_again(visitor, OFFICER, FARM)
    assert "Questions still open" in visitor.get(page).text
    answer_farm(app, bob)
    assert "You’ve read all of them." in visitor.get(page).text


def test_who_is_certified_on_the_new_version_or_was_by_a_change_without_a_top_up_reads_nothing_again(
    app: Flask, folder: Path
) -> None:
    bob, leo = make_account(app), make_account(app, "leo@example.org")
    certify(app, bob)
    change(app, folder, top_up="")
    certify(app, leo)
    for user_id, told in ((bob, True), (leo, False)):
        visitor, credential = sign_in_as(app, user_id), own(app, user_id)
        assert "See what has changed" not in visitor.get("/me").text
        assert ("See what has changed" in visitor.get(f"/verify/{credential.serial}").text) is told
    stranger = sign_in_as(app, make_account(app, "charlie@example.org"))
    assert stranger.get(f"/my-certificates/{own(app, bob).id}/changes").status_code == 404
    assert "See what has changed" not in stranger.get(f"/verify/{own(app, bob).serial}").text


def test_a_firm_sees_it_beside_a_status_that_stays(training: Training, folder: Path) -> None:
    app, bob = training.acme.app, training.acme.users["bob"]
    page = f"/organizations/{training.acme.id}/training/{training.acme.people['bob']}"
    assert "Changed lessons" not in training.acme.enter("alice").get(page).text
    with app.app_context():
        before = list_own_duties(bob, clock.now())
    change(app, folder)
    assert "Asked to read changed lessons by" in training.acme.enter("alice").get(page).text
    with app.app_context():
        assert list_own_duties(bob, clock.now()) == before

"""Lessons that changed materially: who was certified before is asked to read them, and keeps a valid certificate."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from tests.assessment.swapped import copy_content, open_library
from tests.cast import answer_all, certify, hand_in, make_account, make_ready, sign_in_as, start_final, write_note
from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.compliance.reading import names
from tests.extras.api.conftest import read, token_of
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor, closed_up
from trainer.assignments.queries import list_own_duties
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.learning.operations import answer, enroll
from trainer.organizations.models import Membership
from trainer.organizations.rules import local_day

pytestmark = pytest.mark.on_both

LESSON = "start/what-a-call-is"
OFFICER, FARM = "security-officer", "your-venue/farm"
LATER = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_content(tmp_path)


def change(app: Flask, folder: Path, *, slug: str = COURSE, top_up: str = LESSON, version: str = "1.1") -> dt.date:
    """Publish a later version of a course; return the day by which its top-up is to be done."""
    by = clock.now().date() + dt.timedelta(days=60)
    course = folder / "courses" / slug / "course.yaml"
    course.write_text(re.sub(r'version: "1\.\d"', f'version: "{version}"', course.read_text("utf-8"), count=1), "utf-8")
    line = f"top-up: {top_up} by {by}\n" if top_up else ""
    entries = [
        f"## {slug} {version}\ndigest: 0123456789ab (published {clock.today()})\n{line}- Whom to call has changed.\n",
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


def test_the_newest_changes_are_open_and_older_ones_are_folded(app: Flask, folder: Path) -> None:
    bob = make_account(app)
    certify(app, bob)
    change(app, folder, version="1.2")
    file = folder / "CHANGELOG.md"
    older = f"## {COURSE} 1.1\ndigest: 0123456789ab (published {clock.today()})\n- A farm came first.\n"
    file.write_text(re.sub(r"(?=^## \S+ 1\.0)", f"{older}\n", file.read_text("utf-8"), count=1, flags=re.M), "utf-8")
    app.extensions["library"] = open_library(folder)
    page = closed_up(sign_in_as(app, bob).get(f"/my-certificates/{own(app, bob).id}/changes").text)
    newest, _summary, older = page.partition("<details><summary>Earlier changes</summary>")
    assert "Whom to call has changed." in newest
    assert "A farm came first." in older.partition("</details>")[0]
    assert "ersion" not in page.partition("<main")[2].partition("</main>")[0]


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
    status, person = training.acme.path("/training"), f"/training/{training.acme.people['bob']}"
    alice, asked = training.acme.enter("alice"), "Asked to read changed lessons by"
    pages = [status, training.acme.path(person)]
    assert not any("hanged lessons" in alice.get(page).text for page in pages)
    with app.app_context():
        before = list_own_duties(bob, clock.now())
    change(app, folder)
    assert all(alice.get(page).text.count(asked) == 1 for page in pages)
    with app.app_context():
        assert list_own_duties(bob, clock.now()) == before
    read_again(sign_in_as(app, bob), COURSE, LESSON)
    assert not any(asked in alice.get(page).text for page in pages)


def exported(training: Training, query: str = "") -> dict[str, str]:
    """Return, by name, the day that the CSV has, of everyone in it."""
    path = training.acme.path(f"/training/exports{query}")
    table = list(csv.DictReader(io.StringIO(training.acme.enter("alice").post(path, {"form": "csv"}).text)))
    return {row["\ufeffName"]: row["Changed lessons due on"] for row in table}


def test_exports_the_api_and_a_filter_name_the_same_people(training: Training, folder: Path) -> None:
    app, owner = training.acme.app, training.acme.users["alice"]
    for name in ("mona", "mark"):
        certify(app, training.acme.users[name])
    token = token_of(app, owner, training.acme.id)
    assert not any(exported(training).values())
    by = change(app, folder)
    read_again(sign_in_as(app, training.acme.users["mark"]), COURSE, LESSON)
    expected = {"Bob Builder": str(by), "Mona May": str(by)}
    assert {name: day for name, day in exported(training).items() if day} == expected
    assert exported(training, "?changed=unread") == expected
    for order in ("", "&order=due", "&group=current", "&end=certificate"):
        page = training.acme.enter("alice").get(training.acme.path(f"/training?changed=unread{order}")).text
        assert sorted(names(page)) == sorted(expected)
        assert "2 of these 2 people are current." in page
        assert "changed=unread" in page.partition('action="')[2]
    given = [row for row in read(app, "/assignments", token).get_json()["data"] if row["top_up_due_on"]]
    assert {row["name"]: row["top_up_due_on"] for row in given} == expected
    certificates = read(app, "/credentials", token).get_json()["data"]
    due = {row["serial"]: row["top_up_due_on"] for row in certificates}
    assert {row["serial"]: row["top_up_due_on"] for row in given}.items() <= due.items()
    assert len([day for day in due.values() if day]) == 2
    for serial, day in due.items():
        assert read(app, f"/credentials/{serial}", token).get_json()["top_up_due_on"] == day


def test_a_past_day_and_a_firm_that_someone_has_left_are_told_of_no_changed_lessons(
    training: Training, folder: Path
) -> None:
    app, people = training.acme.app, training.acme.people
    token = token_of(app, training.acme.users["alice"], training.acme.id)
    change(app, folder)
    day = local_day("America/New_York", clock.now())
    with time_machine.travel(clock.now() + LATER):
        path = training.acme.path(f"/training?on={day}&changed=unread")
        page = training.acme.enter("alice").get(path).text
        assert "No matches." in page
        assert "Asked to read" not in page
    assert [row["top_up_due_on"] is None for row in read(app, "/credentials", token).get_json()["data"]] == [False]
    with app.app_context(), transaction():
        membership = db.session.get_one(Membership, people["bob"])
        membership.ended_at, membership.ended_on = clock.now(), clock.today()
    assert [row["top_up_due_on"] for row in read(app, "/credentials", token).get_json()["data"]] == [None]


def test_training_status_asks_the_database_no_more_for_more_people(training: Training, folder: Path) -> None:
    app, alice, path = training.acme.app, training.acme.enter("alice"), training.acme.path("/training")
    alice.get(path)
    without = count_statements(app, alice, path)
    change(app, folder)
    one = count_statements(app, alice, path)
    for name in ("mona", "mark", "alice"):
        certify(app, training.acme.users[name])
    change(app, folder, version="1.2")
    assert alice.get(path).text.count("Asked to read changed lessons by") == 4
    assert count_statements(app, alice, path) == one == without + 3


def count_statements(app: Flask, visitor: Visitor, path: str) -> int:
    """Return how many statements a page takes."""
    run: list[str] = []

    def note(*told: Any) -> None:
        run.append(told[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert visitor.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(run)

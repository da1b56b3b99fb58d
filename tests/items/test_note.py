"""Notes: written, then compared with a model by their writer. They stay with their writer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_guest, sign_in_as
from tests.content.small import CONCERN_FILE, add_to_head, only, read
from tests.support import Visitor
from trainer.content.subject import NoteHint
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.items.note.hints import hints_on
from trainer.items.note.type import LONGEST, NotePayload
from trainer.items.registry import read_further
from trainer.learning.models import LessonResponse
from trainer.learning.privacy import export_person, forget_person

NOTE = """\
  - type: note
    ask: Write it down.
    model:
      - {part: Saw, text: A man at the desk}
      - {part: Heard, text: He asked for his papers}
    checks:
      - {id: time, text: It has the time, why: It helps.}
      - {id: words, text: It has the words, why: They count.}
      - {id: facts, text: It has facts, why: They last.}
"""
COURSE = "security-officer"
FARM = f"/courses/{COURSE}/your-venue/farm"
ANSWERS = f"{FARM}/answers/at-the-van"
TEXT = "Mon 6:10 pm. <b>Red cap</b> asked for his papers.\nBoss: “When you’re done here.”"
MODEL = "6:10 pm, at the van: a man in a red cap, and the boss."
FIRST = {"version": "0", "note": TEXT}
SECOND = {"version": "0", "step": "written", "note": TEXT, "ticked": ["time", "words"]}
HINTS = [
    NoteHint(finds=["shady", "black|white man|men"], says="A guess."),
    NoteHint(lacks=["noon", "at|by six|seven"], says="No time."),
]


def kept(app: Flask) -> list[tuple[dict[str, object], bool | None]]:
    with app.app_context():
        return [(row.given, row.is_right) for row in db.session.scalars(select(LessonResponse))]


def carried(page: str) -> str:
    """Return the answers that the forms of a page carry."""
    found = re.search(r'name="answers" value="([^"]+)"', page)
    assert found
    return found[1]


def learner(app: Flask) -> Visitor:
    visitor = sign_in_as(app, make_guest(app))
    visitor.post(f"/courses/{COURSE}/enrollments")
    return visitor


def test_a_strangers_note_is_in_no_address_no_cookie_and_no_row(app: Flask) -> None:
    visitor = Visitor(app)
    before = visitor.get(FARM).text
    assert MODEL not in before
    written = visitor.post(ANSWERS, FIRST)
    assert (written.status_code, {"Location", "Set-Cookie"} & set(written.headers.keys())) == (200, set())
    assert MODEL in written.text
    assert "&lt;b&gt;Red cap&lt;/b&gt; asked for his papers.\nBoss: “When you’re done here.”</textarea>" in written.text
    compared = visitor.post(ANSWERS, {**SECOND, "answers": carried(written.text)})
    assert "Written and compared." in compared.text
    assert compared.text.count("Found in your note:") == 2
    assert kept(app) == []


def test_a_strangers_note_stays_when_another_question_is_answered(app: Flask) -> None:
    visitor = Visitor(app)
    written = visitor.post(ANSWERS, FIRST).text
    compared = visitor.post(ANSWERS, {**SECOND, "answers": carried(written)}).text
    matched = {"version": "0", "match-lights": "saw", "match-van": "saw", "match-words": "heard"}
    page = visitor.post(f"{FARM}/answers/which-line", {**matched, "answers": carried(compared)})
    assert (page.status_code, "Location" in page.headers) == (200, False)
    assert "Right." in page.text
    assert "Red cap" in page.text


def test_the_address_of_a_page_that_came_back_leads_to_the_question(app: Flask) -> None:
    answer = Visitor(app).get(ANSWERS)
    assert (answer.status_code, answer.location) == (303, f"{FARM}#q-at-the-van")
    assert Visitor(app).get(f"{FARM}/answers/made-up").status_code == 404


def test_a_learners_note_is_kept_after_each_step_and_answered_after_the_last(app: Flask) -> None:
    visitor = learner(app)
    written = visitor.post(ANSWERS, FIRST)
    assert written.location == f"{FARM}#q-at-the-van"
    assert kept(app) == [({"note": TEXT, "step": "written", "ticked": []}, None)]
    page = visitor.get(FARM).text
    assert MODEL in page
    assert f'action="{ANSWERS}#q-at-the-van"' in page
    assert visitor.post(ANSWERS, SECOND).location == f"{FARM}#q-at-the-van"
    assert kept(app) == [({"note": TEXT, "step": "compared", "ticked": ["time", "words"]}, None)]
    page = visitor.get(FARM).text
    assert "Written and compared." in page
    assert f'action="{ANSWERS}#' not in page


def test_a_note_that_was_only_written_is_still_to_answer(app: Flask) -> None:
    visitor = learner(app)
    matched = {"version": "0", "match-lights": "saw", "match-van": "saw", "match-words": "heard"}
    visitor.post(f"{FARM}/answers/which-line", matched)
    visitor.post(ANSWERS, FIRST)
    assert visitor.post(f"{FARM}/completions", {"opened_at": ""}).status_code == 409
    visitor.post(ANSWERS, SECOND)
    assert visitor.post(f"{FARM}/completions", {"opened_at": ""}).status_code == 303


@pytest.mark.parametrize("step", ["writing", "written"])
@pytest.mark.parametrize(
    ("note", "said"),
    [("", "Write your note first."), ("a\r\n" * LONGEST, f"Shorten it to {LONGEST}."), (" \n ", "Write your note")],
)
def test_a_note_that_is_empty_or_endless_is_shown_with_what_to_do_and_loses_nothing(
    app: Flask, step: str, note: str, said: str
) -> None:
    for visitor in (Visitor(app), learner(app)):
        answer = visitor.post(ANSWERS, {"version": "0", "note": note, "step": step})
        assert (answer.status_code, "Location" in answer.headers) == (422, False)
        assert said in answer.text
        assert answer.text.count("\na" if note.strip() else "\n\n\n") >= (LONGEST if note.strip() else 0)
        assert (MODEL in answer.text) == (step == "written")
    assert kept(app) == []


def test_an_export_has_the_note_and_forgetting_its_writer_leaves_none(app: Flask) -> None:
    user_id = make_guest(app)
    visitor = sign_in_as(app, user_id)
    visitor.post(f"/courses/{COURSE}/enrollments")
    visitor.post(ANSWERS, FIRST)
    with app.app_context():
        told = str({kind: list(rows) for kind, rows in export_person(user_id).items()})
        assert "Boss: “When you’re done here.”" in told
        with transaction():
            forget_person(user_id, now())
    assert kept(app) == []


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("7:40 pm. A man took her card.", []),
        ("At 7 a man took her card.", []),
        ("Around noon a man took her card.", []),
        ("7 p.m., a man took her card.", []),
        ("A man, about 30, took her card.", [((), "No time.")]),
        ("By six a Shady man, shady as ever.", [(("Shady",), "A guess.")]),
        ("A white truck, a white van, at six.", []),
        ("A white man, at six.", [(("white man",), "A guess.")]),
        ("A shadylooking hat, at six.", []),
        ("  ", []),
    ],
)
def test_only_what_is_sure_is_said_of_a_note(note: str, said: list[tuple[tuple[str, ...], str]]) -> None:
    assert [(one.words, one.says) for one in hints_on(note, HINTS)] == said


def test_what_may_be_said_is_shown_beside_the_model_and_never_as_a_grade(app: Flask) -> None:
    visitor = Visitor(app)
    page = visitor.post(ANSWERS, {"version": "0", "note": "The trafficker took his papers."}).text
    assert "<b>“trafficker”</b>" in page
    assert "There may be no time of day in your note." in page
    assert 'class="told' not in page


def test_a_note_comes_from_the_file(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, NOTE)
    (drill,) = read(folder).scenarios["open-1-a"].drills
    found = read_further(drill.payload)
    assert isinstance(found, NotePayload)
    assert [(one.part, one.text) for one in found.model][1] == ("Heard", "He asked for his papers")
    assert found.mark({"note": TEXT, "step": "compared"}) is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: words", "id: time", "two checks have the same id. Give each its own."),
        ("It has the words", "It has the time", "two checks have the same text. Give each its own."),
        ("part: Heard", "part: Saw", "two lines have the same part. Give each its own."),
        (
            "      - {part: Heard, text: He asked for his papers}\n",
            "",
            '"model" has too few or too many items. Give at least 2.',
        ),
    ],
)
def test_what_makes_no_model_is_refused(folder: Path, old: str, new: str, what: str) -> None:
    add_to_head(folder, CONCERN_FILE, NOTE.replace(old, new))
    assert only(folder).endswith(f": {what}")


def test_a_note_in_a_lesson_needs_something_to_write_about(folder: Path) -> None:
    lesson = "courses/recognize/01-basics/01-first.md"
    text = (folder / lesson).read_text(encoding="utf-8")
    items = "items:\n" + NOTE.replace("- type: note", "- id: mine\n    type: note")
    text = text.replace("sources: [S1, N2]\n", f"sources: [S1, N2]\n{items}")
    (folder / lesson).write_text(text.replace("## What to read next", "::: item mine\n:::\n\n## What to read next"))
    assert 'there is nothing to write a note about. Tell what happened, in "passage".' in only(folder)

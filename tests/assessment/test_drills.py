"""Further questions without script: asked, answered at once, counted; and what a browser may not do with them."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assessment import rich
from tests.cast import make_account, make_guest, sign_in_as
from tests.cast import start_drill as start_of
from tests.content import small
from tests.support import COURSE, Visitor, closed_up
from trainer.assessment.models import Attempt, Response
from trainer.assessment.operations import start_drill, submit_attempt
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.operations import enroll

ANSWER = re.compile(r"\bOf [a-z]")  # how each reason begins
JSON = {"Accept": "application/json"}


@pytest.fixture
def asked(rich_app: Flask) -> tuple[Visitor, str, dict[str, int]]:
    """A guest with questions under way, and at which position each one is."""
    guest = make_guest(rich_app)
    attempt = start_of(rich_app, guest)
    with rich_app.app_context():
        rows = db.session.scalars(select(Response).where(Response.attempt_id == attempt)).all()
        places = {row.item: row.position for row in rows}
    return sign_in_as(rich_app, guest), f"/attempts/{attempt}", places


def choose(visitor: Visitor, attempt: str, position: int, chosen: list[str], **more: object) -> TestResponse:
    """Read a question and send what was chosen."""
    path = f"{attempt}/questions/{position}"
    visitor.get(path)
    fields = {"chosen": chosen, "version": visitor.field("version"), "opened_at": visitor.field("opened_at"), **more}
    return visitor.post(path, fields)


def kept(app: Flask, attempt: str, position: int) -> tuple[list[str] | None, int, bool]:
    """Return what is kept of an answer: what was chosen, sorted, its version, whether it is recorded."""
    with app.app_context():
        row = db.session.get_one(Response, (UUID(attempt.rsplit("/", 1)[1]), position))
        return (sorted(row.given["chosen"]) if row.given else None), row.version, row.recorded_at is not None


def test_the_practice_page_starts_questions_and_leads_back_to_them(rich_app: Flask) -> None:
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    practice = f"/courses/{COURSE}/practice"
    assert f'action="/courses/{COURSE}/drills"' in visitor.get(practice).text
    attempt = visitor.start("drills")
    assert visitor.start("drills") == attempt
    page = visitor.get(practice).text
    assert f'href="{attempt}"' in page
    assert f'action="/courses/{COURSE}/drills"' not in page
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/questions/1"


def stored(app: Flask, attempt: str) -> object:
    with app.app_context():
        kept = db.session.get_one(Attempt, UUID(attempt.rsplit("/", 1)[1]))
        assert kept.is_passed is None
        return kept.tally


@pytest.mark.parametrize(
    ("item", "chosen", "says", "points"),
    [
        ("open-2-a/single", ["boss"], "Right.", 1.0),
        ("open-2-a/single", ["desk"], "That’s not right.", 0.0),
        ("open-3-a/multiple", ["time", "words"], "Right.", 1.0),
        ("open-3-a/multiple", ["time"], "Partly right: you found 1 of 2.", 0.5),
        (
            "open-3-a/multiple",
            ["time", "words", "accent"],
            "Partly right: you found 2 of 2, and chose 1 that’s wrong.",
            0.5,
        ),
        (
            "open-3-a/multiple",
            ["time", "words", "accent", "guess"],
            "Partly right: you found 2 of 2, and chose 2 that are wrong.",
            0.0,
        ),
        ("open-1-a/marks", ["p2", "p3"], "You found 2 of 2 signs.", 1.0),
        ("open-1-a/marks", ["p1", "p3"], "You found 1 of 2 signs, and marked 1 thing that isn’t one.", 0.0),
        ("open-1-a/marks", [], "You found 0 of 2 signs.", 0.0),
        ("open-1-b/marks", [], "There is no sign here, and you marked none.", 1.0),
        ("open-1-b/marks", ["p1", "p2"], "There is no sign here, and you marked 2.", 0.0),
    ],
)
def test_a_question_is_answered_at_once_and_counts(
    asked: tuple[Visitor, str, dict[str, int]], item: str, chosen: list[str], says: str, points: float
) -> None:
    visitor, attempt, places = asked
    place = places[item]
    assert not ANSWER.search(visitor.get(f"{attempt}/questions/{place}").text)
    answered = choose(visitor, attempt, place, chosen)
    assert (answered.status_code, answered.headers["Location"]) == (303, f"{attempt}/questions/{place}")
    page = visitor.get(f"{attempt}/questions/{place}").text
    assert says in page
    assert page.index("</h1>") < page.index('<div class="story') < page.index('<ul class="x reasons">')
    assert "<details" not in page[: page.index('<ul class="x reasons">')]  # the story stays in view
    assert len(ANSWER.findall(page)) >= 3
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"], follow_redirects=True)
    assert f"{int(points)} of 1 right" in result.text
    assert result.text.count(says) == 1
    assert stored(visitor.app, attempt) == {"points": points, "items": 4, "answered": 1}
    assert kept(visitor.app, attempt, place) == (sorted(chosen), 1, True)


def test_one_question_can_be_skipped_and_all_of_them_count_in_the_end(
    asked: tuple[Visitor, str, dict[str, int]],
) -> None:
    visitor, attempt, places = asked
    page = visitor.get(f"{attempt}/questions/1").text
    assert f'href="{attempt}/questions/2"' in page
    last = len(places)
    assert last == 4
    assert f'href="{attempt}/submission"' in visitor.get(f"{attempt}/questions/{last}").text
    for item, place in places.items():
        if place != 1:
            assert choose(visitor, attempt, place, rich.KEYS[item]).status_code == 303
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/questions/1"
    assert visitor.get(f"{attempt}/submission").status_code == 200
    assert visitor.get(f"{attempt}/result").status_code == visitor.get(f"{attempt}/points").status_code == 409
    assert visitor.post(f"{attempt}/submission").headers["Location"] == f"{attempt}/result"
    page = visitor.get(f"{attempt}/result", follow_redirects=True).text
    assert "3 of 3 right" in page
    assert "point" not in closed_up(page)
    assert stored(visitor.app, attempt) == {"points": 3.0, "items": 4, "answered": 3}
    assert "Look closer: 3 questions answered" in visitor.get(f"/courses/{COURSE}/practice").text


def test_skipping_every_question_counts_nothing(asked: tuple[Visitor, str, dict[str, int]]) -> None:
    visitor, attempt, places = asked
    visitor.post(f"{attempt}/submission")
    assert "You skipped every question" in visitor.get(f"{attempt}/points").text
    assert ANSWER.search(visitor.get(f"{attempt}/questions/1").text)  # handed in: what was skipped is told too
    for autosave in ("", "1"):
        fields: dict[str, object] = {"version": "0", "autosave": autosave, "chosen": []}
        assert visitor.post(f"{attempt}/questions/{places['open-1-b/marks']}", fields).status_code == 409


def test_an_answer_that_was_shown_cannot_be_changed(asked: tuple[Visitor, str, dict[str, int]]) -> None:
    visitor, attempt, places = asked
    place = places["open-2-a/single"]
    choose(visitor, attempt, place, ["desk"])
    before = kept(visitor.app, attempt, place)
    for version in ("0", "1", "2"):
        for autosave in ("", "1"):
            fields = {"chosen": "boss", "version": version, "autosave": autosave}
            assert visitor.post(f"{attempt}/questions/{place}", fields).status_code == 409
    assert kept(visitor.app, attempt, place) == before == (["desk"], 1, True)
    assert 'name="chosen"' not in visitor.get(f"{attempt}/questions/{place}").text


def test_what_is_chosen_is_saved_on_the_way_and_an_older_tab_is_refused(
    asked: tuple[Visitor, str, dict[str, int]],
) -> None:
    visitor, attempt, places = asked
    place = places["open-3-a/multiple"]
    path = f"{attempt}/questions/{place}"
    for version, chosen in enumerate((["time"], ["time", "guess"], [])):
        fields = {"autosave": "1", "chosen": chosen, "version": str(version)}
        answer = visitor.post(path, fields, headers=JSON)
        assert (answer.status_code, answer.json) == (200, {"version": version + 1})
        assert kept(visitor.app, attempt, place) == (sorted(chosen), version + 1, False)
    visitor.post(path, {"autosave": "1", "chosen": ["guess"], "version": "3"})
    older = visitor.post(path, {"chosen": ["time", "words"], "version": "3"})
    assert older.status_code == 409
    assert "another tab" in older.text
    page = visitor.get(path).text
    assert re.findall(r'value="(\w+)" checked', page) == ["guess"]
    assert not ANSWER.search(page)


TAMPERED: list[tuple[str, object]] = [
    ("chosen", "made-up"),
    ("chosen", ["boss", "made-up"]),
    ("chosen", ["boss", "boss"]),
    ("chosen", ["boss", "desk"]),  # a single choice
    ("chosen", "time"),  # of another question
    ("chosen", "p1"),
    ("chosen", "\x00"),
    ("chosen", "x" * 5_000),
    ("version", ""),
    ("version", "-1"),
    ("version", "1e3"),
    ("version", "0.0"),
    ("version", "٠"),
    ("version", "9" * 5_000),
]


@pytest.mark.check("T019")
@pytest.mark.parametrize("autosave", ["", "1"])
def test_what_a_question_does_not_offer_is_refused_and_changes_nothing(
    asked: tuple[Visitor, str, dict[str, int]], autosave: str
) -> None:
    visitor, attempt, places = asked
    place, token = places["open-2-a/single"], visitor.token()
    for name, value in TAMPERED:
        fields = {"chosen": "boss", "version": "0", "autosave": autosave, name: value}
        answer = visitor.post(f"{attempt}/questions/{place}", fields, token=token)
        assert answer.status_code == 400, (name, value)
        assert not ANSWER.search(answer.text)
    assert kept(visitor.app, attempt, place) == (None, 0, False)
    twice = {"chosen": ["time", "time"], "version": "0", "autosave": autosave}
    assert visitor.post(f"{attempt}/questions/{places['open-3-a/multiple']}", twice, token=token).status_code == 400


@pytest.mark.parametrize(
    ("item", "words"), [("open-2-a/single", "Choose one."), ("open-3-a/multiple", "Choose at least one.")]
)
def test_an_empty_answer_is_asked_for_again_and_what_was_saved_stays(
    asked: tuple[Visitor, str, dict[str, int]], item: str, words: str
) -> None:
    visitor, attempt, places = asked
    path = f"{attempt}/questions/{places[item]}"
    answer = choose(visitor, attempt, places[item], [])
    assert answer.status_code == 422
    assert answer.text.count(words) >= 2  # in the summary and at the question
    assert not ANSWER.search(answer.text)
    assert sorted(re.findall(r'name="chosen" value="(\w+)"', closed_up(answer.text))) == sorted(
        re.findall(r'name="chosen" value="(\w+)"', closed_up(visitor.get(path).text))
    )
    assert kept(visitor.app, attempt, places[item]) == (None, 0, False)
    assert choose(visitor, attempt, places[item], rich.KEYS[item]).status_code == 303


def test_the_options_keep_the_order_drawn_and_phrases_that_of_the_scene(
    asked: tuple[Visitor, str, dict[str, int]],
) -> None:
    visitor, attempt, places = asked
    for item, place in places.items():
        pages = [visitor.get(f"{attempt}/questions/{place}").text for _ in range(2)]
        orders = [re.findall(r'name="chosen" value="(\w+)"', closed_up(page)) for page in pages]
        assert orders[0] == orders[1]
        assert len(orders[0]) == len(set(orders[0])) >= 3
        if item.endswith("marks"):
            assert orders[0] == ["p1", "p2", "p3"]


@pytest.mark.check("T028")
def test_someone_elses_questions_are_not_there(asked: tuple[Visitor, str, dict[str, int]]) -> None:
    owner, attempt, _places = asked
    for stranger in (make_guest(owner.app), make_account(owner.app)):
        visitor = sign_in_as(owner.app, stranger)
        for path in ("", "/questions/1", "/points", "/result", "/submission"):
            assert visitor.get(f"{attempt}{path}").status_code == 404
        for path in ("/questions/1", "/submission"):
            assert visitor.post(f"{attempt}{path}", {"chosen": "boss", "version": "0"}).status_code == 404
    assert kept(owner.app, attempt, 1) == (None, 0, False)


def test_questions_are_no_scenes_and_scenes_are_no_questions(asked: tuple[Visitor, str, dict[str, int]]) -> None:
    visitor, questions, _places = asked
    scenes = visitor.start("practices")
    for path in (f"{questions}/scenes/1", f"{scenes}/questions/1", f"{scenes}/points"):
        assert visitor.get(path).status_code == 404
        if not path.endswith("points"):
            assert visitor.post(path, {"version": "0", "autosave": "1"}).status_code == 404
    for place in ("0", "5", "999", "x"):
        assert visitor.get(f"{questions}/questions/{place}").status_code == 404


def test_the_next_questions_are_those_not_seen(rich_app: Flask) -> None:
    guest = make_guest(rich_app)
    drawn: list[set[str]] = []
    for _round in range(2):
        with rich_app.app_context(), transaction():
            here = served()
            attempt = start_drill(enroll(guest, here.courses[COURSE], clock.now()), here, 2, clock.now())
            drawn.append(set(db.session.scalars(select(Response.item).where(Response.attempt_id == attempt.id))))
            submit_attempt(guest, attempt.id, here, True, clock.now())
    assert [len(one) for one in drawn] == [2, 2]
    assert drawn[0] | drawn[1] == set(rich.KEYS)


def test_without_questions_none_are_offered(rich_app: Flask, tmp_path: Path) -> None:
    rich_app.extensions["library"] = rich.open_library(small.write(tmp_path))
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    assert "/drills" not in visitor.get(f"/courses/{COURSE}/practice").text
    assert visitor.post(f"/courses/{COURSE}/drills").status_code == 404
    with rich_app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []

"""The practice shift as a sitting: a line of one's own for each event, what happened as a list, and the handover."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import answer_all, make_account, make_guest, sign_in_as
from tests.content import small
from tests.extras.nights.cast import start_shift
from tests.support import COURSE, Visitor, keys
from trainer.assessment.models import Attempt, Response
from trainer.assessment.privacy import export_person
from trainer.core.db import db
from trainer.extras.nights.handovers import LONGEST_HANDOVER

JSON = {"Accept": "application/json"}
LINE = "Van by the door, <b>two</b> people."


@pytest.fixture
def on_duty(rich_app: Flask, tmp_path: Path) -> tuple[Visitor, str]:
    folder = rich.write(tmp_path)
    small.add_handover(folder)
    rich_app.extensions["library"] = rich.open_library(folder)
    guest = make_guest(rich_app)
    return sign_in_as(rich_app, guest), f"/attempts/{start_shift(rich_app, guest)}"


def row(app: Flask) -> Attempt:
    with app.app_context():
        return db.session.scalars(select(Attempt).where(Attempt.kind == "shift")).one()


def fields(visitor: Visitor, attempt: str, position: int, **more: str) -> dict[str, str]:
    action = keys(visitor.app, attempt)[position - 1][1]
    return {"verdict": "note-and-watch", "confidence": "certain", "action": action, "version": "0", **more}


def test_a_line_of_ones_own_is_kept_with_the_answer_and_shown_with_the_time(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    said = fields(visitor, attempt, 1, line=f"  {LINE} \n")
    assert "A line for your log" not in visitor.get(f"{attempt}/scenes/1").text.partition("<template")[0]
    visitor.post(f"{attempt}/scenes/1", said)
    assert "A line for your log" in visitor.get(f"{attempt}/scenes/1").text
    assert visitor.post(f"{attempt}/scenes/1", {**said, "version": "1"}).status_code == 303
    shown = LINE.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;")
    assert shown in visitor.get(f"{attempt}/scenes/1").text
    later = visitor.get(f"{attempt}/scenes/3").text
    assert shown in later
    assert "The night so far" in later
    assert '<span class="num">22:00</span>' in later
    assert '<span class="num">23:10</span>' in later  # not answered, but it happened
    assert '<span class="num">00:15</span>' not in later
    assert "Why" not in later
    with visitor.app.app_context():
        assert db.session.scalars(select(Response.given).where(Response.position == 1)).one()["line"] == LINE


def test_a_line_is_saved_as_it_is_typed_and_may_stay_empty(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    visitor.post(f"{attempt}/scenes/1", fields(visitor, attempt, 1))
    saved = visitor.post(f"{attempt}/scenes/1", {"line": LINE, "version": "1", "autosave": "1"}, headers=JSON)
    assert saved.json == {"version": 2}
    assert LINE.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in visitor.get(f"{attempt}/scenes/1").text
    assert visitor.post(f"{attempt}/scenes/1", fields(visitor, attempt, 1, version="2")).status_code == 303
    with visitor.app.app_context():
        assert "line" not in db.session.scalars(select(Response.given).where(Response.position == 1)).one()


@pytest.mark.parametrize(("line", "says"), [("x" * 301, "Use at most 300 characters."), ("a\x07b", "can’t be shown")])
def test_a_line_that_cannot_be_kept_keeps_the_rest(on_duty: tuple[Visitor, str], line: str, says: str) -> None:
    visitor, attempt = on_duty
    answer = visitor.record(f"{attempt}/scenes/1", fields(visitor, attempt, 1, line=line))
    assert answer.status_code == 422
    assert says in answer.text
    with visitor.app.app_context():
        kept = db.session.scalars(select(Response).where(Response.position == 1)).one()
        assert (kept.given or {}).keys() == {"verdict", "confidence", "action"}
        assert kept.recorded_at is None


def test_other_sittings_keep_no_log(on_duty: tuple[Visitor, str]) -> None:
    visitor, _attempt = on_duty
    practice = visitor.start("practices")
    page = visitor.get(f"{practice}/scenes/1").text
    assert "your log" not in page
    assert visitor.record(f"{practice}/scenes/1", fields(visitor, practice, 1, line=LINE)).status_code == 303
    assert "The night so far" not in visitor.get(f"{practice}/scenes/2").text
    with visitor.app.app_context():
        rows = db.session.scalars(select(Response.given).where(Response.given.is_not(None))).all()
        assert all("line" not in given for given in rows if given)
    assert visitor.get(f"{practice}/handover").status_code == 404


def test_the_night_ends_with_a_handover_compared_with_another(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    answer_all(visitor.app, UUID(attempt.rpartition("/")[2]))
    assert "Write the handover" in visitor.get(f"{attempt}/scenes/4").text
    assert visitor.get(f"{attempt}/submission").headers["Location"] == f"{attempt}/handover"
    page = visitor.get(f"{attempt}/handover").text
    assert "The day shift comes." in page
    assert "Keep watching the door." not in page
    words = "23:10, gate:\r\n\r\n  a man  asked for his papers."
    assert visitor.post(f"{attempt}/handover", {"text": words, "version": "0"}).status_code == 303
    assert visitor.get(f"{attempt}/handover").text.count("Keep watching the door.") == 1
    assert (row(visitor.app).handover or {})["text"] == "23:10, gate:\n\na man asked for his papers."
    done = visitor.post(f"{attempt}/handover/points", {"points": ["papers"], "version": "1"})
    assert done.headers["Location"] == f"{attempt}/result"
    found = row(visitor.app)
    assert found.submitted_at is not None
    assert (found.handover or {})["points"] == ["papers"]
    result = visitor.get(f"{attempt}/result").text
    assert "a man asked for his papers." in result
    assert result.count("<title>In yours</title>") + result.count('aria-label="In yours"') == 1
    assert visitor.get(f"{attempt}/handover").headers["Location"] == f"{attempt}/result"
    with visitor.app.app_context():
        told = export_person(found.user_id)
        assert "23:10, gate:" in str(list(told["attempts"]))


def test_what_is_written_is_saved_on_the_way(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    draft = {"text": "23:10", "version": "0", "autosave": "1"}
    assert visitor.post(f"{attempt}/handover", draft, headers=JSON).json == {"version": 1}
    page = visitor.get(f"{attempt}/handover").text
    assert "23:10</textarea>" in page
    assert "Keep watching the door." not in page
    assert visitor.post(f"{attempt}/handover", {"text": "older", "version": "0"}).status_code == 409
    empty = {"text": "", "version": "1", "autosave": "1"}
    assert visitor.post(f"{attempt}/handover", empty, headers=JSON).json == {"version": 2}
    assert visitor.post(f"{attempt}/handover", {"text": "23:10", "version": "2"}).status_code == 303
    ticks = {"points": ["door"], "version": "3", "autosave": "1"}
    assert visitor.post(f"{attempt}/handover/points", ticks, headers=JSON).json == {"version": 4}
    assert row(visitor.app).submitted_at is None
    assert 'value="door" checked' in " ".join(visitor.get(f"{attempt}/handover").text.split())


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("handover", {"text": " ", "version": "0"}, 422),
        ("handover", {"text": "x" * (LONGEST_HANDOVER + 1), "version": "0"}, 422),
        ("handover", {"text": "a\u202eb", "version": "0"}, 422),
        ("handover", {"text": "a", "version": "zero"}, 400),
        ("handover/points", {"points": ["papers"], "version": "0"}, 409),  # nothing is written yet
        ("handover/points", {"points": ["roof"], "version": "0"}, 400),
    ],
)
def test_what_is_no_handover_is_asked_for_again(
    on_duty: tuple[Visitor, str], path: str, sent: dict[str, str | list[str]], status: int
) -> None:
    visitor, attempt = on_duty
    answer = visitor.post(f"{attempt}/{path}", sent)
    assert answer.status_code == status
    if status == 422 and sent["text"] != " ":
        assert str(sent["text"]) in answer.text  # what was typed is still there
    assert row(visitor.app).handover is None


@pytest.mark.on_both
def test_once_the_other_is_seen_ones_own_cannot_be_changed(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    visitor.post(f"{attempt}/handover", {"text": "First.", "version": "0"})
    assert visitor.post(f"{attempt}/handover", {"text": "Copied.", "version": "1"}).status_code == 409
    assert (row(visitor.app).handover or {})["text"] == "First."


def test_the_handover_can_be_skipped(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    page = visitor.get(f"{attempt}/submission").text
    assert f'href="{attempt}/handover"' in page
    assert "See my result" in page
    visitor.post(f"{attempt}/submission")
    assert "Your handover" not in visitor.get(f"{attempt}/result").text
    assert visitor.post(f"{attempt}/handover", {"text": "Late.", "version": "0"}).status_code == 409


def test_nobody_else_reads_it(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    visitor.post(f"{attempt}/handover", {"text": "First.", "version": "0"})
    other = sign_in_as(visitor.app, make_account(visitor.app, "zoe@example.org"))
    assert other.get(f"{attempt}/handover").status_code == 404
    assert other.post(f"{attempt}/handover/points", {"version": "1"}).status_code == 404


def test_a_course_may_have_several_nights_one_at_a_time(rich_app: Flask, tmp_path: Path) -> None:
    folder = rich.write(tmp_path)
    small.put(
        folder, "courses/recognize/shifts/other.yaml", "title: Other night\nintro: Again.\nscenes: [shift-0, shift-2]\n"
    )
    rich_app.extensions["library"] = rich.open_library(folder)
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    practice = f"/courses/{COURSE}/practice"
    page = visitor.get(practice).text
    assert page.index("A night") < page.index("Other night")
    assert visitor.post(f"/courses/{COURSE}/shifts", {"shift": "third"}).status_code == 404
    attempt = visitor.post(f"/courses/{COURSE}/shifts", {"shift": "other"}).headers["Location"]
    found = row(rich_app)
    assert (found.scenes, found.rule["shift"]) == (2, "other")
    page = visitor.get(practice).text
    assert "You have another night in progress." in page
    assert page.count(f'href="{attempt}"') == 1
    assert visitor.post(f"/courses/{COURSE}/shifts", {"shift": "night"}).headers["Location"] == attempt

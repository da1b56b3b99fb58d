"""Reading leaves nothing; learning leaves what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import certify, make_account, make_guest, make_ready, sign_in_as
from tests.learning.public import all_rows, public_pages, public_papers
from tests.support import COURSE, Visitor, closed_up
from trainer.accounts.models import User
from trainer.accounts.queries import get_user
from trainer.content.library import Library
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount
from trainer.learning.models import Enrollment

ASKS_FOR_SOMETHING = {"/in", "/keep", "/password-reset", "/sign-in", "/sign-up", "/site-device"}


@pytest.mark.check("T152")
def test_reading_sets_no_cookie_and_leaves_no_row(app: Flask, visitor: Visitor, shelf: Library) -> None:
    for path in [*public_pages(shelf), *public_papers(shelf), "/sample-poster.pdf", "/sample-evidence-pack.zip"]:
        page = visitor.get(path, follow_redirects=True)
        assert page.status_code == (404 if path == "/nothing-here" else 200), path
        assert all("Set-Cookie" not in one.headers for one in (*page.history, page)), path
    assert all_rows(app) == 0


@pytest.mark.check("T152")
def test_a_number_that_we_never_issued_sets_no_cookie_and_is_only_counted(app: Flask, visitor: Visitor) -> None:
    page = visitor.get("/verify/AAAAA")
    assert page.status_code == 404
    assert "Set-Cookie" not in page.headers
    with app.app_context():
        assert db.session.scalars(select(LimitCount.count)).all() == [1]  # under a scrambled key, for an hour
    assert all_rows(app) == 1


@pytest.mark.check("T152")
def test_only_six_pages_set_a_cookie_before_anything_is_sent(app: Flask, shelf: Library) -> None:
    named = {rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())}
    with_cookie = {path for path in named if "Set-Cookie" in Visitor(app).get(path).headers} - {"/exit"}
    assert with_cookie == ASKS_FOR_SOMETHING
    assert all_rows(app) == 0


@pytest.mark.check("T152")
def test_no_line_of_the_log_tells_who_read_what(
    visitor: Visitor, shelf: Library, caplog: pytest.LogCaptureFixture
) -> None:
    for path in public_pages(shelf):
        visitor.get(path, headers={"User-Agent": "Telltale/1.0"}, environ_base={"REMOTE_ADDR": "192.0.2.77"})
    assert "Telltale" not in caplog.text
    assert "192.0.2.77" not in caplog.text


def test_a_learner_who_only_reads_changes_nothing(app: Flask, shelf: Library) -> None:
    visitor = sign_in_as(app, make_guest(app))
    before = all_rows(app)
    for path in public_pages(shelf):
        visitor.get(path)
    assert all_rows(app) == before


NAMES: list[tuple[Any, int]] = [
    ("Zoë Ångström", 303),
    ("  two   blanks ", 303),
    ("李小龙", 422),  # no font here has these letters
    ("x" * 120, 303),
    ("x" * 121, 422),
    ("x" * 100_000, 422),
    ("\u0958" * 120, 422),  # becomes 240 characters when composed
    ("", 422),
    ("   ", 422),
    ("...", 422),
    ("\u0301\u0301", 422),
    ("a\u202eb", 422),
    ("a\x1bb", 422),
    ("a\r\nSet-Cookie: x=1", 422),
]


@pytest.mark.parametrize(("name", "status"), NAMES)
def test_a_name_is_taken_or_refused_with_words(app: Flask, name: str, status: int) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    answer = visitor.post(f"/courses/{COURSE}/name", {"certificate_name": name})
    assert answer.status_code == status
    with app.app_context():
        kept = db.session.get_one(User, bob).certificate_name
    if status == 303:
        assert kept == " ".join(name.split())
    else:
        assert kept is None
        assert 'class="summary' in answer.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    answer = visitor.post(f"/courses/{COURSE}/name", {"certificate_name": "x" * 300_000}, token="x")
    assert answer.status_code == 413
    assert "too large" in answer.text


def _seconds(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Enrollment.active_seconds)).one()


def test_beats_count_once_and_a_replay_counts_nothing(app: Flask, shelf: Library) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as traveller:
        visitor = sign_in_as(app, make_guest(app))
        visitor.enroll()
        visitor.get(f"/courses/{COURSE}/{shelf.content.courses[COURSE].lessons[0].id}")
        first, mark = visitor.field("opened_at"), visitor.field("opened_at")
        for _beat in range(4):
            traveller.shift(30)
            answer = visitor.post(f"/courses/{COURSE}/activity", {"opened_at": mark})
            assert answer.json is not None
            mark = answer.json["opened_at"]
        assert _seconds(app) == 120
        for again in (first, mark, first):
            visitor.post(f"/courses/{COURSE}/activity", {"opened_at": again})
        assert _seconds(app) == 120
        traveller.shift(3600)
        visitor.post(f"/courses/{COURSE}/activity", {"opened_at": mark})
        assert _seconds(app) == 210
        traveller.shift(60)
        visitor.post(f"/courses/{COURSE}/activity", {"opened_at": mark, "away": "1"})
        assert _seconds(app) == 210


def test_a_mark_of_someone_else_counts_nothing(app: Flask, shelf: Library) -> None:
    bob, charlie = sign_in_as(app, make_account(app)), sign_in_as(app, make_guest(app))
    charlie.enroll()
    bob.enroll()
    bob.get(f"/courses/{COURSE}/{shelf.content.courses[COURSE].lessons[0].id}")
    answer = charlie.post(f"/courses/{COURSE}/activity", {"opened_at": bob.field("opened_at")})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path", ["/courses/x", "/courses/x/practice", f"/courses/{COURSE}/x/y", "/courses/x/y/z", "/indicators/Z9"]
)
def test_what_is_not_in_the_content_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_the_course_page_asks_for_minutes_in_a_sentence_and_keeps_its_fingerprint_out_of_the_way(
    app: Flask, shelf: Library
) -> None:
    visitor = sign_in_as(app, make_guest(app))
    visitor.enroll()
    course, page = shelf.content.courses[COURSE], closed_up(visitor.get(f"/courses/{COURSE}").text)
    minutes = course.file.least_minutes
    assert minutes == 1
    assert "<span>You need 1 active minutes; 1 is left.</span>" in page
    before, digest, _after = page.partition(course.digest[:12])
    assert digest
    assert before.count("<details") > before.count("</details>")


def test_the_course_page_says_what_the_final_waits_for(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    visitor.enroll()
    assert "Opens when" in visitor.get(f"/courses/{COURSE}").text
    make_ready(app, bob)
    assert "It’s open." in visitor.get(f"/courses/{COURSE}").text
    with app.app_context(), transaction():
        get_user(bob).certificate_name = None
    assert "Opens once nothing else is missing." in visitor.get(f"/courses/{COURSE}").text
    certify(app, bob)
    assert "Passed." in visitor.get(f"/courses/{COURSE}").text


def test_the_course_page_lists_what_passing_takes(visitor: Visitor) -> None:
    page = closed_up(visitor.get(f"/courses/{COURSE}").text)
    rule = page[page.index(">To pass the final</a></h2>") :]
    rule = rule[: rule.index("</section>")]
    assert rule.count("<li>") == 5
    assert rule.count("<li>") == rule.count("</li>")

"""“Something wrong here?”: asked where an answer is shown with its key, kept without anyone in it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import inspect, select

from tests.cast import (
    answer_all,
    certify,
    hand_in,
    make_account,
    make_guest,
    make_ready,
    sign_in_as,
    start_drill,
    start_final,
    start_practice,
)
from tests.extras.nights.cast import course_with_shift, start_shift
from tests.extras.remarks.cast import write_remark
from tests.support import Visitor, drawn, take_final, too_many
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.signing import unsign
from trainer.extras.remarks.models import Remark
from trainer.extras.remarks.operations import (
    KEPT,
    RemarkKind,
    RemarkState,
    count_remarks,
    forget_remarks,
    list_remarks,
)
from trainer.extras.remarks.views import remark_address

ASKS = "Something wrong here?"
_LINK = re.compile(r'href="(/remarks/new\?about=[^"]+)"')


def links(page: str) -> list[str]:
    return [unescape(one) for one in _LINK.findall(page)]


def about(link: str) -> str:
    return parse_qs(urlsplit(link).query)["about"][0]


def about_of(link: str) -> list[str | int]:
    found: list[str | int] | None = unsign("remark", about(link))
    assert found is not None
    return found


def kept(app: Flask) -> list[Remark]:
    with app.app_context():
        return list(db.session.scalars(select(Remark)).all())


def begin_try(visitor: Visitor) -> str:
    """Begin a first try, answer its first scene, and return the address of its answer."""
    visitor.get("/try?keep=no", follow_redirects=True)
    data = {"state": visitor.field("state"), "version": "0", "verdict": "report-now"}
    answer = visitor.client.post("/try/scenes/1", data=data, base_url=visitor.base_url)
    assert answer.status_code == 303
    return answer.headers["Location"]


def practiced(app: Flask) -> tuple[Visitor, str]:
    """Return a guest's browser and the address of the first scene of a practice, answered."""
    guest = make_guest(app)
    attempt = start_practice(app, guest)
    answer_all(app, attempt)
    return sign_in_as(app, guest), f"/attempts/{attempt}/scenes/1"


def test_it_is_asked_on_the_answer_of_practice_and_on_its_result(app: Flask) -> None:
    visitor, scene = practiced(app)
    assert len(links(visitor.get(scene).text)) == 1
    attempt = scene.rsplit("/", 2)[0]
    visitor.post(f"{attempt}/submission")
    answers = visitor.get(f"{attempt}/result").text
    assert len(links(answers)) == len(drawn(app, attempt))
    with app.app_context():
        told = [about_of(one) for one in links(answers)]
        digests = select(Response.item_digest).where(Response.attempt_id == UUID(attempt.rsplit("/", 1)[1]))
        assert [one[0] for one in told] == db.session.scalars(digests.order_by(Response.position)).all()


def test_it_is_not_asked_before_a_scene_is_answered(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    practice, drill = start_practice(app, bob), start_drill(app, bob)
    make_ready(app, bob)
    final = start_final(app, bob)
    pages = [f"/attempts/{one}/scenes/1" for one in (practice, final)]
    for path in (*pages, f"/attempts/{drill}/questions/1", f"/attempts/{final}/submission", "/try", "/"):
        answer = visitor.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert "/remarks/" not in answer.text, path


def test_a_final_asks_it_where_it_shows_keys_only(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    failed, _answer = take_final(visitor, wrong=too_many(shelf))
    assert ASKS not in visitor.get(f"{failed}/result").text
    passed = certify(app, make_account(app, "dora@example.org"))
    with app.app_context():
        attempt = db.session.get_one(Attempt, passed)
        shows_all, dora = attempt.rule.get("shows_all", True), attempt.user_id
    page = sign_in_as(app, dora).get(f"/attempts/{passed}/result").text
    assert (len(links(page)) > 0) == shows_all


def test_a_shift_asks_it_too(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    shift = start_shift(app, bob, course_with_shift(shelf.content))
    answer_all(app, shift)
    assert len(links(sign_in_as(app, bob).get(f"/attempts/{shift}/scenes/1").text)) == 1


@pytest.mark.on_both
def test_further_questions_ask_it_too(app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    drill = start_drill(app, bob)
    with app.app_context(), transaction():
        row = db.session.scalars(select(Response).where(Response.attempt_id == drill, Response.position == 1)).one()
        row.given, row.recorded_at = {"chosen": []}, clock.now()
    (link,) = links(visitor.get(f"/attempts/{drill}/questions/1").text)
    hand_in(app, bob, drill)
    (other,) = links(visitor.get(f"/attempts/{drill}/points").text)
    with app.app_context():
        assert about_of(link)[0] == about_of(other)[0] == row.item_digest
    assert visitor.post("/remarks", {"about": about(link), "kind": "fact"}).status_code == 303
    with app.app_context():
        scene = row.item.partition("/")[0]
        assert [(one.item, one.kind) for one in list_remarks(scene=scene)] == [(row.item, RemarkKind.FACT)]
        assert count_remarks() == {scene: 1}


def test_the_first_try_asks_it_and_takes_it_without_a_cookie(app: Flask, visitor: Visitor) -> None:
    answered = begin_try(visitor)
    (link,) = links(visitor.get(answered).text)
    form = visitor.get(link)
    assert form.status_code == 200
    assert "csrf_token" not in form.text
    data = {"about": visitor.field("about"), "kind": "wording", "text": "Who speaks\r\nin the  second line?"}
    sent = visitor.client.post("/remarks", data=data, base_url=visitor.base_url)
    assert sent.status_code == 303
    back = sent.headers["Location"]
    assert back == f"{answered}&thanks=1#remark-1"
    page = visitor.get(back).text
    assert "Thank you. We’ll look at it." in page
    assert links(page) == []
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None
    (remark,) = kept(app)
    assert (remark.kind, remark.text, remark.state) == ("wording", "Who speaks in the second line?", "new")
    with app.app_context():
        snapshot = db.session.get_one(ItemSnapshot, remark.item_digest)
        assert snapshot.created_at.time() == dt.time()  # the day, not the moment


def test_thanks_are_said_once_and_lead_no_further(app: Flask) -> None:
    visitor, scene = practiced(app)
    attempt = scene.rsplit("/", 2)[0]
    visitor.post(f"{attempt}/submission")
    second = links(visitor.get(f"{attempt}/result").text)[1]
    sent = visitor.post("/remarks", {"about": about(second), "kind": "key"})
    assert sent.headers["Location"] == f"{attempt}/result?thanks=2#remark-2"
    page = visitor.get(sent.headers["Location"]).text
    assert page.count("Thank you. We’ll look at it.") == 1
    assert re.search(r"<details open>", page)
    third = visitor.post("/remarks", {"about": about(links(page)[-1]), "kind": "key"}).headers["Location"]
    assert third.count("thanks=") == 1


def test_what_is_kept_is_the_scene_the_choice_the_text_and_the_day(app: Flask) -> None:
    columns = {"id", "item_digest", "lesson", "kind", "text", "written_on", "state"}
    assert set(inspect(Remark).columns.keys()) == columns
    visitor, scene = practiced(app)
    (link,) = links(visitor.get(scene).text)
    with time_machine.travel("2026-11-26T23:59:00Z"):
        assert visitor.post("/remarks", {"about": about(link), "kind": "other", "text": ""}).status_code == 303
    (remark,) = kept(app)
    assert (remark.text, remark.written_on) == (None, dt.date(2026, 11, 26))
    with app.app_context():
        assert db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.startswith("remark"))).all() == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose one."),
        ({"kind": "praise"}, "Not a valid choice"),
        ({"kind": "key", "text": "x" * 1001}, "at most 1000 characters"),
        ({"kind": "key", "text": "a\u202eb"}, "a character that can’t be shown"),
    ],
)
def test_a_form_with_faults_is_shown_again(app: Flask, data: dict[str, str], says: str) -> None:
    visitor, scene = practiced(app)
    (link,) = links(visitor.get(scene).text)
    answer = visitor.post("/remarks", {"about": about(link), **data})
    assert answer.status_code == 422
    assert says in answer.text
    assert kept(app) == []


def test_an_address_that_nobody_was_given_leads_nowhere(app: Flask, visitor: Visitor) -> None:
    for path in ("/remarks/new", "/remarks/new?about=forged"):
        assert visitor.get(path).status_code == 422
    assert visitor.post("/remarks", {"about": "forged", "kind": "key"}).status_code == 422
    assert kept(app) == []


def test_someone_signed_in_sends_a_token(app: Flask) -> None:
    visitor, scene = practiced(app)
    (link,) = links(visitor.get(scene).text)
    assert 'name="csrf_token"' in visitor.get(link).text
    data = {"about": about(link), "kind": "key"}
    assert visitor.client.post("/remarks", data=data, base_url=visitor.base_url).status_code == 400
    assert kept(app) == []


def test_another_site_cannot_send_one(app: Flask, visitor: Visitor) -> None:
    (link,) = links(visitor.get(begin_try(visitor)).text)
    data, site = {"about": about(link), "kind": "key"}, {"Sec-Fetch-Site": "cross-site"}
    assert visitor.client.post("/remarks", data=data, headers=site, base_url=visitor.base_url).status_code == 403
    assert kept(app) == []


def test_one_source_can_send_sixty_an_hour(app: Flask) -> None:
    visitor, scene = practiced(app)
    data = {"about": about(links(visitor.get(scene).text)[0]), "kind": "key"}
    assert [visitor.post("/remarks", data).status_code for _number in range(61)] == [303] * 60 + [429]


def test_a_scene_that_is_gone_takes_none(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    (link,) = links(visitor.get(begin_try(visitor)).text)
    monkeypatch.setattr("trainer.extras.remarks.views.served", lambda: _Nothing)
    assert visitor.get(link).status_code == 404
    data = {"about": about(link), "kind": "key"}
    assert visitor.client.post("/remarks", data=data, base_url=visitor.base_url).status_code == 404


class _Nothing:
    scenarios: dict[str, object] = {}
    courses: dict[str, object] = {}


def test_a_lesson_asks_it_and_takes_it_without_a_cookie(app: Flask, shelf: Library, visitor: Visitor) -> None:
    course = next(iter(shelf.content.courses.values()))
    lesson = course.lessons[0]
    address = f"/courses/{course.slug}/{lesson.id}"
    (link,) = links(visitor.get(address).text)
    form = visitor.get(link).text
    assert lesson.file.title in form
    assert "csrf_token" not in form
    data = {"about": about(link), "kind": "fact", "text": "That law has changed."}
    sent = visitor.client.post("/remarks", data=data, base_url=visitor.base_url)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}#thanks")
    assert 'id="thanks"' in visitor.get(address).text
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None
    (remark,) = kept(app)
    written = (remark.item_digest, remark.lesson, remark.kind, remark.text)
    assert written == (None, f"{course.slug}/{lesson.id}", "fact", "That law has changed.")
    with app.app_context():
        assert count_remarks() == {}  # they are counted by scene


def test_all_learners_of_a_lesson_have_one_link(app: Flask, shelf: Library, visitor: Visitor) -> None:
    course = next(iter(shelf.content.courses.values()))
    address = f"/courses/{course.slug}/{course.lessons[0].id}"
    enrolled = make_account(app)
    make_ready(app, enrolled)
    pages = [visitor.get(f"{address}?open=all"), visitor.get(address), sign_in_as(app, enrolled).get(address)]
    assert len({tuple(links(page.text)) for page in pages}) == 1
    data = {"about": about(links(pages[0].text)[0]), "kind": "key"}
    assert sign_in_as(app, enrolled).post("/remarks", data).status_code == 303


def test_a_lesson_that_is_gone_takes_none(app: Flask, shelf: Library, visitor: Visitor) -> None:
    with app.test_request_context():
        gone = [remark_address(f"{course}/gone/gone", 0) for course in ("gone", *shelf.content.courses)]
    assert {visitor.get(link).status_code for link in gone} == {404}
    data = {"about": about(gone[-1]), "kind": "key"}
    assert visitor.client.post("/remarks", data=data, base_url=visitor.base_url).status_code == 404


def test_they_are_gone_after_two_years(app: Flask, shelf: Library) -> None:
    scene = next(iter(shelf.content.scenarios))
    write_remark(app, scene, "Old", days_ago=KEPT.days + 1)
    write_remark(app, scene, "Young", days_ago=KEPT.days)
    with app.app_context(), transaction():
        forget_remarks(clock.now())
    assert [one.text for one in kept(app)] == ["Young"]


def test_answered_ones_wait_no_longer(app: Flask, shelf: Library) -> None:
    scene = next(iter(shelf.content.scenarios))
    remark = write_remark(app, scene)
    with app.app_context(), transaction():
        assert count_remarks() == {scene: 1}
        db.session.get_one(Remark, remark).state = RemarkState.ANSWERED.value
        db.session.flush()
        assert (count_remarks(), list_remarks(open_only=True)) == ({}, [])
        assert [one.id for one in list_remarks()] == [remark]

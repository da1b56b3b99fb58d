"""What a browser, or someone with a keyboard and bad ideas, can send to practice and final."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select

from tests.cast import answer_all, hand_in, make_account, make_ready, sign_in_as, start_final, start_practice
from tests.support import COURSE, Visitor, closed_up, keys, scenes_of, too_many
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core.db import Base, db, transaction
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment

HUGE = "9" * 5_000


@pytest.fixture
def bob(app: Flask) -> UUID:
    return make_account(app)


@pytest.fixture
def practicing(app: Flask, bob: UUID) -> tuple[Visitor, str]:
    return sign_in_as(app, bob), f"/attempts/{start_practice(app, bob)}"


def rows(app: Flask, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of some tables, or of all."""
    with app.app_context():
        names = tables or tuple(Base.metadata.tables)
        return {
            name: sorted(map(tuple, db.session.execute(select(Base.metadata.tables[name])).all()), key=repr)
            for name in names
        }


def good(app: Flask, attempt: str) -> dict[str, str]:
    _truth, action, _harmful = keys(app, attempt)[0]
    return {"verdict": "report-now", "confidence": "certain", "action": action, "version": "0"}


def elsewhere(app: Flask, attempt: str) -> str:
    """Return an action of another scene of the attempt."""
    with app.app_context():
        mine, *others = db.session.scalars(
            select(Response).where(Response.attempt_id == UUID(attempt.split("/")[-1])).order_by(Response.position)
        ).all()
        return next(action for other in others for action in other.action_order if action not in mine.action_order)


TAMPERED: list[tuple[str, object]] = [
    ("verdict", "concern"),
    ("verdict", "REPORT-NOW"),
    ("verdict", "report-now "),
    ("verdict", ["report-now", "nothing-to-report"]),
    ("confidence", "very"),
    ("confidence", ["certain", "certain"]),
    ("version", ["0", "0"]),
    ("version", ""),
    ("version", "-1"),
    ("version", "1000001"),
    ("version", "1000000000"),
    ("version", HUGE),
    ("version", "NaN"),
    ("version", "Infinity"),
    ("version", "0.0"),
    ("version", "1e3"),
    ("version", "0x0"),
    ("version", "+0"),
    ("version", " 0"),
    ("version", "0_0"),
    ("version", "٠"),
    ("version", "０"),
    ("version", "null"),
    ("version", "[0]"),
    ("action", "made-up"),
    ("action", "ELSEWHERE"),
    ("action", ["TWICE", "TWICE"]),
    ("action", "x" * 5_000),
    ("action", "\x00"),
    ("action", "' OR 1=1 --"),
]


@pytest.mark.asvs("2.2.2", "15.3.7")
@pytest.mark.check("T019")
@pytest.mark.parametrize("autosave", ["", "1"])
def test_what_the_page_does_not_offer_is_refused_and_changes_nothing(
    app: Flask, practicing: tuple[Visitor, str], autosave: str
) -> None:
    visitor, attempt = practicing
    token = visitor.token()
    for name, value in TAMPERED:
        fields: dict[str, object] = {**good(app, attempt), "autosave": autosave, name: value}
        if name == "action":  # offered once the verdict is recorded
            visitor.post(f"{attempt}/scenes/1", good(app, attempt), token=token)
            fields["version"] = "1"
        if value == "ELSEWHERE":
            fields[name] = elsewhere(app, attempt)
        if value == ["TWICE", "TWICE"]:
            fields[name] = [good(app, attempt)["action"]] * 2
        before = rows(app)
        answer = visitor.post(f"{attempt}/scenes/1", fields, token=token)
        assert answer.status_code == 400, (name, value)
        assert rows(app) == before


@pytest.mark.check("T019")
@pytest.mark.parametrize("missing", ["verdict", "confidence", "action"])
def test_a_part_that_is_missing_is_asked_for_and_the_rest_is_kept(
    app: Flask, practicing: tuple[Visitor, str], missing: str
) -> None:
    visitor, attempt = practicing
    fields = good(app, attempt)
    del fields[missing]
    answer = visitor.record(f"{attempt}/scenes/1", fields)
    assert answer.status_code == 422
    assert 'class="summary' in answer.text
    with app.app_context():
        kept = db.session.get_one(Response, (UUID(attempt.split("/")[-1]), 1))
        first: dict[str, object] = {part: fields[part] for part in ("verdict", "confidence") if part in fields}
        assert kept.given == (first if missing != "action" else {**first, "action": None})
        assert kept.recorded_at is None


@pytest.mark.check("T019")
def test_random_text_is_refused_or_taken_and_never_an_error(app: Flask, practicing: tuple[Visitor, str]) -> None:
    visitor, attempt = practicing
    token, known = visitor.token(), good(app, attempt)

    @settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(sorted(known)), st.text(max_size=40), st.sampled_from(["", "1"]))
    def send(name: str, text: str, autosave: str) -> None:
        text = text.encode("utf-8", "replace").decode()
        fields = {**known, "autosave": autosave, name: text}
        answer = visitor.post(f"{attempt}/scenes/1", fields, token=token)
        assert answer.status_code in {303, 400, 409, 422}

    send()


@pytest.mark.parametrize("position", ["0", "PAST", "999", "1000", "-1", "1.0", "NaN", "9" * 25, HUGE])
def test_a_scene_that_is_not_there_is_not_found(practicing: tuple[Visitor, str], position: str) -> None:
    visitor, attempt = practicing
    position = str(scenes_of(visitor.app, attempt) + 1) if position == "PAST" else position
    assert visitor.get(f"{attempt}/scenes/{position}").status_code == 404
    # Werkzeug calls a number that its converter refuses a wrong method.
    assert visitor.post(f"{attempt}/scenes/{position}", {"version": "0"}).status_code in {404, 405}


def test_an_older_version_is_refused(app: Flask, practicing: tuple[Visitor, str]) -> None:
    visitor, attempt = practicing
    first = visitor.post(f"{attempt}/scenes/1", {**good(app, attempt), "autosave": "1"})
    second = visitor.post(
        f"{attempt}/scenes/1", {**good(app, attempt), "verdict": "nothing-to-report", "autosave": "1"}
    )
    assert (first.status_code, second.status_code) == (303, 409)
    assert "another tab" in second.text


def test_the_second_of_two_tabs_shows_the_saved_answer_and_goes_on_from_it(app: Flask, bob: UUID) -> None:
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt = visitor.start("finals")
    newer = {**good(app, attempt), "verdict": "note-and-watch"}
    assert visitor.post(f"{attempt}/scenes/1", {**newer, "autosave": "1"}).status_code == 303
    older = visitor.post(f"{attempt}/scenes/1", good(app, attempt))
    assert older.status_code == 409
    assert "You answered this in another tab" in older.text
    assert re.findall(r'value="([^"]+)"\s+checked', older.text)[0] == "note-and-watch"
    version = re.findall(r'name="version" value="(\d+)"', older.text)[0]
    assert visitor.post(f"{attempt}/scenes/1", {**good(app, attempt), "version": version}).status_code == 303


def test_an_answer_whose_confirmation_was_lost_on_the_way_can_be_sent_again(app: Flask, bob: UUID) -> None:
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt, headers = visitor.start("finals"), {"Accept": "application/json"}
    first = {"verdict": "report-now", "version": "0", "autosave": "1"}
    assert visitor.post(f"{attempt}/scenes/1", first, headers=headers).json == {"version": 1}
    more = {**first, "confidence": "certain"}  # still with the version from before
    assert visitor.post(f"{attempt}/scenes/1", more, headers=headers).json == {"version": 2}
    assert visitor.post(f"{attempt}/scenes/1", more, headers=headers).json == {"version": 2}  # all of it is there
    other = {**more, "verdict": "note-and-watch"}
    assert visitor.post(f"{attempt}/scenes/1", other, headers=headers).status_code == 409


def test_an_answer_that_comes_after_handing_in_leads_to_the_result(app: Flask, bob: UUID) -> None:
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt = visitor.start("finals")
    answer_all(app, UUID(attempt.split("/")[-1]))
    visitor.post(f"{attempt}/submission")
    late = visitor.post(f"{attempt}/scenes/1", good(app, attempt))
    assert late.status_code == 409
    assert f'href="{attempt}"' in late.text
    assert visitor.get(attempt).location == f"{attempt}/result"


@pytest.mark.check("T020")
def test_scores_that_a_client_sends_are_ignored(app: Flask, bob: UUID, shelf: Library) -> None:
    make_ready(app, bob)
    attempt = start_final(app, bob)
    wrong, scenes = too_many(shelf), scenes_of(app, f"/attempts/{attempt}")
    answer_all(app, attempt, wrong=wrong)
    lies = {
        "score": "100",
        "is_passed": "1",
        "passed": "true",
        "hits": "8",
        "tally": '{"hits": 8}',
        "started_at": "2020-01-01",
        "submitted_at": "2020-01-01",
        "kind": "practice",
        "number": "1",
        "user_id": "0",
        "duration": "1",
        "rule": '{"stages": []}',
        "scenes": "1",
    }
    assert sign_in_as(app, bob).post(f"/attempts/{attempt}/submission", lies).status_code == 303
    with app.app_context():
        found = db.session.get_one(Attempt, attempt)
        assert found.is_passed is False
        assert found.tally is not None
        assert found.tally["hits"] + found.tally["correct_rejections"] == scenes - wrong
        assert db.session.scalars(select(Credential)).all() == []


@pytest.mark.check("T020")
@pytest.mark.parametrize("mark", ["", "x", "WyJhIiwxXQ.forged", "[]", "9" * 400])
def test_a_forged_mark_of_when_a_page_was_opened_credits_nothing(
    app: Flask, practicing: tuple[Visitor, str], mark: str
) -> None:
    visitor, attempt = practicing
    fields = {**good(app, attempt), "opened_at": mark, "active_seconds": "9999"}
    assert visitor.post(f"{attempt}/scenes/1", fields).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Enrollment.active_seconds)).all() == [0]
    assert visitor.post(f"/courses/{COURSE}/activity", {"opened_at": mark}).status_code == 422


@pytest.mark.asvs("2.3.1")
@pytest.mark.check("T021")
def test_no_step_can_be_left_out(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    assert visitor.post(f"/courses/{COURSE}/finals").status_code == 404  # not started
    visitor.enroll()
    for answer in (visitor.post(f"/courses/{COURSE}/finals"), visitor.post(f"/courses/{COURSE}/finals?skip=1")):
        assert answer.status_code == 409
        assert "read all lessons" in answer.text
    nobodys = "/attempts/00000000-0000-4000-8000-000000000000/submission"
    assert visitor.post(nobodys).status_code == 404
    make_ready(app, bob)
    attempt = visitor.start("finals")
    early = visitor.post(f"{attempt}/submission")
    assert early.status_code == 409
    assert "no full answer yet" in early.text
    assert visitor.get(f"{attempt}/result").status_code == 409
    with app.app_context():
        assert db.session.get_one(Attempt, UUID(attempt.split("/")[-1])).submitted_at is None
        assert db.session.scalars(select(Credential)).all() == []


@pytest.mark.check("T021")
def test_a_passed_final_without_the_rest_earns_nothing(app: Flask, bob: UUID) -> None:
    make_ready(app, bob)
    attempt = start_final(app, bob)
    with app.app_context():
        db.session.execute(db.text("UPDATE enrollments SET active_seconds = 0"))
        db.session.connection().commit()
    answer_all(app, attempt)
    hand_in(app, bob, attempt)
    assert rows(app, "credentials")["credentials"] == []
    assert "Something is still missing" in sign_in_as(app, bob).get(f"/attempts/{attempt}/result").text


def test_a_guest_cannot_start_a_final(app: Flask, visitor: Visitor) -> None:
    visitor.keep()
    visitor.enroll()
    answer = visitor.post(f"/courses/{COURSE}/finals")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-up")
    assert rows(app, "attempts")["attempts"] == []


def test_what_was_handed_in_cannot_be_changed(app: Flask, bob: UUID, shelf: Library) -> None:
    make_ready(app, bob)
    attempt = start_final(app, bob)
    answer_all(app, attempt, wrong=too_many(shelf))
    hand_in(app, bob, attempt)
    visitor, before = sign_in_as(app, bob), rows(app, "attempts", "responses")
    for autosave in ("", "1"):
        fields = {**good(app, f"/attempts/{attempt}"), "version": "1", "autosave": autosave}
        assert visitor.post(f"/attempts/{attempt}/scenes/1", fields).status_code == 409
    assert visitor.post(f"/attempts/{attempt}/submission").status_code == 303
    assert rows(app, "attempts", "responses") == before


@pytest.mark.check("T028")
def test_someone_elses_attempt_can_be_neither_seen_nor_changed(app: Flask, practicing: tuple[Visitor, str]) -> None:
    _bob, attempt = practicing
    charlie, before = sign_in_as(app, make_account(app, "charlie@example.org")), rows(app, "attempts", "responses")
    fields = good(app, attempt)
    for path, data in ((f"{attempt}/scenes/1", fields), (f"{attempt}/submission", {})):
        assert charlie.post(path, data).status_code == 404
        assert charlie.post(path, {**data, "user_id": "x", "autosave": "1"}).status_code == 404
    for path in ("", "/scenes/1", "/submission", "/result"):
        assert charlie.get(attempt + path).status_code == 404
    assert rows(app, "attempts", "responses") == before


def test_the_first_try_refuses_an_address_that_was_changed(visitor: Visitor, shelf: Library) -> None:
    past = shelf.content.courses[COURSE].file.first_try.scenes + 1
    visitor.get("/try?keep=no", follow_redirects=True)
    state, nothing = visitor.field("state"), {"verdict": "report-now", "confidence": "certain", "version": "0"}
    forged = [state[:-1], state + "x", "", "x", state.replace(".", "", 1), "W10.x"]
    for sent, position, status in [(one, 1, 422) for one in forged] + [(state, past, 422), (state, 0, 422)]:
        path = f"/try/scenes/{position}"
        assert visitor.get(path, query_string={"state": sent}).status_code == status, (sent, position)
        data = {**nothing, "state": sent, "action": "x"}
        assert visitor.client.post(path, data=data, base_url=visitor.base_url).status_code == status
    for odd in ("-1", HUGE, "NaN", "1.0", " 1"):
        assert visitor.get(f"/try/scenes/{odd}", query_string={"state": state}).status_code == 404
    for sent in forged:
        assert visitor.get("/try/result", query_string={"state": sent}).status_code == 422


def test_a_mark_signed_for_another_purpose_is_no_first_try(app: Flask, practicing: tuple[Visitor, str]) -> None:
    visitor, attempt = practicing
    visitor.get(f"{attempt}/scenes/1")
    data = {"state": visitor.field("opened_at")}
    assert visitor.client.post("/try/scenes/1", data=data, base_url=visitor.base_url).status_code == 422
    assert visitor.get("/try/result", query_string=data).status_code == 422


STEP = "Your first step reports these people, so this counts as “Report now.”"
FITS = "What fits:"


def answered(app: Flask, practicing: tuple[Visitor, str], verdict: str, chosen: dict[str, Any], **made: Any) -> str:
    """Answer the first scene, made so, and return the page of its answer and that of the result."""
    visitor, attempt = practicing
    with app.app_context(), transaction() as session:
        kept = session.get_one(Response, (UUID(attempt.split("/")[-1]), 1))
        drawn = session.get_one(ItemSnapshot, kept.item_digest)
        one, other, *_more = drawn.payload["actions"]
        first = {**one, "text": "Do this", "why": "Why this.", "harm": None, **chosen}
        second = {**other, "text": "Do that", "why": "Why that.", "harm": None, "door": "site", "is_report": False}
        second["grade"] = "wrong-route" if first["grade"] == "best" else "best"
        drawn.payload = {**drawn.payload, "actions": [first, second], **made}
        kept.action_order = [first["id"], second["id"]]
    fields = {"verdict": verdict, "confidence": "certain", "action": first["id"], "version": "0"}
    assert visitor.record(f"{attempt}/scenes/1", fields).status_code == 303
    page = visitor.get(f"{attempt}/scenes/1").text
    visitor.post(f"{attempt}/submission", {"anyway": "1"})
    result = visitor.get(f"{attempt}/result").text
    assert "Scene by scene" in result
    return closed_up(page + result)


@pytest.mark.parametrize(
    ("truth", "best", "verdict", "is_report", "told", "not_told"),
    [
        ("no_concern", "nothing-to-report", "nothing-to-report", True, [STEP], [FITS]),
        ("concern", "report-now", "note-and-watch", True, [STEP, f"{FITS} Report now<"], []),
        ("concern", "report-now", "report-now", True, [], [STEP, FITS]),
        ("concern", "report-now", "note-and-watch", False, [f"{FITS} Report now<"], [STEP]),
        ("no_concern", "nothing-to-report", "note-and-watch", False, [f"{FITS} Not trafficking<"], [STEP]),
        ("no_concern", "note-and-watch", "note-and-watch", False, [], [STEP, FITS]),
    ],
)
def test_what_an_answer_counts_as_and_the_best_one_are_told(
    app: Flask,
    practicing: tuple[Visitor, str],
    truth: str,
    best: str,
    verdict: str,
    is_report: bool,
    told: list[str],
    not_told: list[str],
) -> None:
    chosen = {"grade": "wrong-route", "is_report": is_report}
    pages = answered(app, practicing, verdict, chosen, truth=truth, best=best)
    page = pages[: pages.index("Scene by scene")]  # the result tells of all scenes
    assert [page.count(text) for text in told] == [1] * len(told)
    assert [text for text in not_told if text in page] == []
    assert [pages.count(text) for text in told if text == STEP] == [2] * (STEP in told)


@pytest.mark.parametrize(
    ("grade", "door", "heading", "better"),
    [
        ("best", "hotline", "Your first step fits", None),
        ("fine", "site", "Your first step told someone else", "Best:"),
        ("fine", "hotline", "Your first step made a report", "Best:"),
        ("wrong-route", "911", "Your first step called 911", "Better:"),
        ("wrong-route", "note", "Your first step told nobody", "Better:"),
        ("wrong-route", None, "Your first step", "Better:"),
        ("harmful", "none", "Your first step could harm someone", "Better:"),
    ],
)
def test_a_first_step_is_told_by_what_it_does_and_then_the_best_one(
    app: Flask, practicing: tuple[Visitor, str], grade: str, door: str | None, heading: str, better: str | None
) -> None:
    pages = answered(app, practicing, "report-now", {"grade": grade, "door": door, "is_report": False})
    assert pages.count(f"<span>{heading}</span>") == 2  # on the page of the answer, and among the scenes of the result
    if better is None:
        assert pages.count("<p><b>Do this.</b>Why this.</p>") == 2
    else:
        assert pages.count(f"<p>Do this. Why this. {better}<b>Do that.</b>Why that.</p>") == 2


OTHERS = "<summary>Why not the others</summary>"


def test_after_an_answer_two_reasons_stand_open_and_the_rest_is_closed(
    app: Flask, practicing: tuple[Visitor, str]
) -> None:
    reasons = {"report-now": "Why now.", "note-and-watch": "Yes, why note.", "nothing-to-report": "Why nothing."}
    made = {"truth": "no_concern", "best": "note-and-watch", "rule": "one-medium", "verdicts": reasons}
    pages = answered(app, practicing, "report-now", {"grade": "harmful"}, **made)
    page = pages[: pages.index("Scene by scene")]
    title, place = page.index("</h1>"), page.index(OTHERS)
    assert page.index(">Over-reported. ") < title < page.index('<div class="lit-story">')
    assert [page.index(text) < place for text in ("Why now.", "Why note.", "Why this.", "Why that.")] == [True] * 4
    assert page.index('aria-label="Line 4 of 6"') < place < page.index("Why nothing.")
    assert "</details>" not in page[place : page.index("What counted, and what was ordinary")]  # one place for the rest
    assert page.index("<dd>Why nothing.</dd>") < page.index('<li class="rung mid lit" aria-current="true">')
    assert page.count("Why now.") == page.count("Why nothing.") == 1
    assert "<details open" not in page


def test_where_the_answer_is_right_one_reason_stands_open(app: Flask, practicing: tuple[Visitor, str]) -> None:
    reasons = {"report-now": "Yes. Why now.", "note-and-watch": "Why note.", "nothing-to-report": "Why nothing."}
    made = {"truth": "concern", "best": "report-now", "verdicts": reasons}
    pages = answered(app, practicing, "report-now", {"grade": "best"}, **made)
    page = pages[: pages.index("Scene by scene")]
    assert '<p class="who">You chose what fits: Report now</p><p class="b">Why now.</p>' in page
    assert page.index(OTHERS) < page.index("Why note.")
    assert page.index(OTHERS) < page.index("Why nothing.")


def test_the_words_that_decide_are_lit_in_the_story_and_told(app: Flask, practicing: tuple[Visitor, str]) -> None:
    """They stand in the content, not in what was drawn; a scene that has changed since is told as it was drawn."""
    with app.app_context():
        attempt = UUID(practicing[1].split("/")[-1])
        kept = db.session.get_one(Response, (attempt, 1))
        drawn = db.session.get_one(ItemSnapshot, kept.item_digest).payload
        scene = served().scenarios[drawn["scenario"]]
    (words, *_more) = (scene.other if drawn["is_swapped"] and scene.other else scene).file.decides
    pages = answered(app, practicing, "report-now", {"grade": "best"})
    lit = "".join(re.findall(r'<span class="vh">\(decides:</span>(.*?)<span class="vh">\)</span></mark>', pages))
    assert str(escape(words.strip())) in lit
    assert "Lit: the words that decide. Nothing else does." in pages
    again = answered_again(app, practicing, drawn["narrative"].replace("</p>", " Later.</p>"))
    assert "Later." in again
    assert "<mark>" not in again


def answered_again(app: Flask, practicing: tuple[Visitor, str], narrative: str) -> str:
    """Return the page of the first scene's answer, as if it had been drawn with another story."""
    visitor, attempt = practicing
    with app.app_context(), transaction() as session:
        kept = session.get_one(Response, (UUID(attempt.split("/")[-1]), 1))
        drawn = session.get_one(ItemSnapshot, kept.item_digest)
        drawn.payload = {**drawn.payload, "narrative": narrative}
    return closed_up(visitor.get(f"{attempt}/scenes/1").text)

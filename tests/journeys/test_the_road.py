"""The whole road: read, practice, pass, be certified, be verified."""

from __future__ import annotations

import re

import pytest
import time_machine

from tests.support import COURSE, Visitor, keys, make_ready, right_verdict, take_final, too_many
from trainer.content.library import Library

pytestmark = pytest.mark.on_both


def test_a_stranger_reads_passes_and_is_verified(visitor: Visitor, shelf: Library) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z") as clock:
        visitor.sign_up()
        make_ready(visitor, shelf, clock, name="Zoë Ångström")
        _attempt, handed_in = take_final(visitor, wrong=1)
        assert handed_in.status_code == 303
        result = visitor.get(handed_in.headers["Location"]).text
        assert "Passed" in result
        assert "Scene by scene" in result
        verify = re.search(r'href="(/verify/[0-9A-Z-]+)"', visitor.get("/me").text)
        assert verify
        page = Visitor(visitor.app).get(verify[1])
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        for words in (
            "Valid",
            "Zoë Ångström",
            shelf.content.courses[COURSE].file.edition or "Course",
            "November 24, 2027",
            "not approved by any state",
            "Local trial",
        ):
            assert words in page.text
        pdf = Visitor(visitor.app).get(verify[1] + "/certificate.pdf")
        assert pdf.mimetype == "application/pdf"
        assert pdf.data.startswith(b"%PDF-")


def test_a_failed_final_names_lessons_and_no_keys(visitor: Visitor, shelf: Library) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z") as clock:
        visitor.sign_up()
        make_ready(visitor, shelf, clock)
        attempt, handed_in = take_final(visitor, wrong=too_many(shelf))
        page = visitor.get(handed_in.headers["Location"]).text
        assert "Not passed yet" in page
        assert "Read again: " in page
        assert "Scene by scene" not in page
        assert visitor.get(f"{attempt}/scenes/1").status_code == 404
        assert "/verify/" not in visitor.get("/me").text


def test_practice_answers_at_once_and_only_once(visitor: Visitor) -> None:
    visitor.keep()
    attempt = visitor.start("practices")
    truth, action, harmful = keys(visitor.app, attempt)[0]
    answered = visitor.answer(attempt, 1, right_verdict(truth), harmful)
    page = visitor.get(answered.headers["Location"]).text
    assert "Why" in page
    assert "Your first step could harm someone" in page
    again = visitor.post(
        f"{attempt}/scenes/1", {"verdict": "report-now", "confidence": "certain", "action": action, "version": "1"}
    )
    assert again.status_code == 409


def following(page: str) -> str:
    """Return where the page's main button leads."""
    found = re.search(r'<a class="btn big fill" href="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_the_first_try_leaves_no_cookie_and_no_row(visitor: Visitor, shelf: Library) -> None:
    scenes = shelf.content.courses[COURSE].file.first_try.scenes
    page = visitor.get("/try?keep=no", follow_redirects=True)
    for position in range(1, scenes + 1):
        assert page.status_code == 200, page.text
        assert "Set-Cookie" not in page.headers
        answer = visitor.client.post(
            f"/try/scenes/{position}",
            data={"state": visitor.field("state"), "verdict": "report-now", "version": "0"},
            base_url=visitor.base_url,
        )
        assert answer.status_code == 303  # each page can be gone back to, and loaded again
        page = visitor.get(answer.headers["Location"])
        assert "Why" in page.text
        assert visitor.get(answer.headers["Location"]).text == page.text
        page = visitor.get(following(page.text))
    assert f"You caught {scenes // 2} of {scenes // 2}." in page.text
    assert f"You would have reported {scenes // 2} innocent people." in page.text
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None


def test_a_guest_keeps_everything_when_signing_up(visitor: Visitor, shelf: Library) -> None:
    visitor.keep()
    visitor.enroll()
    first = shelf.content.courses[COURSE].lessons[0]
    visitor.get(f"/courses/{COURSE}/{first.id}")
    visitor.post(f"/courses/{COURSE}/{first.id}/completions", {"opened_at": visitor.field("opened_at")})
    visitor.sign_up()
    assert f"1 of {len(shelf.content.courses[COURSE].lessons)} lessons read" in visitor.get("/me").text


def test_signing_in_brings_along_what_the_guest_did(visitor: Visitor, shelf: Library) -> None:
    visitor.sign_up()
    visitor.enroll()
    lessons = shelf.content.courses[COURSE].lessons
    visitor.post(f"/courses/{COURSE}/{lessons[0].id}/completions", {"opened_at": ""})
    phone = Visitor(visitor.app)
    phone.keep()
    attempt = phone.start("practices")
    phone.post(f"/courses/{COURSE}/{lessons[1].id}/completions", {"opened_at": ""})
    assert phone.sign_in().status_code == 303
    assert f"2 of {len(lessons)} lessons read" in phone.get("/me").text
    assert phone.get(f"{attempt}/scenes/1").status_code == 200

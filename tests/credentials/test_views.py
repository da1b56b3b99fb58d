"""The public check: says what is true to whoever has the number, and nothing to others."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.cast import certify, make_account
from tests.content import small
from tests.credentials.files import assert_harmless, text_of
from tests.support import COURSE, Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount
from trainer.core.settings import Settings
from trainer.credentials import paper
from trainer.credentials.certificate import render_certificate
from trainer.credentials.models import Credential, Facts, Stated
from trainer.credentials.operations import revoke
from trainer.credentials.rules import new_serial, show_serial
from trainer.extras.api import records
from trainer.items.registry import MODELS
from trainer.web.limits import count, key_of


@pytest.fixture
def serial(app: Flask) -> str:
    certify(app, make_account(app))
    with app.app_context():
        return db.session.scalars(select(Credential.serial)).one()


def test_whoever_has_the_number_sees_the_facts(visitor: Visitor, serial: str) -> None:
    page = visitor.get(f"/verify?serial={serial.lower()}", follow_redirects=True)
    assert page.request.path == f"/verify/{show_serial(serial)}"
    for words in ("Valid", "Bob Builder", "Local trial", "not approved by any state"):
        assert words in page.text
    assert "bob@example.org" not in page.text


def test_unknown_impossible_and_hostile_numbers_answer_alike(visitor: Visitor, serial: str) -> None:
    wrong = "0" if serial[3] != "0" else "1"
    numbers = [serial[:3] + wrong + serial[4:], "x", "0" * 27, "' OR 1=1 --", "%", "_" * 27, "🙂", "A" * 3_000]
    own = re.compile(r'/static/\w+|<link rel="canonical"[^>]*>')
    pages = {own.sub("", visitor.get(f"/verify/{number}").text) for number in numbers}
    assert len(pages) == 1
    assert {visitor.get(f"/verify/{number}").status_code for number in numbers} == {404}
    assert {visitor.get(f"/verify/{number}/certificate.pdf").status_code for number in numbers} == {404}


NOT_ON_PAGE = {"course", "started_on", "is_attested", "is_paced", "is_tested_out", "unapproved_states"}
"""Facts that the check page doesn't tell, or not under their names: the course’s title, and states as notices."""
NOT_IN_API = {"achievement", "course_digest", "edition", "is_local_trial", "minutes", "scenes", "unapproved_states"}
"""Facts that the API doesn't tell, or not under their names: active minutes, and states as a notice."""


@pytest.mark.check("T036")
def test_five_states_are_told_apart_on_the_page_and_by_programs(app: Flask, visitor: Visitor, serial: str) -> None:
    unknown = serial[:3] + ("0" if serial[3] != "0" else "1") + serial[4:]
    with app.app_context():
        credential = db.session.scalars(select(Credential)).one()
        ended = credential.issued_on - dt.timedelta(days=1)
    states: dict[str, tuple[str, str, dict[str, object]]] = {
        "valid": (serial, "Valid", {}),
        "expired": (serial, "Expired", {"valid_until": ended}),
        "superseded": (serial, "Replaced", {"superseded_by_id": credential.id}),
        "revoked": (serial, "Withdrawn", {"revoked_at": clock.now(), "revocation_reason": "mistake"}),
        "unknown": (unknown, "Not found", {}),
    }
    for state, (number, heading, changes) in states.items():
        with app.app_context(), transaction() as session:
            session.execute(db.update(Credential).values(**changes) if changes else db.select(1))
        page, told = visitor.get(f"/verify/{number}"), visitor.get(f"/verify/{number}.json")
        assert re.findall(r"<h1[^>]*>([^<]*)</h1>", page.text) == [heading]
        assert (told.json or {})["status"] == state
        assert page.status_code == told.status_code == (404 if state == "unknown" else 200)
        assert told.headers["Cache-Control"] == page.headers["Cache-Control"]


@pytest.mark.check("T035")
def test_programs_are_told_what_the_page_tells_and_nothing_else(visitor: Visitor, serial: str) -> None:
    told = visitor.get(f"/verify/{serial}.json")
    assert told.json is not None
    assert set(told.json) == {
        *("status", "checked_at", "serial", "url", "holder_name", "course_title", "course_version", "course_digest"),
        *("edition", "achievement", "scenes", "passed_in_round", "passed_on_try", "minutes", "issued_on"),
        *("valid_until", "revoked_on", "revocation_reason", "notes", "is_local_trial"),
    }
    facts = {field.name for field in fields(Facts)}
    assert facts - set(told.json) == NOT_ON_PAGE, "tell it in `_facts` and on the page, or name it in NOT_ON_PAGE"
    given = {*records.Credential.model_fields, *records.Completion.model_fields}
    assert facts - given == NOT_IN_API, "tell it in extras/api/records.py, or name it in NOT_IN_API"
    assert "noindex" in told.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in told.headers
    assert visitor.get(f"/verify/{serial.lower()}.json").json == told.json | {"checked_at": ANY}


@pytest.mark.check("T034")
def test_numbers_are_too_many_to_guess_and_guessing_is_slowed_down(visitor: Visitor, serial: str) -> None:
    assert len({new_serial(random.Random(seed))[:-1] for seed in range(1_000)}) == 1_000
    assert 32 ** len(serial[:-1]) >= 2**128
    answers = [visitor.get(f"/verify/{number}.json") for number in range(121)]
    assert [answer.status_code for answer in answers] == [404] * 120 + [429]
    assert {answer.data for answer in answers[:120]} == {answers[0].data}


@pytest.mark.asvs("2.4.1")
def test_a_pdf_is_limited_for_a_network_and_the_check_of_a_right_number_is_not(
    app: Flask, visitor: Visitor, serial: str
) -> None:
    with app.app_context(), transaction():
        count(key_of("acts", "credentials.certificate", "127.0.0.1"), 3_600, 299)
    path = f"/verify/{serial}/certificate.pdf"
    assert visitor.get(path).status_code == 200
    refused = visitor.get(path)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3_600
    assert visitor.get(path, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 200
    for page in (f"/verify/{serial}", f"/verify/{serial}.json"):
        assert {visitor.get(page).status_code for _visit in range(3)} == {200}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LimitCount)) == 2


def test_time_and_withdrawal_show_at_once(app: Flask, visitor: Visitor, serial: str) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=2 * 366)):
        assert "Expired" in visitor.get(f"/verify/{serial}").text
    with app.app_context(), transaction():
        revoke(serial, "Issued by <b>mistake</b>", clock.now())
    page = visitor.get(f"/verify/{serial}").text
    assert '<h1 id="status">Withdrawn</h1>' in page
    assert "Issued by &lt;b&gt;mistake&lt;/b&gt;" in page


@pytest.mark.check("T042")
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}])
def test_the_address_on_paper_is_the_configured_one(
    settings: Settings, shelf: Library, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    base_url, printed = "https://training.example.org", []
    app = create_app(replace(settings, base_url=base_url), shelf)
    certify(app, make_account(app))
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()

    def watch(facts: Stated, url: str | None, *rest: Any, is_titled: bool) -> bytes:
        printed.append(url)
        return render_certificate(facts, url, *rest, is_titled=is_titled)

    monkeypatch.setattr(paper, "render_certificate", watch)
    visitor = Visitor(app, base_url)
    path = f"/verify/{serial}/certificate.pdf"
    assert visitor.get(path, headers=headers).mimetype == "application/pdf"
    assert visitor.client.get(path, base_url="https://evil.example").status_code == 400
    assert visitor.client.get(path, base_url="https://localhost").status_code == 400
    # Another port and scheme under our own name are let in, and still don't reach the paper.
    assert visitor.client.get(path, base_url="http://training.example.org:8080").status_code == 200
    assert printed == [f"{base_url}/verify/{show_serial(serial)}"] * 2
    assert "Local trial" not in visitor.get(f"/verify/{serial}").text


@pytest.mark.check("T040")
@pytest.mark.parametrize(
    "name",
    [
        "Bob (Builder) \\ <</JS (x)>> %PDF",
        "<b>Bob</b> ../../etc/passwd file:///etc/passwd http://evil.example/x",
        '#read("/etc/passwd") #link("https://evil.example")[x] $x^2$ @ref',
        "عبد الله בן דוד",
        "Z̶a̶l̶g̶o̶ e\u0301e\u0301",
        "W" * 120,
    ],
)
def test_a_hostile_name_is_printed_as_text(app: Flask, visitor: Visitor, serial: str, name: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(db.update(Credential).values(holder_name=name))
    answer = visitor.get(f"/verify/{serial}/certificate.pdf")
    assert answer.status_code == 200
    # Read as a PDF: three bytes such as "/JS" come up by chance in what is compressed.
    reader = pypdf.PdfReader(io.BytesIO(answer.data))
    assert_harmless(reader, f"{visitor.base_url}/verify/{show_serial(serial)}")
    assert "root:" not in text_of(reader)


def test_a_certificate_says_once_what_its_course_is_about(settings: Settings, tmp_path: Path) -> None:
    """In its title, or beside the title of a course that says nothing of it."""
    folder = small.write(tmp_path)
    small.edit(folder, f"courses/{COURSE}/course.yaml", "summary:", "credential_title: Seeing what adds up\nsummary:")
    app = create_app(settings, Library(folder, clock.today, MODELS))
    certify(app, make_account(app))
    visitor = Visitor(app)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()

    def printed() -> str:
        answer = visitor.get(f"/verify/{serial}/certificate.pdf")
        return "".join(text_of(pypdf.PdfReader(io.BytesIO(answer.data))).replace("\u200b", "").split())

    assert "hascompletedthecourseSeeingwhataddsup,and" in printed()
    with app.app_context(), transaction() as session:
        session.execute(db.update(Credential).values(course_title="The small course"))
    assert "hascompletedThesmallcourse,acourseonrecognizingsignsofhumantrafficking,and" in printed()


def test_a_pdf_is_for_whoever_has_the_number_and_always_the_same(visitor: Visitor, serial: str) -> None:
    path = f"/verify/{serial}/certificate.pdf"
    first, second = visitor.get(path), Visitor(visitor.app).get(path)
    assert first.data == second.data
    assert first.headers["Content-Disposition"] == "inline; filename=certificate.pdf"
    assert "Set-Cookie" not in first.headers


def test_the_fingerprint_of_the_content_is_there_for_who_looks_for_it(
    app: Flask, visitor: Visitor, serial: str
) -> None:
    with app.app_context():
        digest = db.session.scalars(select(Credential.course_digest)).one()
    facts, further = visitor.get(f"/verify/{serial}").text.split("</dl>")
    assert digest[:12] not in facts
    assert digest[:12] in further.split("Which content this was")[1].split("</details>")[0]

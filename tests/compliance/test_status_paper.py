"""Training status on paper: the page's numbers, any script, a limit, and a section for each site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typst
from flask import Flask

from tests.compliance.conftest import Training, require
from tests.compliance.paper_rows import DAY, row
from tests.web.papers import read_pdf
from trainer.assignments.rules import Status
from trainer.compliance import status_paper
from trainer.compliance.rules import StatusFilter
from trainer.compliance.status_paper import StatusPaper, draw_status, percent, sheet_of
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.extras.inspectors.paper import draw_inspection
from trainer.web import paper as web_paper

EXPORTS = "/training/exports"


def words(pdf: bytes) -> str:
    return " ".join(read_pdf(pdf).split())


def test_paper_has_the_numbers_and_the_rows_of_the_page(training: Training) -> None:
    acme = training.acme
    alice = acme.enter("alice")
    answer = alice.post(acme.path(EXPORTS), {"form": "pdf"})
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = words(answer.data)
    sentence = re.search(r"\d+ of \d+ people are current\.", alice.get(acme.path("/training")).text)
    assert sentence
    assert sentence[0] in text
    assert "Time left 5 5" in text
    assert "Current 1 1" in text
    for name in ("Alice Able", "Bob Builder", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"):
        assert text.count(name) == 1
    assert re.search(r"Motel 95 1 0 0% .*Harbor Mall 2 1 50% .*In no team 3 0 0%", text)
    with acme.app.app_context():
        event = db.session.query(AuditEvent).filter_by(act="export.training_status").one()
        assert event.details == {"form": "pdf"}


@pytest.mark.on_both
def test_a_filter_narrows_the_rows_and_a_group_leaves_the_numbers(training: Training) -> None:
    acme = training.acme
    alice = acme.enter("alice")
    text = words(alice.post(acme.path(f"{EXPORTS}?group=current&team={acme.harbor}"), {"form": "pdf"}).data)
    assert "Harbor Mall · Current 1 of these 2 people are current." in text
    assert "Bob Builder" in text
    assert "Mark Moe" not in text
    assert "Time left 1 1" in text
    assert "Nobody matches." in words(alice.post(acme.path(f"{EXPORTS}?q=zzz"), {"form": "pdf"}).data)
    assert alice.post(acme.path(f"{EXPORTS}?group=x"), {"form": "pdf"}).status_code == 404
    assert alice.post(acme.path(EXPORTS), {"form": "docx"}).status_code == 422


@pytest.mark.check("T003")
def test_a_site_managers_paper_has_his_teams_alone(training: Training) -> None:
    text = words(training.acme.enter("mark").post(training.acme.path(EXPORTS), {"form": "pdf"}).data)
    assert "Bob Builder" in text
    assert not any(name in text for name in ("Dana Dow", "Motel 95", "Alice Able"))


def test_a_state_that_wants_an_approved_course_is_named_on_paper(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Texas", unapproved_state="Texas")
    text = words(acme.enter("alice").post(acme.path(EXPORTS), {"form": "pdf"}).data)
    assert "Texas requires an approved course. This course is not approved." in text


def test_any_script_is_printed_and_what_no_font_has_is_a_box(app: Flask) -> None:
    names = [
        "Åse Ólafs",
        "José María",
        "नेहा शर्मा",
        "שרה",
        "Nur \U0001f338 Ali",
        "日本",
        "=SUM(1)",
        "#let x = 1",
        "A" * 90,
    ]
    with app.app_context():
        paper = StatusPaper("Acme *Security*", DAY, [], [row(name=name) for name in names])
        text = words(draw_status(paper))
    for name in ("Åse Ólafs", "José María", "שרה", "Nur □ Ali", "□□", "=SUM(1)", "#let x = 1", "Acme *Security*"):
        assert name in text


def test_thousands_of_strange_letters_take_a_few_compilations(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, compiler = [], web_paper._compiler

    def counted(template: Path) -> typst.Compiler:
        asked.append(template)
        return compiler(template)

    monkeypatch.setattr(web_paper, "_compiler", counted)
    hangul = [chr(0xAC00 + number) for number in range(3000)]
    names = ["".join(hangul[place : place + 5]) for place in range(0, 3000, 5)]
    with app.app_context():
        text = words(draw_status(StatusPaper("Acme", DAY, [], [row(name=f"Ann Ա {name}") for name in names])))
        inspection = draw_inspection("Acme", DAY, "-", [], [row(name=name) for name in names], {}, [], DAY)
    assert len(asked) == 6
    assert text.count("Ann Ա □□□□□") == words(inspection).count("□□□□□") == 600


def test_a_letter_with_a_mark_of_another_font_is_boxes(app: Flask) -> None:
    with app.app_context():
        text = words(draw_status(StatusPaper("Acme", DAY, [], [row(name="Ann \u0939\u0654\u05bd")])))
    assert "Ann □" in text


def test_paper_ends_after_so_many_rows_and_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_paper, "MOST_ROWS", 3)
    rows = [row(name=f"Person {number}", teams=("A" if number < 3 else "B",)) for number in range(5)]
    with app.app_context():
        (section,) = sheet_of(StatusPaper("Acme", DAY, [], rows))["sections"]
        assert (len(section["rows"]), section["more"][:38]) == (3, "2 more rows aren’t in this PDF. The CS")
        sections = sheet_of(StatusPaper("Acme", DAY, [], rows, has_sections=True))["sections"]
        assert [(len(part["rows"]), part["more"][:6]) for part in sections] == [(3, ""), (0, "2 more")]


def test_each_site_has_a_section_with_what_is_urgent_first(app: Flask) -> None:
    rows = [
        row(name="Ada", teams=("Gate",), status=Status.CURRENT),
        row(name="Zoe", teams=("Gate",), status=Status.OVERDUE),
        row(name="Bo", teams=("Port",), status=Status.CURRENT),
        row(name="Cy", status=Status.WAIVED, waived_until=DAY),
    ]
    with app.app_context():
        sheet = sheet_of(StatusPaper("Acme", DAY, [], rows, StatusFilter(), has_sections=True))
    assert [(part["title"], [line["name"] for line in part["rows"]]) for part in sheet["sections"]] == [
        ("Gate", ["Zoe", "Ada"]),
        ("Port", ["Bo"]),
        ("In no team", ["Cy"]),
    ]
    assert sheet["sections"][0]["said"].startswith("1 of these 2 people are current.")
    assert sheet["sections"][2]["rows"][0]["until"] == "until Nov 26, 2026"


@pytest.mark.parametrize(
    ("number", "of", "share"), [(0, 0, "–"), (0, 9, "0%"), (1, 900, "1%"), (899, 900, "99%"), (2, 3, "67%")]
)
def test_all_and_none_are_said_of_all_and_none_alone(app: Flask, number: int, of: int, share: str) -> None:
    with app.app_context():
        assert percent(number, of) == share

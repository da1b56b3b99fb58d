"""What people take along, read in the second language, holds no word of ours that isn't marked for translation."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.browser.sent import left_by_a_program
from tests.cast import approve, make_class
from tests.compliance.paper_rows import row
from tests.credentials.files import FACTS, URL
from tests.languages import ON_PAPER, PSEUDO, pseudo, speak_pseudo
from tests.web.test_marked_words import unmarked_in, words_of_content
from tests.web.world import World
from trainer.assignments.rules import Status
from trainer.compliance.status_paper import StatusPaper, Week, draw_status
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db
from trainer.core.work import Job
from trainer.courses.papers import draw_card, draw_observation
from trainer.credentials.certificate import render_certificate
from trainer.instructing import posters as classes
from trainer.jobs.work import advance
from trainer.organizations import posters as firms
from trainer.organizations.rules import local_day

pytestmark = pytest.mark.slow

ROLES = {pseudo(role) for role in ("owner", "manager", "instructor", "member")}
TABLES = (
    "/organizations/{organization_id}/training/exports",
    "/organizations/{organization_id}/audit/export",
    "/cohorts/{cohort_id}/exports",
    "/cohorts/{cohort_id}/misreads/exports",
    "/cohorts/{cohort_id}/sessions/exports",
)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def is_marked(text: str) -> bool:
    return text.startswith("«") and text.endswith("»")


@pytest.mark.parametrize("path", TABLES)
def test_tables_have_heads_in_the_language_of_whoever_takes_them_along(world: World, path: str) -> None:
    speak_pseudo(world.app)
    alice, values = world.enter("owner"), dict(world.values)
    if "misreads" in path:  # which a firm's owner doesn't see of its classes
        approve(world.app, world.people["owner"])
        values["cohort_id"] = str(make_class(world.app, world.people["owner"], None))
    address = path.format(**values)
    for form in ("csv", "xlsx") if "audit" not in path else ("csv",):
        answer = alice.post(address, {"form": form}, headers={"Accept-Language": PSEUDO})
        assert answer.status_code == 200
        heads: Sequence[object] = rows_of(answer.data)[0] if form == "csv" else []
        if form == "xlsx":
            heads = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()[0]
        assert [head for head in heads if not is_marked(str(head))] == []


@pytest.mark.on_both
def test_a_pack_is_in_the_language_of_whoever_ordered_it(world: World) -> None:
    speak_pseudo(world.app)
    alice, packs = world.enter("owner"), f"/organizations/{world.values['organization_id']}/evidence-packs"
    day = local_day("America/New_York", clock.now())
    alice.post(packs, {"as_of": day.isoformat()}, headers={"Accept-Language": ON_PAPER})
    with world.app.app_context():
        while advance():
            pass
        number = next(one.id for one in db.session.scalars(select(Job)) if one.details["language"] == ON_PAPER)
    answer = alice.get(f"{packs}/{number}.zip", headers={"Accept-Language": "en"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        for name in pack.namelist():
            if name.endswith(".csv"):
                heads, *rows = rows_of(pack.read(name))
                assert [head for head in heads if not is_marked(head)] == [], name
                if name == "roster.csv":
                    assert {row[4] for row in rows} <= ROLES
                    assert rows
        assert pack.read("README.txt").decode().startswith(pseudo("Training records of Acme Security"))
        certificates = [name for name in pack.namelist() if name.startswith("certificates/")]
        assert certificates
        assert pseudo("Certificate of completion") in read_pdf(pack.read(certificates[0])).replace("\n", " ")


def test_a_sign_in_sheet_is_in_the_language_of_whoever_prints_it(world: World) -> None:
    speak_pseudo(world.app)
    path = "/cohorts/{cohort_id}/sessions/{class_session_id}/sheet.pdf".format(**world.values)
    text = read_pdf(world.enter("owner").get(path, headers={"Accept-Language": ON_PAPER}).data).replace("\n", " ")
    for words in ("Sign-in sheet", "Name", "Signature", "Instructor’s name (print)"):
        assert pseudo(words) in text, words


def read_pdf(data: bytes) -> str:
    """Return the text of a PDF in the order in which it was set."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


def papers(shelf: Library) -> dict[str, bytes]:
    """Return all that is printed."""
    here, site, day = shelf.content, "https://training.example.org", dt.date(2026, 11, 1)
    cohort: Any = SimpleNamespace(
        title="Night crew", code="ABCDEFGH", ends_on=day, created_at=clock.now(), takes_notes=True
    )
    found = {venue: draw_card(here, card, f"{site}/cards/{venue}") for venue, card in here.cards.items()}
    for shows_answers in (True, False):
        cohort.shows_answers = shows_answers
        found[f"class {shows_answers}"] = classes.draw_poster(cohort, f"{site}/classes/ABCD-EFGH")
    status = [row(name="Олена", teams=("Київ",)), row(name="Тарас", status=Status.WAIVED, waived_until=day)]
    stated = replace(FACTS, is_local_trial=True, unapproved_states=("Texas",))
    return found | {
        "observation": draw_observation(here, f"{site}/observation"),
        "firm": firms.draw(
            [firms.firm_poster("Acme Security", "ABCD-EFGH", f"{site}/join/ABCD-EFGH", day, site="North Gate")], day
        ),
        "status": draw_status(StatusPaper("Acme Security", day, [], status, trend=[Week(day, 2, 1)])),
        "sites": draw_status(StatusPaper("Acme Security", day, [], status, has_sections=True)),
        "certificate": render_certificate(stated, URL, here.site.name, here.vocabulary),
        "sample": render_certificate(stated, None, here.site.name, here.vocabulary),
    }


NOT_OURS = {
    *(
        "Would you recognize it?",
        "Acme Security",
        "North Gate",
        "Night crew",
        "ABCD-EFGH",
        FACTS.holder_name,
        FACTS.course_title,
    ),
    *("0.1 (Pilot edition)", "National Human Trafficking Hotline: 1-888-373-7888", "org/observation"),
}


def test_paper_holds_nothing_that_is_not_marked(app: Flask, shelf: Library) -> None:
    speak_pseudo(app)
    values, words = words_of_content()
    found = {}
    with app.test_request_context(), force_locale(ON_PAPER):
        for name, data in papers(shelf).items():
            assert b"/Lang (uk)" in data or b"/Lang(uk)" in data
            if left := [one for one in _left(data) if one not in NOT_OURS | values and one.strip('"') not in words]:
                found[name] = left
    assert found == {}


def _left(data: bytes) -> Iterator[str]:
    """Yield what stands outside all brackets, but for addresses, numbers of certificates and marks of lists."""
    text = re.sub(r"https?://\S+|[0-9A-Z]{5}(-[0-9A-Z]{1,5}){5}|^• ", "", read_pdf(data), flags=re.MULTILINE)
    yield from unmarked_in(text.splitlines())


def test_no_paper_shows_what_only_a_program_understands(app: Flask, shelf: Library, world: World) -> None:
    with app.test_request_context():
        drawn = papers(shelf)
    path = "/cohorts/{cohort_id}/sessions/{class_session_id}/sheet.pdf".format(**world.values)
    drawn["sheet"] = world.enter("owner").get(path).data
    found = {name: left_by_a_program(read_pdf(data).splitlines()) for name, data in drawn.items()}
    assert {name: left for name, left in found.items() if left} == {}

"""What people take along, read in the second language, holds no word of ours that isn't marked for translation."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from flask_babel import force_locale
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.browser.sent import left_by_a_program
from tests.cast import approve, make_class
from tests.credentials.files import FACTS
from tests.languages import ON_PAPER, PSEUDO, pseudo, speak_pseudo
from tests.web.marked import unmarked_in, words_of_content
from tests.web.papers import papers, read_pdf
from tests.web.world import World
from trainer.content.library import Library
from trainer.content.quotes import straight
from trainer.core import clock
from trainer.core.db import db
from trainer.core.work import Job
from trainer.courses.papers import whose
from trainer.jobs.work import advance
from trainer.organizations.rules import local_day

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
    path = world.path("meetings.sheet", {"cohort_id", "class_session_id"})
    text = read_pdf(world.enter("owner").get(path, headers={"Accept-Language": ON_PAPER}).data).replace("\n", " ")
    for words in ("Sign-in sheet", "Name", "Signature", "Instructor’s name (print)"):
        assert pseudo(words) in text, words


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
    values |= {whose(shelf.content.site.name, shelf.content)}
    found = {}
    with app.test_request_context(), force_locale(ON_PAPER):
        for name, data in papers(shelf).items():
            assert b"/Lang (uk)" in data or b"/Lang(uk)" in data
            left = [straight(one) for one in _left(data)]
            if left := [one for one in left if one not in NOT_OURS | values and one.strip('"') not in words]:
                found[name] = left
    assert found == {}


def _left(data: bytes) -> Iterator[str]:
    """Yield what stands outside all brackets, but for addresses, numbers of certificates and marks of lists."""
    text = re.sub(r"https?://\S+|[0-9A-Z]{5}(-[0-9A-Z]{1,5}){5}|^• ", "", read_pdf(data), flags=re.MULTILINE)
    yield from unmarked_in(text.splitlines())


def test_no_paper_shows_what_only_a_program_understands(app: Flask, shelf: Library, world: World) -> None:
    with app.test_request_context():
        drawn = papers(shelf)
    path = world.path("meetings.sheet", {"cohort_id", "class_session_id"})
    drawn["sheet"] = world.enter("owner").get(path).data
    found = {name: left_by_a_program(read_pdf(data).splitlines()) for name, data in drawn.items()}
    assert {name: left for name, left in found.items() if left} == {}

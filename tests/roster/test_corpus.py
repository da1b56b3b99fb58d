"""Each file of the corpus goes through the pages as its firm would send it: what is imported is what was expected.

The expectations were written by someone who had read the page that asks for a roster, and not the code behind it.
"""

from __future__ import annotations

import html
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import make_settings
from tests.organizations.conftest import Acme, make_acme
from tests.remembered import remembered
from tests.roster.corpus import cells, exports, foreign, letters, payroll, sheets
from tests.roster.corpus.case import Case
from tests.support import Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.db import db
from trainer.organizations.models import Membership, Team, TeamMembership

CASES = [case for module in (payroll, letters, cells, sheets, foreign, exports) for case in module.CASES]


@dataclass
class Outcome:
    """What came of a file."""

    error: str = ""
    choices: list[str] = field(default_factory=list)
    """What the firm was asked."""
    refused: list[str] = field(default_factory=list)
    """The reasons of rows that were left out."""
    plan: str = ""
    people: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    seconds: float = 0


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, template_database: object, shelf: Library) -> Iterator[Flask]:
    """Return an app that serves all files, each on a database of its own."""
    folder = tmp_path_factory.mktemp("corpus")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'trainer.db'}"), shelf)
    (folder / "trainer.db").write_bytes(template_database.read_bytes())  # type: ignore[attr-defined]
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def firm(pages: Flask) -> Acme:
    """Return Acme Security as it is before anything is sent."""
    return replace(remembered("acme", pages, lambda: make_acme(pages)), app=pages)


def drive(firm: Acme, case: Case) -> Outcome:
    """Send a file and confirm it, with the choices that its firm makes if it is asked."""
    visitor, outcome = firm.enter("alice"), Outcome()
    sent, before = case.sent(), _roster(firm)
    form: dict[str, object] = {"file": (io.BytesIO(sent), case.filename)} if case.filename else {"text": sent.decode()}
    begun = time.process_time()
    answer = visitor.post(firm.path("/roster"), form)
    if answer.status_code == 303:
        draft = answer.headers["Location"]
        _choose(visitor, draft, case, outcome)
        _confirm(visitor, draft, outcome)
    else:
        assert answer.status_code in (413, 422), answer.status_code
        outcome.error = _alert(answer.text)
    outcome.seconds = time.process_time() - begun
    after = _roster(firm)
    outcome.people = sorted(line for key, line in after.items() if key not in before)
    outcome.gone = sorted(line.split("|")[0] for key, line in before.items() if key not in after)
    return outcome


def _choose(visitor: Visitor, draft: str, case: Case, outcome: Outcome) -> None:
    page = visitor.get(draft, follow_redirects=True)
    if case.sheet:
        outcome.choices.append("sheet")
        assert case.sheet in page.text
        visitor.post(f"{draft}/sheet", {"sheet": case.sheet})
        page = visitor.get(draft, follow_redirects=True)
    if case.reading:
        outcome.choices.append("reading")
        visitor.post(f"{draft}/reading", {"coding": case.reading})
        page = visitor.get(draft, follow_redirects=True)
    if "step 2 of 3" in page.text:
        outcome.choices.append("columns")
        answer = visitor.post(f"{draft}/columns", _columns(page.text, case))
        assert answer.status_code == 303, _alert(answer.text)


def _columns(page: str, case: Case) -> dict[str, str]:
    fields = {"remembers": "y"}
    rows = re.findall(
        r'<th scope="row"><bdi>([^<]*)</bdi>.*?<select id="[^"]*" name="([^"]*)">(.*?)</select>', page, re.S
    )
    for heading, name, options in rows:
        guess = re.search(r'<option selected value="([^"]*)"', options)
        fields[name] = case.columns.get(html.unescape(heading), guess[1] if guess else "")
    order = re.search(r'name="order" value="(\w+)"\s*checked', page)
    return fields | ({"order": case.order or order[1]} if order else {})


def _confirm(visitor: Visitor, draft: str, outcome: Outcome) -> None:
    page = visitor.get(draft).text
    outcome.plan = _words(page)
    outcome.refused = [_words(row) for row in re.findall(r"<tr>.*?</tr>", page, re.S) if "chip late" in row]
    form: dict[str, object] = {
        "digest": visitor.field("digest"),
        "shown": re.findall(r'name="shown" value="(\d+)"', page),
        "taken": re.findall(r'name="taken" value="(\d+)" checked', page),
    }
    if 'name="leaves_out"' in page:
        outcome.choices.append("left out")
        form["leaves_out"] = "y"
    answer = visitor.post(f"{draft}/confirmation", form)
    outcome.error = "" if answer.status_code == 303 else _alert(answer.text)


def _alert(page: str) -> str:
    return _words("".join(re.findall(r'<[^>]*role="alert".*?</div>', page, re.S)))


def _words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def _roster(firm: Acme) -> dict[UUID, str]:
    with firm.app.app_context():
        teams: dict[UUID, list[str]] = {}
        for membership_id, name in db.session.execute(
            select(TeamMembership.membership_id, Team.name).join(Team, Team.id == TeamMembership.team_id)
        ):
            teams.setdefault(membership_id, []).append(name)
        people = db.session.scalars(
            select(Membership).where(Membership.organization_id == firm.id, Membership.ended_at.is_(None))
        )
        return {person.id: _line(person, sorted(teams.get(person.id, []))) for person in people}


def _line(person: Membership, teams: list[str]) -> str:
    facts = (person.name, person.email, person.employee_number, "; ".join(teams), person.job_title, person.hired_on)
    return "|".join(str(fact or "") for fact in facts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_file_becomes_what_was_expected(case: Case, firm: Acme) -> None:
    outcome = drive(firm, case)
    assert re.search(case.refusal, outcome.error) if case.refusal else not outcome.error, outcome
    assert outcome.people == case.expected(), outcome
    assert outcome.gone == sorted(case.gone), outcome
    assert len(outcome.refused) <= case.left_out, outcome
    assert len(outcome.choices) <= (2 if case.order else 1), outcome
    for sentence in case.says:
        assert re.search(sentence, outcome.plan), outcome.plan
    assert outcome.seconds < 3

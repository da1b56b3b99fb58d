"""The same request once more, in order or at once: done once, and the repeated one says what the first did."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import answer_all, make_account, make_ready, sign_in_as, start_final
from tests.live import all_at_once, serving
from tests.organizations.conftest import Acme, acme
from tests.roster.uploads import GOOD, SAME, look
from tests.support import COURSE
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.learning.operations import tighten
from trainer.learning.rules import RequiredConditions
from trainer.organizations.models import Invitation, Membership, Team, TeamMembership
from trainer.roster.models import RosterDraft

pytestmark = pytest.mark.on_both

__all__ = ["acme"]

AT_ONCE = 32
WRITTEN = (Membership, Team, TeamMembership, Invitation, OutboxMessage, AuditEvent)


def rows(app: Flask, *records: type[Base]) -> list[list[tuple[object, ...]]]:
    """Return all that is in some tables."""
    with app.app_context():
        return [
            sorted((tuple(row) for row in db.session.execute(select(*record.__table__.columns))), key=repr)
            for record in records
        ]


def count(app: Flask, record: type[Base]) -> int:
    """Return how many there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record)) or 0


@pytest.mark.check("T115")
@pytest.mark.parametrize("wrong", [0, 99])
def test_handing_in_again_says_what_the_first_time_did(app: Flask, wrong: int) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt_id = start_final(app, bob)
    answer_all(app, attempt_id, wrong=wrong)
    visitor, path = sign_in_as(app, bob), f"/attempts/{attempt_id}"
    first = visitor.post(f"{path}/submission")
    said, before = visitor.get(f"{path}/result").text, rows(app, Attempt, Response, Credential, Enrollment)
    for fields in ({}, {"scenes": "8"}, {"scenes": "1"}, {"scenes": "999"}):
        again = visitor.post(f"{path}/submission", fields)
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
        assert visitor.get(f"{path}/result").text == said
    assert rows(app, Attempt, Response, Credential, Enrollment) == before
    assert count(app, Credential) == (not wrong)


@pytest.mark.check("T115")
def test_signing_and_naming_again_issues_nothing_more(app: Flask, settings: Settings) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    attempt_id = start_final(app, bob)
    answer_all(app, attempt_id)
    with app.app_context(), transaction() as session:
        asked = RequiredConditions(0, is_paced=False, attestation="I did it.")
        tighten(session.scalars(select(Enrollment)).one(), served().courses[COURSE], asked)
    visitor = sign_in_as(app, bob)
    visitor.post(f"/attempts/{attempt_id}/submission")
    assert count(app, Credential) == 0
    path, fields = f"/courses/{COURSE}/attestation", {"csrf_token": visitor.token(), "attested_as": "Bob Builder"}
    with serving(settings, is_web_alone=True) as address:
        answers = all_at_once(address, [(path, fields, visitor.cookie())] * AT_ONCE)
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    before = rows(app, Credential, Enrollment)
    assert count(app, Credential) == 1
    for _time in range(2):
        again = visitor.post(path, {"attested_as": "Someone Else"})
        assert (again.status_code, again.headers["Location"]) == answers[0]
    assert rows(app, Credential, Enrollment) == before
    assert count(app, Credential) == 1


@pytest.mark.check("T115")
def test_a_roster_confirmed_many_times_is_written_once(acme: Acme, settings: Settings) -> None:
    app, visitor = acme.app, acme.enter("alice")
    people, sent = count(app, Membership), count(app, Invitation)
    path = look(visitor, acme, GOOD)
    fields = {"digest": visitor.field("digest"), "has_mail": "y", **SAME, "csrf_token": visitor.token()}
    with serving(settings, is_web_alone=True) as address:
        answers = all_at_once(address, [(f"{path}/confirmation", fields, visitor.cookie())] * AT_ONCE)
    assert (303, path) in answers
    assert set(answers) <= {(303, path), (503, "")}  # one browser has few long requests at once
    assert (count(app, Membership), count(app, Invitation)) == (people + 1, sent + 1)
    said, before = visitor.get(path).text, rows(app, *WRITTEN, RosterDraft)
    assert "The roster is imported" in said
    with app.app_context(), transaction() as session:  # what someone changes afterwards isn't changed back
        pat = session.scalars(select(Membership).where(Membership.email_key == "pat@example.org")).one()
        pat.job_title = "Supervisor"
    changed = rows(app, Membership)
    for other in ({}, {"digest": "another"}):
        again = visitor.post(f"{path}/confirmation", {**fields, **other})
        assert (again.status_code, again.headers["Location"]) == (303, path)
        assert visitor.get(path).text == said
    assert rows(app, Membership) == changed
    assert rows(app, *WRITTEN[1:], RosterDraft) == before[1:]


@pytest.mark.check("T115")
def test_two_people_who_confirm_the_same_list_at_once_bring_everyone_in_once(acme: Acme, settings: Settings) -> None:
    app, alice, mona = acme.app, acme.enter("alice"), acme.enter("mona")
    people = count(app, Membership)
    text = "name,e-mail\n" + "".join(f"P {number},p{number}@example.org\n" for number in range(50))
    requests, paths = [], set()
    for visitor in (alice, mona):
        path = look(visitor, acme, text)
        fields = {"digest": visitor.field("digest"), "has_mail": "y", "csrf_token": visitor.token()}
        requests += [(f"{path}/confirmation", {**fields, "shown": "2", "taken": "2"}, visitor.cookie())] * 4
        paths.add(path)
    with serving(settings, is_web_alone=True) as address:
        answers = all_at_once(address, requests)
    assert {status for status, _to in answers} == {303, 409}
    assert len({to for status, to in answers if status == 303}) == 1
    assert count(app, Membership) == people + 50

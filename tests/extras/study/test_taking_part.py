"""Agreeing, the lot, waiting, the second form, and stopping."""

from __future__ import annotations

import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment import before
from tests.cast import certify, make_account, sign_in_as
from tests.extras.study.cast import BEGINS, Studied, close_it, make_trial
from tests.support import COURSE, Visitor
from trainer.accounts.operations import confirm_address
from trainer.accounts.queries import get_user
from trainer.assessment.check_ins import other_form
from trainer.assessment.models import Attempt, Response
from trainer.assessment.rules import Kind
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.extras.study import emails
from trainer.extras.study.models import TrialPerson
from trainer.extras.study.tasks import remind_of_second_forms

MONTH_LATER = "2026-12-22T15:00:00Z"
AGREES = {"agrees": "y"}


@pytest.fixture
def studied(rich_app: Flask) -> Studied:
    with time_machine.travel(BEGINS):
        return make_trial(rich_app)


def page(visitor: Visitor, studied: Studied) -> str:
    return visitor.get(f"/studies/{studied.trial}").text


@time_machine.travel(BEGINS)
def test_someone_who_is_invited_reads_what_it_means_agrees_and_judges(studied: Studied) -> None:
    visitor = studied.enter(0)
    assert "Your firm invites you to a study" in visitor.get("/me").text
    text = page(visitor, studied)
    for told in ("You don’t have to take part", "You can stop at any time", "Never who", "Dr. Roe", "ethics board"):
        assert told in text
    assert "No decision has been entered" in text
    assert visitor.post(f"/studies/{studied.trial}/participation").status_code == 422
    begun = visitor.post(f"/studies/{studied.trial}/participation", AGREES)
    assert re.fullmatch(r"/attempts/[0-9a-f-]+", begun.headers["Location"])
    for guard in range(1, 8):
        studied.judge_first(guard)
    with studied.app.app_context():
        forms = db.session.execute(
            select(TrialPerson.form, Attempt.rule).join(Attempt, Attempt.user_id == TrialPerson.user_id)
        ).all()
        assert len(forms) == 8
        assert [row.form for row in forms] == [row.rule["form"] for row in forms]


@time_machine.travel(BEGINS)
def test_nobody_learns_the_group_before_the_first_form_is_handed_in(studied: Studied) -> None:
    visitor = studied.enter(0)
    visitor.post(f"/studies/{studied.trial}/participation", AGREES)
    assert "The lot put you" not in page(visitor, studied) + visitor.get("/me").text


@time_machine.travel(BEGINS)
def test_only_people_at_the_firm_who_have_not_begun_can_agree(studied: Studied) -> None:
    stranger = sign_in_as(studied.app, make_account(studied.app, "charlie@example.org"))
    assert stranger.get(f"/studies/{studied.trial}").status_code == 404
    assert stranger.post(f"/studies/{studied.trial}/participation", AGREES).status_code == 404
    begun = studied.enter(0)
    begun.enroll()
    assert "invites you to a study" in begun.get(f"/courses/{COURSE}/pretest").text
    begun.post(f"/courses/{COURSE}/pretests")
    assert begun.get(f"/studies/{studied.trial}").status_code == 404
    assert begun.post(f"/studies/{studied.trial}/participation", AGREES).status_code == 404


@pytest.mark.parametrize(("arm", "waits"), [("later", True), ("now", False)])
def test_one_group_waits_and_the_other_takes_the_course(studied: Studied, arm: str, waits: bool) -> None:
    with time_machine.travel(BEGINS):
        visitor = studied.enter(studied.in_group(arm))
        for path in ("/me", f"/courses/{COURSE}"):
            assert ("Your group in the study starts this course on" in visitor.get(path).text) is waits
        assert ("takes the course later" in page(visitor, studied)) is waits
        assert visitor.post(f"/studies/{studied.trial}/second-form").status_code == 409


@pytest.mark.on_both
@pytest.mark.parametrize("arm", ["later", "now"])
def test_both_groups_judge_the_other_form_and_nobody_is_asked_it_again(studied: Studied, arm: str) -> None:
    with time_machine.travel(BEGINS):
        guard = studied.in_group(arm)
    with time_machine.travel(MONTH_LATER):
        visitor = studied.enter(guard)
        assert "The second set of scenes of the study is open until" in visitor.get(f"/courses/{COURSE}").text
        attempt = visitor.post(f"/studies/{studied.trial}/second-form").headers["Location"]
        assert visitor.post(f"/studies/{studied.trial}/second-form").headers["Location"] == attempt
        studied.judge_second(guard, wrong=1)
        counts = visitor.get(f"{attempt}/result", follow_redirects=True).text
        assert "Done. Your answers are kept." in counts
        assert "You judged" not in counts
        certify(studied.app, studied.guards[guard])
        counts = visitor.get(f"{attempt}/result", follow_redirects=True).text
        assert f"You judged {before.SCENES - 1} of {before.SCENES} as the rule does." in counts
        assert visitor.get(f"{attempt}/scenes/1").status_code == 404
        assert "Your group in the study" not in visitor.get(f"/courses/{COURSE}").text
    with studied.app.app_context():
        asked = select(Response.item, Attempt.kind).join(Attempt, Attempt.id == Response.attempt_id)
        rows = db.session.execute(
            asked.where(Attempt.user_id == studied.guards[guard], Attempt.kind != Kind.FINAL)
        ).all()
        assert len({row.item for row in rows}) == len(rows) == 2 * before.SCENES
        assert other_form(studied.guards[guard], served()) == []


def test_whoever_stops_waits_for_nothing_and_the_firm_reads_nothing_of_it(studied: Studied) -> None:
    with time_machine.travel(BEGINS):
        guard = studied.in_group("later")
        visitor = studied.enter(guard)
        assert "isn’t told" in visitor.get(f"/studies/{studied.trial}/withdrawal").text
        visitor.post(f"/studies/{studied.trial}/withdrawal")
        assert "You no longer take part" in page(visitor, studied)
        assert "Your group in the study" not in visitor.get(f"/courses/{COURSE}").text
    with studied.app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.actor_id == studied.guards[guard]))
        assert not [act for act in acts if act.startswith("trial")]


def test_nobody_waits_once_the_study_is_closed(studied: Studied) -> None:
    with time_machine.travel(BEGINS):
        guard = studied.in_group("later")
        close_it(studied)
        assert "Your group in the study" not in studied.enter(guard).get(f"/courses/{COURSE}").text
        assert studied.enter(7).get(f"/studies/{studied.trial}").status_code == 404


@time_machine.travel(BEGINS)
def test_the_lot_of_each_site_follows_the_order_in_which_people_agree(studied: Studied) -> None:
    for guard in range(3):
        studied.judge_first(guard)
    with studied.app.app_context():
        rows = db.session.execute(select(TrialPerson.site, TrialPerson.place).order_by(TrialPerson.agreed_at)).all()
    sites = [row.site for row in rows]
    assert sorted(row.place for row in rows if row.site == sites[0]) == list(range(sites.count(sites[0])))
    assert len(set(sites)) == 2


@pytest.mark.on_both
def test_one_mail_says_that_the_second_form_is_open_and_names_no_firm(studied: Studied) -> None:
    app = studied.app
    with app.app_context(), transaction():
        for number in (0, 1):
            confirm_address(get_user(studied.guards[number]), clock.now())
    with time_machine.travel(BEGINS):
        for guard in range(3):
            studied.judge_first(guard)
        studied.enter(1).post(f"/studies/{studied.trial}/withdrawal")
    for day in ("2026-12-20", "2026-12-22", "2026-12-23"):
        with time_machine.travel(f"{day}T16:00:00Z"), app.app_context():
            list(remind_of_second_forms())
            mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "study-second")).all()
            assert len(mails) == (0 if day == "2026-12-20" else 1)
    with time_machine.travel("2026-12-23T16:00:00Z"), app.test_request_context():
        written = emails.write(mails[0])
        assert written is not None
        assert f"/studies/{studied.trial}" in written.text
        assert "Acme" not in written.text + written.subject
    with time_machine.travel("2026-12-24T16:00:00Z"):
        studied.judge_second(0)
        with app.test_request_context():
            assert emails.write(mails[0]) is None

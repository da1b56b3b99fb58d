"""A firm's side: off until allowed, what is frozen, due days that tell nothing, and how many take part."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, make_account, make_firm, put_on_roster, sign_in_as
from tests.compliance.conftest import require
from tests.extras.study.cast import BEGINS, LAST_DAY, Studied, close_it, make_trial, open_it
from tests.support import COURSE
from trainer.assignments.models import Assignment
from trainer.assignments.upkeep import keep_duties
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.study.models import TrialProtocol
from trainer.extras.study.rules import earliest_due
from trainer.organizations.models import Organization
from trainer.organizations.rules import Role

FACTS = {"course": COURSE, "contact": "Dr. Roe, 207-555-0100", "enroll_until": LAST_DAY.isoformat()}


@pytest.fixture
def studied(rich_app: Flask) -> Studied:
    with time_machine.travel(BEGINS):
        return make_trial(rich_app, is_open=False)


def due_days(studied: Studied) -> list[dt.date]:
    with studied.app.app_context():
        return list(db.session.scalars(select(Assignment.due_on).order_by(Assignment.id)))


def upkeep(studied: Studied) -> None:
    with studied.app.app_context(), transaction():
        firm = db.session.get_one(Organization, studied.firm)
        keep_duties(firm, served().courses, clock.now(), None)


def protocols(studied: Studied) -> list[TrialProtocol]:
    with studied.app.app_context():
        return list(db.session.scalars(select(TrialProtocol).order_by(TrialProtocol.version)))


@time_machine.travel(BEGINS)
def test_there_is_no_study_until_an_administrator_allows_one(studied: Studied) -> None:
    other = make_firm(studied.app, studied.alice, "Other Security")
    assert studied.own().get(f"/organizations/{other}/study").status_code == 404
    assert studied.own().get(studied.path()).status_code == 200
    assert "/study" in studied.own().get(f"/organizations/{studied.firm}/settings").text
    assert "/study" not in studied.own().get(f"/organizations/{other}/settings").text
    assert "study" not in studied.enter(0).get("/me").text


@time_machine.travel(BEGINS)
def test_an_owner_sets_it_up_and_opens_it(studied: Studied) -> None:
    owner = studied.own()
    assert owner.post(studied.path("/opening")).status_code == 409
    assert owner.post(studied.path("/facts"), FACTS | {"enroll_until": "2026-11-22"}).status_code == 422
    assert owner.post(studied.path("/facts"), FACTS).status_code == 303
    asked = owner.get(studied.path("/opening")).text
    assert "No decision of an ethics board is entered" in asked
    assert "doesn’t excuse anyone" in asked
    assert owner.post(studied.path("/opening")).status_code == 303
    assert "invites you to a study" in studied.enter(0).get("/me").text
    assert studied.enter(0).get(studied.path()).status_code == 404


@time_machine.travel(BEGINS)
def test_the_protocol_is_frozen_and_a_change_is_a_new_version(studied: Studied) -> None:
    open_it(studied)
    owner = studied.own()
    first = owner.get(studied.path("/protocol-1.txt"))
    assert first.text.count("(empty: to be filled in by a person)") == 2
    for said in ("134 people", "permuted blocks", "no more than 5 percentage points", "difference > 0", "No look at"):
        assert said in first.text.replace("\n", " ")
    owner.post(studied.path("/facts"), FACTS)
    assert len(protocols(studied)) == 1  # nothing was changed
    owner.post(studied.path("/facts"), FACTS | {"registry_number": "NCT00000000"})
    one, two = protocols(studied)
    assert one.digest == hashlib.sha256(first.data).hexdigest() != two.digest
    assert "NCT00000000" in two.text
    assert "NCT00000000" not in owner.get(studied.path("/protocol-1.txt")).text
    assert owner.get(studied.path("/protocol-3.txt")).status_code == 404


@time_machine.travel(BEGINS)
def test_the_protocol_as_a_pdf_says_its_digest(studied: Studied, tmp_path: Path) -> None:
    open_it(studied)
    (tmp_path / "protocol.pdf").write_bytes(studied.own().get(studied.path("/protocol-1.pdf")).data)
    words = subprocess.run(
        ["pdftotext", str(tmp_path / "protocol.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert protocols(studied)[0].digest in words
    assert "Version 1, frozen on 2026-11-23 (UTC)" in words
    assert "Stopping" in words


@pytest.mark.on_both
@time_machine.travel(BEGINS)
def test_due_days_move_for_everyone_alike_and_stay(studied: Studied) -> None:
    require(studied.app, studied.alice, studied.firm, days_allowed=5)
    before, floor = due_days(studied), earliest_due(LAST_DAY)
    assert max(before) < floor
    open_it(studied)
    for guard in range(4):
        studied.judge_first(guard)
    assert set(due_days(studied)) == {floor}
    newcomer = make_account(studied.app, "newcomer@example.org")
    put_on_roster(studied.app, studied.firm, newcomer, email="newcomer@example.org")
    require(studied.app, studied.alice, studied.firm, days_allowed=400)
    upkeep(studied)
    assert {day for day in due_days(studied) if day <= floor} == {floor}
    close_it(studied)
    upkeep(studied)
    assert min(due_days(studied)) == floor


def test_whoever_waits_is_not_overdue_and_looks_like_anyone_who_has_not_gone_on(studied: Studied) -> None:
    with time_machine.travel(BEGINS):
        require(studied.app, studied.alice, studied.firm, days_allowed=5)
        open_it(studied)
        waiting = studied.in_group("later")
        studied.judge_alone(7)
    with time_machine.travel("2026-12-20T15:00:00Z"):
        upkeep(studied)
        owner = studied.own()
        rows = owner.get(f"/organizations/{studied.firm}/training").text.split("<tr")
        told = [
            re.sub(r"Guard \d|[0-9a-f-]{36}|Harbor Mall|Motel 95", "", row.partition("</tr>")[0])
            for row in rows
            if f"Guard {waiting}" in row or "Guard 7" in row
        ]
        assert len(told) == 2
        assert told[0] == told[1]
        assert "Not started, due" in told[0]
        assert "Was due" not in told[0]
        assert "Guard" not in owner.get(f"/organizations/{studied.firm}/audit").text


@time_machine.travel(BEGINS)
def test_the_firm_reads_how_many_take_part_in_steps_of_five(rich_app: Flask) -> None:
    studied = make_trial(rich_app, guards=14)
    for guard in range(7):
        if guard == 4:
            assert "Fewer than five" in studied.own().get(studied.path()).text
        studied.judge_first(guard)
    assert "5 or more" in studied.own().get(studied.path()).text
    for guard in range(7, 11):
        studied.judge_first(guard)
    assert "all but a few" in studied.own().get(studied.path()).text


@time_machine.travel(BEGINS)
def test_a_closed_study_cannot_be_opened_changed_or_closed_again(studied: Studied) -> None:
    open_it(studied)
    owner = studied.own()
    assert owner.post(studied.path("/closing")).status_code == 303
    assert "Fewer than 30 people" in owner.get(studied.path()).text
    for rest in ("/opening", "/closing"):
        assert owner.post(studied.path(rest)).status_code == 409
    assert owner.post(studied.path("/facts"), FACTS).status_code == 422


@time_machine.travel(BEGINS)
def test_a_manager_has_no_study(studied: Studied) -> None:
    mona: UUID = make_account(studied.app, "mona@example.org")
    add_second_factor(studied.app, mona)
    put_on_roster(studied.app, studied.firm, mona, Role.MANAGER, email="mona@example.org", manages_all=True)
    assert sign_in_as(studied.app, mona).get(studied.path()).status_code == 404

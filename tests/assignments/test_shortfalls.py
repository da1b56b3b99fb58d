"""A valid certificate beside a status that isn't current has a reason, wherever it is shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.assignments.firm import EVERYONE, Firm, earn, make_firm
from tests.cast import actor_of, sign_in_as
from tests.support import closed_up
from trainer.assignments.rules import Lack, RequiredTerms
from trainer.compliance.queries import list_person_rows, viewer_of
from trainer.core import clock
from trainer.core.db import transaction

NOON = "2026-11-24T17:00:00Z"
ISSUED, VALID_UNTIL = dt.date(2025, 12, 22), dt.date(2026, 12, 22)
OUTCOMES: dict[Lack, tuple[RequiredTerms, dict[str, Any], str]] = {
    Lack.MINUTES: (EVERYONE, {"minutes": 6}, "6 of 20 active minutes"),
    Lack.ORDER: (replace(EVERYONE, is_paced=True), {}, "the lessons weren’t taken in order"),
    Lack.STATEMENT: (replace(EVERYONE, attestation="I took it."), {}, "the statement wasn’t signed"),
    Lack.LESSONS: (replace(EVERYONE, allows_test_out=False), {"is_tested_out": True}, "core lessons were skipped"),
    Lack.PERIOD: (replace(EVERYONE, cadence_months=6), {}, "training is required every 6 months"),
}


def firm_with(app: Flask, wanted: RequiredTerms, **facts: Any) -> tuple[Firm, UUID]:
    """Return a firm in which Bob holds a certificate for a course that is required."""
    firm = make_firm(app)
    firm.require(replace(wanted, starts_on=dt.date(2026, 1, 1)))
    bob = firm.add("Bob")
    with app.app_context(), transaction():
        earn(firm.user_of(bob), ISSUED, VALID_UNTIL, **facts)
    firm.keep_up()
    return firm, bob


@pytest.mark.parametrize("lack", Lack)
def test_a_valid_certificate_that_does_not_count_says_why_on_page_file_and_own_page(app: Flask, lack: Lack) -> None:
    with time_machine.travel(NOON, tick=False):
        wanted, facts, reason = OUTCOMES[lack]
        firm, bob = firm_with(app, wanted, **facts)
        told = f"The certificate valid until December 22, 2026 doesn’t count: {reason}."
        alice, status = sign_in_as(app, firm.owner_id), f"/organizations/{firm.id}/training"
        for path in (status, f"{status}/{bob}"):
            assert told in closed_up(alice.get(path).text), path
        exported = alice.post(f"{status}/exports", {"form": "csv"}).data.decode("utf-8-sig")
        (row,) = [row for row in csv.DictReader(io.StringIO(exported)) if row["Name"] == "Bob"]
        assert row["Note"] == told
        assert told in closed_up(sign_in_as(app, firm.user_of(bob)).get("/me").text)


def test_what_counts_and_what_is_no_longer_valid_needs_no_reason(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm, bob = firm_with(app, EVERYONE, minutes=30)
        dana = firm.add("Dana")
        with app.app_context(), transaction():
            earn(firm.user_of(dana), ISSUED - dt.timedelta(days=60), VALID_UNTIL - dt.timedelta(days=60), minutes=6)
        firm.keep_up()
        with app.app_context():
            actor = actor_of(firm.owner_id, firm.id)
            for person in (bob, dana):
                (row,) = list_person_rows(actor, person, viewer_of(actor, clock.now()))
                assert row.shortfall is None


def test_a_past_day_is_told_by_the_terms_and_certificates_of_that_day(app: Flask) -> None:
    with time_machine.travel(NOON) as moved:
        firm, bob = firm_with(app, EVERYONE, minutes=6)
        moved.shift(dt.timedelta(days=40))  # by then it has run out
        firm.keep_up()
        with app.app_context():
            actor = actor_of(firm.owner_id, firm.id)
            (then,) = list_person_rows(actor, bob, viewer_of(actor, clock.now(), dt.date(2026, 12, 1)))
            (now,) = list_person_rows(actor, bob, viewer_of(actor, clock.now()))
    assert then.shortfall is not None
    assert now.shortfall is None

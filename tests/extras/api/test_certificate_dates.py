"""A certificate's days are of UTC, and everyone is told the same: on paper, on its page, as JSON, and in reports.

Whether it still counts today is asked by the clock of whoever asks: the check by UTC, a firm by its own day.
"""

from __future__ import annotations

import datetime as dt
import io
from uuid import UUID
from zoneinfo import ZoneInfo

import pypdf
import pytest
import time_machine
from flask import Flask

from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.credentials.files import text_of
from tests.extras.api.conftest import read, token_of
from tests.support import COURSE, Visitor
from trainer.assignments.rules import Status
from trainer.compliance.queries import list_person_rows
from trainer.compliance.rules import Viewer
from trainer.core import clock
from trainer.core.db import transaction
from trainer.credentials.models import Facts
from trainer.credentials.operations import issue
from trainer.web.language import show_day

ISSUED = {
    "a leap day": ("2028-02-29T12:00:00", "2028-02-29", "2029-02-28"),
    "the last second before a leap day": ("2028-02-28T23:59:59", "2028-02-28", "2029-02-28"),
    "clocks going forward": ("2027-03-14T07:00:00", "2027-03-14", "2028-03-14"),
    "clocks going back": ("2027-11-07T05:30:00", "2027-11-07", "2028-11-07"),
    "the last second of a year": ("2027-12-31T23:59:59", "2027-12-31", "2028-12-31"),
}
ZONES = ["America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"]
SECOND = dt.timedelta(seconds=1)


def earn(firm: Firm, instant: dt.datetime) -> tuple[str, UUID]:
    """Let Bob earn a certificate at an instant; return its number and his entry on the roster."""
    with time_machine.travel(instant - dt.timedelta(days=3)):
        entry = firm.add("Bob")
        firm.require(EVERYONE)
    facts = Facts(
        holder_name="Bob",
        course=COURSE,
        course_title="For everyone",
        course_version="1.0",
        course_digest="d" * 64,
        edition=None,
        achievement="a",
        scenes=32,
        minutes=30,
        started_on=instant.date(),
    )
    with firm.app.app_context(), transaction():
        return issue(facts, firm.user_of(entry), 1, 12, instant).serial, entry


@pytest.mark.check("T043")
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", ISSUED)
def test_everyone_is_told_the_same_days(app: Flask, name: str, zone: str) -> None:
    written, *days = ISSUED[name]
    instant = dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)
    issued_on, valid_until = map(dt.date.fromisoformat, days)
    firm = make_firm(app, zone)
    serial, entry = earn(firm, instant)
    with app.test_request_context():
        in_words = [show_day(day, "long") for day in (issued_on, valid_until)]
    with time_machine.travel(instant + dt.timedelta(days=2)):
        visitor = Visitor(app)
        told = visitor.get(f"/verify/{serial}.json").json or {}
        assert [told["issued_on"], told["valid_until"]] == days
        page = visitor.get(f"/verify/{serial}").text
        pdf = text_of(pypdf.PdfReader(io.BytesIO(visitor.get(f"/verify/{serial}/certificate.pdf").data)))
        for words in in_words:
            assert words in page
            assert words in pdf
        with app.app_context():
            actor = firm.actor()
            [row] = list_person_rows(actor, entry, Viewer(actor.organization_id, None, actor.today(clock.now())))
            assert (row.completed_on, row.due_on) == (issued_on, valid_until)
        [record] = read(app, "/credentials", token_of(app, firm.owner_id, firm.id)).get_json()["data"]
        assert [record["issued_on"], record["valid_until"]] == days


@pytest.mark.check("T043")
@pytest.mark.parametrize("zone", ZONES)
def test_the_last_day_counts_to_its_end_by_the_clock_of_whoever_asks(app: Flask, zone: str) -> None:
    firm = make_firm(app, zone)
    serial, entry = earn(firm, dt.datetime(2028, 2, 29, 12, tzinfo=dt.UTC))

    def checked(instant: dt.datetime) -> str:
        with time_machine.travel(instant):
            return str((Visitor(app).get(f"/verify/{serial}.json").json or {})["status"])

    def reported(instant: dt.datetime) -> Status:
        with time_machine.travel(instant), app.app_context():
            actor = firm.actor()
            viewer = Viewer(actor.organization_id, None, actor.today(clock.now()))
            return Status(list_person_rows(actor, entry, viewer)[0].status)

    midnight = dt.datetime(2029, 3, 1, tzinfo=dt.UTC)
    assert [checked(midnight - SECOND), checked(midnight)] == ["valid", "expired"]
    theirs = dt.datetime(2029, 3, 1, tzinfo=ZoneInfo(zone))
    assert reported(theirs - SECOND) is Status.DUE_SOON
    assert reported(theirs) is Status.EXPIRED

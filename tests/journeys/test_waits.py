"""Waits and windows end at one instant of the server's UTC, whatever time zone anybody has, chooses or starts in."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.cast import (
    add_second_factor,
    answer_all,
    certify,
    hand_in,
    make_account,
    make_firm,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_final,
    use_up_tries,
)
from tests.live import all_at_once, serving
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.models import Organization

pytestmark = pytest.mark.on_both

EAST, WEST, HOME = "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"
FINALS, RENEWALS = f"/courses/{COURSE}/finals", f"/courses/{COURSE}/renewals"
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
WAIT, ROUND = 7 * DAY, 30 * DAY
# A second before midnight in UTC; in New York, the clocks change within the week, and within the month.
LAST = dt.datetime(2026, 3, 7, 23, 59, 59, tzinfo=dt.UTC)
AT_ONCE = 32


class Firm:
    """Alice's firm, with Bob on its roster."""

    def __init__(self, app: Flask, zone: str) -> None:
        self.app = app
        self.alice, self.bob = make_account(app, "alice@example.org"), make_account(app)
        add_second_factor(app, self.alice)
        self.id = make_firm(app, self.alice, time_zone=zone)
        put_on_roster(app, self.id, self.bob)

    def move_to(self, zone: str) -> None:
        """Let Alice change the time zone on its page."""
        fields = {"name": "Acme Security", "time_zone": zone}
        answer = sign_in_as(self.app, self.alice).post(f"/organizations/{self.id}/settings", fields)
        assert answer.status_code == 303
        with self.app.app_context():
            assert db.session.get_one(Organization, self.id).time_zone == zone


def fail(app: Flask, user_id: UUID) -> UUID:
    """Let someone fail a try now."""
    make_ready(app, user_id)
    attempt_id = start_final(app, user_id)
    answer_all(app, attempt_id, wrong=99)
    hand_in(app, user_id, attempt_id)
    return attempt_id


def number_of(app: Flask, record: type[Attempt] | type[Enrollment]) -> int:
    """Return how many there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record)) or 0


def opens(firm: Firm, path: str, at: dt.datetime, zone: str, other: str) -> None:
    """Show that a path opens at an instant and not a second before, and that no change of time zone hastens it."""
    with time_machine.travel((at - SECOND).astimezone(ZoneInfo(zone)), tick=False):
        for chosen in (other, zone, HOME, other):
            firm.move_to(chosen)
            assert sign_in_as(firm.app, firm.bob).post(path).status_code == 409
    with time_machine.travel(at.astimezone(ZoneInfo(zone)), tick=False):
        assert sign_in_as(firm.app, firm.bob).post(path).status_code == 303


# The process runs in the first zone, and the firm begins there and is moved to the second one.
ZONES = pytest.mark.parametrize(("zone", "other"), [(EAST, WEST), (WEST, EAST), (HOME, EAST)])


@pytest.mark.check("T025")
@ZONES
def test_the_third_try_opens_seven_days_of_utc_after_the_second(app: Flask, zone: str, other: str) -> None:
    with time_machine.travel(LAST.astimezone(ZoneInfo(zone)), tick=False) as traveller:
        firm = Firm(app, zone)
        for _try in range(2):
            fail(app, firm.bob)
        traveller.shift(SECOND)
        make_ready(app, firm.bob)  # the lessons it named are read again
    opens(firm, FINALS, LAST + WAIT, zone, other)


@pytest.mark.check("T025")
@ZONES
def test_the_next_round_opens_thirty_days_of_utc_after_the_last_try(app: Flask, zone: str, other: str) -> None:
    with time_machine.travel(LAST.astimezone(ZoneInfo(zone)), tick=False) as traveller:
        firm = Firm(app, zone)
        use_up_tries(app, firm.bob)
        traveller.shift(SECOND)
        make_ready(app, firm.bob)
    opens(firm, FINALS, LAST + ROUND, zone, other)


@pytest.mark.check("T025")
@ZONES
def test_a_renewal_opens_with_the_day_of_utc(app: Flask, zone: str, other: str) -> None:
    with time_machine.travel(LAST.astimezone(ZoneInfo(zone)), tick=False):
        firm = Firm(app, zone)
        certify(app, firm.bob)
    with app.app_context():
        earned = db.session.scalars(select(Credential)).one()
        assert (earned.issued_on, earned.valid_until) == (dt.date(2026, 3, 7), dt.date(2027, 3, 7))
    opens(firm, RENEWALS, dt.datetime(2027, 1, 6, tzinfo=dt.UTC), zone, other)  # sixty days before


def all_start(app: Flask, address: str, visitor: Visitor, path: str) -> list[tuple[int, str]]:
    """Send the same start many times in one instant."""
    return all_at_once(address, [(path, {"csrf_token": visitor.token()}, visitor.cookie())] * AT_ONCE)


@pytest.mark.check("T025")
@pytest.mark.parametrize("zone", [EAST, WEST])
def test_starting_in_parallel_on_a_server_elsewhere_hastens_nothing(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    firm = Firm(app, zone)
    attempts = [fail(app, firm.bob) for _try in range(2)]
    make_ready(app, firm.bob)
    bob, minute = sign_in_as(app, firm.bob), dt.timedelta(minutes=1)
    monkeypatch.setenv("TZ", zone)
    with serving(settings, is_web_alone=True) as address:
        for left, statuses, tries in ((minute, {409}, 2), (-SECOND, {303}, 3)):
            with app.app_context(), transaction() as session:
                session.get_one(Attempt, attempts[-1]).submitted_at = clock.now() - WAIT + left
            answers = all_start(app, address, bob, FINALS)
            assert ({status for status, _to in answers}, number_of(app, Attempt)) == (statuses, tries)
            assert len(set(answers)) == 1
        certify_now(app, firm.bob)
        for days, statuses, cycles in ((62, {409}, 1), (58, {303}, 2)):
            with app.app_context(), transaction() as session:
                session.scalars(select(Credential)).one().valid_until = clock.today() + days * DAY
            answers = all_start(app, address, bob, RENEWALS)
            assert ({status for status, _to in answers}, number_of(app, Enrollment)) == (statuses, cycles)


def certify_now(app: Flask, user_id: UUID) -> None:
    """Let someone pass the final that is open."""
    attempt_id = start_final(app, user_id)
    answer_all(app, attempt_id)
    hand_in(app, user_id, attempt_id)

"""Where someone stands, against an oracle that walks the calendar; reminders, first due days and the firm's days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assignments import histories, oracle
from trainer.assignments import rules
from trainer.assignments.rules import CoveringCredential, Duty, Status, Terms
from trainer.credentials.rules import valid_until as add_months
from trainer.organizations.rules import day_begins, is_daytime, local_day

ZONES = [
    "Pacific/Kiritimati",  # UTC+14
    "Etc/GMT+12",  # UTC-12
    "Asia/Kathmandu",  # UTC+5:45
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",  # half an hour of daylight saving
]
PLAIN = Terms(0, 12, 30, is_paced=False, needs_attestation=False)
DAY = dt.timedelta(days=1)


@given(st.data())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_everyone_stands_where_the_calendar_says(data: st.DataObject) -> None:
    duty = data.draw(histories.duties)
    today = data.draw(histories.near(duty))
    assert rules.status(duty, today) == oracle.stands(duty, today)


@given(histories.days, st.integers(0, 130))
@settings(deadline=None, derandomize=True)
def test_months_are_added_as_on_a_wall_calendar(day: dt.date, months: int) -> None:
    assert add_months(day, months) == oracle.later_by_months(day, months)


@pytest.mark.check("T116")
@given(st.sampled_from(ZONES), st.integers(0, 12))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_ten_years_of_renewals_leave_no_day_uncovered(zone: str, early: int) -> None:
    """Someone who completes again some days before each due day is current on every day in between."""
    at = dt.datetime(2024, 2, 29, 23, 30, tzinfo=dt.UTC)
    done = [CoveringCredential(at.date(), add_months(at.date(), 12), 30, True, True)]
    for _day in range(3653):
        at += DAY
        today = local_day(zone, at)
        duty = Duty(PLAIN, dt.date(2024, 3, 1), tuple(done))
        stands = rules.status(duty, today)
        assert stands in {Status.CURRENT, Status.DUE_SOON}
        assert (stands is Status.DUE_SOON) == rules.is_renewal_open(duty.covers_until, PLAIN.renewal_days, today)
        if (duty.due_on - today).days <= early:
            done.append(CoveringCredential(at.date(), add_months(at.date(), 12), 30, True, True))
    assert 10 <= len(done) <= 12


@pytest.mark.check("T116")
@pytest.mark.parametrize("zone", ZONES)
def test_each_reminder_comes_once_over_ten_years_of_hours(zone: str) -> None:
    """An hourly job that never sleeps orders 30, 7 and 1 days before each due day, whatever clocks do."""
    at, end = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2034, 1, 1, tzinfo=dt.UTC)
    due_on, sent = dt.date(2024, 2, 29), Counter[tuple[str, dt.date]]()
    while at < end:
        today = local_day(zone, at)
        kind = rules.reminder_kind(due_on, today) if is_daytime(at, zone) else None
        if kind and (kind, due_on) not in sent:
            sent[kind, due_on] += 1
            assert dt.time(8) <= at.astimezone(ZoneInfo(zone)).time() < dt.time(9)  # with the first hour of its day
            assert (due_on - today).days == int(kind.split()[0])
        if today == due_on:
            due_on = add_months(due_on, 12)
        at += dt.timedelta(hours=1)
    assert Counter(kind for kind, _due_on in sent) == {"30 days": 10, "7 days": 10, "1 day": 10}


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        (31, None),
        (30, "30 days"),
        (8, "30 days"),
        (7, "7 days"),
        (2, "7 days"),
        (1, "1 day"),
        (0, "1 day"),
        (-1, "overdue 1"),
        (-7, "overdue 1"),
        (-8, "overdue 2"),
        (-15, "overdue 3"),
    ],
)
def test_a_job_that_slept_sends_the_nearest_reminder_only(left: int, kind: str | None) -> None:
    today = dt.date(2026, 11, 24)
    assert rules.reminder_kind(today + left * DAY, today) == kind


def test_new_people_have_their_days_from_being_hired_and_others_from_the_start() -> None:
    start = dt.date(2026, 1, 1)
    assert rules.first_due(dt.date(2026, 6, 1), start, 90) == dt.date(2026, 8, 30)
    assert rules.first_due(dt.date(2019, 6, 1), start, 90) == dt.date(2026, 4, 1)
    late = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
    assert rules.began_on(None, late, "America/New_York") == dt.date(2026, 5, 31)
    assert rules.began_on(dt.date(2020, 1, 1), late, "America/New_York") == dt.date(2020, 1, 1)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_where_the_firm_is(zone: str) -> None:
    for day in (dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2024, 2, 29), dt.date(2026, 12, 31)):
        begins = day_begins(day, zone)
        assert local_day(zone, begins) == day
        assert local_day(zone, begins - dt.timedelta(seconds=1)) == day - DAY

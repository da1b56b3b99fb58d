"""Shares with their intervals, who is stuck, when to nudge."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.instructing.rules import (
    IDLE_AFTER,
    NUDGES_APART,
    Rate,
    bucket,
    is_stuck,
    may_nudge,
)

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_of_nothing_nothing_is_known() -> None:
    assert (Rate(0, 0, 0).share, Rate(0, 0, 0).is_shown) == (0.0, False)


@pytest.mark.parametrize(
    ("idle", "is_complete", "has_failed", "stuck"),
    [
        (IDLE_AFTER, False, False, True),
        (IDLE_AFTER - dt.timedelta(seconds=1), False, False, False),
        (dt.timedelta(), False, True, True),
        (IDLE_AFTER, True, False, False),
        (IDLE_AFTER, True, True, False),
    ],
)
def test_stuck_is_idle_for_a_week_or_failed_last(
    idle: dt.timedelta, is_complete: bool, has_failed: bool, stuck: bool
) -> None:
    found = is_stuck(last_active=NOW - idle, is_complete=is_complete, has_failed_last=has_failed, now=NOW)
    assert found is stuck


def test_a_nudge_waits_three_days() -> None:
    assert may_nudge(None, NOW)
    assert not may_nudge(NOW - NUDGES_APART + dt.timedelta(seconds=1), NOW)
    assert may_nudge(NOW - NUDGES_APART, NOW)
    assert bucket(NOW + NUDGES_APART) == bucket(NOW) + 1

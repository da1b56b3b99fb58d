"""What a token opens and when its use is noted."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.extras.api.rules import TokenState, digest, is_first_today, is_use_noted, state

NOON = dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)  # in New York
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("revoked", "left", "has_owner", "expected"),
    [
        (False, 1, True, TokenState.GOOD),
        (False, 1, False, TokenState.RESTING),
        (False, 0, True, TokenState.EXPIRED),
        (True, 1, True, TokenState.REVOKED),
        (True, 0, False, TokenState.REVOKED),
    ],
)
def test_a_token_is_good_until_revoked_expired_or_without_its_owner(
    revoked: bool, left: int, has_owner: bool, expected: TokenState
) -> None:
    expires_at = NOON + dt.timedelta(seconds=left)
    found = state(revoked_at=NOON if revoked else None, expires_at=expires_at, has_owner=has_owner, now=NOON)
    assert found is expected


@pytest.mark.parametrize(
    ("last", "noted", "first"),
    [
        (None, True, True),
        (dt.timedelta(minutes=59, seconds=59), False, False),
        (dt.timedelta(hours=1), True, False),
        (dt.timedelta(hours=12), True, False),  # midnight in New York
        (dt.timedelta(hours=12, seconds=1), True, True),
    ],
)
def test_use_is_noted_hourly_and_first_by_the_firms_day(last: dt.timedelta | None, noted: bool, first: bool) -> None:
    used_at = NOON - last if last is not None else None
    assert (is_use_noted(used_at, ZONE, NOON), is_first_today(used_at, ZONE, NOON)) == (noted, first)


def test_a_use_just_after_midnight_is_noted_though_the_hour_is_not_over() -> None:
    midnight = dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC)
    assert is_use_noted(midnight - dt.timedelta(minutes=1), ZONE, midnight)


def test_what_is_stored_is_sha_256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

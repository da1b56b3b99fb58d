"""Serial numbers, validity, status."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.credentials.rules import CredentialStatus, new_serial, read_serial, show_serial, status, valid_until

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@given(st.integers())
def test_a_serial_is_read_however_it_is_typed(seed: int) -> None:
    serial = new_serial(random.Random(seed))
    assert len(serial) == 27
    shown = show_serial(serial)
    typed = [shown, shown.lower(), shown.replace("-", " "), f" {shown} ", shown.replace("-", "–"), serial]
    typed += [serial.replace("1", "I").replace("0", "O"), serial.replace("1", "l").replace("0", "o")]
    assert {read_serial(one) for one in typed} == {serial}


@given(st.integers(), st.integers(0, 26), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(seed: int, place: int, other: str) -> None:
    serial = new_serial(random.Random(seed))
    changed = serial[:place] + other + serial[place + 1 :]
    assert (read_serial(changed) == serial) is (changed == serial)
    assert changed == serial or read_serial(changed) is None


@given(st.text(max_size=60))
def test_other_text_is_no_serial(text: str) -> None:
    assert read_serial(text) is None


def test_serials_repeat_never() -> None:
    rng = random.SystemRandom()
    assert len({new_serial(rng) for _ in range(2_000)}) == 2_000


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        ("2026-11-24", 12, "2027-11-24"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_validity_ends_on_the_same_day_or_the_last_of_the_month(issued: str, months: int, until: str) -> None:
    assert valid_until(dt.date.fromisoformat(issued), months) == dt.date.fromisoformat(until)


@pytest.mark.parametrize(
    ("day", "revoked_at", "is_superseded", "expected"),
    [
        (24, None, False, CredentialStatus.VALID),
        (25, None, False, CredentialStatus.EXPIRED),
        (24, None, True, CredentialStatus.SUPERSEDED),
        (25, None, True, CredentialStatus.SUPERSEDED),
        (25, NOW, True, CredentialStatus.REVOKED),
    ],
)
def test_withdrawn_beats_replaced_beats_expired(
    day: int, revoked_at: dt.datetime | None, is_superseded: bool, expected: CredentialStatus
) -> None:
    until, today = dt.date(2026, 11, 24), dt.date(2026, 11, day)
    assert status(valid_until=until, revoked_at=revoked_at, is_superseded=is_superseded, today=today) is expected

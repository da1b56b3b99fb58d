"""Passwords are hashed, and checking takes the same work for nobody."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from tests.conftest import COSTLY_HASHER
from trainer.accounts import passwords


def test_a_password_fits_its_own_hash_only() -> None:
    stored = passwords.hash_password("a few plain words")
    assert "plain" not in stored
    assert passwords.check_password(stored, "a few plain words")
    assert not passwords.check_password(stored, "a few plain word")
    assert not passwords.check_password(stored, "A few plain words")


def test_equal_passwords_have_different_hashes() -> None:
    assert passwords.hash_password("a few plain words") != passwords.hash_password("a few plain words")


def test_hashing_costs_what_owasp_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", COSTLY_HASHER)
    cost = extract_parameters(passwords.hash_password("x"))
    assert (cost.type.name, cost.memory_cost, cost.time_cost, cost.parallelism) == ("ID", 19_456, 2, 1)


def test_an_unknown_address_costs_the_same_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords.check_password(None, "warm up")
    seen: list[str] = []
    real = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            cost = extract_parameters(stored)
            seen.append(f"{cost.memory_cost} {cost.time_cost} {cost.parallelism} {cost.hash_len}")
            return real.verify(stored, password)

    stored = real.hash("a few plain words")
    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.check_password(None, "a few plain words")
    assert not passwords.check_password(stored, "wrong")
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_nobody_has_nobodys_password() -> None:
    assert not passwords.check_password(None, "nobody has this password")
    assert not passwords.check_password("not a hash", "x")

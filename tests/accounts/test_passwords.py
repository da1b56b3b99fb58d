"""Passwords are hashed, checking takes the same work for nobody, and those that many would guess are refused."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from flask import Flask

from tests.cast import make_account, make_firm, sign_in_as
from tests.conftest import COSTLY_HASHER
from tests.support import PASSWORD, Visitor
from trainer.accounts import passwords
from trainer.accounts.models import User
from trainer.accounts.password_rules import LEAST, MOST, Easy, _common_passwords, find_fault
from trainer.core.db import db

ADDRESS = "builder@example.org"


def test_a_password_fits_its_own_hash_only() -> None:
    stored = passwords.hash_password("a few plain words")
    assert "plain" not in stored
    assert passwords.check_password(stored, "a few plain words")
    assert not passwords.check_password(stored, "a few plain word")
    assert not passwords.check_password(stored, "A few plain words")


def test_equal_passwords_have_different_hashes() -> None:
    assert passwords.hash_password("a few plain words") != passwords.hash_password("a few plain words")


@pytest.mark.asvs("11.4.2")
@pytest.mark.check("T049")
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


@pytest.mark.asvs("6.2.5", "6.2.9")
@pytest.mark.check("T048")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("1234567890", Easy.COMMON),
        ("PASSWORD123", Easy.COMMON),
        ("qwertyuiop", Easy.COMMON),
        ("q1w2e3r4t5", Easy.COMMON),
        ("zzzzzzzzzzzzzz", Easy.REPEATED),
        ("ab1ab1ab1ab1a", Easy.REPEATED),
        ("alice@example.org", Easy.OWN),
        ("example2026!", Easy.OWN),
        ("Alice Alvarez", Easy.OWN),
        ("acme-security-1", Easy.OWN),
        ("ACMESECURITY2026", Easy.OWN),
        ("recognize!!!!", Easy.OWN),
        ("a few plain words", None),
        ("alice sings at noon", None),
        ("          x", None),
        ("пароль из слов", None),
        ("🦉🌲🌧️🪵🦊🍂🌙🐻🕯️🪶", None),
        ("lowercaseletters", None),
        ("83629401756", None),
        ("a b c d e f g h " * 8, None),
    ],
)
def test_what_is_easy_to_guess_is_refused_and_nothing_else(password: str, fault: Easy | None) -> None:
    known = ["alice@example.org", "Alice Alvarez", "Acme Security", "Would you recognize it?"]
    assert find_fault(password, known) is fault


@pytest.mark.asvs("6.2.1", "6.2.4", "6.2.9", "6.2.12")
@pytest.mark.check("T048")
def test_the_list_has_the_most_common_of_those_that_are_long_enough() -> None:
    listed = _common_passwords()
    assert len(listed) == 10_000
    assert all(LEAST <= len(one) <= MOST and one == one.casefold() for one in listed)
    assert (LEAST, MOST) == (10, 128)


@pytest.mark.asvs("6.2.8")
@pytest.mark.check("T048")
@pytest.mark.parametrize("password", ["x" * 72 + " and a tail", "плюс " * 20, "🦉" * 9 + " at night"])
def test_each_sign_of_a_long_password_counts(password: str) -> None:
    stored = passwords.hash_password(password)
    assert passwords.check_password(stored, password)
    for other in (password[:-1], password[:72], password + " ", password.strip() + "x"):
        assert other == password or not passwords.check_password(stored, other)


@pytest.mark.asvs("6.2.4")
@pytest.mark.check("T048")
def test_every_form_refuses_an_easy_password_and_says_what_to_do(app: Flask) -> None:
    answer = Visitor(app).post("/sign-up", {"email": ADDRESS, "password": "password123", "is_old_enough": "y"})
    assert (answer.status_code, "Many people use this password" in answer.text) == (422, True)
    assert f'value="{ADDRESS}"' in answer.text
    own = Visitor(app).post("/sign-up", {"email": ADDRESS, "password": "Builder-2026", "is_old_enough": "y"})
    assert (own.status_code, "little more than your name" in own.text) == (422, True)
    owner = make_account(app, ADDRESS)
    make_firm(app, owner, "Lantern Guards")
    visitor = sign_in_as(app, owner)
    for easy in ("Lantern Guards 1", "thesmallschool", "zqzqzqzqzqzqz"):
        answer = visitor.post("/account/password", {"password": PASSWORD, "new_password": easy})
        assert (answer.status_code, "easy to guess" in answer.text) == (422, True)
    changed = visitor.post("/account/password", {"password": PASSWORD, "new_password": "Lantern Guards walk at dusk"})
    assert changed.status_code == 303


@pytest.mark.asvs("6.2.7")
@pytest.mark.check("T048")
def test_a_password_may_be_pasted_and_kept_by_a_program(app: Flask) -> None:
    page = Visitor(app).get("/sign-up").text
    field = page[page.index('name="password"') - 200 :][:400]
    assert 'autocomplete="new-password"' in field
    assert "onpaste" not in page


@pytest.mark.asvs("11.4.2")
@pytest.mark.check("T049")
def test_a_hash_of_earlier_costs_is_renewed_by_signing_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = make_account(app, ADDRESS)
    monkeypatch.setattr(passwords, "_hasher", COSTLY_HASHER)
    assert Visitor(app).sign_in(ADDRESS, "wrong wrong wrong").status_code == 422
    costs = []
    for _time in range(2):
        with app.app_context():
            costs.append(extract_parameters(str(db.session.get_one(User, bob).password_hash)).memory_cost)
        assert Visitor(app).sign_in(ADDRESS).status_code == 303
    assert costs == [8, 19_456]

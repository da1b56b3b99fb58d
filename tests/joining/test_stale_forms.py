"""A form that lay open too long: nothing typed is lost but the password, and the page is one tap away."""

from __future__ import annotations

import re

from flask import Flask

from tests.cast import make_account, sign_in_as
from tests.support import PASSWORD, Visitor


def test_a_stale_sign_in_keeps_the_address_and_works_the_second_time(app: Flask, visitor: Visitor) -> None:
    make_account(app, "bob@example.org")
    typed = {"email": "bob@example.org", "password": PASSWORD}
    stale = visitor.post("/sign-in?next=/account", typed, token="x")
    assert stale.status_code == 400
    assert 'value="bob@example.org"' in stale.text
    assert PASSWORD not in stale.text
    assert stale.text.count("This page was open too long") == 2  # in the summary and at the field
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stale.text)
    assert token
    again = visitor.post("/sign-in?next=/account", typed, token=token[1])
    assert (again.status_code, again.headers["Location"]) == (303, "/account")


def test_other_stale_forms_lead_back_to_their_page(app: Flask, visitor: Visitor) -> None:
    stale = visitor.post("/sign-up?next=/me", {"email": "new@example.org"}, token="x")
    assert stale.status_code == 400
    assert '<a class="btn" href="/sign-up?next=/me">' in stale.text


def test_what_has_no_page_of_its_own_offers_none(app: Flask) -> None:
    bob = sign_in_as(app, make_account(app))
    stale = bob.post("/sign-out/everywhere", token="x")
    assert "Load the page again" not in stale.text

"""Sessions: what the cookie holds, who it lets in, and how it ends."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import replace

import pytest
from flask import Flask

from tests.cast import make_account, make_guest, sign_in_as
from tests.support import COURSE, Visitor
from trainer.accounts.queries import get_user
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.db import transaction
from trainer.core.settings import Settings


def readable(value: str) -> str:
    """Return what anybody can read in a session cookie."""
    part = value.removeprefix(".").split(".")[0]
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return (zlib.decompress(raw) if value.startswith(".") else raw).decode()


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.5", "14.3.3")
@pytest.mark.check("T061")
@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://training.example.org"])
def test_the_cookie_is_for_this_site_alone_and_says_nothing(settings: Settings, shelf: Library, base_url: str) -> None:
    app = create_app(replace(settings, base_url=base_url), shelf)
    visitor = Visitor(app, base_url)
    answer = visitor.post(
        "/sign-up", {"email": "zoe@example.org", "password": "a few plain words", "is_old_enough": "y"}
    )
    names = set()
    for line in answer.headers.getlist("Set-Cookie"):
        flags = {part.strip() for part in line.split(";")[1:]}
        name, value = line.split(";")[0].split("=", 1)
        names.add(name)
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
        assert not any(flag.startswith("Domain") for flag in flags)
        assert ("Secure" in flags) is base_url.startswith("https")
        assert len(line) < 4096
        assert not re.search(r"zoe|example|plain|@", readable(value))
    prefix = "__Host-" if base_url.startswith("https") else ""
    assert names == {f"{prefix}visit", f"{prefix}known"}
    assert visitor.get("/me").status_code == 200


FORGED = [
    "x",
    "..",
    "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb",
    "." + "A" * 4000,
    "%00",
    '"quoted"',
    "W10.a.b",
    "-1",
]


@pytest.mark.parametrize("value", FORGED)
def test_a_forged_cookie_is_a_visitor(app: Flask, value: str) -> None:
    visitor = Visitor(app)
    for name in ("visit", "session", "remember_token", "__Host-visit"):
        visitor.client.set_cookie(name, value, domain="127.0.0.1")
    assert visitor.get("/").status_code == 200
    assert visitor.get("/me").headers["Location"].startswith("/sign-in")


@pytest.mark.asvs("9.1.1")
def test_one_changed_character_ends_a_session(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    cookie = visitor.client.get_cookie("visit", domain="127.0.0.1")
    assert cookie is not None
    for place in range(0, len(cookie.value), 7):
        old = cookie.value[place]
        if old == ".":
            continue
        changed = cookie.value[:place] + ("A" if old != "A" else "B") + cookie.value[place + 1 :]
        thief = Visitor(app)
        thief.client.set_cookie("visit", changed, domain="127.0.0.1")
        assert thief.get("/me").status_code == 303


@pytest.mark.asvs("9.2.3")
def test_a_cookie_of_another_installation_is_worth_nothing(settings: Settings, shelf: Library, app: Flask) -> None:
    other = create_app(replace(settings, secret_key="u" * 40), shelf)
    stolen = sign_in_as(other, make_account(app)).client.get_cookie("visit", domain="127.0.0.1")
    assert stolen is not None
    visitor = Visitor(app)
    visitor.client.set_cookie("visit", stolen.value, domain="127.0.0.1")
    assert visitor.get("/me").status_code == 303


def test_signing_out_everywhere_ends_every_session(app: Flask) -> None:
    bob = make_account(app)
    phone, laptop = sign_in_as(app, bob), sign_in_as(app, bob)
    assert phone.post("/sign-out/everywhere").status_code == 303
    assert [one.get("/me").status_code for one in (phone, laptop)] == [303, 303]


@pytest.mark.asvs("14.3.1")
@pytest.mark.parametrize("path", ["/sign-out", "/sign-out/everywhere"])
def test_after_signing_out_the_browser_drops_the_pages_that_it_kept(app: Flask, path: str) -> None:
    answer = sign_in_as(app, make_account(app)).post(path)
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.asvs("7.4.4")
def test_signing_out_ends_this_session_only(app: Flask) -> None:
    bob = make_account(app)
    phone, laptop = sign_in_as(app, bob), sign_in_as(app, bob)
    assert phone.post("/sign-out").status_code == 303
    assert [one.get("/me").status_code for one in (phone, laptop)] == [303, 200]


@pytest.mark.asvs("7.2.2", "7.2.4")
def test_signing_in_begins_a_fresh_session(app: Flask, visitor: Visitor) -> None:
    make_account(app, "leo@example.org")
    planted = visitor.token()
    assert visitor.sign_in().status_code == 303
    assert visitor.post("/sign-out/everywhere", token=planted).status_code == 400
    assert visitor.get("/me").status_code == 200


def test_quick_exit_ends_the_session_on_our_side_too(app: Flask) -> None:
    visitor, other = sign_in_as(app, make_account(app)), sign_in_as(app, make_account(app, "leo@example.org"))
    thief, path = Visitor(app), "/exit/session"
    thief.client.set_cookie("visit", visitor.cookie().partition("=")[2], domain="127.0.0.1")
    assert visitor.post(path, token="", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert thief.get("/me").status_code == 200
    assert visitor.post(path, token="", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 204
    assert thief.get("/me").status_code == 303
    assert other.get("/me").status_code == 200
    assert Visitor(app).post(path, token="").status_code == 204


def test_quick_exit_ends_the_session(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    answer = visitor.get("/exit")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://")
    assert visitor.get("/me").status_code == 303


@pytest.mark.asvs("3.5.3")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_signs_nobody_out(app: Flask, site: str) -> None:
    visitor = sign_in_as(app, make_account(app))
    answer = visitor.get("/exit", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 302
    assert "Clear-Site-Data" not in answer.headers
    assert visitor.get("/me").status_code == 200
    for own in ("none", "same-origin"):
        there = sign_in_as(app, make_account(app, f"{own}@example.org"))
        assert there.get("/exit", headers={"Sec-Fetch-Site": own}).status_code == 302
        assert there.get("/me").status_code == 303


@pytest.mark.asvs("7.4.4")
def test_every_page_of_someone_signed_in_leads_to_signing_out(app: Flask) -> None:
    visitor, link = sign_in_as(app, make_account(app)), 'href="/sign-out"'
    visitor.enroll()
    lesson = f"/courses/{COURSE}/start/what-a-call-is"
    for path in ("/", "/me", "/account", "/help", "/search", f"/courses/{COURSE}", lesson, "/nowhere"):
        assert link in visitor.get(path).text, path
        assert link not in Visitor(app).get(path).text, path
    asked = visitor.get("/sign-out").text
    assert "Your progress stays in your account." in asked
    assert visitor.get("/me").status_code == 200
    assert visitor.post("/sign-out").status_code == 303
    assert visitor.get("/me").status_code == 303


def test_a_guest_reads_what_signing_out_would_delete(app: Flask) -> None:
    page = sign_in_as(app, make_guest(app)).get("/sign-out").text
    assert "can’t be brought back afterward" in page
    assert "Create an account and keep it" in page
    assert Visitor(app).get("/sign-out").status_code == 303


def test_the_account_page_shows_the_name_that_certificates_get(app: Flask) -> None:
    bob = make_account(app)
    page = sign_in_as(app, bob).get("/account").text
    assert "None yet." in page
    with app.app_context(), transaction():
        get_user(bob).certificate_name = "Bob <b>Builder"
    assert "<bdi>Bob &lt;b&gt;Builder</bdi>" in sign_in_as(app, bob).get("/account").text


def test_the_account_page_leads_to_where_the_name_is_changed(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert 'href="/account/name"' in visitor.get("/account").text
    for name, words in (("", "Enter the name you want on it."), ("?!", "Enter at least one letter.")):
        answer = visitor.post("/account/name", {"certificate_name": name})
        assert answer.status_code == 422
        assert words in answer.text
    assert "None yet." in visitor.get("/account").text
    answer = visitor.post("/account/name", {"certificate_name": "  Bob   Builder "})
    assert answer.headers["Location"] == "/account"
    page = visitor.get("/account").text
    assert "<bdi>Bob Builder</bdi>" in page
    assert "Your next certificate will show this name." in page
    assert 'value="Bob Builder"' in visitor.get("/account/name").text

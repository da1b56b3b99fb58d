"""A change is made only from our own page: the matrix of tokens and origins over every route that changes something."""

from __future__ import annotations

import os
import time
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import certify, make_account, make_guest, sign_in_as
from tests.support import COURSE, Visitor
from tests.web.world import World
from trainer.accounts.models import Session, User
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.credentials.models import Credential

CHANGES_NOTHING = {"first_try.answer", "badges.verify_file", "short_form.answer"}
IS_FULL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
SAFE = {"GET", "HEAD"} if IS_FULL else {"GET"}
"""What must change nothing. The same view answers both, so that one is enough for an ordinary run."""
BY_ORIGIN_ALONE = {"accounts.end_at_exit", "site.stay"}  # signs out, stays in; a token would be on every page


def rows(app: Flask) -> list[object]:
    with app.app_context():
        # Each visitor of these tests comes in by a session of their own: only those that were ended count.
        ended = select(Session).where(Session.ended_at.is_not(None))
        noted = select(AuditEvent.id).where(AuditEvent.act != "session.opened").order_by(AuditEvent.id)
        return [len(db.session.scalars(ended).all()), db.session.scalars(noted).all()] + [
            sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in {"sessions", "audit_events", "limit_counts"}
        ]


def posts(world: World) -> list[tuple[str, str]]:
    found = [(endpoint, path) for method, endpoint, path in world.routes() if method == "POST"]
    assert len(found) >= 15
    return found


def fitting(endpoint: str) -> dict[str, str]:
    """Return fields that would change something, were the token right."""
    fields = {
        "assessment.save": {"verdict": "report-now", "version": "0", "autosave": "1"},
        "drills.save": {"chosen": "p1", "version": "0", "autosave": "1"},
        "learning.certificate_name": {"certificate_name": "Mallory"},
        "learning.attestation": {"attested_as": "Mallory"},
        "joining.sign_up": {"email": "mallory@example.org", "password": "a few plain words", "is_old_enough": "y"},
        "joining.sign_in": {"email": "bob@example.org", "password": "a few plain words"},
        "joining.finish_sign_up": {"new_password": "a few plain words"},
        "accounts.change_password": {"password": "a few plain words", "new_password": "some other plain words"},
        "accounts.change_name": {"certificate_name": "Mallory"},
        "accounts.ask_address": {"password": "a few plain words", "email": "mallory@example.org"},
    }
    return fields.get(endpoint, {})


@pytest.mark.asvs("3.5.1")
@pytest.mark.check("T060")
def test_no_change_without_a_token_of_this_visit(world: World) -> None:
    foreign = world.enter("another").token()
    tokens, every = ("", "x", foreign, foreign[:-1], "null", "\u0661" * 40), 1 if IS_FULL else 3
    visitor, before = world.enter("owner"), rows(world.app)
    for number, (endpoint, path) in enumerate(posts(world)):
        if endpoint in CHANGES_NOTHING | BY_ORIGIN_ALONE:
            continue
        for token in tokens[number % every :: every]:
            assert visitor.post(path, fitting(endpoint), token=token).status_code == 400, (endpoint, token)
        assert visitor.client.post(path, data=fitting(endpoint), base_url=visitor.base_url).status_code == 400
        assert visitor.client.post(path, json=fitting(endpoint), base_url=visitor.base_url).status_code == 400
        text = visitor.client.post(path, data="csrf_token=x", content_type="text/plain", base_url=visitor.base_url)
        assert text.status_code == 400
        assert "Set-Cookie" not in text.headers or visitor.get("/me").status_code == 200, endpoint
    assert visitor.get("/me").status_code == 200
    assert rows(world.app) == before


@pytest.mark.asvs("3.5.1")
@pytest.mark.check("T060")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Origin": "http://evil.example@127.0.0.1:8001"},
    ],
    ids=str,
)
def test_no_change_from_another_site_even_with_a_token(world: World, headers: dict[str, str]) -> None:
    before = rows(world.app)
    visitor = world.enter("owner")
    token = visitor.token()
    for endpoint, path in posts(world):
        assert visitor.post(path, fitting(endpoint), token=token, headers=headers).status_code == 403, endpoint
    assert rows(world.app) == before
    assert visitor.get("/me").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},
    ],
    ids=str,
)
def test_our_own_page_may_change(visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor.post("/guests", headers=headers).status_code == 303


@pytest.mark.asvs("3.5.3")
@pytest.mark.check("T060")
def test_reading_a_route_that_changes_is_refused(world: World) -> None:
    before, visitor = rows(world.app), world.enter("owner")
    readable = {path for method, _endpoint, path in world.routes() if method == "GET"}
    for endpoint, path in posts(world):
        if path not in readable:
            assert visitor.get(path).status_code == 405, endpoint
            assert visitor.get(f"{path}?_method=POST", headers={"X-HTTP-Method-Override": "POST"}).status_code == 405
    assert rows(world.app) == before


# The exit ends the session; a firm's copy of a certificate is noted, once, or nobody could check it.
LEAVES_SOMETHING = {"accounts.exit_site"}


@pytest.mark.asvs("3.5.3")
def test_no_get_changes_anything_but_the_exit_which_ends_the_session(world: World) -> None:
    before = rows(world.app)
    for role in ("anonymous", "guest", "owner"):
        visitor = world.enter(role)
        for method, endpoint, path in world.routes():
            if method in SAFE and endpoint not in LEAVES_SOMETHING:
                visitor.client.open(path, method=method, base_url=visitor.base_url)
        assert role == "anonymous" or visitor.get("/me").status_code == 200
    assert rows(world.app) == before


# --- what people typed is shown as they typed it ---

MARK = "zqx"
PAYLOADS = [
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f"<svg/onload={MARK}>",
    f'"><script>{MARK}</script>',
    f"'><img src=x onerror={MARK}>",
    f'" onmouseover="{MARK}" x="',
    f"' autofocus onfocus={MARK} x='",
    f"</title><script>{MARK}</script>",
    f"</textarea><script>{MARK}</script>",
    f"</style><script>{MARK}</script>",
    f"--><script>{MARK}</script><!--",
    f"]]><script>{MARK}</script>",
    f"<iframe srcdoc='<script>{MARK}</script>'>",
    f"<a href=javascript:{MARK}>x</a>",
    f"<math><mi xlink:href='data:x,{MARK}'>",
    f"<details open ontoggle={MARK}>",
    f"<body onload={MARK}>",
    f"<base href=//evil.example/{MARK}>",
    f"<meta http-equiv=refresh content='0;{MARK}'>",
    f"<form action=//evil.example><button>{MARK}",
    f"<link rel=stylesheet href=//evil.example/{MARK}>",
    f"<x {MARK}=1>",
    f"{{{{ {MARK}.__class__ }}}}",
    f"{{% raw %}}{MARK}",
    f"${{{MARK}}}",
    f"<%= {MARK} %>",
    f"&lt;script&gt;{MARK}&lt;/script&gt;",
    f"&#60;img src=x onerror={MARK}&#62;",
    f"\\u003cscript\\u003e{MARK}",
    f"`{MARK}`",
    f"＜script＞{MARK}＜/script＞",
    f"<!--{MARK}",
    f"<\u200bscript>{MARK}",
]


class Shape(HTMLParser):
    """Collects tags and attributes, so that two pages can be compared."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[object] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, [name for name, _value in attrs]))

    def handle_comment(self, data: str) -> None:
        self.parts.append("comment")

    def handle_data(self, data: str) -> None:
        self.text += data


def pages_with_a_name(visitor: Visitor, serial: str) -> list[str]:
    return [
        visitor.get(path).text
        for path in (
            "/me",
            f"/courses/{COURSE}",
            f"/courses/{COURSE}/final",
            f"/courses/{COURSE}/name",
            f"/verify/{serial}",
        )
    ]


def rename(app: Flask, name: str) -> None:
    with app.app_context(), transaction() as session:
        for table, column in ((User, "certificate_name"), (Credential, "holder_name")):
            session.execute(db.update(table).values({column: name}))


@pytest.mark.asvs("1.2.1")
@pytest.mark.check("T065")
@pytest.mark.check("T068")
def test_a_name_is_text_on_every_page(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    visitor = sign_in_as(app, bob)
    rename(app, "Plain Name")
    plain = [Shape(page) for page in pages_with_a_name(visitor, serial)]
    assert sum("Plain Name" in shape.text for shape in plain) >= 1
    for payload in [*PAYLOADS, f"\u2028{MARK}\u2029", f"</script>{MARK}<!--"]:
        rename(app, payload)
        shapes = [Shape(page) for page in pages_with_a_name(visitor, serial)]
        assert [shape.parts for shape in shapes] == [shape.parts for shape in plain], payload
        assert payload in shapes[-1].text


@pytest.mark.check("T065")
@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/account/name", f"/courses/{COURSE}/name"])
def test_what_is_shown_again_after_an_error_is_text(app: Flask, path: str) -> None:
    is_name = path.endswith("/name")
    visitor = sign_in_as(app, make_account(app)) if is_name else Visitor(app)
    field, token = "certificate_name" if is_name else "email", visitor.token()
    plain = None
    for number, payload in enumerate(["plain", *PAYLOADS]):
        sent: dict[str, Any] = {field: payload + " \x0b " + "x" * (200 if is_name else 300), "password": "x"}
        answer = visitor.post(path, sent, token=token, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
        assert answer.status_code == 422
        shape = Shape(answer.text)
        plain = plain or shape.parts
        assert shape.parts == plain, payload
        assert MARK not in shape.text  # it stands in the field, and nowhere else


@pytest.mark.asvs("1.2.1")
@pytest.mark.check("T065")
@pytest.mark.parametrize(
    "address",
    ["/verify/{}", "/verify?serial={}", "/sign-in?next={}", "/keep?start={}&course={}&next={}", "/{}", "/try?keep={}"],
)
def test_an_address_is_text_on_the_page_it_leads_to(visitor: Visitor, address: str) -> None:
    plain = Shape(visitor.get(address.replace("{}", "plain"), follow_redirects=True).text).parts
    for payload in PAYLOADS:
        text = payload[:60].replace("/", "") if "verify" in address else payload[:60]  # a slash is another page
        page = visitor.get(address.replace("{}", quote(text, safe="")), follow_redirects=True)
        assert page.status_code < 500
        assert Shape(page.text).parts == plain, payload


def test_a_guest_is_asked_for_a_name_only_once_there_is_an_account(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    assert (
        visitor.post(f"/courses/{COURSE}/name", {"certificate_name": "x"}).headers["Location"]
        == f"/sign-up?next=/courses/{COURSE}/name"
    )


@pytest.mark.check("T091")
def test_a_form_of_too_many_fields_is_refused_before_it_is_parsed(app: Flask, visitor: Visitor) -> None:
    kind = "application/x-www-form-urlencoded"
    for body, status in ((b"a=&" * 80_000, 413), (b"a=&" * 1_999, 400), (b"a=&" * 2_000, 413)):
        started = time.process_time()
        answer = visitor.client.post("/sign-in", data=body, content_type=kind, base_url=visitor.base_url)
        assert answer.status_code == status
        assert time.process_time() - started < 0.2
    assert "too large" in answer.text


@pytest.mark.check("T091")
def test_a_form_of_too_many_parts_is_refused(visitor: Visitor) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    for parts, status in ((1_000, 413), (50, 400)):
        answer = visitor.client.post(
            "/sign-in",
            data=f"{part * parts}--x--\r\n",
            content_type="multipart/form-data; boundary=x",
            base_url=visitor.base_url,
        )
        assert answer.status_code == status

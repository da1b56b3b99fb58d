"""Security and cache headers on every answer, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tests.support import Visitor
from tests.web.world import World, make_world
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.web.access import Who, access
from trainer.web.page_cache import cached_page

LOCAL, PUBLIC = "http://127.0.0.1:8000", "https://training.example.org"
WEAK = ("unsafe-inline", "unsafe-eval", "data:", "blob:", "*", "http:", "https:", "strict-dynamic")


def everything(world: World, base_url: str) -> Iterator[tuple[str, TestResponse]]:
    """Yield an answer of every route to everybody, and of every kind of error."""
    for role in ("anonymous", "guest", "owner"):
        visitor = world.enter(role, base_url)
        for method, _endpoint, path in world.routes():
            yield f"{role} {method} {path}", visitor.client.open(path, method=method, base_url=base_url)
            if role == "anonymous" or path.startswith("/exit"):  # a page may begin a session, the exit ends it
                visitor = world.enter(role, base_url)
        visitor = world.enter(role, base_url)
        yield f"{role} 404", visitor.get("/nothing-here")
        yield f"{role} 404 static", visitor.get("/static/x/app.js")
        yield f"{role} 405", visitor.client.delete("/courses", base_url=base_url)
        yield f"{role} 413", visitor.client.post("/guests", data={"x": "x" * 400_000}, base_url=base_url)
        yield f"{role} 500", visitor.get("/broken")
        yield f"{role} OPTIONS", visitor.client.options("/me", base_url=base_url)
        yield f"{role} host", visitor.client.get("/", base_url="http://evil.example")


@pytest.fixture(params=[pytest.param(LOCAL, marks=pytest.mark.nightly), PUBLIC])
def answers(
    request: pytest.FixtureRequest, settings: Settings, shelf: Library
) -> tuple[str, list[tuple[str, TestResponse]]]:
    app = create_app(replace(settings, base_url=request.param), shelf)
    _add_broken(app)
    world = make_world(app, shelf)
    return request.param, list(everything(world, request.param))


def _add_broken(app: Flask) -> None:
    @app.get("/broken")
    @access(Who.PUBLIC)
    def broken() -> str:
        raise RuntimeError("the roof")


FOR_VERIFIERS = re.compile(r" (/\.well-known/did\.json|/badges/status/[0-9]+)$")
"""What pages of other sites may fetch, too: it is the same for all."""


@pytest.mark.asvs("3.2.1", "3.4.1", "3.4.2", "3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.8", "4.1.1", "14.3.2")
@pytest.mark.check("T067")
@pytest.mark.check("T087")
@pytest.mark.check("T088")
def test_every_answer_has_the_headers(answers: tuple[str, list[tuple[str, TestResponse]]]) -> None:
    base_url, found = answers
    assert {200, 302, 303, 400, 404, 405, 409, 413, 500} <= {answer.status_code for _what, answer in found}
    for what, answer in found:
        head = answer.headers
        _check_policy(what, head["Content-Security-Policy"])
        assert head["X-Content-Type-Options"] == "nosniff", what
        assert head["Referrer-Policy"] == "no-referrer", what
        assert head["Cross-Origin-Opener-Policy"] == "same-origin", what
        assert head["Cross-Origin-Resource-Policy"] == "same-origin", what
        assert "geolocation=()" in head["Permissions-Policy"], what
        assert "X-Powered-By" not in head, what
        assert not (answer.mimetype or "").startswith("text/") or head["Content-Type"].endswith("; charset=utf-8"), what
        assert answer.mimetype or not answer.content_length, what
        assert "Access-Control-Allow-Origin" not in head or FOR_VERIFIERS.search(what), what
        assert head.get("Strict-Transport-Security") == (
            "max-age=63072000; includeSubDomains" if base_url == PUBLIC else None
        ), what
        _check_cache(what, answer)


def test_a_local_address_is_not_held_to_https(world: World) -> None:
    visitor = world.enter("owner", LOCAL)
    for path in ("/", "/me", "/nothing-here", "/static/x/app.js"):
        assert "Strict-Transport-Security" not in visitor.get(path).headers, path


def _check_policy(what: str, text: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in text.split(";"))
    for name in ("default-src", "base-uri", "frame-ancestors", "object-src"):
        assert policy[name] == "'none'", what
    for name in ("script-src", "style-src", "form-action", "connect-src", "img-src"):
        assert policy[name] == "'self'", what
    assert not any(weak in text for weak in WEAK), what


def _check_cache(what: str, answer: TestResponse) -> None:
    cache, is_static = answer.headers["Cache-Control"], "/static/" in what and answer.status_code == 200
    if is_static:
        assert cache == "public, max-age=31536000, immutable", what
        assert "Set-Cookie" not in answer.headers, what
        return
    if "/api/" in what:
        assert "Authorization" in answer.headers["Vary"], what
        assert (cache, "Set-Cookie" in answer.headers) == ("no-store", False), what
        return
    assert "Cookie" in answer.headers["Vary"], what
    if not what.startswith("anonymous GET") or answer.status_code >= 400:
        assert cache == "no-store", what
    else:
        assert cache in {"no-cache", "no-store"}, what
    if "Set-Cookie" in answer.headers and not what.endswith("/exit"):
        assert cache == "no-store", what


def test_a_page_with_a_name_is_kept_out_of_search(world: World) -> None:
    visitor = world.enter("anonymous")
    for path in (f"/verify/{world.values['serial']}", f"/verify/{world.values['serial']}/certificate.pdf"):
        assert visitor.get(path).headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in visitor.get("/courses").headers


@pytest.mark.asvs("14.2.3")
def test_nothing_comes_from_another_site(world: World) -> None:
    visitor = world.enter("owner")
    for method, _endpoint, path in world.routes():
        if method == "GET" and not path.startswith(("/static", "/exit")):
            answer = visitor.get(path)
            page = answer.text if str(answer.mimetype).startswith(("text/", "image/svg")) else ""  # the rest is papers
            for address in re.findall(
                r'<(?:script|link|img|iframe|form|source|object)[^>]+(?:src|href|action)="([^"]*)"', page
            ):
                assert re.match("/(?!/)", address), (path, address)
            assert not re.search("<style| style=| on[a-z]+=", page), path


def test_pages_kept_in_memory_are_the_readers_only(app: Flask, world: World) -> None:
    path = f"/courses/{world.values['course']}"
    first = world.enter("anonymous").get(path)
    again = world.enter("anonymous").get(path)
    assert first.data == again.data
    assert first.headers == again.headers
    assert world.enter("owner").get(path).data != first.data
    assert world.enter("anonymous").get(path).data == first.data
    assert world.enter("anonymous").client.get(path, base_url="http://evil.example").status_code == 400


def test_a_page_that_begins_a_session_is_not_kept(app: Flask) -> None:
    app.add_url_rule("/mistake", "mistake", cached_page(access(Who.PUBLIC)(lambda: generate_csrf())))
    first, second = Visitor(app).get("/mistake"), Visitor(app).get("/mistake")
    assert first.data != second.data
    assert "Set-Cookie" in second.headers


@pytest.mark.asvs("14.2.1", "14.3.2")
def test_pages_that_a_link_opens_are_neither_kept_nor_indexed(app: Flask, visitor: Visitor) -> None:
    for path in ("inspections", "invitations", "sign-up", "password-reset", "confirmations"):
        answer = visitor.get(f"/{path}/some-token")
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["X-Robots-Tag"] == "noindex", path

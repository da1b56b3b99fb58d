"""Other sites: they can't act here, and no link of ours leads to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import escape
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.live import Live
from tests.browser.stage import ALL, Person, ready
from tests.chaos.failing import picture
from tests.support import COURSE, PASSWORD, Visitor
from trainer.core.db import db


@pytest.fixture
def records(live: Live) -> Iterator[Callable[[], str]]:
    """Return what makes a digest of all rows but those that say that the server is running.

    A connection is told whether any other has committed something; if none has, the last digest still holds.
    """
    with live.app.app_context():
        file = db.engine.url.database
    digests: dict[int, str] = {}
    with closing(sqlite3.connect(str(file))) as connection:

        def look() -> str:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version not in digests:
                digests[version] = picture(live.app, but={"running_processes"})
            return digests[version]

        yield look


@pytest.fixture
def targets(live: Live) -> tuple[Person, list[tuple[str, dict[str, str]]]]:
    """Return Bob with a final under way, and what an attacker would send for him, with a token of their own."""
    bob = ready(live.app)
    attempt = bob.final(answer=ALL)
    stolen = Visitor(live.app, live.url)
    token = {"csrf_token": stolen.token()}
    return (
        bob,
        [
            ("/sign-out", token),
            ("/sign-out/everywhere", token),
            ("/guests", token),
            ("/sign-up", {**token, "email": "eve@example.org", "password": PASSWORD, "is_old_enough": "y"}),
            ("/sign-in", {**token, "email": "eve@example.org", "password": PASSWORD}),
            (f"/courses/{COURSE}/name", {**token, "certificate_name": "Eve"}),
            (f"/courses/{COURSE}/enrollments", token),
            (f"/courses/{COURSE}/practices", token),
            (f"/courses/{COURSE}/finals", token),
            (f"/courses/{COURSE}/activity", token),
            (f"{attempt}/submission", token),
            (f"{attempt}/scenes/1", {**token, "verdict": "report-now", "version": "1", "autosave": "1"}),
            ("/try/scenes/1", {"state": "x"}),
        ],
    )


@pytest.mark.asvs("3.5.1")
@pytest.mark.check("T060")
@pytest.mark.parametrize("site", ["same_site", "cross_site"])
def test_forms_of_another_origin_are_refused_and_change_nothing(
    context: Callable[..., BrowserContext],
    live: Live,
    targets: tuple[Person, list[tuple[str, dict[str, str]]]],
    records: Callable[[], str],
    site: str,
) -> None:
    bob, posts = targets
    visit = context(live.cookie(bob.user()))
    before, page = records(), visit.new_page()
    for number, (path, fields) in enumerate(posts):
        inputs = "".join(f"<input name='{name}' value='{escape(value)}'>" for name, value in fields.items())
        form = f"<form method=post action='{live.url}{path}'>{inputs}<button>Win</button></form>"
        live.elsewhere.pages[f"/trap{number}"] = f"<!doctype html><title>Trap</title>{form}"
        page.goto(f"{getattr(live.elsewhere, site)}/trap{number}")
        with page.expect_navigation() as went:
            page.get_by_role("button").click()
        assert went.value.status in {400, 403}, path
        assert records() == before, path
    page.goto(live.url + "/me")
    assert page.get_by_role("link", name="Sign out").is_visible()


@pytest.mark.check("T060")
@pytest.mark.parametrize("site", ["same_site", "cross_site"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_fetches_of_another_origin_are_refused_and_change_nothing(
    context: Callable[..., BrowserContext],
    live: Live,
    targets: tuple[Person, list[tuple[str, dict[str, str]]]],
    records: Callable[[], str],
    site: str,
    kind: str,
) -> None:
    bob, posts = targets
    live.elsewhere.pages["/quiet"] = "<!doctype html><title>Quiet</title>"
    page = context(live.cookie(bob.user())).new_page()
    before, sent = records(), list[str]()
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{getattr(live.elsewhere, site)}/quiet")
    for path, fields in posts:
        body = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
        read = page.evaluate(
            """([url, body, kind]) => fetch(url, {method: "POST", mode: "no-cors", credentials: "include",
              headers: {"Content-Type": kind}, body}).then((answer) => answer.type, () => "blocked")""",
            [live.url + path, body, kind],
        )
        assert read in {"opaque", "blocked"}
        assert records() == before, path
    assert len([url for url in sent if url.startswith(live.url)]) == len(posts)


@pytest.mark.asvs("3.4.2", "3.4.6")
@pytest.mark.check("T060")
def test_another_origin_can_neither_read_nor_frame_our_pages(
    context: Callable[..., BrowserContext], live: Live, targets: tuple[Person, list[tuple[str, dict[str, str]]]]
) -> None:
    live.elsewhere.pages["/frame"] = f"<!doctype html><title>Frame</title><iframe src='{live.url}/me'></iframe>"
    page = context(live.cookie(targets[0].user())).new_page()
    page.goto(live.elsewhere.same_site + "/frame")
    page.wait_for_timeout(300)
    assert "My course" not in page.frames[1].content()
    read = page.evaluate(
        "(url) => fetch(url, {credentials: 'include'}).then((answer) => answer.text(), () => 'blocked')",
        live.url + "/me",
    )
    assert read == "blocked"


# Each was read as another address by some browser or library at some time.
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example/me",
    "HTTPS://evil.example",
    "javascript:document.title='evil'",
    "data:text/html,<title>evil</title>",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/me/..//evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/%09/evil.example",
    "/me\r\nLocation: https://evil.example",
    "//127.0.0.1@evil.example",
    "//evil.example:80#@127.0.0.1",
    "／／evil.example",
    "/\u2028/evil.example",
    " //evil.example",
    "http://127.0.0.1.evil.example",
]


@pytest.mark.check("T059")
@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/keep"])
def test_no_next_address_leads_a_browser_elsewhere(
    context: Callable[..., BrowserContext], live: Live, path: str
) -> None:
    bob = Person(live.app, guest=path == "/keep")
    page, asked = context(live.cookie(bob.user())).new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    for target in [*ELSEWHERE, f"{live.elsewhere.same_site}/weather", f"//127.0.0.1:{live.elsewhere.port}/weather"]:
        page.goto(f"{path}?next={quote(target, safe='')}")
        assert page.url.startswith(live.url + "/"), target
        assert "evil" not in page.title(), target
    assert all(url.startswith(live.url + "/") for url in asked)
    page.goto(f"{path}?next=/glossary")
    assert page.url == live.url + "/glossary"


@pytest.mark.check("T059")
def test_signing_up_with_a_next_address_elsewhere_stays_here(
    context: Callable[..., BrowserContext], live: Live
) -> None:
    page = context().new_page()
    page.goto(f"/sign-up?next=//127.0.0.1:{live.elsewhere.port}/weather")
    page.get_by_label("Email").fill(f"mallory.{live.elsewhere.port}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("label:has(input[type=checkbox])").click()
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url(live.url + "/me")

"""A browser, a running installation, and people in every state. Missing tools skip, and fail when CI=true."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser.live import Live, serve
from tests.browser.sent import names_with_news, write_sent
from tests.browser.sheets import Sheet
from tests.browser.stage import Stage, set_stage
from tests.chances import own_chance
from tests.once import once
from trainer.core.settings import ROOT

expect.set_options(timeout=60_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Else each page of a test that follows a blank one is a new process, which compiles all scripts anew.
    "--renderer-process-limit=1",
    # No test may reach the network, not even by a redirect, which routes don't see.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as needing a browser."""
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)


def need(found: object, missing: str) -> None:
    """Skip with a reason if a tool is missing; with CI=true that is a failure."""
    if found:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def find_chromium() -> str | None:
    """Return where Chromium is: without windows if there is one, which opens a page in a quarter of the time."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a Chromium."""
    path = find_chromium()
    need(path, "browser: install chromium-headless-shell")
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    need(path.is_file(), "accessibility: npm ci --ignore-scripts (axe-core)")
    return path.read_text()


@pytest.fixture(scope="session")
def vnu() -> list[str]:
    """Return the command of the HTML validator."""
    jar = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(jar.is_file(), "valid HTML: npm ci --ignore-scripts (vnu-jar)")
    java = shutil.which("java")
    need(java, "valid HTML: install java (default-jre-headless)")
    # Compiled in haste, which takes half the time for one run over a few hundred pages, and needs a deeper stack.
    return [str(java), "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(jar)]


@pytest.fixture(scope="session")
def live(browser: Browser, template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return a running installation of this test process."""
    with serve(tmp_path_factory.mktemp("live"), template_database) as running:
        yield running


@pytest.fixture(scope="session")
def stage(live: Live) -> Stage:
    """Return people and records in every state that a page can show. Tests that change something make their own."""
    with own_chance("stage"):
        return set_stage(live)


@pytest.fixture(scope="session")
def sent(stage: Stage) -> Path:
    """Return a folder with each page that nothing is done on first, as the server sends it."""
    return once("sent", lambda folder: write_sent(stage, folder))


@pytest.fixture(scope="session")
def with_news(sent: Path) -> set[str]:
    """Return the names of those of them in which there is a template or an element for the first time."""
    return names_with_news(sent)


@pytest.fixture
def context(browser: Browser, live: Live) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of browser contexts, closed at the end of the test."""
    made: list[BrowserContext] = []

    def make(*cookies: Any, width: int = 1280, height: int = 800, **options: Any) -> BrowserContext:
        one = browser.new_context(
            base_url=live.url,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            service_workers="block",
            **options,
        )
        one.set_default_timeout(60_000)
        if cookies:
            one.add_cookies(list(cookies))
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def _shared(browser: Browser, live: Live) -> Iterator[Page]:
    one = browser.new_context(
        base_url=live.url, reduced_motion="reduce", service_workers="block", bypass_csp=True
    ).new_page()
    one.set_default_timeout(60_000)
    yield one
    one.context.close()


@pytest.fixture
def look(_shared: Page, stage: Stage) -> Iterator[Callable[..., Page]]:
    """Return what shows a sheet in a page that tests use one after another, if they do no more than look.

    A new browser context would load and compile everything anew, which takes longer than most looks do.
    """

    shown = False

    def show(sheet: Sheet, width: int, height: int = 800) -> Page:
        nonlocal shown
        shown = True
        _shared.context.clear_cookies()
        _shared.context.add_cookies(sheet.cookies(stage))
        size: ViewportSize = {"width": width, "height": height}
        if _shared.viewport_size != size:  # laying a page out again costs as much as half of what axe does
            _shared.set_viewport_size(size)
        sheet.show(_shared, stage)
        return _shared

    yield show
    if not shown:
        return
    _shared.unroute_all(behavior="ignoreErrors")
    _shared.emulate_media(color_scheme="null", forced_colors="null")
    _shared.evaluate("localStorage.clear(); sessionStorage.clear()")
    _shared.goto("about:blank")  # some pages ask again and again how far something is


@pytest.fixture
def page(context: Callable[..., BrowserContext]) -> Page:
    """Return a page of someone who just came."""
    return context().new_page()

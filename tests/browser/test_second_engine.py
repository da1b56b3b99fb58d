"""HTML_CodeSniffer, which has rules of its own, finds no error on pages of each part of the app either."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import need
from tests.browser.sheets import SHEETS, Sheet
from trainer.core.settings import ROOT

_EACH = 4 if os.environ.get("TRAINER_TEST_EVERYTHING") else 24
_RUN = """() => new Promise((done) => HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
  .filter((message) => message.type === HTMLCS.ERROR)
  .map((message) => [message.code, message.msg, message.element.outerHTML.slice(0, 200)]))))"""


@pytest.fixture(scope="session")
def sniffer() -> str:
    """Return the source of HTML_CodeSniffer."""
    path = ROOT / "node_modules" / "html_codesniffer" / "build" / "HTMLCS.js"
    need(path.is_file(), "accessibility: npm ci --ignore-scripts (html_codesniffer)")
    return path.read_text(encoding="utf-8")


@pytest.mark.check("T136")
@pytest.mark.parametrize("sheet", SHEETS[::_EACH], ids=[sheet.name for sheet in SHEETS[::_EACH]])
def test_a_second_checker_finds_nothing(look: Callable[..., Page], sniffer: str, sheet: Sheet) -> None:
    page = look(sheet, width=1280)
    page.evaluate(sniffer)
    # It breaks off at some values of autocomplete; axe looks at these on each page.
    page.evaluate("document.querySelectorAll('[autocomplete]').forEach((one) => one.removeAttribute('autocomplete'))")
    assert page.evaluate(_RUN) == []


def test_what_is_wrong_is_seen(context: Callable[..., BrowserContext], sniffer: str) -> None:
    page = context(bypass_csp=True).new_page()
    page.set_content('<html lang="en"><title>A</title><img src="x"><p style="color: #999">gray</p><input>')
    page.evaluate(sniffer)
    codes = {code.split(".")[3] for code, _said, _element in page.evaluate(_RUN)}
    assert {"1_1_1", "1_3_1", "4_1_2"} <= {code[-5:] for code in codes}

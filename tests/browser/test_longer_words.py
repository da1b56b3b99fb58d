"""Main pages with longer words, on a phone: none that isn't marked for translation, nothing cut, nothing sideways."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.narrow import CUT
from tests.browser.sheets import SHEETS, Sheet
from tests.browser.stage import Stage
from tests.languages import ON_PAPER, speak_pseudo
from tests.web.marked import is_content, unmarked

# In plain states that show most of our own words.
MAIN = (
    *("front", "for-firms", "courses", "course", "lesson-long", "practice", "try", "indicators", "indicator", "help"),
    *("search-found", "card", "verify-valid", "sign-in", "sign-up", "keep", "error-404", "account", "me-doing"),
    *("course-middle", "scene", "answer-wrong", "result-practice", "final-start", "result-passed", "me-earned"),
    *("firm", "people", "person", "codes", "invitations", "training", "trained", "requirements", "requirement"),
    *("evidence-packs", "inspections", "audit", "settings", "roster", "roster-plan", "roster-plan-bad", "board"),
    *("misreads", "meetings", "class-code", "tokens"),
)
OF_AUTHORS = {
    *("lesson-long", "indicators", "indicator", "help", "search-found", "card", "answer-wrong", "result-practice"),
    *("result-passed", "misreads", "meetings", "scene"),
}
"""Pages with words of authors in each line, which are the content's own."""
NOT_OURS = re.compile(
    r"Would you recognize it\?|Acme Security|Beacon Guards|Harbor Mall(, North)?|North|Day crew|Night crew, spring"
    r"|(Alice|Dana|Gil|Pat|Zoë|Ann|Abe|Ada|Bea|Ana|Bob|Hodan|Jo|Phil|Ruth|R\.|Former|Late|Nora) \w+(, \d+)?"
    r"|Pier 9|(Pier|Gate) crew|Pier Guard \d|Spotting the signs of trafficking|Patrol and reporting|Another school"
    r"|Maximiliane .+|Grace .+|Guard \d"
    r"|A browser|On leave|Desk|Gate tablet|Everyone on the roster"
    r"|\S+@([a-z]+\.)?example\.(org|com)"
    r"|Before|Hotels in Texas(: On leave \()?|\d+ \w+ \d{4} р\.: Hotels in Texas|For everyone \d\.\d|[0-9A-Z-]{11,}…?"
    r"|A client|State inspector|Old payroll|Payroll(, nightly import)?|Last year|Intranet|I have read all of it myself"
    r"|[\w….-]+\.(csv|txt|json|jws|html|pdf)|certificates/|make (demo|serve)|SAMPLE|CSV|XLSX|[0-9a-f]{12}"
    r"|Not yet reviewed by survivors .+|English|name|e-mail|employee number|job title|hired on|teams"
)
"""What firms wrote; names of files, commands and codes."""
PAGES = [one for one in SHEETS if one.name in MAIN]


@pytest.fixture(scope="module")
def speaking(stage: Stage) -> Stage:
    """Let the app of this process, not the one that is served, speak the second language."""
    speak_pseudo(stage.live.app)
    return stage


def read(stage: Stage, sheet: Sheet) -> str:
    """Return a page as the second language has it."""
    client = stage.live.app.test_client()
    for cookie in sheet.cookies(stage):
        client.set_cookie(cookie["name"], cookie["value"], domain="127.0.0.1")
    answer = client.get(sheet.address(stage), base_url=stage.live.url, headers={"Accept-Language": ON_PAPER})
    assert answer.status_code == sheet.status
    assert answer.headers["Content-Language"] == ON_PAPER
    return answer.text


@pytest.mark.parametrize("sheet", PAGES, ids=[one.name for one in PAGES])
def test_longer_words_are_all_marked_and_fit_a_phone(
    context: Callable[..., BrowserContext], speaking: Stage, sheet: Sheet
) -> None:
    html = read(speaking, sheet)
    page = context(width=360, height=640).new_page()
    page.route(
        "**" + sheet.address(speaking), lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
    )
    page.goto(sheet.address(speaking))
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert page.evaluate(CUT) == []
    if sheet.name not in OF_AUTHORS:
        assert [
            one for one in unmarked(html) if not NOT_OURS.fullmatch(one) and not is_content(one, speaking.live.content)
        ] == []

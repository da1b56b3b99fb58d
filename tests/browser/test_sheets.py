"""Every page in every state is opened once and asked for all faults that show in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from tests.browser.accessible import faults_in_other_looks, faults_of, put_axe
from tests.browser.always_there import faults_of_exit, faults_of_help
from tests.browser.narrow import faults_when_narrow, faults_with_longer_text
from tests.browser.sheets import AFTER_ACTS, CLOSELY, DRAWN, IS_ALL, LAYOUTS, NAMES, OURS, SHEETS, Sheet
from tests.browser.stage import Stage

WITHOUT = {
    # files, and what programs ask for
    *("cards.card_pdf", "cards.observation_pdf", "certificate_files.file"),
    *("check_ins.calendar", "codes.poster", "cohorts.picture", "cohorts.poster"),
    *("courses.security_txt", "badges.badge", "badges.badge_png", "badges.badge_svg"),
    *("credentials.certificate", "credentials.did_document", "badges.everything", "badges.status_list"),
    *("credentials.verify_json", "earlier.proof", "evidence.pack", "samples.pack", "home.sample_poster"),
    *("short_form.key", "short_form.paper"),
    *("inspections.inspect_pack", "inspections.inspect_pdf", "meetings.sheet", "misreads.paper"),
    *(
        "all_studies.answers",
        "all_studies.codebook",
        "all_studies.script",
        "class_trials.protocol_pdf",
        "class_trials.protocol_text",
        "class_trials.start",
        "trials.protocol_pdf",
        "trials.protocol_text",
    ),
    *("probes.alive", "probes.ready", "progress.picture", "roster.refused", "slips.badges", "static"),
    # what only leads on
    *("accounts.exit_site", "assessment.attempt", "classes.classes", "entry.old_link", "questions.question"),
    # what other sheets come to
    *("first_try.result", "first_try.scene", "remarks.write"),
    # for those who develop the app or write its content
    *("mail.mail", "mail.mails", "previews.choose", "previews.questions", "previews.scene"),
}
"""Addresses without a sheet of their own, but for those of the API."""


def test_each_page_has_a_sheet_or_is_known_to_need_none(stage: Stage) -> None:
    app = stage.live.app
    addresses = (sheet.address(stage).partition("?")[0].partition("#")[0] for sheet in SHEETS)
    routes = app.url_map.bind("127.0.0.1")
    shown = set()
    for address in addresses:
        with suppress(NotFound, MethodNotAllowed, RequestRedirect):  # a page that isn't there has a sheet, too
            shown.add(routes.match(address, method="GET")[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    without = {page for page in pages - shown if not page.startswith("api.")}
    assert without == WITHOUT, "put the page into tests/browser/sheets.py, or name it in WITHOUT"


@pytest.mark.asvs("7.4.4")
@pytest.mark.check("T134")
@pytest.mark.check("T139")
@pytest.mark.check("T142")
@pytest.mark.check("T146")
@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_a_page_has_no_fault_that_a_browser_can_find(
    look: Callable[..., Page], axe: str, with_news: set[str], sheet: Sheet
) -> None:
    """See which pages are opened, and looked at in which ways, in `sheets.py`."""
    is_new = IS_ALL or sheet in AFTER_ACTS or sheet.name in with_news or sheet in CLOSELY
    if not (is_new or sheet in LAYOUTS or sheet in DRAWN):
        pytest.skip("looked at by make nightly: all that it is made of is on other pages, too")
    page = look(sheet, width=320)
    found: dict[str, list[Any]] = faults_of_help(page) if sheet in OURS else {}
    if sheet in LAYOUTS:
        found |= faults_of_exit(page)
    if sheet in CLOSELY:
        found |= faults_when_narrow(page)
    if sheet in DRAWN:
        found |= faults_with_longer_text(page)
    if is_new:
        put_axe(page, axe)
        if sheet in CLOSELY or sheet in LAYOUTS or sheet in DRAWN:
            page.set_viewport_size({"width": 320, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        found["320 light"] = faults_of(page)
    if sheet in CLOSELY:  # the others share its colors
        found |= faults_in_other_looks(page)
    assert not {question: faults for question, faults in found.items() if faults}

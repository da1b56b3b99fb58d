"""Every page in every state, as a list that all page-by-page tests share."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect
from playwright.sync_api import Response as Answer

from tests.browser import short_form, steps
from tests.browser.hands import Mouse
from tests.browser.items import uncounted_page
from tests.browser.stage import ABOUT_SCENES, Stage
from tests.browser.studies import closed_page
from trainer.app import create_app
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.issuer_keys import make_first
from trainer.extras.packs.sample import sample_pack
from trainer.extras.packs.sealing import MANIFEST, SEAL, seal
from trainer.items.registry import FURTHER
from trainer.web.errors import error_response

COURSE = "/courses/recognize"
OFFICER = "/courses/security-officer"
BRANCHING = f"{COURSE}/look-alikes-and-bias/the-saturday-bus"
REFRESHER = "/courses/refresher"
NOTE = f"{COURSE}/what-to-do/now-you-write"


@dataclass(frozen=True)
class Sheet:
    """A page in one state: who looks, where, and what they do there first."""

    name: str
    path: str | Callable[[Stage], str]
    who: str | None = None
    act: Callable[[Page], None] | None = None
    status: int = 200
    render: Callable[[Stage], str] | None = None

    def address(self, stage: Stage) -> str:
        """Return the path."""
        return self.path if isinstance(self.path, str) else self.path(stage)

    def cookies(self, stage: Stage) -> list[Any]:
        """Return the cookies of who looks."""
        return [stage.cookies[self.who]] if self.who else []

    def show(self, page: Page, stage: Stage) -> str:
        """Bring the page into the state; return its HTML as the server sent it."""
        answers: list[Answer] = []

        def note(answer: Answer) -> None:
            if _is_document(answer, page):
                answers.append(answer)

        page.on("response", note)
        try:
            self._go(page, stage, answers)
        finally:
            page.remove_listener("response", note)
        return answers[-1].text()

    def _go(self, page: Page, stage: Stage, answers: list[Answer]) -> None:
        if self.render is not None:
            html = self.render(stage)
            page.route("**" + self.address(stage), lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(self.address(stage))
        if self.act is not None:
            self.act(page)
            wait_until_sent(page)
        page.wait_for_load_state("load")
        assert self.render is not None or answers[-1].status == self.status, f"{self.name}: {answers[-1].status}"


def wait_until_sent(page: Page) -> None:
    """Wait for the page that answers to a form: before it sends an answer, the script looks whether anyone is there."""
    expect(page.locator("form[data-sending]")).to_have_count(0)


def _is_document(answer: Answer, page: Page) -> bool:
    request = answer.request
    return request.is_navigation_request() and request.frame == page.main_frame and answer.status not in range(300, 400)


def _at(name: str, rest: str = "") -> Callable[[Stage], str]:
    return lambda stage: stage.paths[name] + rest


def _team(stage: Stage) -> str:
    from trainer.core.db import db
    from trainer.organizations.models import Team

    firm = stage.paths["firm"]
    with stage.live.app.app_context():
        (first, *_others) = db.session.query(Team.id).filter_by(organization_id=UUID(firm.rpartition("/")[2]))
    return f"{firm}/teams/{first[0]}"


def _chosen(stage: Stage) -> str:
    late = stage.paths["person"].rpartition("/")[2]
    passed = stage.paths["trained"].rpartition("/")[2]
    return f"{stage.paths['firm']}/people/chosen?person={late}&person={passed}"


def _question(kind: str, attempt: str = "drill") -> Callable[[Stage], str]:
    """Return the address of the question of a type in an attempt that has one of each."""

    def path(stage: Stage) -> str:
        from trainer.assessment.models import Response
        from trainer.core.db import db

        here = stage.paths[attempt]
        with stage.live.app.app_context():
            rows = db.session.query(Response.position, Response.item).filter_by(attempt_id=UUID(here[10:]))
            return f"{here}/questions/{next(position for position, item in rows if item.endswith(kind))}"

    return path


def _lesson(longest: bool) -> Callable[[Stage], str]:
    def path(stage: Stage) -> str:
        from trainer.content.serving import served

        with stage.live.app.app_context():
            lessons = served().courses["recognize"].lessons
            one = max(lessons, key=lambda lesson: len(lesson.html)) if longest else lessons[0]
            return f"{COURSE}/{one.id}"

    return path


def _asking(rest: str = "") -> Callable[[Stage], str]:
    """Return the address of the lesson that asks questions of the most types, and opens with one to choose from."""

    def path(stage: Stage) -> str:
        from trainer.content.serving import served

        with stage.live.app.app_context():
            lessons = [
                one
                for one in served().courses["recognize"].lessons
                if one.questions and one.questions[0].type in ("single", "multiple")
            ]
            one = max(lessons, key=lambda lesson: len({question.type for question in lesson.questions}))
            return f"{COURSE}/{one.id}{rest}"

    return path


def _answer_nothing(page: Page) -> None:
    page.locator(".question form button").first.click()
    wait_until_sent(page)


def _answer_all(page: Page) -> None:
    Mouse(page).answer_questions()


def _send_incomplete(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('main form select')) one.selectedIndex = 0")
    _send(page)


def _send(page: Page) -> None:
    page.locator("main form:not([data-passkey]) button:not([formaction]):visible").last.click()


def _download_without_password(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Download").click()


def _send_list(page: Page) -> None:
    """Send a list of trainings with a row for each outcome."""
    rows = ("long@example.org,Night watch,Another school,2026-03-04,8", "bea@example.org,Patrol,Another school,,8")
    twice = "long@example.org,Night Watch,Another school,2026-03-04,8"
    page.locator("textarea[name=text]").fill("\n".join(("email,training,provider,completed on,hours", *rows, twice)))
    _send(page)


def _insert_nothing(page: Page) -> None:
    page.get_by_role("button", name="Insert this comment").click()


def _rewrite_nothing(page: Page) -> None:
    page.get_by_label("Your new version").fill("")
    page.get_by_role("button", name="Hand in the new version").click()


def _choose_gone_team(page: Page) -> None:
    """Choose a team that was removed in the meantime."""
    page.locator("input[name=teams]").first.evaluate("box => { box.value = 'gone'; box.checked = true; }")
    page.locator("main form button").first.click()


def _spot(page: Page) -> None:
    """Choose one thing by its number in the picture and one in the list."""
    page.locator(".pin[data-n='1']").click()
    page.locator(".spot input[data-n='4']").check()
    page.locator(".question form button").click()
    wait_until_sent(page)


def _play(*choices: str) -> Callable[[Page], None]:
    """Make these choices in a branching scene."""

    def act(page: Page) -> None:
        for choice in choices:
            page.locator(f"label:has(input[value={choice}])").click()
            page.locator(".question form button").click()
            wait_until_sent(page)

    return act


def _match(page: Page) -> None:
    """Choose the second of the choices in every row."""
    for box in page.locator(".question select").all():
        box.select_option(index=2)
    page.locator(".question form button").click()
    wait_until_sent(page)


def _write_nothing(page: Page) -> None:
    page.locator(".question form button").click()
    wait_until_sent(page)


def _write(page: Page) -> None:
    """Write a note that has something to look at again."""
    page.locator(".question textarea").fill("Feed store, Route 7.\nA shady man has a woman’s phone in his shirt.")
    page.locator(".question form button").click()
    wait_until_sent(page)


def _write_and_compare(page: Page) -> None:
    _write(page)
    page.locator(".question input[name=ticked]").first.check()
    page.locator(".question form button").click()
    wait_until_sent(page)


def _make_owner(page: Page) -> None:
    page.locator("label:has(input[value=owner])").click()
    _send(page)


def _waive_nothing(page: Page) -> None:
    page.locator("main details summary").first.click()
    page.get_by_role("button", name="Waive", exact=True).first.click()


def _label_nothing(page: Page) -> None:
    page.get_by_text("Limit it to some teams or one requirement").click()
    page.get_by_role("group", name="Teams").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Create a link").click()


def _sign_up_wrongly(page: Page) -> None:
    page.get_by_label("Email").fill("leo")
    page.get_by_label("Password").fill("short")
    _send(page)


def _ask_for_a_link(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.org")
    _send(page)


def _sign_in_wrongly(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("a few plain words")
    _send(page)


def _make_a_token(page: Page) -> None:
    page.get_by_label("Which system it’s for").fill("Payroll")
    page.locator("label:has(input[name=scopes])").first.click()
    _send(page)


def _say_no_name(page: Page) -> None:
    page.get_by_label("Name on the certificate").fill("")
    _send(page)


def _make_no_code(page: Page) -> None:
    page.get_by_label("Valid until").fill("")
    _send(page)


def _hand_over_nothing(page: Page) -> None:
    page.get_by_role("button", name="Hand over", exact=True).click()


def _send_last(page: Page) -> None:
    page.locator("main form button").last.click()


def _add_device(page: Page) -> None:
    page.locator("#name").fill("Gate tablet")
    _send_last(page)


def _type_wrong_pin(page: Page) -> None:
    page.locator("#pin").fill("739164")
    _send(page)


def _sign_without_name(page: Page) -> None:
    page.get_by_role("button", name="Sign off the lessons").click()


def _open_details(page: Page) -> None:
    while (closed := page.locator("main details:not([open]) > summary")).count():
        closed.first.click()


def _send_no_name(page: Page) -> None:
    page.get_by_label("Your name in this class").fill("")
    _send(page)


def _require_nothing(page: Page) -> None:
    page.get_by_label("Requirement name").fill("")
    page.get_by_label("Days allowed").fill("9999")
    _send(page)


def _require_of_some(page: Page) -> None:
    page.get_by_label("Only people who match").check()
    page.get_by_label("Hired on or after").fill("2026-01-01")
    page.locator("summary", has_text="Exceptions").click()
    page.get_by_role("group", name="Not these roles").get_by_label("Instructor").check()
    _send(page)


def _require_of_nobody(page: Page) -> None:
    page.get_by_label("Only people who match").check()
    _send(page)


def _check_nothing(page: Page) -> None:
    page.evaluate("document.querySelector('#serial').removeAttribute('required')")
    _send(page)


def _start(page: Page) -> None:
    page.get_by_role("button", name="Start").click()


def _answer(page: Page) -> None:
    page.locator("label:has(input[name=verdict])").first.click()
    page.get_by_role("button", name="Record my answer").click()
    wait_until_sent(page)


def _record_verdict(page: Page) -> None:
    if page.locator("input[name=verdict]").count():  # it stays, so the next look at this sheet finds the menu
        page.locator("label:has(input[name=verdict])").first.click()
        page.locator("label:has(input[name=confidence])").first.click()
        page.get_by_role("button", name="Record my verdict").click()
        wait_until_sent(page)
    page.locator("#first-step").wait_for()


def _start_and_send_nothing(page: Page) -> None:
    _start(page)
    page.get_by_role("button", name="Record my answer").click()
    wait_until_sent(page)


def _start_and_answer(page: Page) -> None:
    _start(page)
    _answer(page)


def _find_fault(page: Page) -> None:
    _start_and_answer(page)
    page.get_by_role("link", name="Something wrong here?").click()


def _find_no_fault(page: Page) -> None:
    _find_fault(page)
    page.get_by_role("button", name="Send").click()


def _find_fault_and_send(page: Page) -> None:
    _find_fault(page)
    page.get_by_text("The wording is unclear or hurts").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("status").get_by_text("Thank you").wait_for()


def _to_the_result(page: Page) -> None:
    _start(page)
    for _scene in range(3):
        _answer(page)
        page.get_by_role("link", name="Next scene").click()
    _skip_the_rest(page)


def _skip_the_rest(page: Page) -> None:
    skip = page.get_by_role("link", name="Skip this scene")
    while skip.count():
        skip.click()


def _skip_everything(page: Page) -> None:
    _start(page)
    _skip_the_rest(page)


def _send_first(page: Page) -> None:
    page.locator("main form button").first.click()


def _create_no_panel(page: Page) -> None:
    page.get_by_role("button", name="Create the panel").click()


def _answer_short(page: Page, number: int) -> None:
    for _scene in range(number):
        page.locator("label:has(input[name=verdict])").first.click()
        page.locator("label:has(input[name=confidence])").first.click()
        page.locator("main form button").first.click()
        wait_until_sent(page)


def _begin_short(page: Page) -> None:
    page.get_by_role("link", name="Start").click()
    _answer_short(page, 2)


def _begin_short_and_send_nothing(page: Page) -> None:
    _begin_short(page)
    page.locator("main form button").first.click()
    wait_until_sent(page)


def _finish_short(page: Page) -> None:
    page.get_by_role("link", name="Start").click()
    _answer_short(page, 16)


def _skip_short(page: Page) -> None:
    page.get_by_role("link", name="Start").click()
    while (skip := page.get_by_role("button", name="Skip this scene")).count():
        skip.click()
        wait_until_sent(page)


def _error(status: int) -> Callable[[Stage], str]:
    def render(stage: Stage) -> str:
        with stage.live.app.test_request_context("/"):
            return error_response(status).get_data(as_text=True)

    return render


def _styleguide(stage: Stage) -> str:
    settings = replace(stage.live.app.config["SETTINGS"], development=True)
    app = create_app(settings, stage.live.app.extensions["library"])
    return app.test_client().get("/styleguide", base_url=stage.live.url).text


def _pack_index(stage: Stage) -> str:
    with stage.live.app.test_request_context("/"):
        pack = sample_pack(served())
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        return files.read("index.html").decode()


def _checked(more: bytes) -> Callable[[Stage], str]:
    """Check someone's certificate as a file, with something behind its end."""

    def render(stage: Stage) -> str:
        client, url = stage.live.app.test_client(), stage.live.url
        pdf = client.get(stage.paths["valid"] + "/certificate.pdf", base_url=url).data
        return client.post("/verify/file", data={"file": (io.BytesIO(pdf + more), "a.pdf")}, base_url=url).text

    return render


def _checked_pack(stage: Stage) -> str:
    """Check a small pack that is signed."""
    manifest, file = b'{"organization": "Acme", "sha256": {}}', io.BytesIO()
    make_first(stage.live.app.config["SETTINGS"].instance, clock.now())
    with stage.live.app.test_request_context("/"):
        signature = seal(manifest)
    assert signature is not None
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr(MANIFEST, manifest)
        pack.writestr(SEAL, signature)
    file.seek(0)
    client, url = stage.live.app.test_client(), stage.live.url
    return client.post("/verify/file", data={"file": (file, "pack.zip")}, base_url=url).text


PUBLIC = [
    Sheet("front", "/"),
    Sheet("front-a", "/#picked-a"),
    Sheet("front-b", "/#picked-b"),
    Sheet("for-firms", "/for-firms"),
    Sheet("courses", "/courses"),
    Sheet("course", COURSE),
    Sheet("lesson", _lesson(False)),
    Sheet("lesson-long", _lesson(True)),
    Sheet("lesson-questions", _asking()),
    Sheet("lesson-questions-open", _asking("?open=all")),
    Sheet("lesson-questions-error", _asking(), act=_answer_nothing, status=422),
    Sheet("lesson-questions-answered", _asking(), act=_answer_all),
    Sheet("practice", f"{COURSE}/practice"),
    Sheet("final", f"{COURSE}/final"),
    Sheet("final-rule", f"{COURSE}/rule"),
    Sheet("final-rule-open", f"{COURSE}/rule", act=_open_details),
    Sheet("try", "/try"),
    Sheet("try-scene", "/try", act=_start),
    Sheet("try-scene-error", "/try", act=_start_and_send_nothing, status=422),
    Sheet("try-answer", "/try", act=_start_and_answer),
    Sheet("try-remark", "/try", act=_find_fault),
    Sheet("try-remark-error", "/try", act=_find_no_fault, status=422),
    Sheet("try-remark-thanks", "/try", act=_find_fault_and_send),
    Sheet("try-result", "/try", act=_to_the_result),
    Sheet("try-result-empty", "/try", act=_skip_everything),
    Sheet("short-form", "/short-form"),
    Sheet("short-form-scene", "/short-form", act=_begin_short),
    Sheet("short-form-scene-error", "/short-form", act=_begin_short_and_send_nothing, status=422),
    Sheet("short-form-begun", "/short-form/scenes"),
    Sheet("short-form-result", "/short-form", act=_finish_short),
    Sheet("short-form-result-empty", "/short-form", act=_skip_short),
    Sheet("short-form-kept", "/short-form/kept"),
    Sheet("short-form-norms", "/short-form/norms"),
    Sheet("short-form-norms-told", "/short-form/norms", render=short_form.norms_page),
    Sheet("indicators", "/indicators"),
    Sheet("indicator", "/indicators/A1"),
    Sheet("indicator-false-cue", "/indicators/B3"),
    Sheet("indicators-misleading", "/indicators/misleading"),
    Sheet("lesson-chart", f"{COURSE}/the-maine-picture/what-the-numbers-are"),
    Sheet("course-officer", OFFICER),
    Sheet("lesson-venue", f"{OFFICER}/your-venue/hotel"),
    Sheet("lesson-spot", f"{COURSE}/signs-in-combination/patterns-at-a-place"),
    Sheet("lesson-spot-answered", f"{COURSE}/signs-in-combination/patterns-at-a-place", act=_spot),
    Sheet("lesson-branching", BRANCHING),
    Sheet("lesson-branching-step", BRANCHING, act=_play("radio", "send")),
    Sheet("lesson-branching-ended", BRANCHING, act=_play("morning", "drive-on", "quiet", "labor", "promise")),
    Sheet("lesson-rule", f"{COURSE}/essentials/the-rule?open=all"),
    Sheet("lesson-thanked", f"{COURSE}/essentials/the-rule?open=all#thanks"),
    Sheet("lesson-match", f"{COURSE}/what-it-is/what-it-is-not"),
    Sheet("lesson-match-answered", f"{COURSE}/what-it-is/what-it-is-not", act=_match),
    Sheet("lesson-note", NOTE),
    Sheet("lesson-note-error", NOTE, act=_write_nothing, status=422),
    Sheet("lesson-note-written", NOTE, act=_write),
    Sheet("lesson-note-compared", NOTE, act=_write_and_compare),
    Sheet("search", "/search"),
    Sheet("search-found", "/search?q=passport"),
    Sheet("search-nothing", "/search?q=zzzz"),
    Sheet("evidence", "/evidence"),
    Sheet("twins", "/twins"),
    Sheet("twin-ask", "/twins/room-214-b"),
    Sheet("twin-answered", "/twins/room-214-b?seen=y&marked=2&marked=3"),
    Sheet("twin-answered-none", "/twins/bus-terminal-b?seen=y&people=other"),
    Sheet("cards", "/cards"),
    Sheet("card", "/cards/hotel"),
    Sheet("observation", "/observation"),
    Sheet("glossary", "/glossary"),
    Sheet("sources", "/sources"),
    Sheet("help", "/help"),
    Sheet("help-need", "/help/work"),
    Sheet("help-all", "/help/all"),
    Sheet("about", "/about"),
    Sheet("privacy", "/privacy"),
    Sheet("accessibility", "/accessibility"),
    Sheet("terms", "/terms"),
    Sheet("contact", "/contact"),
    Sheet("leaving", "/leaving"),
    Sheet("rights", "/rights"),
    Sheet("verify", "/verify"),
    Sheet("verify-error", "/verify", act=_check_nothing),
    Sheet("verify-file", "/verify/file"),
    Sheet("verify-file-error", "/verify/file", act=_send, status=422),
    Sheet("verify-file-valid", "/verify/file", render=_checked(b"")),
    Sheet("verify-file-differs", "/verify/file", render=_checked(b" ")),
    Sheet("verify-file-pack", "/verify/file", render=_checked_pack),
    Sheet("verify-valid", _at("valid")),
    Sheet("verify-expired", _at("expired")),
    Sheet("verify-replaced", _at("replaced")),
    Sheet("verify-revoked", _at("revoked")),
    Sheet("verify-unknown", "/verify/ABCDE", status=404),
    Sheet("shared", _at("shared")),
    Sheet("shared-ended", "/shared/none", status=404),
    Sheet("pack-check", "/pack"),
    Sheet("pack-check-error", "/pack?sha256=abc", status=422),
    Sheet("pack-made", _at("pack")),
    Sheet("pack-unknown", f"/pack/{64 * '0'}", status=404),
    Sheet("pack-index", "/pack/index.html", render=_pack_index),
    Sheet("keep", "/keep?start=course&course=recognize"),
    Sheet("sign-in", "/sign-in"),
    Sheet("sign-in-error", "/sign-in", act=_sign_in_wrongly, status=422),
    Sheet("sign-up", "/sign-up"),
    Sheet("sign-up-error", "/sign-up", act=_sign_up_wrongly, status=422),
    Sheet("password-reset", "/password-reset"),
    Sheet("password-reset-error", "/password-reset", act=_send, status=422),
    Sheet("password-reset-asked", "/password-reset", act=_ask_for_a_link),
    Sheet("password-new", _at("reset")),
    Sheet("password-new-error", _at("reset"), act=_send, status=422),
    Sheet("link-void", "/password-reset/void", status=404),
    Sheet("confirm", _at("confirm")),
    Sheet("sign-up-mailed", "/sign-up", render=steps.mailed_sign_up_page),
    Sheet("sign-up-mailed-error", "/sign-up", render=steps.mailed_sign_up_error),
    Sheet("sign-up-asked", "/sign-up", render=steps.sign_up_asked_page),
    Sheet("sign-up-password", _at("sign-up")),
    Sheet("sign-up-password-error", _at("sign-up"), act=_send, status=422),
    Sheet("sign-in-code", "/sign-in/code", render=steps.code_page),
    Sheet("sign-in-code-error", "/sign-in/code", render=steps.code_error),
    Sheet("error-404", "/nowhere", status=404),
    Sheet("error-429", "/error-429", render=_error(429)),
    Sheet("error-500", "/error-500", render=_error(500)),
    Sheet("error-503", "/error-503", render=_error(503)),
    Sheet("styleguide", "/styleguide", render=_styleguide),
]

LEARNER = [
    Sheet("account", "/account", "passed"),
    Sheet("sign-out", "/sign-out", "passed"),
    Sheet("account-error", "/account", "passed", _send, 422),
    Sheet("account-name", "/account/name", "passed"),
    Sheet("account-name-error", "/account/name", "passed", _say_no_name, 422),
    Sheet("verify-renamed", _at("renamed"), "renamed"),
    Sheet("verify-earlier", _at("earlier"), "earlier"),
    Sheet("changes", _at("changes"), "earlier"),
    Sheet("changes-to-read", _at("changes"), "earlier", render=steps.changes_to_read),
    Sheet("verify-own-shared", _at("valid"), "passed"),
    Sheet("shared-own", _at("shared"), "passed"),
    Sheet("reissue", _at("reissue"), "renamed"),
    Sheet("reissue-error", _at("reissue"), "renamed", _send, 422),
    Sheet("verify-issuer", _at("valid"), "administrator"),
    Sheet("certificate-correction", _at("correction"), "administrator"),
    Sheet("certificate-correction-error", _at("correction"), "administrator", _send, 422),
    Sheet("certificate-withdrawal", _at("revocation"), "administrator"),
    Sheet("certificate-withdrawal-error", _at("revocation"), "administrator", _send, 422),
    Sheet("address", "/account/address", "passed"),
    Sheet("address-error", "/account/address", "passed", _send, 422),
    Sheet("address-asked", "/account/address", render=steps.address_asked_page),
    Sheet("address-confirm", _at("address"), "moving"),
    Sheet("second-factor", "/account/second-factor", "passed"),
    Sheet("second-factor-error", "/account/second-factor", "passed", _send, 422),
    Sheet("second-factor-set-up", "/account/second-factor/set-up", render=steps.set_up_page),
    Sheet("second-factor-set-up-error", "/account/second-factor/set-up", render=steps.set_up_error),
    Sheet("second-factor-codes", "/account/second-factor/set-up", render=steps.recovery_codes_page),
    Sheet("second-factor-on", "/account/second-factor", "careful"),
    Sheet("second-factor-off", "/account/second-factor/off", "careful"),
    Sheet("second-factor-off-error", "/account/second-factor/off", "careful", _send, 422),
    Sheet("second-factor-renew", "/account/second-factor/recovery-codes", "careful"),
    Sheet("passkeys-none", "/account/passkeys", "passed"),
    Sheet("passkeys-confirm", "/account/passkeys", render=steps.passkeys_confirm_page),
    Sheet("passkeys-confirm-error", "/account/passkeys", "passed", _send, 422),
    Sheet("passkeys", "/account/passkeys", render=steps.passkeys_page),
    Sheet("passkeys-error", "/account/passkeys", render=steps.passkeys_error),
    Sheet("account-second-factor", "/account", "careful"),
    Sheet("account-leaving", "/account", "leaving"),
    Sheet("me-leaving", "/me", "leaving"),
    Sheet("known", "/account/data", "passed"),
    Sheet("copy", "/account/data/copy", "passed"),
    Sheet("copy-second-factor", "/account/data/copy", "careful"),
    Sheet("copy-under-way", "/account/data/copy", "copying"),
    Sheet("copy-ready", "/account/data/copy", "copied"),
    Sheet("copy-error", "/account/data/copy", "copied", _download_without_password, 422),
    Sheet("erasure", "/account/erasure", "passed"),
    Sheet("erasure-error", "/account/erasure", "careful", _send, 422),
    Sheet("erasure-only-owner", "/account/erasure", "alice"),
    Sheet("erasure-asked", "/account/erasure", "leaving"),
    Sheet("erasure-undo", _at("undo")),
    Sheet("erasure-undo-void", "/erasures/0.0", status=404),
    Sheet("me-guest", "/me", "guest"),
    Sheet("sign-out-guest", "/sign-out", "guest"),
    Sheet("course-guest", COURSE, "guest"),
    Sheet("final-guest", f"{COURSE}/final", "guest"),
    Sheet("sign-up-guest", "/sign-up", "guest"),
    Sheet("me-empty", "/me", "new"),
    Sheet("course-not-started", COURSE, "new"),
    Sheet("final-not-started", f"{COURSE}/final", "new"),
    Sheet("me-doing", "/me", "middle"),
    Sheet("course-middle", COURSE, "middle"),
    Sheet("lesson-middle", _lesson(True), "middle"),
    Sheet("lesson-questions-middle", _asking(), "middle"),
    Sheet("practice-middle", f"{COURSE}/practice", "middle"),
    Sheet("scene", _at("practice", "/scenes/3"), "middle"),
    Sheet("scene-step", _at("practice", "/scenes/5"), "middle", _record_verdict),
    Sheet("scene-error", _at("practice", "/scenes/4"), "middle", _send, 422),
    Sheet("answer-wrong", _at("practice", "/scenes/1"), "middle"),
    Sheet("answer-right", _at("practice", "/scenes/2"), "middle"),
    Sheet("submission-practice", _at("practice", "/submission"), "middle"),
    Sheet("result-practice", _at("practice_done", "/result"), "middle"),
    Sheet("result-skipped", _at("practice_skipped", "/result"), "middle"),
    *(Sheet(f"question-{kind}", _question(kind), "asked") for kind in ABOUT_SCENES),
    *(
        Sheet(f"question-error-{name}", _question(name), "asked", _send_incomplete, 422)
        for name in ABOUT_SCENES
        if FURTHER[name].samples()[0].incomplete is not None
    ),
    *(Sheet(f"question-answer-{kind}", _question(kind, "drill_answered"), "asked") for kind in ABOUT_SCENES),
    Sheet("submission-drill", _at("drill", "/submission"), "asked"),
    Sheet("result-drill", _at("drill_done", "/points"), "asked"),
    Sheet("practice-officer", f"{OFFICER}/practice", "officer"),
    Sheet("course-officer-middle", OFFICER, "officer"),
    Sheet("lesson-venue-middle", f"{OFFICER}/your-venue/hotel", "officer"),
    Sheet("place", f"{OFFICER}/place", "officer"),
    Sheet("place-error", f"{OFFICER}/place", "officer", _send, 422),
    Sheet("course-officer-placed", OFFICER, "unsigned"),
    Sheet("lesson-venue-placed", f"{OFFICER}/your-venue/hospital", "unsigned"),
    Sheet("shift-scene", _at("shift", "/scenes/3"), "officer"),
    Sheet("shift-answer", _at("shift", "/scenes/1"), "officer"),
    Sheet("handover", _at("shift", "/handover"), "officer"),
    Sheet("handover-error", _at("shift", "/handover"), "officer", _hand_over_nothing, 422),
    Sheet("handover-compare", _at("compared", "/handover"), "handing"),
    Sheet("result-shift", _at("shift_done", "/result"), "unsigned"),
    Sheet("rare-event", _at("rare", "/events/3"), "officer"),
    Sheet("rare-changed", _at("rare", "/events/2"), "officer"),
    Sheet("submission-rare", _at("rare", "/submission"), "officer"),
    Sheet("result-rare", _at("rare_done", "/night"), "unsigned"),
    Sheet("final-unsigned", f"{OFFICER}/final", "unsigned"),
    Sheet("attestation", f"{OFFICER}/attestation", "unsigned"),
    Sheet("attestation-error", f"{OFFICER}/attestation", "unsigned", _send, 422),
    Sheet("final-locked", f"{COURSE}/final", "middle"),
    Sheet("final-name", f"{COURSE}/final", "read"),
    Sheet("name", f"{COURSE}/name", "read"),
    Sheet("name-error", f"{COURSE}/name", "read", _say_no_name, 422),
    Sheet("course-read", COURSE, "read"),
    Sheet("final-start", f"{COURSE}/final", "ready"),
    Sheet("final-under-way", f"{COURSE}/final", "sitting"),
    Sheet("final-scene", _at("final", "/scenes/3"), "sitting"),
    Sheet("submission-waiting", _at("final", "/submission"), "sitting"),
    Sheet("result-not-yet", _at("final", "/result"), "sitting", status=409),
    Sheet("submission-full", _at("final_full", "/submission"), "full"),
    Sheet("final-more", _at("more"), "between"),
    Sheet("final-again", _at("again"), "rushed"),
    Sheet("result-failed", _at("failed", "/result"), "failed"),
    Sheet("result-canceled", _at("canceled", "/result"), "canceled"),
    Sheet("final-failed", f"{COURSE}/final", "failed"),
    Sheet("final-waiting", f"{COURSE}/final", "waiting"),
    Sheet("final-used", f"{COURSE}/final", "used"),
    Sheet("final-asked", f"{COURSE}/final", "asked already"),
    Sheet("round-ask", f"{COURSE}/final/round", "asker"),
    Sheet("round-ask-nobody", f"{COURSE}/final/round", "used"),
    Sheet("round-class", _at("class_round"), "alice"),
    Sheet("round-class-error", _at("class_round"), "alice", act=_send, status=422),
    Sheet("round-training", _at("training_round"), "alice"),
    Sheet("result-used", _at("used", "/result"), "used"),
    Sheet("result-passed", _at("passed", "/result"), "passed"),
    Sheet("result-perfect", _at("perfect", "/result"), "perfect"),
    Sheet("final-passed", f"{COURSE}/final", "passed"),
    Sheet("course-passed", COURSE, "passed"),
    Sheet("me-earned", "/me", "passed"),
    Sheet("verify-own", _at("valid"), "passed"),
    Sheet("verify-own-replaced", _at("replaced"), "replaced"),
    Sheet("me-renewable", "/me", "renewable"),
    Sheet("course-renewable", COURSE, "renewable"),
    Sheet("verify-renewable", _at("renewable"), "renewable"),
    Sheet("me-renewing", "/me", "renewing"),
    Sheet("course-renewing", COURSE, "renewing"),
    Sheet("lesson-renewing", f"{COURSE}/once-more/one-page", "renewing"),
    Sheet("verify-renewing", _at("renewing"), "renewing"),
    Sheet("progress-empty", "/progress", "new"),
    Sheet("progress-practice", "/progress", "middle"),
    Sheet("progress-closed", "/progress", "waiting"),
    Sheet("progress", "/progress", "learned"),
    Sheet("check-ins-empty", "/check-ins", "middle"),
    Sheet("check-ins-later", "/check-ins", "passed"),
    Sheet("check-ins", "/check-ins", "checking"),
    Sheet("check-in", _at("check_in", "/scenes/3"), "checking"),
    Sheet("check-in-answer", _at("check_in", "/scenes/1"), "checking"),
    Sheet("result-check-in", _at("check_in_done", "/result"), "checking"),
    Sheet("me-check-in", "/me", "checking"),
    Sheet("progress-check-ins", "/progress", "checking"),
    Sheet("progress-before", "/progress", "before"),
    Sheet("pretest", f"{REFRESHER}/pretest", "beginner"),
    Sheet("me-pretest", "/me", "beginner"),
    Sheet("pretest-result", _at("pretest_done", "/counts"), "before"),
    Sheet("pretest-known", _at("pretest_known", "/counts"), "known"),
    Sheet("course-known", REFRESHER, "known"),
]

FIRMS = [
    Sheet("firm-new", "/organizations/new", "new"),
    Sheet("firm-new-error", "/organizations/new", "new", _send, 422),
    Sheet("firm", _at("firm"), "alice"),
    Sheet("firm-empty", _at("bare"), "alice"),
    Sheet("firm-member", _at("firm"), "gus"),
    Sheet("me-firms", "/me", "alice"),
    Sheet("people", _at("firm", "/people"), "alice"),
    Sheet("people-chosen", _chosen, "alice"),
    Sheet("people-left", _at("firm", "/people?state=left"), "alice"),
    Sheet("people-nobody", _at("firm", "/people?q=zzzz"), "alice"),
    Sheet("person-new", _at("firm", "/people/new"), "alice"),
    Sheet("person-new-error", _at("firm", "/people/new"), "alice", _send, 422),
    Sheet("person", _at("person"), "alice"),
    Sheet("person-gone", _at("person_gone"), "alice"),
    Sheet("person-change", _at("person", "/facts"), "alice"),
    Sheet("person-role", _at("person", "/role"), "alice"),
    Sheet("person-role-error", _at("person", "/role"), "alice", _make_owner, 422),
    Sheet("person-removal", _at("person", "/removal"), "alice"),
    Sheet("teams", _at("firm", "/teams"), "alice"),
    Sheet("teams-none", _at("bare", "/teams"), "alice"),
    Sheet("team", _team, "alice"),
    Sheet("team-removal", lambda stage: f"{_team(stage)}/removal", "alice"),
    Sheet("teams-error", _at("firm", "/teams"), "alice", _send, 422),
    Sheet("audit", _at("firm", "/audit"), "alice"),
    Sheet("audit-none", _at("bare", "/audit?act=lesson"), "alice"),
    Sheet("settings", _at("firm", "/settings"), "alice"),
    Sheet("closure", _at("firm", "/closure"), "alice"),
    Sheet("closure-error", _at("firm", "/closure"), "alice", _send, 422),
    Sheet("firm-closed", _at("closed"), "alice", status=403),
    Sheet("firm-gone", _at("gone"), "alice", status=403),
    Sheet("firm-suspended", _at("suspended"), "alice", status=403),
    Sheet("departure", _at("firm", "/departure"), "alice"),
    Sheet("training", _at("firm", "/training"), "alice"),
    Sheet("training-months", _at("firm", "/training?months=shown"), "alice"),
    Sheet("training-late", _at("firm", "/training?group=late&order=due"), "alice"),
    Sheet("training-ends", _at("firm", "/training?end=waiver&from=2026-01-01"), "alice"),
    Sheet("training-nobody", _at("firm", "/training?q=zzzz"), "alice"),
    Sheet("training-empty", _at("bare", "/training"), "alice"),
    Sheet("training-past", _at("training_past"), "alice"),
    Sheet("training-past-error", _at("training_to_come"), "alice", status=422),
    Sheet("remind", _at("firm", "/training/reminders"), "alice"),
    Sheet("sent-mail", _at("firm", "/sent-mail"), "alice"),
    Sheet("sent-mail-none", _at("bare", "/sent-mail"), "alice"),
    Sheet("trained", _at("trained"), "alice"),
    Sheet("trained-past", _at("trained_past"), "alice"),
    Sheet("untrained", _at("untrained"), "alice"),
    Sheet("untrained-error", _at("untrained"), "alice", _waive_nothing, 422),
    Sheet("earlier", _at("firm", "/earlier-training"), "alice"),
    Sheet("earlier-none", _at("bare", "/earlier-training"), "alice"),
    Sheet("earlier-record", _at("earlier_record"), "alice"),
    Sheet("earlier-record-error", _at("earlier_record"), "alice", _send, 422),
    Sheet("earlier-training", _at("earlier_training"), "alice"),
    Sheet("earlier-list", _at("firm", "/earlier-training/list"), "alice"),
    Sheet("earlier-list-error", _at("firm", "/earlier-training/list"), "alice", _send, 422),
    Sheet("earlier-plan", _at("firm", "/earlier-training/list"), "alice", _send_list),
    Sheet("evidence-packs", _at("firm", "/evidence-packs"), "alice"),
    Sheet("certificate-files", _at("firm", "/certificates?group=current"), "alice"),
    Sheet("evidence-packs-none", _at("bare", "/evidence-packs"), "alice"),
    Sheet("reports", _at("firm", "/reports"), "alice"),
    Sheet("reports-none", _at("bare", "/reports"), "alice"),
    Sheet("report-new", _at("firm", "/reports/new"), "alice"),
    Sheet("report-new-error", _at("firm", "/reports/new"), "alice", _send, 422),
    Sheet("report", _at("report"), "alice"),
    Sheet("report-end", _at("report", "/end"), "alice"),
    Sheet("report-confirmation", _at("report_confirmation")),
    Sheet("report-stop", _at("report_stop")),
    Sheet("report-void", "/reports/void/stop", status=404),
    Sheet("inspections", _at("firm", "/inspections"), "alice"),
    Sheet("inspections-error", _at("firm", "/inspections"), "alice", _label_nothing, 422),
    Sheet("inspection-withdrawal", _at("withdrawal"), "alice"),
    Sheet("inspection", _at("inspection")),
    Sheet("inspection-past", _at("inspection_past")),
    Sheet("inspection-former", _at("inspection_former")),
    Sheet("inspection-all", _at("inspection_all")),
    Sheet("inspection-void", "/inspections/void", status=404),
]

JOINING = [
    Sheet("invitation", _at("invited")),
    Sheet("invitation-new", _at("invited_new")),
    Sheet("invitation-error", _at("invited_new"), act=_send, status=422),
    Sheet("invitation-mine", _at("invited"), "invited"),
    Sheet("invitation-other", _at("invited"), "new"),
    Sheet("invitation-void", "/i/void", status=404),
    Sheet("pin-sign-in", "/in?firm=7K3MQ2&number=00417"),
    Sheet("pin-sign-in-error", "/in?firm=7K3MQ2&number=00417", act=_type_wrong_pin, status=422),
    Sheet("choose-pin", "/in/pin", render=steps.choose_pin_page),
    Sheet("choose-pin-error", "/in/pin", render=steps.choose_pin_error),
    Sheet("account-pin", "/account", "gus"),
    Sheet("change-pin", "/account/pin", "gus"),
    Sheet("change-pin-error", "/account/pin", "gus", _send, 422),
    Sheet("address-first", "/account/address", "gus"),
    Sheet("pin-slips", _at("firm", "/pin-slips"), "alice"),
    Sheet("pin-slips-none", _at("bare", "/pin-slips"), "alice"),
    Sheet("pin-slips-ending", _at("firm", "/pin-slips?state=ending"), "alice"),
    Sheet("person-no-address", _at("without_address"), "alice"),
    Sheet("person-with-pin", _at("with_pin"), "alice"),
    Sheet("merger-choose", _at("merger", "?q=dow"), "alice"),
    Sheet("merger", _at("merger_of_two"), "alice"),
    Sheet("merger-undo", lambda stage: f"{stage.paths['firm']}/mergers/{stage.paths['joined']}", "alice"),
    Sheet("merger-withdraw", lambda stage: f"{stage.paths['firm']}/mergers/{stage.paths['asked']}", "alice"),
    Sheet("merger-asked", lambda stage: f"/account/mergers/{stage.paths['asked']}", "sam"),
    Sheet("merger-joined", lambda stage: f"/account/mergers/{stage.paths['joined']}", "gus"),
    Sheet("merger-dispute", "/in/joined", render=steps.merger_dispute_page),
    Sheet("me-told", "/me", "gus"),
    Sheet("used-slips", "/account/pin-slips", "gus"),
    Sheet("site-devices", _at("firm", "/site-devices"), "alice"),
    Sheet("site-devices-none", _at("bare", "/site-devices"), "alice"),
    Sheet("site-device-new", _at("firm", "/site-devices"), "alice", _add_device),
    Sheet("site-devices-error", _at("firm", "/site-devices"), "alice", _send_last, 422),
    Sheet("site-device-revocation", _at("device", "/revocation"), "alice"),
    Sheet("register-device", "/site-device"),
    Sheet("register-device-error", "/site-device", act=_send, status=422),
    Sheet("site-sign-in", "/in", "tablet"),
    Sheet("site-sign-in-error", "/in", "tablet", _send, 422),
    Sheet("join-code", "/join"),
    Sheet("join-code-error", "/join?code=7K", status=422),
    Sheet("join-code-unknown", "/join/ZZZZ-ZZZZ", status=404),
    Sheet("join", _at("join")),
    Sheet("join-name", _at("join"), "new"),
    Sheet("join-error", _at("join"), "new", _send, 422),
    Sheet("join-in", _at("join"), "alice"),
    Sheet("roster", _at("firm", "/roster"), "alice"),
    Sheet("roster-error", _at("firm", "/roster"), "alice", _send, 422),
    Sheet("roster-plan", _at("roster_good"), "alice"),
    Sheet("roster-plan-bad", _at("roster_bad"), "alice"),
    Sheet("roster-plan-odd", _at("roster_odd"), "alice"),
    Sheet("roster-plan-full", _at("roster_full"), "alice"),
    Sheet("roster-missing", _at("roster_left", "?show=missing"), "alice"),
    Sheet("roster-columns", _at("roster_asking", "/columns"), "alice"),
    Sheet("roster-busy", _at("roster_busy"), "alice"),
    Sheet("roster-done", _at("roster_done"), "alice"),
    Sheet("invitations", _at("firm", "/invitations"), "alice"),
    Sheet("invitations-new", _at("firm", "/invitations?state=new"), "alice"),
    Sheet("codes", _at("firm", "/codes"), "alice"),
    Sheet("codes-none", _at("bare", "/codes?show=old"), "alice"),
    Sheet("code-revocation", _at("code", "/revocation"), "alice"),
    Sheet("codes-error", _at("firm", "/codes"), "alice", _make_no_code, 422),
]

REQUIRING = [
    Sheet("requirements", _at("firm", "/requirements"), "alice"),
    Sheet("requirements-none", _at("bare", "/requirements"), "alice"),
    Sheet("packs", _at("firm", "/requirements/new"), "alice"),
    Sheet("require", _at("firm", "/requirements/new?pack=texas"), "alice"),
    Sheet("require-error", _at("firm", "/requirements/new?pack=texas"), "alice", _require_nothing, 422),
    Sheet("require-seen", _at("firm", "/requirements/new?pack=virginia"), "alice", _send),
    Sheet("require-some", _at("firm", "/requirements/new?pack=virginia"), "alice", _require_of_some),
    Sheet("require-nobody", _at("firm", "/requirements/new?pack=virginia"), "alice", _require_of_nobody, 422),
    Sheet("requirement", _at("requirement"), "alice"),
    Sheet("requirement-ended", _at("ended"), "alice"),
    Sheet("requirement-terms", _at("requirement", "/terms"), "alice"),
    Sheet("requirement-terms-seen", _at("requirement", "/terms"), "alice", _send),
    Sheet("requirement-end", _at("requirement", "/end"), "alice"),
]

CLASSES = [
    Sheet("class-join", _at("class_join")),
    Sheet("class-join-name", _at("class_join"), "new"),
    Sheet("class-join-error", _at("class_join"), "new", _send_no_name, 422),
    Sheet("class-unknown", "/classes/ZZZZ-ZZZZ", status=404),
    Sheet("cohorts-firm", _at("class_firms"), "alice"),
    Sheet("cohorts-firm-none", _at("bare", "/cohorts"), "alice"),
    Sheet("cohort-new", _at("class_firms", "/new"), "alice"),
    Sheet("cohort-new-error", _at("class_firms", "/new"), "alice", _send, 422),
    Sheet("class-invited", _at("class_invited"), "alice"),
    Sheet("class-invited-error", _at("class_invited"), "alice", _choose_gone_team, 422),
    Sheet("class-called", _at("class_called"), "called"),
    Sheet("me-called", "/me", "called"),
    Sheet("class-past", _at("class_past"), "former"),
    Sheet("class-past-misreads", _at("class_past", "/misreads"), "former"),
    Sheet("class-past-meetings", _at("class_past", "/sessions"), "former"),
    Sheet("class-past-meeting", _at("class_past_meeting"), "former"),
    Sheet("class-past-settings", _at("class_past", "/facts"), "alice"),
    Sheet("class-past-hand-over", _at("class_past", "/hand-over"), "alice"),
    Sheet("class-past-join", _at("class_past_join"), "called"),
    Sheet("cohorts-public", "/cohorts", "alice"),
    Sheet("cohorts-public-stranger", "/cohorts", "new"),
    Sheet("cohort-new-public", "/cohorts/new", "alice"),
    Sheet("board", _at("class"), "alice"),
    Sheet("board-stuck", _at("class", "?show=stuck"), "alice"),
    Sheet("board-empty", _at("class_empty"), "alice"),
    Sheet("misreads", _at("class", "/misreads"), "alice"),
    Sheet("briefing", _at("class", "/briefing"), "alice"),
    Sheet("briefing-empty", _at("class_alone", "/briefing"), "alice"),
    Sheet("items", _at("items"), "administrator"),
    Sheet("study-invited", "/me", "study_invited"),
    Sheet("study-consent", _at("study"), "study_invited"),
    Sheet("study-consent-error", _at("study"), "study_invited", _send, 422),
    Sheet("study-class-invited", "/me", "study_member"),
    Sheet("study-class-consent", _at("study_in_class"), "study_member"),
    Sheet("study-class", _at("study_class"), "researcher"),
    Sheet("study-class-facts", _at("study_class", "/facts"), "researcher"),
    Sheet("study-class-closing", _at("study_class", "/closing"), "researcher"),
    Sheet("study-later", _at("study"), "study_later"),
    Sheet("study-later-course", REFRESHER, "study_later"),
    Sheet("study-now", _at("study"), "study_now"),
    Sheet("study-second", _at("study"), "study_second"),
    Sheet("study-counts", _at("study_counts"), "study_done"),
    Sheet("study-over", _at("study"), "study_done"),
    Sheet("study-left", _at("study"), "study_left"),
    Sheet("study-withdrawal", _at("study", "/withdrawal"), "study_later"),
    Sheet("study-firm", _at("study_firm"), "researcher"),
    Sheet("study-planned", _at("study_planned"), "researcher"),
    Sheet("study-facts", _at("study_firm", "/facts"), "researcher"),
    Sheet("study-opening", _at("study_planned", "/opening"), "researcher"),
    Sheet("study-closing", _at("study_firm", "/closing"), "researcher"),
    Sheet("study-closed", _at("study_firm"), "researcher", render=closed_page),
    Sheet("studies", "/administration/studies", "administrator"),
    Sheet("study-result-early", _at("study_result"), "administrator"),
    Sheet("administration", "/administration", "administrator"),
    Sheet("administration-firms", "/administration/firms", "administrator"),
    Sheet("administration-no-firm", "/administration/firms?q=nobody", "administrator"),
    Sheet("items-instructor", _at("items", "?order=right&truth=no_concern"), "alice"),
    Sheet("panels", _at("panels"), "administrator"),
    Sheet("panels-error", _at("panels"), "administrator", _create_no_panel, 422),
    Sheet("panel", _at("panel"), "administrator"),
    Sheet("panel-closure", _at("panel", "/closure"), "administrator"),
    Sheet("panel-closed", _at("panel_closed"), "administrator", _open_details),
    Sheet("own-panel", _at("own_panel"), "administrator"),
    Sheet("own-panel-scene", _at("own_panel", "/scenes/1"), "administrator"),
    Sheet("own-panel-scene-error", _at("own_panel", "/scenes/1"), "administrator", _send_first, 422),
    Sheet("own-panel-step", _at("own_panel", "/scenes/2"), "administrator"),
    Sheet("own-panel-finished", _at("own_panel_finished"), "administrator"),
    Sheet("own-panel-closed", _at("own_panel_closed"), "administrator"),
    Sheet("items-no-match", _at("items", "?flag=mostly_wrong&course=refresher"), "administrator"),
    Sheet("leaks", "/item-analysis/leaks", "administrator"),
    Sheet("items-uncounted", "/item-analysis", "administrator", render=uncounted_page),
    Sheet("everyone", "/item-analysis/everyone", "administrator"),
    Sheet("item", _at("item"), "administrator"),
    Sheet("item-instructor", _at("item"), "alice"),
    Sheet("misreads-empty", _at("class_alone", "/misreads"), "alice"),
    Sheet("class-answers", _at("class_answers"), "alice"),
    Sheet("class-notes", _at("class_notes", "/notes"), "alice"),
    Sheet("class-notes-answered", _at("class_notes", "/notes?state=answered"), "alice"),
    Sheet("class-note", _at("class_note"), "alice", _open_details),
    Sheet("class-note-error", _at("class_note"), "alice", _insert_nothing, 422),
    Sheet("class-note-answered", _at("class_note_answered"), "alice"),
    Sheet("class-notes-join", _at("class_notes_join"), "new"),
    Sheet("class-notes-settings", _at("class_notes", "/facts"), "alice"),
    Sheet("hand-in", _at("hand_in"), "writer"),
    Sheet("note-lesson", _at("note_lesson"), "writer"),
    Sheet("own-notes", "/my-notes", "writer"),
    Sheet("own-note", _at("own_note"), "writer"),
    Sheet("own-note-error", _at("own_note"), "writer", _rewrite_nothing, 422),
    Sheet("own-note-waiting", _at("own_note_waiting"), "writer"),
    Sheet("me-note", "/me", "writer"),
    Sheet("meetings", _at("class", "/sessions"), "alice"),
    Sheet("meetings-error", _at("class", "/sessions"), "alice", _send, 422),
    Sheet("meeting", _at("class_meeting"), "alice"),
    Sheet("meeting-error", _at("class_meeting"), "alice", _sign_without_name, 422),
    Sheet("meeting-signed", _at("class_signed"), "alice", _open_details),
    Sheet("meeting-planned", _at("class_planned"), "alice"),
    Sheet("meeting-change", _at("class_planned", "/facts"), "alice"),
    Sheet("old-link-here", "/here/code", status=410),
    Sheet("old-link-attended", _at("class_claim"), status=410),
    Sheet("class-code", _at("class", "/code"), "alice"),
    Sheet("class-settings", _at("class", "/facts"), "alice"),
    Sheet("class-settings-empty", _at("class_empty", "/facts"), "alice"),
    Sheet("class-archive", _at("class", "/archival"), "alice"),
    Sheet("class-hand-over", _at("class", "/hand-over"), "alice"),
    Sheet("class-hand-over-error", _at("class", "/hand-over"), "alice", _send, 422),
    Sheet("class-hand-over-nobody", _at("class_empty", "/hand-over"), "alice"),
]

TOKENS = [
    Sheet("tokens", _at("tokens"), "tokens"),
    Sheet("tokens-none", _at("no tokens"), "no tokens"),
    Sheet("tokens-error", _at("no tokens"), "no tokens", _send, 422),
    Sheet("token-made", _at("tokens"), "tokens", _make_a_token),
    Sheet("token-revocation", _at("token"), "tokens"),
    Sheet("webhooks", _at("webhooks"), "tokens"),
    Sheet("webhooks-none", _at("no webhooks"), "no tokens"),
    Sheet("webhooks-error", _at("no webhooks"), "no tokens", _send, 422),
    Sheet("webhook", _at("webhook"), "tokens"),
    Sheet("webhook-deletion", _at("webhook_deletion"), "tokens"),
]

SHEETS = PUBLIC + LEARNER + FIRMS + JOINING + REQUIRING + CLASSES + TOKENS
NAMES = [one.name for one in SHEETS]

# Axe looks, narrow, at each page on which something is done first (of refusals, at each fourth), and at each of the
# others that is the first of its template or has an element for the first time: a tag with its classes, role, type,
# and names of attributes (`sent.py`). Each twenty-fourth page, in its plain state, is looked at wide, in other colors,
# right to left, zoomed and with large texts as well, and each sixteenth has its exit hit: layout and colors are the
# same ones everywhere. TRAINER_TEST_EVERYTHING=1 looks at all of them in all ways.
_STATES = ("-error", "-none", "-nobody", "-empty", "-void", "-unknown", "-left", "-ended", "-seen", "-other", "-mine")
IS_ALL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
_PLAIN = [one for one in SHEETS if not one.name.endswith(_STATES)]
CLOSELY = SHEETS if IS_ALL else _PLAIN[::24]
# Refusals of forms are made of the same parts: each fourth is looked at, and test_html.py opens them all.
_REFUSALS = [one for one in SHEETS if one.act is not None and one.status == 422]
AFTER_ACTS = [one for one in SHEETS if one.act is not None and (one not in _REFUSALS or one in _REFUSALS[::4])]
# A file of a pack is read without the site: it has neither exit nor help.
OURS = [one for one in SHEETS if one.name != "pack-index"]
LAYOUTS = OURS if IS_ALL else OURS[::16]
# Which scenes these show is drawn by chance.
DRAWN = [
    one for one in SHEETS if re.match(r"(try-)?(scene|answer|result|submission|final|question|first-try)", one.name)
]

"""Who may enter: a matrix made from the URL map and what each route declares."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import pytest
from flask import Flask

from tests.support import COURSE, Visitor
from tests.web.arguments import given
from tests.web.world import World
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.web.access import Access, Who, declared

IS_FULL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
"""Whether everybody asks for the mere headers of each page, too, which the same view answers."""
ROLES = ["anonymous", "guest", "owner", "another"]


def cells(app: Flask) -> list[tuple[str, str, Access, set[str]]]:
    """Return (method, endpoint, declared access, arguments) of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        access = declared(app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} declares no access"
        found += [
            (method, rule.endpoint, access, rule.arguments) for method in sorted((rule.methods or set()) - {"OPTIONS"})
        ]
    # Last what may take away what others show, and of that what a firm may withdraw.
    return sorted(found, key=lambda cell: (cell[0] == "POST", "organization_id" in cell[3]))


OF_INSTRUCTORS = ("misreads.", "board.answers", "class_notes.")
"""What no employer sees, even where an owner teaches, as in this world (tests/instructing has who does)."""


def expected(access: Access, role: str, endpoint: str) -> str:
    """Return the class of answer that a declaration promises to a role."""
    if access.who is Who.DEVELOPMENT or endpoint == "courses.security_txt":  # this content names nobody to write to
        return "not found"
    if endpoint.startswith("old_links."):
        return "status 410"
    if access.who is Who.PUBLIC:
        return "enters"
    if access.who is Who.TOKEN:
        return "status 401"  # no session opens it
    if role == "anonymous":
        return "asked " + ("/keep" if access.begins else "/sign-in")
    if access.who is Who.ACCOUNT and role == "guest":
        return "asked /sign-up"
    if access.own and (role != "owner" or endpoint.startswith(OF_INSTRUCTORS)):
        return "not found"
    return "enters"


def test_every_route_declares_who_may_enter(app: Flask) -> None:
    assert len(cells(app)) > 50
    own = {endpoint for _method, endpoint, access, _names in cells(app) if access.own}
    theirs = (
        *("attempt_id", "session_id", "address_token", "organization_id", "cohort_id", "/item-analysis", "passkey_id"),
        *("merger_id", "slip_id", "note_id", "comment_id", "/hand-in", "credential_id", "/administration", "panel_id"),
        "trial_id",
    )
    rules = {name: str(list(app.url_map.iter_rules(name))) for name in app.view_functions}
    assert {name for name, rule in rules.items() if any(one in rule for one in theirs)} == own


@pytest.mark.asvs("8.2.1")
@pytest.mark.check("T001")
@pytest.mark.check("T028")
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_each_role_as_declared(world: World, role: str) -> None:
    wrong = []
    reader = world.enter(role)
    for method, endpoint, access, names in cells(world.app):
        if method == "HEAD" and role != "anonymous" and not IS_FULL:
            continue
        is_last = method == "POST" or endpoint == "accounts.exit_site"
        visitor = world.enter(role) if is_last else reader
        path = world.path(endpoint, names)
        if method == "POST":
            answer = visitor.post(path, {"version": "0"})
        else:
            answer = visitor.client.open(path, method=method, base_url=visitor.base_url)
        answer.get_data()  # a table that is streamed comes to its end
        answer.close()
        promised, got = expected(access, role, endpoint), given(answer, path)
        # A first try without its page is refused for its shape, not for who sends it.
        if promised != got and not (endpoint.startswith("first_try.") and answer.status_code == 422):
            wrong.append((method, path, promised, got))
    assert wrong == []


@pytest.mark.asvs("1.2.2")
def test_a_page_that_was_read_is_returned_to_and_a_post_is_not(visitor: Visitor) -> None:
    assert visitor.get("/me?a=1").headers["Location"] == "/sign-in?next=/me?a%3D1"
    assert visitor.post(f"/courses/{COURSE}/practices").headers["Location"] == "/keep"
    assert visitor.post(f"/courses/{COURSE}/finals").headers["Location"] == "/sign-in"


def test_who_is_signed_out_is_asked_to_sign_in_for_whatever_is_a_persons_own(world: World) -> None:
    signed_out, personal = world.enter("anonymous"), {Who.LEARNER, Who.ACCOUNT}
    own = [
        (endpoint, names)
        for method, endpoint, rule, names in cells(world.app)
        if method == "GET" and rule.who in personal and (rule.own or not names)
    ]
    assert {"home.me", "progress.show", "check_ins.show", "assessment.result"} <= {endpoint for endpoint, _names in own}
    paths = [world.path(endpoint, names) for endpoint, names in own]
    led = {path: signed_out.get(path) for path in paths}
    assert {path: (answer.status_code, answer.location) for path, answer in led.items()} == {
        path: (303, f"/sign-in?next={path}") for path in paths
    }


def test_only_what_begins_a_lesson_or_practice_asks_a_stranger_to_keep_progress(app: Flask) -> None:
    begun = {endpoint for _method, endpoint, rule, _names in cells(app) if rule.begins}
    of_nights = {"shifts.start", "rare.start"} & app.view_functions.keys()  # of an extra
    assert begun - of_nights == {
        *("assessment.start_first_try", "assessment.start_practice", "drills.start"),
        *("learning.enroll", "learning.complete_lesson"),
    }
    assert of_nights <= begun


def test_no_page_promises_mail_where_there_is_no_mail_server(world: World) -> None:
    owner, promise = (
        world.enter("owner"),
        re.compile(r"\b(we’ll|we’ve|we can|we) (e?mail|sen[dt])\b|email me", re.IGNORECASE),
    )
    pages = [
        world.path(endpoint, names)
        for method, endpoint, rule, names in cells(world.app)
        if method == "GET" and rule.who in {Who.PUBLIC, Who.LEARNER, Who.ACCOUNT} and endpoint != "accounts.exit_site"
    ]
    told = {
        path: promise.search(owner.get(path, follow_redirects=True).get_data().decode("utf-8", "replace"))
        for path in pages
    }
    assert len(told) > 150
    assert {path: found[0] for path, found in told.items() if found} == {}


def test_who_asks_for_mail_is_told_that_none_is_sent_and_whom_to_ask(visitor: Visitor) -> None:
    asked = [visitor.get("/password-reset"), visitor.post("/password-reset", {"email": "bob@example.org"})]
    visitor.sign_up()
    asked += [visitor.get("/account/address"), visitor.post("/account/confirmations", follow_redirects=True)]
    for page in asked:
        assert "This site can’t send email yet" in page.text
        assert 'href="/contact"' in page.text
        assert "We’ve sent" not in page.text


@pytest.mark.asvs("16.5.3")
def test_a_route_without_declaration_is_not_served(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = Visitor(app).get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


@pytest.mark.asvs("13.4.2")
def test_the_style_guide_opens_in_development_only(app: Flask, settings: Settings, shelf: Library) -> None:
    assert Visitor(app).get("/styleguide").status_code == 404
    assert Visitor(create_app(replace(settings, development=True), shelf)).get("/styleguide").status_code == 200


@pytest.mark.asvs("8.2.2")
def test_someone_elses_attempt_looks_like_none(world: World) -> None:
    stranger = world.enter("another")
    theirs = stranger.get(f"/attempts/{world.values['attempt_id']}")
    nobodys = stranger.get("/attempts/00000000-0000-4000-8000-000000000000")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.split("404-")[0] == nobodys.text.split("404-")[0]

"""While a firm is suspended or closed, nothing of it opens, for anybody, by any way in; then all does as before."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import LOCAL, actor_of, approve, make_account, make_class, make_firm, put_on_roster, sign_in_as
from tests.support import Visitor
from tests.web.world import World
from trainer.accounts.queries import find_user_by_email_key
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope
from trainer.jobs.upkeep import keep_up
from trainer.organizations.closing import close, reopen, resume, suspend
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import FirmState, Role

pytestmark = pytest.mark.check("T013")

STATES = ["suspended", "closed"]
INSIDE = {"organization_id", "cohort_id"}
WAYS_IN = [
    ("GET", "inspections.inspect"),
    ("GET", "inspections.inspect_all"),
    ("GET", "inspections.inspect_pdf"),
    ("GET", "entry.invitation"),
    ("POST", "entry.accept"),
    ("GET", "entry.join"),
    ("POST", "entry.join_firm"),
    ("GET", "classes.show"),
    ("POST", "classes.join"),
    ("POST", "classes.leave"),
]


def firm_of(world: World) -> UUID:
    return UUID(str(world.values["organization_id"]))


def shut(world: World, how: str) -> None:
    """Suspend Bob's firm, or close it."""
    with world.app.app_context(), transaction():
        if how == "suspended":
            suspend(firm_of(world), "No answer", clock.now())
        else:
            close(actor_of(world.people["owner"], firm_of(world)), "acme security", clock.now())


def open_again(world: World, how: str) -> None:
    """Take that back."""
    with world.app.app_context(), transaction():
        if how == "suspended":
            resume(firm_of(world), clock.now())
        else:
            actor = find_actor(world.people["owner"], firm_of(world), [FirmState.CLOSED])
            assert actor is not None
            reopen(actor, clock.now())


def dora(world: World) -> Visitor:
    """Return a browser of a member."""
    with world.app.app_context():
        user = find_user_by_email_key("dora@example.org")
    assert user is not None
    return sign_in_as(world.app, user.id)


def ask(world: World, visitor: Visitor, method: str, endpoint: str) -> TestResponse:
    (rule,) = {str(one): one for one in world.app.url_map.iter_rules(endpoint)}.values()
    path = world.path(endpoint, rule.arguments)
    answer = visitor.post(path, {"version": "0"}) if method == "POST" else visitor.get(path)
    answer.get_data()
    answer.close()
    return answer


def inner_routes(world: World) -> list[tuple[str, str]]:
    """Return (method, endpoint) of every route of a firm or of a class of it."""
    found = [
        (method, rule.endpoint)
        for rule in world.app.url_map.iter_rules()
        if rule.arguments & INSIDE
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    assert len(found) > 60
    return found


@pytest.mark.parametrize("how", STATES)
def test_every_page_of_a_shut_firm_says_so_to_its_people_and_nothing_to_others(world: World, how: str) -> None:
    owner, member, stranger = world.enter("owner"), dora(world), world.enter("another")
    shut(world, how)
    for method, endpoint in inner_routes(world):
        if endpoint == "closing.reopen":
            continue
        answer = ask(world, owner, method, endpoint)
        assert (answer.status_code, f"is {how}" in answer.text) == (403, True), (method, endpoint)
        for hidden in ("Dana Dow", "Harbor Mall", "Night crew", "payroll"):
            assert hidden not in answer.text
        assert ("Open it again" in answer.text) == (how == "closed")
        is_class = "cohort_id" in next(iter(world.app.url_map.iter_rules(endpoint))).arguments
        answer = ask(world, member, method, endpoint)
        assert answer.status_code == (404 if is_class else 403), (method, endpoint)
        assert "Open it again" not in answer.text
        answer = ask(world, stranger, method, endpoint)
        assert answer.status_code == 404, (method, endpoint)
        assert "Acme" not in answer.text
    with world.app.app_context():
        assert db.session.scalars(select(AuditEvent).where(AuditEvent.act == "access.denied")).all() == []


@pytest.mark.parametrize("how", STATES)
def test_links_and_codes_of_a_shut_firm_look_like_dead_ones(world: World, how: str) -> None:
    guest, another = Visitor(world.app), world.enter("another")
    signed_in = ("classes.", "entry.join_firm")
    ways = [(another if endpoint.startswith(signed_in) else guest, method, endpoint) for method, endpoint in WAYS_IN]
    before = [ask(world, *way).status_code for way in ways if way[1] == "GET"]
    assert set(before) == {200}
    shut(world, how)
    for visitor, method, endpoint in ways:
        answer = ask(world, visitor, method, endpoint)
        assert answer.status_code == 404, endpoint
        assert "Acme" not in answer.text
    open_again(world, how)
    assert [ask(world, *way).status_code for way in ways if way[1] == "GET"] == before


@pytest.mark.parametrize("how", STATES)
def test_a_token_of_a_shut_firm_gets_401_in_json(world: World, how: str) -> None:
    with world.app.app_context(), transaction():
        token = make_token(actor_of(world.people["owner"], firm_of(world)), "Sheet", list(Scope), clock.now())
    headers, client = {"Authorization": f"Bearer {token}"}, world.app.test_client()
    paths = [f"/api/v1/{scope.value}" for scope in Scope if scope is not Scope.PEOPLE_WRITE]

    def statuses() -> set[tuple[int, str]]:
        answers = [client.get(path, base_url=LOCAL, headers=headers) for path in paths]
        return {(one.status_code, ", ".join(sorted(one.get_json()))) for one in answers}

    assert statuses() == {(200, "data, next")}
    shut(world, how)
    assert statuses() == {(401, "error, request_id, status")}
    open_again(world, how)
    assert statuses() == {(200, "data, next")}


@pytest.mark.parametrize("how", STATES)
def test_my_course_holds_no_duty_and_no_class_of_a_shut_firm_but_says_that_it_is_shut(world: World, how: str) -> None:
    member = dora(world)
    with world.app.app_context():
        for _portion in keep_up(firm_of(world)):
            pass
    assert "Due " in member.get("/me").text
    assert "Night crew" in member.get("/me").text
    shut(world, how)
    page = member.get("/me")
    assert page.status_code == 200
    assert "Due " not in page.text
    assert f"{how.capitalize()}. What you’ve learned stays yours." in page.text
    assert "Night crew" not in member.get("/me").text
    open_again(world, how)
    assert "Due " in member.get("/me").text
    assert "Night crew" in member.get("/me").text


@pytest.mark.parametrize("how", STATES)
def test_who_is_in_another_firm_too_goes_on_there(world: World, how: str) -> None:
    mallory = make_account(world.app, "mallory@example.org")
    other = make_firm(world.app, mallory, "Other Security")
    put_on_roster(world.app, other, world.people["owner"], Role.MANAGER, manages_all=True)
    public = make_public_class(world)
    bob = world.enter("owner")
    shut(world, how)
    assert bob.get(f"/organizations/{firm_of(world)}").status_code == 403
    for rest in ("", "/people", "/training"):
        assert bob.get(f"/organizations/{other}{rest}").status_code == 200
    assert "Other Security" in bob.get("/me").text
    assert bob.get(f"/cohorts/{public}").status_code == 200


def make_public_class(world: World) -> UUID:
    approve(world.app, world.people["owner"])
    return make_class(world.app, world.people["owner"], None, title="In public")


def test_an_owner_closes_a_firm_by_its_name_and_opens_it_again(world: World) -> None:
    bob, path = world.enter("owner"), f"/organizations/{firm_of(world)}"
    assert f"{path}/closure" in bob.get(f"{path}/settings").text
    assert f"{path}/evidence-packs" in bob.get(f"{path}/closure").text
    for name, words in (("", "Enter the firm"), ("Other Security", "isn’t the firm’s name")):
        answer = bob.post(f"{path}/closure", {"name": name})
        assert (answer.status_code, words in answer.text) == (422, True)
    answer = bob.post(f"{path}/closure", {"name": " ACME  security "})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Open it again" in bob.get(path).text
    assert bob.post(f"{path}/reopening").headers["Location"] == path
    page = bob.get(path)
    assert (page.status_code, "Everything is as it was." in page.text) == (200, True)
    assert bob.post(f"{path}/reopening").status_code == 303  # once more changes nothing


def test_only_owners_with_a_second_step_open_a_firm_again(world: World) -> None:
    people = {"member": dora(world), "stranger": world.enter("another")}
    alma = make_account(world.app, "alma@example.org")
    put_on_roster(world.app, firm_of(world), alma, Role.OWNER, name="Alma", email="alma@example.org")
    shut(world, "closed")
    path = f"/organizations/{firm_of(world)}"
    assert [one.post(f"{path}/reopening").status_code for one in people.values()] == [404, 404]
    asked = sign_in_as(world.app, alma).post(f"{path}/reopening")
    assert asked.headers["Location"].startswith("/account/second-factor")
    assert world.enter("owner").get(path).status_code == 403

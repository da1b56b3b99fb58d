"""Odd values get an answer that says so, from every route and on every database, and never a server error."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.web.world import World
from trainer.web.access import Who, declared

LONG = "\ufdfa"  # one letter, eighteen when it is folded
CURSORS = [
    "{number}.0001-01-01T00:00:00+23:59",
    "{number}.9999-12-31T23:59:59-23:59",
    "{number}.0001-01-01T00:00:00Z",
    "{number}.9999-12-31T23:59:59Z",
    "{number}.2026-11-25",
    "x.2026-11-25T00:00:00Z",
    "2026-11-25T00:00:00Z~{number}",
    ".",
]


@pytest.mark.asvs("2.2.1")
def test_a_character_that_no_database_takes_is_refused_everywhere(world: World) -> None:
    for role in ("anonymous", "owner"):
        visitor = world.enter(role)
        for method, endpoint, path in world.routes():
            rule = declared(world.app, endpoint)
            if endpoint == "static" or rule is None or rule.who is Who.DEVELOPMENT:
                continue
            if method == "GET":
                answer = visitor.get(f"{path}?q=a%00&after=%00")
                assert answer.status_code == 400, path
            elif method == "POST":
                answer = visitor.client.post(
                    path,
                    data="name=a%00b",
                    content_type="application/x-www-form-urlencoded",
                    base_url=visitor.base_url,
                )
                assert answer.status_code == 400, path
        for path in ("/join/%00", "/verify/%00", "/i/a%00", "/search/%00", "/classes/%00"):
            assert visitor.get(path).status_code == 404, path
        assert visitor.get("/search?q=100%2500").status_code == 200  # "%00" typed by someone is no such character


@pytest.mark.asvs("2.2.1")
@pytest.mark.parametrize("cursor", CURSORS)
def test_a_place_outside_of_the_calendar_is_none(world: World, cursor: str) -> None:
    owner = world.enter("owner")
    after = quote(cursor.format(number="0" * 32))
    names = {"organizations": "organization_id", "requirements": "requirement_id"}
    firm, requirement = (str(world.values[name]) for name in names.values())
    for path in (f"/organizations/{firm}/audit", f"/organizations/{firm}/requirements/{requirement}"):
        assert owner.get(f"{path}?after={after}").status_code == 200, path


@pytest.mark.asvs("2.2.1")
@pytest.mark.parametrize(
    ("rest", "field", "most"),
    [("/people/new", "name", 120), ("/people/{bob}/facts", "name", 120), ("/teams", "name", 80)],
)
def test_a_name_that_grows_when_it_is_folded_is_an_error_of_the_form(
    acme: Acme, rest: str, field: str, most: int
) -> None:
    alice = acme.enter("alice")
    path = acme.path(rest.format(bob=acme.people["bob"]))
    fields = {"email": "new@example.org", field: LONG * most}
    answer = alice.post(path, fields)
    assert answer.status_code == 422
    assert "This name is too long. Shorten it." in answer.text
    assert alice.post(path, {**fields, field: LONG * (most // 18)}).status_code == 303


def test_a_name_that_grows_is_an_error_when_making_a_firm_and_when_joining(acme: Acme) -> None:
    charlie = acme.enter("charlie")
    fields = {"name": "Night Watch", "own_name": LONG * 120, "time_zone": "America/New_York"}
    assert charlie.post("/organizations/new", fields).status_code == 422

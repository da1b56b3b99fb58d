"""Every page of a firm answers each role as its permission says, and knows nothing of other firms."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select, update

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from tests.organizations.routes import NOWHERE, address, arguments, routes, send
from trainer.accounts.models import User
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.organizations.models import Membership
from trainer.organizations.operations import leave
from trainer.organizations.rules import Role, is_allowed

IDS = {"team_id", "membership_id"}


@pytest.mark.asvs("8.2.1")
@pytest.mark.check("T001")
@pytest.mark.check("T009")
@pytest.mark.parametrize(
    ("name", "role", "manages_all"),
    [
        ("alice", Role.OWNER, False),
        ("mona", Role.MANAGER, True),
        ("mark", Role.MANAGER, False),
        ("ines", Role.INSTRUCTOR, False),
        ("bob", Role.MEMBER, False),
    ],
)
def test_every_page_answers_each_role_as_it_says(acme: Acme, name: str, role: Role, manages_all: bool) -> None:
    visitor, wrong = acme.enter(name), []
    for method, _rule, endpoint, permission in routes(acme.app):
        hangs_on_more = endpoint == "organizations.leave" or endpoint.startswith("trials.")
        if not arguments(acme, endpoint) <= {"organization_id", *IDS} or hangs_on_more:
            continue  # what hangs on other records has its own tests
        answer = send(visitor, method, address(acme, endpoint, arguments(acme, endpoint)))
        enters = answer.status_code != 404
        if enters != is_allowed(role, permission, manages_all=manages_all):
            wrong.append((method, endpoint, answer.status_code))
    assert wrong == []


@pytest.mark.check("T001")
@pytest.mark.parametrize("name", ["charlie", "mallory", "gone"])
def test_strangers_and_former_staff_get_404_everywhere(acme: Acme, name: str) -> None:
    if name == "gone":
        acme.users["gone"] = acme.users["bob"]
        with acme.app.app_context(), transaction():
            from trainer.core.clock import now

            leave(actor_of(acme.users["bob"], acme.id), now())
    visitor = acme.enter(name)
    for method, _rule, endpoint, _permission in routes(acme.app):
        answer = send(visitor, method, address(acme, endpoint, arguments(acme, endpoint)))
        assert answer.status_code == 404, (method, endpoint)
        assert "Acme" not in answer.text


@pytest.mark.asvs("8.2.2", "8.4.1")
@pytest.mark.check("T002")
@pytest.mark.check("T004")
@pytest.mark.parametrize("name", ["alice", "mona", "mark"])
def test_ids_of_another_firm_open_nothing_and_change_nothing(acme: Acme, name: str) -> None:
    visitor, before = acme.enter(name), rows_of(acme, acme.other)
    swaps = {"team_id": acme.others_team, "membership_id": acme.others_person}
    for method, _rule, endpoint, _permission in routes(acme.app):
        names = arguments(acme, endpoint)
        for swapped in names & set(swaps):
            answer = send(visitor, method, address(acme, endpoint, names, **{swapped: swaps[swapped]}))
            assert answer.status_code == 404, (method, endpoint, swapped)
            assert "Canary" not in answer.text
            assert "Secret Site" not in answer.text
    assert rows_of(acme, acme.other) == before


@pytest.mark.check("T003")
@pytest.mark.parametrize("rest", ["/people?state=all", "/people?q=canary&state=all", "/teams", "/audit"])
def test_lists_hold_nothing_of_another_firm(acme: Acme, rest: str) -> None:
    page = acme.enter("alice").get(acme.path(rest))
    assert page.status_code == 200
    assert "Canary Quux" not in page.text
    assert "Secret Site" not in page.text
    assert str(acme.other) not in page.text


@pytest.mark.check("T005")
def test_a_team_of_another_firm_is_never_given(acme: Acme) -> None:
    fields = {"name": "Bob Builder", "email": "bob@example.org", "teams": str(acme.others_team)}
    answer = acme.enter("alice").post(acme.path(f"/people/{acme.people['bob']}/facts"), fields)
    assert answer.status_code == 422
    with acme.app.app_context():
        assert joined_across_firms() == 0


@pytest.mark.asvs("8.3.1")
@pytest.mark.check("T007")
def test_nothing_but_the_address_and_the_membership_decides_which_firm(acme: Acme) -> None:
    visitor = acme.enter("alice")
    for headers in ({"X-Org": str(acme.other)}, {"X-Organization-Id": str(acme.other)}):
        page = visitor.get(acme.path(f"/people?organization_id={acme.other}"), headers=headers)
        assert "Acme Security" in page.text
        assert "Other Security" not in page.text


@pytest.mark.asvs("16.3.2")
@pytest.mark.check("T009")
@pytest.mark.check("T015")
def test_a_refusal_inside_a_firm_is_written_down_once(acme: Acme) -> None:
    assert acme.enter("ines").get(acme.path("/audit")).status_code == 404
    with acme.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "access.denied")).one()
        assert (event.actor_id, event.organization_id) == (acme.users["ines"], acme.id)
        assert event.details == {"permission": "read the audit log", "page": "audit.log"}


def test_repeated_refusals_are_counted_and_do_not_fill_the_log(acme: Acme) -> None:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        bob = acme.enter("bob")
        for _time in range(25):
            assert bob.get(acme.path("/people")).status_code == 404
        assert bob.get(acme.path("/audit")).status_code == 404
        assert times_denied(acme) == [("audit.log", 1), ("people.people", 1), ("people.people", 10)]
        page = acme.enter("alice").get(acme.path("/audit?act=access")).text
        assert "times within an hour" in page
        traveller.shift(dt.timedelta(hours=1, minutes=1))
        bob.get(acme.path("/people"))
        assert times_denied(acme).count(("people.people", 1)) == 2


def times_denied(acme: Acme) -> list[tuple[str, int]]:
    """Return pages that were refused, as the log has them, and how often."""
    with acme.app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "access.denied"))
        return sorted((event.details["page"], event.details.get("times", 1)) for event in events)


@pytest.mark.asvs("6.3.3")
def test_staff_without_a_second_step_are_sent_to_set_it_up_and_members_are_not(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        db.session.execute(update(User).values(second_factor_nonce=None, second_factor_at=None))
    for name in ("alice", "mona", "mark", "ines"):
        visitor = acme.enter(name)
        answer = visitor.get(acme.path())
        assert answer.headers["Location"] == f"/account/second-factor?next={acme.path()}"
        assert "Set up a second step for signing in first." in visitor.get(answer.headers["Location"]).text
    assert acme.enter("bob").get(acme.path()).status_code == 200


@pytest.mark.asvs("8.3.2")
@pytest.mark.check("T012")
def test_a_right_taken_away_is_gone_with_the_next_request(acme: Acme) -> None:
    mona = acme.enter("mona")
    assert mona.get(acme.path("/people")).status_code == 200
    acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/role"), {"role": "member"})
    assert mona.get(acme.path("/people")).status_code == 404
    assert mona.get(acme.path()).status_code == 200


@pytest.mark.asvs("8.2.3", "15.3.3")
@pytest.mark.check("T010")
def test_fields_that_no_form_has_change_nothing(acme: Acme) -> None:
    path = acme.path(f"/people/{acme.people['bob']}/facts")
    more = {"role": "owner", "organization_id": str(acme.other), "user_id": str(acme.users["charlie"]), "id": NOWHERE}
    fields = {"name": "Bob Builder", "email": "bob@example.org", "teams": str(acme.harbor), **more}
    assert acme.enter("mark").post(path, fields).status_code == 303
    with acme.app.app_context():
        bob = db.session.get_one(Membership, acme.people["bob"])
        assert (bob.role, bob.organization_id, bob.user_id) == (Role.MEMBER, acme.id, acme.users["bob"])


@pytest.mark.asvs("8.3.1")
@pytest.mark.check("T014")
def test_tricks_with_the_method_or_the_path_open_nothing(acme: Acme) -> None:
    bob, path = acme.enter("bob"), acme.path("/people")
    assert bob.client.open(path, method="HEAD", base_url=bob.base_url).status_code == 404
    for odd in (path + "/", "/" + path, path.replace("people", "%2e/people"), path.upper()):
        assert bob.get(odd).status_code in {404, 308}
    headers = {"X-HTTP-Method-Override": "GET"}
    assert bob.client.post(path, base_url=bob.base_url, headers=headers).status_code in {400, 403, 405}


def rows_of(acme: Acme, firm_id: UUID) -> list[object]:
    """Return all that is written down about a firm."""
    with acme.app.app_context():
        return [
            sorted(map(tuple, db.session.execute(select(table).where(table.c.organization_id == firm_id))), key=repr)
            for table in Base.metadata.sorted_tables
            if "organization_id" in table.c
        ]


def joined_across_firms() -> int:
    """Return how many rows refer to a row of another firm, over every foreign key between tables of firms."""
    found = 0
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            other = key.column.table
            if "organization_id" in table.c and "organization_id" in other.c:
                twin = other.alias()
                query = select(func.count()).select_from(table.join(twin, key.parent == twin.c[key.column.name]))
                query = query.where(table.c.organization_id != twin.c.organization_id)
                found += db.session.scalar(query) or 0
    teams, in_team, people = (Base.metadata.tables[one] for one in ("teams", "team_memberships", "memberships"))
    query = select(func.count()).where(
        in_team.c.team_id == teams.c.id,
        in_team.c.membership_id == people.c.id,
        teams.c.organization_id != people.c.organization_id,
    )
    return found + (db.session.scalar(query) or 0)

"""A firm's people come, change and go, and at least one owner stays."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from tests.cast import actor_of, make_account, put_on_roster
from tests.organizations.conftest import Acme
from trainer.accounts.queries import get_user
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.organizations import operations
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

FACTS = PersonFacts("Eve Estes", "eve@example.org", "Guard", "007", dt.date(2026, 1, 5))


def acts(acme: Acme) -> list[str]:
    return list(
        db.session.scalars(
            select(AuditEvent.act).where(AuditEvent.organization_id == acme.id).order_by(AuditEvent.at, AuditEvent.id)
        )
    )


def test_a_firm_is_made_by_a_confirmed_address_only(app: Flask) -> None:
    leo = make_account(app, "leo@example.org")
    with app.app_context(), pytest.raises(NotYet), transaction():
        operations.create_organization(get_user(leo), "Acme", "America/New_York", "Leo", now())


def test_someone_on_the_roster_is_known_by_what_the_firm_wrote(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        person = operations.add_person(actor_of(acme.users["alice"], acme.id), FACTS, [acme.motel], now())
        assert (person.name_key, person.employee_number, person.user_id) == ("eve estes", "007", None)
        assert acts(acme)[-1] == "membership.made"


@pytest.mark.parametrize("field", ["email", "employee_number"])
def test_two_people_here_have_not_one_address_or_number(acme: Acme, field: str) -> None:
    twin = {"email": "eve2@example.org", "employee_number": "008", field: getattr(FACTS, field)}
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with transaction():
            operations.add_person(alice, FACTS, [], now())
        with pytest.raises(Conflict), transaction():
            operations.add_person(alice, PersonFacts("Eve Twin", **twin), [], now())


def test_a_manager_of_a_team_adds_to_that_team_only(acme: Acme) -> None:
    with acme.app.app_context():
        mark = actor_of(acme.users["mark"], acme.id)
        for teams in ([], [acme.motel]):
            with pytest.raises(Invalid), transaction():
                operations.add_person(mark, FACTS, teams, now())
        with transaction():
            assert operations.add_person(mark, FACTS, [acme.harbor], now()).name == "Eve Estes"


def test_a_manager_of_a_team_leaves_other_teams_of_a_person_alone(acme: Acme) -> None:
    both = put_on_roster(acme.app, acme.id, None, email="both@example.org", teams=[acme.harbor, acme.motel])
    with acme.app.app_context():
        mark = actor_of(acme.users["mark"], acme.id)
        with transaction():
            operations.change_person(
                mark, get_person(mark, both), PersonFacts("B", "both@example.org"), [acme.harbor], now()
            )
        alice = actor_of(acme.users["alice"], acme.id)
        from trainer.organizations.team_queries import team_names

        assert team_names(alice, [both])[both] == ["Harbor Mall", "Motel 95"]


@pytest.mark.asvs("2.2.3")
def test_the_last_owner_neither_leaves_nor_steps_down(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with pytest.raises(Conflict), transaction():
            operations.leave(alice, now())
        with pytest.raises(Conflict), transaction():
            operations.change_role(alice, alice.membership, Role.MEMBER, False, now())


def test_an_owner_who_made_another_one_may_leave(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with transaction():
            operations.change_role(alice, get_person(alice, acme.people["mona"]), Role.OWNER, False, now())
        with transaction():
            operations.leave(actor_of(acme.users["alice"], acme.id), now())
        assert acts(acme)[-2:] == ["membership.role_changed", "membership.left"]


def test_who_has_not_come_in_gets_no_rights_over_others(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with pytest.raises(NotYet), transaction():
            operations.change_role(alice, get_person(alice, acme.people["dana"]), Role.MANAGER, True, now())


def test_a_manager_does_not_remove_an_owner(acme: Acme) -> None:
    with acme.app.app_context():
        mona = actor_of(acme.users["mona"], acme.id)
        with transaction():
            operations.change_role(
                actor_of(acme.users["alice"], acme.id), get_person(mona, acme.people["ines"]), Role.OWNER, False, now()
            )
        with pytest.raises(NotFound), transaction():
            operations.remove_person(mona, get_person(mona, acme.people["ines"]), dt.date(2026, 11, 24), now())


def test_a_removal_is_undone_without_the_rights_that_went_with_it(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with transaction():
            operations.remove_person(alice, get_person(alice, acme.people["mona"]), dt.date(2026, 11, 24), now())
        with transaction():
            operations.undo_removal(alice, get_person(alice, acme.people["mona"]), now())
        mona = db.session.get_one(Membership, acme.people["mona"])
        assert (mona.ended_on, mona.role, mona.manages_all) == (None, Role.MEMBER, False)


def test_a_rehire_is_a_new_membership_and_then_nothing_is_undone(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with transaction():
            operations.remove_person(alice, get_person(alice, acme.people["dana"]), dt.date(2026, 11, 24), now())
        with transaction():
            again = operations.add_person(alice, PersonFacts("Dana Dow", "dana@example.org"), [], now())
        assert again.id != acme.people["dana"]
        with pytest.raises(Conflict), transaction():
            operations.undo_removal(alice, get_person(alice, acme.people["dana"]), now())


@pytest.mark.asvs("2.2.3")
def test_nobody_leaves_before_being_hired(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with transaction():
            eve = operations.add_person(alice, FACTS, [], now())
        with pytest.raises(Invalid), transaction():
            operations.remove_person(alice, eve, dt.date(2026, 1, 4), now())


@pytest.mark.check("T015")
def test_the_audit_log_can_only_grow(acme: Acme) -> None:
    with acme.app.app_context():
        for change in (update(AuditEvent).values(act="x"), delete(AuditEvent)):
            with pytest.raises((DBAPIError, Conflict)), transaction():
                db.session.execute(change.execution_options(synchronize_session=False))
        assert "organization.made" in acts(acme)


def test_who_left_by_choice_is_not_put_back_by_the_firm(acme: Acme) -> None:
    with acme.app.app_context():
        with transaction():
            operations.leave(actor_of(acme.users["bob"], acme.id), now())
        alice = actor_of(acme.users["alice"], acme.id)
        with pytest.raises(Conflict, match="left the firm without you"):
            operations.undo_removal(alice, get_person(alice, acme.people["bob"]), now())

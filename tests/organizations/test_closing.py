"""A firm is suspended and resumed, closed and opened again; each act is written down once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from sqlalchemy import select, update

from tests.cast import actor_of, put_on_roster
from tests.organizations.conftest import Acme
from trainer.accounts.queries import get_user
from trainer.core.audit import LONGEST, AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, DomainError, Invalid, NotFound
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.organizations import closing
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.operations import create_organization
from trainer.organizations.queries import find_actor, find_open_firm, firm_is_open, list_firms, list_shut_firms
from trainer.organizations.rules import FirmState, Role, firm_state

pytestmark = [pytest.mark.check("T013"), pytest.mark.on_both]

DAY = dt.timedelta(days=1)


def events(acme: Acme) -> list[AuditEvent]:
    """Return what happened to the firm itself since it was made."""
    query = select(AuditEvent).where(AuditEvent.organization_id == acme.id, AuditEvent.act.startswith("organization."))
    return list(db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))[1:]


def alice(acme: Acme) -> Actor:
    """Return the owner, whatever state the firm is in."""
    actor = find_actor(acme.users["alice"], acme.id, set(FirmState))
    assert actor is not None
    return actor


def firm(acme: Acme) -> Organization:
    return db.session.get_one(Organization, acme.id)


def test_suspending_and_resuming_leave_one_row_each_with_the_reason(acme: Acme) -> None:
    at = now()
    with acme.app.app_context():
        with transaction():
            closing.suspend(acme.id, "No answer to our letters", at)
        assert firm(acme).suspended_at == at
        with transaction():
            closing.resume(acme.id, at + DAY)
        assert firm(acme).suspended_at is None
        told = [(one.act, one.actor_id, one.details) for one in events(acme)]
    reason = {"reason": "No answer to our letters"}
    assert told == [("organization.suspended", None, reason), ("organization.resumed", None, {})]


@pytest.mark.parametrize(
    ("refused", "act"),
    [
        (Conflict, lambda acme: closing.resume(acme.id, now())),
        (NotFound, lambda acme: closing.suspend(acme.users["alice"], "No such firm", now())),
        (NotFound, lambda acme: closing.resume(acme.users["alice"], now())),
        (Invalid, lambda acme: closing.suspend(acme.id, " ", now())),
        (Invalid, lambda acme: closing.suspend(acme.id, "x" * (LONGEST + 1), now())),
        (Invalid, lambda acme: closing.close(alice(acme), "Other Security", now())),
        (Conflict, lambda acme: closing.reopen(alice(acme), now())),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_written_down(
    acme: Acme, refused: type[DomainError], act: Callable[[Acme], None]
) -> None:
    with acme.app.app_context():
        with pytest.raises(refused), transaction():
            act(acme)
        assert events(acme) == []
        assert firm_state(firm(acme).suspended_at, firm(acme).closed_at) is FirmState.OPEN


def test_a_firm_is_suspended_once(acme: Acme) -> None:
    with acme.app.app_context():
        with transaction():
            closing.suspend(acme.id, "Once", now())
        with pytest.raises(Conflict), transaction():
            closing.suspend(acme.id, "Twice", now())
        assert [one.act for one in events(acme)] == ["organization.suspended"]


def test_a_firm_whose_time_is_over_is_neither_suspended_nor_opened_again(acme: Acme) -> None:
    at = now()
    with acme.app.app_context():
        with transaction():
            closing.close(alice(acme), "Acme Security", at)
        with pytest.raises(Conflict), transaction():
            closing.reopen(alice(acme), at + 30 * DAY)
        with pytest.raises(Conflict), transaction():
            closing.suspend(acme.id, "Too late", at + 30 * DAY)
        with transaction():
            closing.reopen(alice(acme), at + 30 * DAY - dt.timedelta(microseconds=1))
        assert (firm(acme).closed_at, firm(acme).deletes_at) == (None, None)
        told = [(one.act, one.actor_id) for one in events(acme)]
    by = acme.users["alice"]
    assert told == [("organization.closed", by), ("organization.reopened", by)]


def test_a_suspension_does_not_count_in_an_owners_thirty_days(acme: Acme) -> None:
    at = now()
    with acme.app.app_context():
        with transaction():
            closing.close(alice(acme), "Acme Security", at)
        with transaction():
            closing.suspend(acme.id, "Wait", at + 10 * DAY)
        with pytest.raises(Conflict), transaction():
            closing.reopen(alice(acme), at + 11 * DAY)
        with transaction():
            closing.resume(acme.id, at + 110 * DAY)
        assert (firm(acme).closed_at, firm(acme).deletes_at) == (at, at + 130 * DAY)


def test_every_owner_is_told_by_mail_and_nobody_else(acme: Acme) -> None:
    with acme.app.app_context():
        with transaction():
            db.session.execute(update(Membership).where(Membership.id == acme.people["mona"]).values(role=Role.OWNER))
        with transaction():
            closing.close(alice(acme), "Acme Security", now())
        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "firm-closed")).all()
        assert {one.recipient for one in mails} == {"alice@example.org", "mona@example.org"}
        letter = write(mails[0])
        assert letter is not None
        assert "Acme" not in letter.subject
        assert "traffick" not in letter.subject
        assert f"/organizations/{acme.id}" in letter.text
        assert re.search(
            r"\n\nAn owner closed Acme Security at “[^”]+” on \w+ \d+, \d{4}, for everyone in it\.", letter.text
        )
        with transaction():
            db.session.execute(update(Membership).where(Membership.id == acme.people["mona"]).values(role=Role.MEMBER))
        assert {one.recipient for one in mails if write(one)} == {"alice@example.org"}
        with transaction():
            closing.reopen(alice(acme), now())
        assert [write(one) for one in mails] == [None, None]


def test_the_rule_and_its_sql_agree(acme: Acme) -> None:
    instants = (None, now())
    for suspended_at, closed_at in product(instants, instants):
        with acme.app.app_context():
            with transaction():
                firm(acme).suspended_at, firm(acme).closed_at = suspended_at, closed_at
            is_open = firm_state(suspended_at, closed_at) is FirmState.OPEN
            bob = acme.users["bob"]
            assert (find_actor(bob, acme.id) is not None) == is_open
            assert (find_open_firm(acme.id) is not None) == is_open
            open_ids = set(db.session.scalars(select(Organization.id).where(firm_is_open())))
            assert (acme.id in open_ids) == is_open
            assert acme.other in open_ids
            assert [len(list_firms(bob)), len(list_shut_firms(bob))] == [is_open, not is_open]


def test_firms_that_are_shut_count_among_those_that_one_person_makes(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.organizations.operations.MOST_FIRMS", 1)
    with acme.app.app_context():
        with transaction():
            closing.close(alice(acme), "Acme Security", now())
        with pytest.raises(Conflict), transaction():
            create_organization(get_user(acme.users["alice"]), "Acme Two", "America/New_York", "Alice", now())


def test_two_owners_who_close_it_at_once_close_it_once(acme: Acme) -> None:
    put_on_roster(acme.app, acme.id, acme.users["charlie"], Role.OWNER, name="Charlie", email="charlie@example.org")
    with acme.app.app_context():
        # Both came in before either closed it: afterwards the firm lets nobody in.
        owners = [actor_of(acme.users[name], acme.id) for name in ("alice", "charlie")]

    def close(actor: Actor) -> bool:
        with acme.app.app_context():
            try:
                with transaction():
                    closing.close(actor, "Acme Security", now())
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        closed = list(pool.map(close, owners))
    with acme.app.app_context():
        assert [one.act for one in events(acme)] == ["organization.closed"]
        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "firm-closed")).all()
    assert (sorted(closed), len(mails)) == ([False, True], 2)


def test_firms_are_listed_with_their_people_and_state(acme: Acme) -> None:
    with acme.app.app_context():
        with transaction():
            closing.suspend(acme.id, "No answer", now())
        lines = [(one.organization.name, one.people, one.state) for one in closing.list_lines()]
    assert lines == [("Acme Security", 6, FirmState.SUSPENDED), ("Other Security", 2, FirmState.OPEN)]

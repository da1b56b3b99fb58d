"""A process killed in the middle of a roster or of the hourly work: nothing half, nothing twice, and it goes on."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.cast import actor_of
from tests.chaos.stopping import kill_at
from trainer.accounts.models import User
from trainer.assignments.models import Assignment, Reminder
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.jobs.upkeep import keep_up
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import USUAL_A_DAY
from trainer.organizations.models import Membership, Team, TeamMembership
from trainer.roster.drafts import get_draft, keep_draft
from trainer.roster.lines import RosterLine, RosterSheet
from trainer.roster.planning import decide
from trainer.roster.reading import Listing
from trainer.roster.writing import Confirmation, invite_added, take_over

pytestmark = pytest.mark.on_both

PEOPLE = 600
HIRED = 1200
"""More than are taken at once."""


def bring_in(app: Flask, *ids: str) -> None:
    """Confirm a roster that waits: owner, firm, draft."""
    owner_id, firm_id, draft_id = map(UUID, ids)
    with app.app_context(), transaction():
        _confirm(actor_of(owner_id, firm_id), draft_id)


def keep_up_firm(app: Flask, firm_id: str) -> None:
    """Do a firm's hourly work."""
    with app.app_context():
        for _portion in keep_up(UUID(firm_id), lambda: clock.now().replace(hour=17)):  # by day, whatever the hour here
            pass


def _confirm(actor: Actor, draft_id: UUID) -> None:
    draft = get_draft(actor, draft_id, clock.now())
    if draft.applied_at is None:
        digest = decide(actor, draft, clock.now()).plan.digest
        take_over(actor, draft, Confirmation(digest, has_mail=True), clock.now())
        invite_added(actor, draft, clock.now())


def count(app: Flask, *records: type[Base]) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in records]


def count_mails(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).where(OutboxMessage.template == "training-reminder")
        return db.session.scalar(query) or 0


@pytest.mark.on_both(each_case=True)
@pytest.mark.check("T084")
@pytest.mark.parametrize("beginning", ["INSERT INTO memberships", "INSERT INTO team_memberships", "INSERT INTO outbox"])
def test_a_roster_killed_on_its_way_leaves_nothing_and_then_comes_in_whole_and_once(
    app: Flask, settings: Settings, beginning: str
) -> None:
    firm = make_firm(app)
    lines = [RosterLine(1, ("name", "e-mail", "teams"))]
    lines += [RosterLine(one + 2, (f"Person {one}", f"p{one}@example.org", f"Site {one % 9}")) for one in range(PEOPLE)]
    with app.app_context(), transaction():
        draft_id = keep_draft(firm.actor(), Listing([RosterSheet("", lines)]), clock.now()).id
    written = (Membership, Team, TeamMembership, OutboxMessage)
    before = count(app, *written)
    kill_at(beginning, bring_in, settings, firm.owner_id.hex, firm.id.hex, draft_id.hex)
    assert count(app, *written) == before
    for _again in range(2):
        with app.app_context(), transaction():
            _confirm(firm.actor(), draft_id)
        after = count(app, *written)
        assert [new - old for new, old in zip(after, before, strict=True)] == [
            PEOPLE,
            9,
            PEOPLE,
            min(PEOPLE, USUAL_A_DAY),
        ]


@pytest.mark.check("T112")
def test_upkeep_killed_again_and_again_orders_everything_once(app: Flask, settings: Settings) -> None:
    firm = make_firm(app)
    _hire(firm)
    firm.require(EVERYONE)
    stops = [
        ("INSERT INTO assignments", 2),  # in the second portion: the first stays
        ("INSERT INTO enrollments", 1),
        ("INSERT INTO reminders", 2),
        ("INSERT INTO outbox_messages", 2),
    ]
    for beginning, times in stops:
        kill_at(beginning, keep_up_firm, settings, firm.id.hex, times=times)
        # A reminder and its mail are there together or not at all.
        assert count(app, Reminder) == [count_mails(app)]
    for _again in range(2):
        keep_up_firm(app, firm.id.hex)
        assert [*count(app, Assignment, Enrollment, Reminder), count_mails(app)] == [HIRED + 1] * 4


def _hire(firm: Firm) -> None:
    """Put people on the roster who have come in, straight into the tables."""
    now = clock.now()
    users = [uuid4() for _one in range(HIRED)]
    with firm.app.app_context(), transaction() as session:
        addresses = [f"p{number}@example.org" for number in range(HIRED)]
        session.execute(
            insert(User),
            [
                {"id": one, "created_at": now, "email": address, "email_key": address, "password_hash": "-"}
                for one, address in zip(users, addresses, strict=True)
            ],
        )
        session.execute(
            insert(Membership),
            [
                {
                    "id": uuid4(), "organization_id": firm.id, "user_id": one, "name": address, "name_key": address,
                    "role": "member", "manages_all": False, "created_at": now, "joined_at": now,
                }
                for one, address in zip(users, addresses, strict=True)
            ],
        )  # fmt: skip

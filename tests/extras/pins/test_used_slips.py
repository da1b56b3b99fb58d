"""Someone with a PIN is told which slips were used for their account, and can say that it wasn't them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from tests.extras.pins.devices import TOLD, slip_ids
from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, sign_in, slip_for
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.extras.pins.models import PinSlip
from trainer.jobs.emails import write

NOON = "2026-11-25T12:00:00Z"


@pytest.fixture
def clock_at_noon() -> Iterator[time_machine.Traveller]:
    """Stop the clock at noon."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_the_next_sign_in_tells_when_and_who_printed_until_it_is_answered(
    acme: Acme, clock_at_noon: time_machine.Traveller
) -> None:
    first = Visitor(acme.app)
    come_in(first, acme, slip_for(acme, add_gus(acme), "mark"))
    assert TOLD not in first.get("/me").text  # the session that began with it
    clock_at_noon.shift(dt.timedelta(hours=1))
    second = Visitor(acme.app)
    sign_in(second, acme)
    page = second.get("/me").text
    assert TOLD in page
    assert "printed by Mark Moe" in page
    assert "November 25, 2026, 7:00:00\u202fAM EST" in page  # by the firm's clock, which is named
    assert "Printed by Mark Moe, Acme Security" in second.get("/account/pin-slips").text
    assert second.post("/account/pin-slips").location == "/me"
    assert TOLD not in second.get("/me").text


@pytest.mark.on_both
def test_whose_pin_was_replaced_comes_back_with_a_slip_and_reads_what_a_thief_had_confirmed(
    acme: Acme, clock_at_noon: time_machine.Traveller
) -> None:
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus, "mona"))
    clock_at_noon.shift(dt.timedelta(days=10))
    thief = Visitor(acme.app)
    come_in(thief, acme, slip_for(acme, gus, "mark"), "739164")
    thief.post("/account/pin-slips")
    clock_at_noon.shift(dt.timedelta(hours=5))
    owner = Visitor(acme.app)
    assert WRONG in sign_in(owner, acme, PIN).text
    assert come_in(owner, acme, slip_for(acme, gus, "mona"), "902846").location == "/me"
    page = owner.get("/me").text
    assert TOLD in page
    assert "printed by Mark Moe" in page
    again = slip_for(acme, gus, "mark")  # he tries once more
    other = Visitor(acme.app)
    sign_in(other, acme, "902846")
    answer = owner.post(f"/account/pin-slips/{slip_ids(acme)[1]}/dispute")
    assert answer.location == "/account/pin"
    assert owner.get("/account/pin").status_code == 200
    assert other.get("/me").location.startswith("/sign-in")
    assert WRONG in sign_in(Visitor(acme.app), acme, again).text
    assert "Not you" in owner.get("/account/pin-slips").text
    with acme.app.app_context():
        mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "slip-disputed")).one()
        assert mail.recipient == "alice@example.org"
        letter = write(mail)
        assert letter is not None
        assert "act=pin_slip" in letter.text
        assert "Gus" not in letter.text
        acts = list(db.session.scalars(select(AuditEvent.act).where(AuditEvent.organization_id == acme.id)))
        assert acts.count("pin_slip.disputed") == 1
    assert "Said that someone else used a PIN slip" in acme.enter("alice").get(acme.path("/audit")).text


def test_nobody_disputes_a_slip_of_somebody_else(acme: Acme) -> None:
    come_in(Visitor(acme.app), acme, slip_for(acme, add_gus(acme)))
    path = f"/account/pin-slips/{slip_ids(acme)[0]}/dispute"
    for name in ("alice", "bob", "mallory"):
        assert acme.enter(name).post(path).status_code == 404
    with acme.app.app_context():
        assert db.session.scalars(select(PinSlip.disputed_at)).one() is None

"""Too many wrong PINs pause strange browsers at a firm: its owners are told once, and a manager opens them again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, sign_in, slip_for
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.extras.pins.pins import begin_try
from trainer.extras.pins.rules import A_DAY, FIRM_A_DAY, Way
from trainer.extras.pins.tasks import tell_of_pauses
from trainer.jobs.emails import write

pytestmark = pytest.mark.on_both

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def guess(acme: Acme) -> None:
    """Enter wrong PINs for other people of the firm until no more are looked at."""
    with acme.app.app_context(), transaction():
        for _person in range(FIRM_A_DAY // A_DAY):
            person = User(created_at=clock.now(), pin_hash="x", pin_key_id="x")
            db.session.add(person)
            db.session.flush()
            for _guess in range(A_DAY):
                assert begin_try(person.id, Way.STRANGE, clock.now(), acme.id) is not None


def tell(acme: Acme) -> list[str]:
    """Let the worker look; return to whom mails have gone so far."""
    with acme.app.app_context():
        list(tell_of_pauses())
        query = select(OutboxMessage.recipient).where(OutboxMessage.template == "pins-paused")
        return list(db.session.scalars(query))


def test_owners_are_told_once_and_a_manager_of_all_opens_them_again(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        come_in(Visitor(acme.app), acme, slip_for(acme, add_gus(acme)))
        assert tell(acme) == []
        guess(acme)
        assert WRONG in sign_in(Visitor(acme.app), acme, PIN).text
        assert tell(acme) == tell(acme) == ["alice@example.org"]
        traveller.shift(HOUR)
        mona = acme.enter("mona")
        page = mona.get(acme.path("/pin-slips")).text
        assert "Someone may be guessing PINs" in page
        assert mona.post(acme.path("/pin-slips/opening")).status_code == 303
        assert "Someone may be guessing PINs" not in mona.get(acme.path("/pin-slips")).text
        assert sign_in(Visitor(acme.app), acme, PIN).location == "/me"
        guess(acme)
        assert len(tell(acme)) == 2


def test_a_pause_ends_by_itself_and_a_site_manager_cannot_end_it(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        come_in(Visitor(acme.app), acme, slip_for(acme, add_gus(acme)))
        guess(acme)
        mark = acme.enter("mark")
        assert "/pin-slips/opening" not in mark.get(acme.path("/pin-slips")).text
        assert mark.post(acme.path("/pin-slips/opening")).status_code == 404
        assert WRONG in sign_in(Visitor(acme.app), acme, PIN).text
        traveller.shift(25 * HOUR)
        assert sign_in(Visitor(acme.app), acme, PIN).location == "/me"
        assert tell(acme) == []


def test_the_mail_and_the_log_say_what_happened(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False):
        guess(acme)
        tell(acme)
        with acme.app.app_context():
            letter = write(
                db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "pins-paused")).one()
            )
            acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "pin.paused")).all()
        assert letter is not None
        assert acme.path("/pin-slips") in letter.text
        assert acts == ["pin.paused"]
        assert "Sign-in with a PIN was paused" in acme.enter("alice").get(acme.path("/audit?act=pin")).text

"""Whoever gives the PIN of an entry that was joined away reads it at `/in`, and separates the two again for a day."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from tests.cast import actor_of
from tests.extras.mergers.pair import (
    NOON,
    NUMBER,
    Pair,
    dump,
    settle,
)
from tests.extras.mergers.pair import maria as maria
from tests.extras.pins.devices import make_tablet
from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, sign_in, slip_for, statements, user_of
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import Visitor, closed_up
from trainer.assessment.models import Attempt, Response
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.extras.mergers.models import Merger
from trainer.extras.pins.models import PinTry
from trainer.jobs.emails import write
from trainer.learning.models import Enrollment, LessonResponse
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts, add_person

pytestmark = pytest.mark.on_both

OTHER_PIN = "739164"
NEITHER = "583205"
OWN = (Attempt, Response, LessonResponse, Enrollment, Credential, Membership)
BUTTON = "That’s a mistake: separate them again"
PAGE = "/in/joined"


def merger_of(acme: Acme) -> Merger:
    """Return the only merger."""
    with acme.app.app_context():
        return db.session.scalars(select(Merger)).one()


def tell(acme: Acme, pin: str = PIN, number: str = NUMBER, visitor: Visitor | None = None) -> Visitor:
    """Give a PIN; return the browser, which is led to the page that tells."""
    visitor = visitor or Visitor(acme.app)
    assert sign_in(visitor, acme, pin, number=number).location == PAGE
    return visitor


def count_tries(acme: Acme) -> dict[UUID, int]:
    """Return how many wrong PINs count for whom."""
    with acme.app.app_context():
        rows = db.session.execute(select(PinTry.user_id, func.count()).group_by(PinTry.user_id))
        return {row[0]: row[1] for row in rows}


@pytest.fixture
def taken(maria: Pair) -> tuple[Pair, UUID]:
    """Return Maria, and the user of an entry with a PIN of its own that was given her number by joining hers to it."""
    acme = maria.acme
    maria.learn()
    stays = add_gus(acme, "00500", "Stan Stay")
    come_in(Visitor(acme.app), acme, slip_for(acme, stays), OTHER_PIN, number="00500")
    path = acme.path(f"/people/{stays}/merger/{maria.numbered}")
    answer = acme.enter("alice").post(path, {"employee_number": "gone", "name": "kept"})
    assert answer.status_code == 303, answer.text
    with acme.app.app_context():
        assert db.session.get_one(Membership, stays).employee_number == NUMBER
    return maria, user_of(acme.app, stays)


def test_a_guard_reads_who_joined_what_until_when_and_undoes_it_with_nothing_lost(maria: Pair) -> None:
    acme = maria.acme
    maria.learn()
    before = dump(acme.app, *OWN)
    maria.join(pin="", employee_number="gone", name="gone")
    phone = tell(acme)
    page = closed_up(phone.get(PAGE).text)
    for words in ("Acme Security", "Maria Gomez", NUMBER, BUTTON, "November 25, 2026", "November 26, 2026"):
        assert words in page, words
    assert "Maria Gómez" not in page  # who the other one is, is no business of whoever reads this
    answer = phone.post(PAGE)
    assert answer.location == "/in"
    assert "separate again" in phone.get("/in").text
    assert dump(acme.app, *OWN) == before
    assert sign_in(phone, acme, number=NUMBER).location == "/me"
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
    assert dump(acme.app, *OWN) == before
    with acme.app.app_context():
        undone = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "merger.undone")).one()
        assert (undone.organization_id, undone.actor_id) == (acme.id, maria.pin_user)
        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "merger-disputed")).all()
        assert [mail.recipient for mail in mails] == ["alice@example.org"]
        letter = write(mails[0])
        assert letter is not None
        assert f"/organizations/{acme.id}/audit?act=merger" in letter.text
    log = closed_up(acme.enter("alice").get(acme.path("/audit?act=merger")).text)
    assert "Separated two entries again" in log
    assert "<bdi>Maria Gomez</bdi>" in log


def test_the_pin_leads_there_too_where_an_entry_with_another_pin_has_the_number_now(taken: tuple[Pair, UUID]) -> None:
    maria, stays = taken
    acme = maria.acme
    secrets = maria.secrets()
    assert sign_in(Visitor(acme.app), acme, OTHER_PIN, number=NUMBER).location == "/me"
    phone = tell(acme, number="446")  # zeros left out
    assert count_tries(acme) == {}  # it wasn't wrong
    assert BUTTON in phone.get(PAGE).text
    assert phone.post(PAGE).location == "/in"
    assert maria.secrets() == secrets
    assert sign_in(phone, acme, number=NUMBER).location == "/me"
    assert sign_in(Visitor(acme.app), acme, OTHER_PIN, number="00500").location == "/me"
    assert WRONG in sign_in(Visitor(acme.app), acme, OTHER_PIN, number=NUMBER).text
    assert count_tries(acme) == {maria.pin_user: 1}
    assert stays not in count_tries(acme)


def test_a_wrong_pin_is_refused_as_ever_and_counts_in_both_accounts(taken: tuple[Pair, UUID]) -> None:
    maria, stays = taken
    acme = maria.acme
    wrong, unknown = (sign_in(Visitor(acme.app), acme, NEITHER, number=number) for number in (NUMBER, "99999"))
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert WRONG in wrong.text
    assert WRONG in unknown.text
    asked = statements(acme, NEITHER, number=NUMBER)
    assert asked == statements(acme, NEITHER, number="99999") == statements(acme, NEITHER, firm="ZZZZZZ")
    for _guess in range(12):
        sign_in(Visitor(acme.app), acme, NEITHER, number=NUMBER)
    assert count_tries(acme) == {maria.pin_user: 10, stays: 10}
    assert sign_in(Visitor(acme.app), acme, number=NUMBER).status_code == 422  # not looked at anymore
    assert tell(acme, visitor=maria.phone)  # but where she was signed in before


def test_after_a_day_nothing_can_be_undone(taken: tuple[Pair, UUID]) -> None:
    maria, _stays = taken
    acme = maria.acme
    with time_machine.travel("2026-11-26T11:55:00Z", tick=False) as traveller:
        phone = tell(acme)
        assert BUTTON in phone.get(PAGE).text
        traveller.shift(dt.timedelta(minutes=5))
        page = phone.get(PAGE)
        assert (page.status_code, BUTTON in page.text) == (200, False)
        assert phone.post(PAGE, follow_redirects=True).text.count("24 hours ago") == 1
        assert merger_of(acme).closed_at is None
        settle(acme.app)
        assert phone.post(PAGE).location == "/in"
        assert merger_of(acme).outcome == "settled"
        assert WRONG in sign_in(phone, acme, number=NUMBER).text


@pytest.mark.parametrize("who", ["nobody", "someone else", "too late", "a forger", "after another"])
def test_nobody_undoes_it_without_the_pin_just_given(maria: Pair, who: str) -> None:
    acme = maria.acme
    maria.join()
    merger_id, visitor = maria.merger().id, Visitor(acme.app)
    with time_machine.travel(NOON, tick=False) as traveller:
        if who == "someone else":  # only their own are separated
            people = {number: add_gus(acme, number, "Gus Gold") for number in ("00417", "417")}
            for number, pin in (("00417", OTHER_PIN), ("417", "902846")):
                come_in(Visitor(acme.app), acme, slip_for(acme, people[number]), pin, number=number)
            path = acme.path(f"/people/{people['00417']}/merger/{people['417']}")
            assert acme.enter("alice").post(path, {"employee_number": "kept"}).status_code == 303
            tell(acme, "902846", "417", visitor)
        elif who != "nobody":
            tell(acme, visitor=visitor)
        if who == "too late":
            traveller.shift(dt.timedelta(minutes=16))
        elif who == "after another":
            visitor.get("/in")  # as the next person at a shared device does
        fields = {"merger_id": str(merger_id), "merger": str(merger_id)}
        answer = visitor.post(PAGE, fields, token="forged" if who == "a forger" else None)
        assert answer.status_code in {303, 400}
    with acme.app.app_context():
        assert db.session.get_one(Merger, merger_id).closed_at is None
        assert db.session.get(Membership, maria.numbered) is None


def test_a_firm_that_gives_the_number_away_doesnt_keep_the_entry_away(taken: tuple[Pair, UUID]) -> None:
    maria, stays = taken
    acme = maria.acme
    secrets = maria.secrets()
    with acme.app.app_context(), transaction():
        db.session.scalars(select(Membership).where(Membership.user_id == stays)).one().employee_number = "1"
        alice = actor_of(acme.users["alice"], acme.id)
        add_person(alice, PersonFacts("Nina New", None, None, NUMBER), [], clock.now())
    phone = tell(acme)
    assert "someone else has your number by now" in phone.post(PAGE, follow_redirects=True).text
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
    assert maria.secrets() == secrets
    with acme.app.app_context(), transaction():
        back = db.session.get_one(Membership, maria.numbered)
        assert (back.user_id, back.employee_number) == (maria.pin_user, None)
        back.employee_number = "2"
    assert sign_in(phone, acme, number="2").location == "/me"


@pytest.mark.parametrize("has_pin", [False, True])
def test_another_entry_with_the_number_that_is_joined_away_later_hides_nothing(
    taken: tuple[Pair, UUID], has_pin: bool
) -> None:
    maria, stays = taken
    acme = maria.acme
    with acme.app.app_context(), transaction():
        db.session.scalars(select(Membership).where(Membership.user_id == stays)).one().employee_number = "1"
    with time_machine.travel("2026-11-25T13:00:00Z", tick=False):
        nina, nora = add_gus(acme, NUMBER, "Nina New"), add_gus(acme, "2", "Nora New")
        for person, number, pin in ((nina, NUMBER, "902846"), (nora, "2", "618273")) if has_pin else ():
            come_in(Visitor(acme.app), acme, slip_for(acme, person), pin, number=number)
        answer = acme.enter("alice").post(acme.path(f"/people/{nora}/merger/{nina}"), {"employee_number": "kept"})
        assert answer.status_code == 303
        phone = tell(acme)
        assert "Maria Gomez" in phone.get(PAGE).text
        assert "Sign in with your number and PIN" in phone.post(PAGE, follow_redirects=True).text
    with time_machine.travel("2026-11-26T13:30:00Z", tick=False):
        settle(acme.app)
        assert sign_in(phone, acme, number=NUMBER).location == "/me"


def test_at_a_site_device_it_is_forgotten_soon(maria: Pair) -> None:
    acme = maria.acme
    maria.join()
    tablet, _device = make_tablet(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        tell(acme, visitor=tablet)
        traveller.shift(dt.timedelta(minutes=6))
        assert tablet.get(PAGE).location == "/in"
        tell(acme, visitor=tablet)
        tablet.get(PAGE)
        assert tablet.post(PAGE, token=tablet.field("csrf_token")).location == "/in"
        assert maria.merger().outcome == "undone"
        assert sign_in(tablet, acme, number=NUMBER).location == "/me"

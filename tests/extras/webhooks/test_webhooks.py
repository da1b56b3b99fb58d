"""Another system of a firm is told what happened: each event once, signed, with ids alone, and only the firm's own."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import actor_of, certify, put_on_roster
from tests.compliance.conftest import Training, require
from tests.extras.api.conftest import acmes_token, read
from tests.extras.webhooks.receiver import NAME, Names, Receiver
from trainer.accounts import privacy as accounts_persons
from trainer.assignments import privacy as assignments_persons
from trainer.core import clock, events
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.events import Event, EventKind, happen
from trainer.core.keys import Ring, make_ring
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.credentials.rules import show_serial
from trainer.extras.webhooks import privacy as webhooks_persons
from trainer.extras.webhooks import telling
from trainer.extras.webhooks.models import Delivery, Webhook
from trainer.extras.webhooks.operations import MOST_WEBHOOKS, make_webhook, move_secrets
from trainer.extras.webhooks.signatures import secret_of, show_secret
from trainer.extras.webhooks.tasks import tell_all
from trainer.jobs.upkeep import keep_up
from trainer.organizations import privacy as organizations_persons
from trainer.organizations.models import Membership, Organization
from trainer.organizations.operations import remove_person
from trainer.organizations.queries import get_person

ANSWER = b"HTTP/1.1 %d X\r\n\r\n"


@dataclass
class Told:
    """The firm, and the system that it tells."""

    training: Training
    receiver: Receiver
    webhook: UUID
    secret: str

    @property
    def app(self) -> Flask:
        return self.training.acme.app

    def work(self) -> list[dict[str, Any]]:
        """Let the worker work; return what arrived meanwhile, each checked as a receiver would."""
        before = len(self.receiver.requests)
        with self.app.app_context():
            list(tell_all())
        return [check(self.secret, *one) for one in self.receiver.requests[before:]]

    def rows(self) -> list[Delivery]:
        with self.app.app_context():
            return list(db.session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.kind)))

    def certify(self, name: str) -> None:
        certify(self.app, self.training.acme.users[name], "Someone Else")


def check(secret: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Return what a message says, checked as docs/api.md tells receivers to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    told: dict[str, Any] = json.loads(body)
    assert headers["webhook-id"] == told["id"]
    assert headers["content-type"] == "application/json"
    return told


@pytest.fixture
def told(training: Training, receiver: Receiver, names: Names, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Let Alice have all told to a receiver on loopback; nothing waits."""
    app, acme = training.acme.app, training.acme
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], webhooks_loopback=True))
    with app.app_context():
        list(tell_all())
        with transaction():
            url = f"https://{NAME}:{receiver.port}/in"
            webhook, secret = make_webhook(actor_of(acme.users["alice"], acme.id), url, list(EventKind), clock.now())
            return Told(training, receiver, webhook.id, secret)


def test_who_completes_a_required_course_is_told_twice_over_with_ids_alone(told: Told) -> None:
    acme = told.training.acme
    told.certify("mona")
    with told.app.app_context():
        earned = db.session.scalars(select(Credential).where(Credential.user_id == acme.users["mona"])).one()
    messages = {one["type"]: one for one in told.work()}
    facts = {"person_id": str(acme.people["mona"]), "course": earned.course, "serial": show_serial(earned.serial)}
    assert {kind: one["data"] for kind, one in messages.items()} == {
        "course.completed": {**facts, "completed_on": earned.issued_on.isoformat()},
        "certificate.issued": {
            **facts,
            "issued_on": earned.issued_on.isoformat(),
            "valid_until": earned.valid_until.isoformat(),
        },
    }
    for _headers, body in told.receiver.requests:
        for private in (b"Mona", b"Someone Else", b"example.org", str(acme.users["mona"]).encode(), b"attempt"):
            assert private not in body
    record = read(told.app, f"/credentials/{facts['serial']}", acmes_token(told.training)).get_json()
    assert (
        messages["certificate.issued"]["data"].items()
        >= {name: record[name] for name in ("serial", "course", "issued_on", "valid_until")}.items()
    )
    assert told.work() == []


def test_a_withdrawn_certificate_and_someone_who_left_are_told(told: Told) -> None:
    acme = told.training.acme
    with told.app.app_context(), transaction():
        earned = db.session.scalars(select(Credential).where(Credential.user_id == acme.users["bob"])).one()
        revoke(earned.serial, "It was someone else.", clock.now())
        actor = actor_of(acme.users["alice"], acme.id)
        remove_person(actor, get_person(actor, acme.people["dana"]), clock.today(), clock.now())
    messages = {one["type"]: one["data"] for one in told.work()}
    assert messages["certificate.revoked"]["serial"] == show_serial(earned.serial)
    assert messages["certificate.revoked"]["revoked_on"] == clock.today().isoformat()
    assert messages["person.left"] == {"person_id": str(acme.people["dana"]), "ended_on": clock.today().isoformat()}
    assert len(messages) == 2
    assert all(b"someone else" not in body for _headers, body in told.receiver.requests)


def test_nothing_more_is_told_of_someone_who_had_everything_erased(told: Told) -> None:
    acme, bob = told.training.acme, told.training.acme.users["bob"]
    with told.app.app_context(), transaction():
        earned = db.session.scalars(select(Credential).where(Credential.user_id == bob)).one()
        revoke(earned.serial, "It was someone else.", clock.now())
    assert [one["type"] for one in told.work()] == ["certificate.revoked"]
    (sent,) = told.rows()
    told.receiver.answers = [ANSWER % 500]
    with told.app.app_context(), transaction():
        happen(EventKind.ISSUED, earned.id, clock.now())
    told.work()  # it waits for another try
    with told.app.app_context(), transaction():
        for feature in (webhooks_persons, assignments_persons, organizations_persons, accounts_persons):
            feature.forget_person(bob, clock.now())
    told.certify("mona")
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False):
        messages = told.work()
    assert {one["data"]["person_id"] for one in messages} == {str(acme.people["mona"])}
    of_bob = [row for row in told.rows() if row.facts["person_id"] == str(acme.people["bob"]) and row.id != sent.id]
    assert {row.kind for row in of_bob} == {"certificate.issued", "person.left"}
    for row in of_bob:
        assert (row.last_error, row.sent_at, row.dead_at is not None) == ("withheld: erased", None, True)
    alice, here = acme.enter("alice"), acme.path(f"/webhooks/{told.webhook}")
    assert "this person’s account was erased" in alice.get(here).text
    for row in (sent, *of_bob):
        assert alice.post(f"{here}/deliveries/{row.id}/again", {}).status_code == 303
    assert "isn’t sent anymore" in alice.get(here).text
    assert told.work() == []
    with told.app.app_context():
        assert db.session.get_one(Webhook, told.webhook).failures == 0


def test_a_duty_is_told_as_overdue_once_and_not_if_that_was_long_ago(told: Told) -> None:
    acme = told.training.acme

    def keep() -> list[dict[str, Any]]:
        with told.app.app_context():
            list(keep_up(acme.id))
        return [one for one in told.work() if one["type"] == "assignment.overdue"]

    due_on = clock.today() + dt.timedelta(days=90)
    assert keep() == []
    with time_machine.travel(dt.datetime.combine(due_on, dt.time(12), dt.UTC) + dt.timedelta(days=1), tick=False):
        messages = keep()
        assert keep() == []
    people = {one["data"]["person_id"] for one in messages}
    assert people >= {str(acme.people[name]) for name in ("mona", "mark", "ines", "dana")}
    assert str(acme.people["bob"]) not in people
    first = messages[0]["data"]
    assert first["requirement_id"] == str(told.training.requirement)
    assert set(first) == {"person_id", "assignment_id", "requirement_id", "course", "due_on"}
    with told.app.app_context(), transaction() as session:
        for row in session.scalars(select(Event)):
            session.delete(row)
    with time_machine.travel(dt.datetime.combine(due_on, dt.time(12), dt.UTC) + dt.timedelta(days=40), tick=False):
        assert keep() == []


def test_what_is_undone_was_never_there(told: Told) -> None:
    acme = told.training.acme
    with told.app.app_context():
        actor = actor_of(acme.users["alice"], acme.id)

        def begin() -> None:
            with transaction():
                remove_person(actor, get_person(actor, acme.people["dana"]), clock.today(), clock.now())
                raise RuntimeError

        with pytest.raises(RuntimeError):
            begin()
        assert db.session.scalars(select(Event).where(Event.told_at.is_(None))).all() == []
    assert told.work() == []


def test_only_the_firms_own_and_only_what_it_asks_for_is_told(told: Told) -> None:
    acme, app = told.training.acme, told.app
    with app.app_context(), transaction():
        url = f"https://{NAME}:{told.receiver.port}/theirs"
        make_webhook(actor_of(acme.users["mallory"], acme.other), url, list(EventKind), clock.now())
        alices = db.session.get_one(Webhook, told.webhook)
        alices.kinds = [EventKind.LEFT.value]
    told.certify("charlie")  # in no firm
    told.certify("ines")
    put_on_roster(app, acme.other, acme.users["ines"], name="Ines Ito", email="ines@example.com")
    with app.app_context():
        list(tell_all())
    assert told.receiver.requests == []  # Acme doesn't ask, the other firm doesn't require it
    require(app, acme.users["mallory"], acme.other)
    with app.app_context(), transaction():
        earned = db.session.scalars(select(Credential).where(Credential.user_id == acme.users["ines"])).one()
        revoke(earned.serial, "It was someone else.", clock.now())
    with app.app_context():
        list(tell_all())
    assert [headers["request"] for headers, _body in told.receiver.requests] == ["POST /theirs HTTP/1.1"]


def test_a_failure_is_tried_again_ever_later_and_given_up_after_three_days(told: Told) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False) as traveller:
        told.receiver.answers = [ANSWER % 500] * 100
        gone = leaver(told)
        with told.app.app_context(), transaction():
            events.happen(EventKind.LEFT, gone, clock.now())
        waits: list[dt.timedelta] = []
        last = clock.now()
        for _minute in range(4 * 24 * 60 // 5):
            with told.app.app_context():
                list(tell_all())
            (row,) = told.rows()
            if len(told.receiver.requests) > len(waits):
                waits.append(clock.now() - last)
                last = clock.now()
            if row.dead_at is not None:
                break
            traveller.shift(dt.timedelta(minutes=5))
        assert row.dead_at is not None
        assert dt.timedelta(days=2) < row.dead_at - row.created_at <= dt.timedelta(days=3, hours=6)
        assert row.tries == len(waits) == telling.MOST_TRIES
        assert waits == sorted(waits)
        assert (row.answer_code, row.last_error) == (500, "status")
        page = told.training.acme.enter("alice").get(told.training.acme.path(f"/webhooks/{told.webhook}"))
        assert "Given up" in page.text
        assert "500" in page.text


def leaver(told: Told) -> UUID:
    """Let Dana have left; return her entry on the roster."""
    with told.app.app_context(), transaction() as session:
        person = session.get_one(Membership, told.training.acme.people["dana"])
        person.ended_at, person.ended_on = clock.now(), clock.today()
        return person.id


def test_one_that_fails_rests_and_what_waits_longer_than_three_days_is_given_up(told: Told) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False) as traveller:
        told.receiver.answers = [ANSWER % 503]
        gone = leaver(told)
        with told.app.app_context(), transaction():
            for _number in range(5):
                events.happen(EventKind.LEFT, gone, clock.now())
        told.work()
        assert len(told.receiver.requests) == 1
        assert told.work() == []
        traveller.shift(dt.timedelta(days=3, minutes=1))
        with told.app.app_context(), transaction():
            telling.forget_deliveries(clock.now())
        assert {(row.dead_at is not None, row.last_error) for row in told.rows()} == {(True, "too_late")}
        traveller.shift(dt.timedelta(days=28))
        with told.app.app_context(), transaction():
            telling.forget_deliveries(clock.now())
            events.forget_events(clock.now())
        assert told.rows() == []


def test_an_event_that_can_not_be_told_holds_up_no_other(told: Told) -> None:
    with told.app.app_context(), transaction():
        events.happen(EventKind.ISSUED, told.webhook, clock.now())  # no credential
    told.certify("mona")
    assert len(told.work()) == 2
    with told.app.app_context():
        odd = db.session.scalars(select(Event).where(Event.told_at.is_(None))).one()
        assert (odd.tries, odd.subject_id) == (1, told.webhook)


@pytest.mark.parametrize("why", ["paused", "no owner", "suspended"])
def test_what_is_held_back_arrives_later(told: Told, why: str) -> None:
    acme, alice = told.training.acme, told.training.acme.enter("alice")
    here = acme.path(f"/webhooks/{told.webhook}")

    def change(is_held: bool) -> None:
        if why == "paused":
            assert alice.post(f"{here}/{'pause' if is_held else 'resumption'}", {}).status_code == 303
            return
        with told.app.app_context(), transaction() as session:
            person = session.scalars(select(Membership).where(Membership.user_id == acme.users["alice"])).one()
            if why == "no owner":
                person.role = "manager" if is_held else "owner"
            else:
                session.get_one(Organization, acme.id).suspended_at = clock.now() if is_held else None

    told.certify("mona")
    with told.app.app_context():  # told to the webhook, and not sent yet
        while (event := claim_event()) is not None:
            with transaction():
                telling.fan_out(event, clock.now())
    change(is_held=True)
    assert told.work() == []
    change(is_held=False)
    assert len(told.work()) == 2


def claim_event() -> Event | None:
    with transaction():
        return events.claim(clock.now())


def test_a_test_and_sending_again_by_hand(told: Told) -> None:
    acme, alice = told.training.acme, told.training.acme.enter("alice")
    here = acme.path(f"/webhooks/{told.webhook}")
    assert alice.post(f"{here}/test", {}).status_code == 303
    assert "On its way" in alice.get(here).text
    (first,) = told.work()
    assert (first["type"], first["data"]) == ("test", {})
    (row,) = told.rows()
    assert alice.post(f"{here}/deliveries/{row.id}/again", {}).status_code == 303
    assert told.work() == [first]
    page = alice.get(here).text
    assert "Delivered" in page
    assert ">200" in re.sub(r"\s", "", page)


def test_the_log_tells_who_did_what_and_not_all_of_the_address(told: Told) -> None:
    acme, alice = told.training.acme, told.training.acme.enter("alice")
    here = acme.path(f"/webhooks/{told.webhook}")
    for step in ("pause", "resumption", "deletion"):
        alice.post(f"{here}/{step}", {})
    assert alice.get(here).status_code == 404
    assert told.rows() == []
    with told.app.app_context():
        rows = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("webhook."))).all()
        acts = [row.act for row in sorted(rows, key=lambda row: row.at)]
        assert acts == ["webhook.made", "webhook.paused", "webhook.resumed", "webhook.deleted"]
        assert {row.details["host"] for row in rows} == {NAME}


def test_a_secret_is_shown_once_and_kept_nowhere(told: Told) -> None:
    acme, alice = told.training.acme, told.training.acme.enter("alice")
    fields = {"url": f"https://{NAME}:{told.receiver.port}/two", "kinds": ["person.left"]}
    made = alice.post(acme.path("/webhooks"), fields)
    found = re.search(r'value="(whsec_[\w+/=]{44})"', made.text)
    assert found, made.text
    assert found[1] not in alice.get(acme.path("/webhooks")).text
    with told.app.app_context():
        webhook = db.session.scalars(select(Webhook).where(Webhook.id != told.webhook)).one()
        raw = base64.b64decode(found[1].removeprefix("whsec_"))
        kept = repr(db.session.execute(select(Webhook.__table__)).all())
        assert found[1][6:] not in kept
        assert raw.hex() not in kept
        assert alice.get(acme.path(f"/webhooks/{webhook.id}")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"url": ""}, "Enter the address"),
        ({"url": "http://hooks.example.org/in"}, "must begin with https"),
        ({"url": "https://10.0.0.7/in"}, "Use a full name"),
        ({"url": "https://inside.example.org/in"}, "leads into a private network"),
        ({"url": "https://nowhere.example.org/in"}, "no such name"),
        ({"url": "https://user:pass@hooks.example.org/"}, "can’t read this address"),
        ({"kinds": []}, "Choose what to tell it."),
        ({"kinds": ["everything"]}, "isn’t on this list anymore"),
    ],
)
def test_a_form_that_can_not_be_taken_comes_back_as_typed(
    told: Told, names: Names, fields: dict[str, object], message: str
) -> None:
    names.known |= {"inside.example.org": [["10.0.0.7"]], "nowhere.example.org": [[]]}
    given = {"url": f"https://{NAME}/in", "kinds": ["person.left"], **fields}
    answer = told.training.acme.enter("alice").post(told.training.acme.path("/webhooks"), given)
    assert answer.status_code == 422
    assert message in answer.text
    assert str(given["url"]) in answer.text
    with told.app.app_context():
        assert len(db.session.scalars(select(Webhook)).all()) == 1


def test_a_firm_has_five_at_most(told: Told) -> None:
    acme = told.training.acme
    with told.app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        for _number in range(MOST_WEBHOOKS - 1):
            make_webhook(actor, f"https://{NAME}/", [EventKind.LEFT], clock.now())
        with pytest.raises(Conflict, match="Five webhooks"):
            make_webhook(actor, f"https://{NAME}/", [EventKind.LEFT], clock.now())


def test_a_secret_stays_when_its_key_is_dropped(told: Told) -> None:
    old: Ring = told.app.config["SETTINGS"].keys
    ring = make_ring("n" * 40, [key.secret for key in old.keys])
    with told.app.app_context(), transaction():
        assert move_secrets(ring, old.current) == 1
        webhook = db.session.get_one(Webhook, told.webhook)
        assert webhook.key_id == ring.current.id
        assert show_secret(secret_of(webhook.id, ring.current, webhook.mask)) == told.secret


def test_a_slow_one_rests_so_that_others_have_their_turn(told: Told) -> None:
    gone = leaver(told)
    with told.app.app_context(), transaction():
        events.happen(EventKind.LEFT, gone, clock.now())
    told.work()
    with told.app.app_context(), transaction():
        delivery = db.session.scalars(select(Delivery)).first()
        assert delivery is not None
        telling.note_sent(delivery, 200, 0.3, clock.now())
        assert db.session.scalars(select(Webhook.rests_until)).one() is None
        telling.note_sent(delivery, 200, 7.0, clock.now())
        rests_until = db.session.scalars(select(Webhook.rests_until)).one()
    assert rests_until is not None
    assert rests_until - clock.now() > dt.timedelta(minutes=6)

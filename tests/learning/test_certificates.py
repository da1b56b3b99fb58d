"""Another name on a certificate, and its withdrawal: what the holder, an administrator, firms and strangers see."""

from __future__ import annotations

import datetime as dt
from threading import Thread
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.cast import add_second_factor, appoint, certify, code_now, make_account, sign_in_as
from tests.support import PASSWORD, Visitor
from trainer.accounts.models import User
from trainer.accounts.operations import confirm_address, name_for_certificate
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential, Facts
from trainer.credentials.operations import issue
from trainer.credentials.rules import Reason, show_serial
from trainer.jobs.emails import write
from trainer.learning import certificates
from trainer.learning.models import Enrollment


@pytest.fixture
def bob(app: Flask) -> UUID:
    bob = make_account(app)
    with app.app_context(), transaction():
        confirm_address(get_user(bob), clock.now())
    certify(app, bob)
    return bob


@pytest.fixture
def root(app: Flask) -> Visitor:
    root = make_account(app, "root@example.org")
    add_second_factor(app, root)
    appoint(app, root)
    return sign_in_as(app, root)


def standing(app: Flask) -> Credential:
    with app.app_context():
        return db.session.scalars(select(Credential).where(Credential.reissued_at.is_(None))).one()


def rename(app: Flask, user_id: UUID, name: str) -> None:
    with app.app_context(), transaction():
        name_for_certificate(user_id, name)


def reissue(visitor: Visitor, credential_id: UUID, password: str = PASSWORD) -> int:
    path = f"/my-certificates/{credential_id}/reissue"
    return visitor.post(path, {"password": password}).status_code


def mails(app: Flask) -> list[tuple[str, str]]:
    """Return (template, text) of the mails that say something, in the order of their templates."""
    with app.app_context():
        messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.template)).all()
        letters = [(message.template, write(message)) for message in messages]
    return [(template, letter.text) for template, letter in letters if letter and template.startswith("certificate")]


def acts(app: Flask) -> list[tuple[str, UUID | None]]:
    with app.app_context():
        query = select(AuditEvent).where(AuditEvent.act.startswith("credential.")).order_by(AuditEvent.at)
        return [(event.act, event.actor_id) for event in db.session.scalars(query)]


def withdraw(app: Flask, root: Visitor, serial: str, **fields: str) -> tuple[int, str]:
    with app.app_context():
        number = db.session.scalars(select(User.id).where(User.email_key == "root@example.org")).one()
    given = {"reason": "mistake", "why": "Reported by phone.", "password": PASSWORD, "code": code_now(app, number)}
    answer = root.post(f"/administration/certificates/{serial}/revocation", given | fields)
    return answer.status_code, answer.text


def test_a_holder_has_a_certificate_reissued_in_a_new_name(app: Flask, bob: UUID) -> None:
    old, visitor = standing(app), sign_in_as(app, bob)
    assert "another name" not in visitor.get(f"/verify/{old.serial}").text
    rename(app, bob, "Robin Builder")
    assert f"/my-certificates/{old.id}/reissue" in visitor.get(f"/verify/{old.serial}").text
    page = visitor.get(f"/my-certificates/{old.id}/reissue").text
    assert "Bob Builder" in page
    assert "Robin Builder" in page
    assert reissue(visitor, old.id) == 303
    new = standing(app)
    assert (new.holder_name, new.cycle, new.issued_on, new.issued_at, new.valid_until, new.final) == (
        "Robin Builder",
        *(old.cycle, old.issued_on, old.issued_at, old.valid_until, old.final),
    )
    assert new.serial != old.serial
    with app.app_context():
        assert db.session.scalars(select(Enrollment.credential_id)).one() == new.id
    assert acts(app) == [("credential.reissued", bob)]
    [(template, text)] = mails(app)
    assert template == "certificate-reissued"
    assert "/me" in text
    assert show_serial(new.serial) not in text
    home = visitor.get("/me").text
    assert show_serial(new.serial) in home
    assert show_serial(old.serial) not in home
    assert f'class="btn fill" href="/verify/{new.serial}"' in visitor.get(f"/verify/{old.serial}").text


@pytest.mark.check("T035")
def test_the_old_number_tells_nothing_of_the_new_name(app: Flask, bob: UUID) -> None:
    old = standing(app)
    rename(app, bob, "Robin Builder")
    reissue(sign_in_as(app, bob), old.id)
    new = standing(app)
    for path in (f"/verify/{old.serial}", f"/verify/{old.serial}.json"):
        text = Visitor(app).get(path).text
        assert "Bob Builder" in text
        for secret in ("Robin", new.serial, show_serial(new.serial), show_serial(new.serial)[:5], new.id.hex):
            assert secret not in text
    assert "Replaced</h1>" in Visitor(app).get(f"/verify/{old.serial}").text
    assert "Valid</h1>" in Visitor(app).get(f"/verify/{new.serial}").text


def test_it_takes_the_password_a_new_name_and_a_valid_certificate_of_ones_own(app: Flask, bob: UUID) -> None:
    old, visitor = standing(app), sign_in_as(app, bob)
    assert reissue(visitor, old.id) == 409  # the same name
    rename(app, bob, "Robin Builder")
    assert reissue(visitor, old.id, "not the password") == 422
    stranger = sign_in_as(app, make_account(app, "charlie@example.org"))
    assert stranger.get(f"/my-certificates/{old.id}/reissue").status_code == 404
    assert reissue(stranger, old.id) == 404
    with time_machine.travel(clock.now() + dt.timedelta(days=800)):
        assert reissue(sign_in_as(app, bob), old.id) == 409
    assert standing(app).id == old.id
    assert reissue(visitor, old.id) == 303
    assert reissue(visitor, old.id) == 409  # it was replaced
    assert acts(app) == [("credential.reissued", bob)]


def test_a_holder_can_reissue_three_times_and_then_an_administrator_does(app: Flask, bob: UUID, root: Visitor) -> None:
    visitor = sign_in_as(app, bob)
    for name in ("A", "B", "C"):
        rename(app, bob, name)
        assert reissue(visitor, standing(app).id) == 303
    rename(app, bob, "D")
    last = standing(app)
    assert reissue(visitor, last.id) == 409
    assert "Write to us" in visitor.get(f"/my-certificates/{last.id}/reissue").text
    with app.app_context():
        number = db.session.scalars(select(User.id).where(User.email_key == "root@example.org")).one()
    path = f"/administration/certificates/{last.serial}/correction"
    given = {"certificate_name": "Robin Builder", "password": PASSWORD, "code": "000000"}
    assert root.post(path, given).status_code == 422
    assert root.post(path, given | {"code": code_now(app, number)}).status_code == 303
    assert standing(app).holder_name == "Robin Builder"
    with app.app_context():
        assert db.session.get_one(User, bob).certificate_name == "Robin Builder"
    assert acts(app)[-1] == ("credential.reissued", number)


@pytest.mark.check("T044")
def test_a_withdrawal_shows_at_once_and_only_once(app: Flask, bob: UUID, root: Visitor) -> None:
    serial, verifier = standing(app).serial, Visitor(app)
    assert verifier.get(f"/verify/{serial}.json").json["status"] == "valid"  # type: ignore[index]
    assert "Withdraw it" not in verifier.get(f"/verify/{serial}").text
    assert "Withdraw it" not in sign_in_as(app, bob).get(f"/verify/{serial}").text
    assert "Withdraw it" in root.get(f"/verify/{serial}").text
    assert withdraw(app, root, serial, why="")[0] == 422
    status, page = withdraw(app, root, serial, reason="")
    assert (status, "Choose a reason." in page, "Reported by phone." in page) == (422, True, True)
    assert withdraw(app, root, serial)[0] == 303
    page = verifier.get(f"/verify/{serial}").text
    assert "Withdrawn</h1>" in page
    assert "It was issued by mistake." in page
    assert "Reported by phone." not in page
    told = verifier.get(f"/verify/{serial}.json").json
    assert told is not None
    assert (told["status"], told["revocation_reason"]) == ("revoked", "It was issued by mistake.")
    [(template, text)] = mails(app)
    assert template == "certificate-withdrawn"
    assert "It was issued by mistake." in text
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2)):
        assert withdraw(app, root, serial)[0] == 409
    assert [act for act, _actor in acts(app)] == ["credential.revoked"]


def test_a_certificate_is_withdrawn_in_all_its_names(app: Flask, bob: UUID) -> None:
    old = standing(app)
    rename(app, bob, "Robin Builder")
    reissue(sign_in_as(app, bob), old.id)
    new = standing(app)
    with app.app_context(), transaction():
        assert certificates.withdraw(old.serial, Reason.MISTAKE, clock.now()).id == new.id
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Credential.revoked_at.is_(None))) == 0
    with app.app_context(), pytest.raises(Conflict), transaction():
        certificates.withdraw(new.serial, Reason.MISTAKE, clock.now())


def test_an_address_that_was_never_confirmed_gets_no_mail_about_a_certificate(app: Flask) -> None:
    certify(app, make_account(app))
    given = standing(app)
    with app.app_context(), transaction():
        certificates.withdraw(given.serial, Reason.MISTAKE, clock.now())
    with app.app_context():
        assert "certificate-withdrawn" not in db.session.scalars(select(OutboxMessage.template)).all()


@pytest.mark.on_both
def test_a_certificate_is_withdrawn_in_a_name_that_it_gets_at_the_same_moment(
    app: Flask, bob: UUID, root: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("lets nobody else write once a withdrawal has begun")
    old = standing(app)
    rename(app, bob, "Robin Builder")

    def reissue_it() -> None:
        with app.app_context(), transaction():
            certificates.reissue_own(bob, old.id, clock.now())

    def get_later(user_id: UUID) -> User:
        monkeypatch.setattr(certificates, "get_user", get_user)
        other = Thread(target=reissue_it)
        other.start()
        other.join()
        return get_user(user_id)

    monkeypatch.setattr(certificates, "get_user", get_later)
    assert withdraw(app, root, old.serial)[0] == 303
    with app.app_context():
        names = db.session.execute(select(Credential.holder_name, Credential.revoked_at)).all()
    assert sorted(name for name, _at in names) == ["Bob Builder", "Robin Builder"]
    assert all(at is not None for _name, at in names)


def test_the_database_lets_one_of_a_cycle_stand(app: Flask, bob: UUID) -> None:
    given = standing(app)
    facts = Facts(**{name: getattr(given.stated, name) for name in Facts.__dataclass_fields__})
    with app.app_context(), pytest.raises(Conflict), transaction():
        issue(facts, bob, given.cycle, 12, clock.now())

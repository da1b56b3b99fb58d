"""Invitations: good once, for whom they were mailed to, as the roster says; nobody else comes in by them."""

from __future__ import annotations

import datetime as dt
import re
from copy import copy
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from markupsafe import escape
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import make_account, put_on_roster, sign_in_as
from tests.compliance.conftest import require
from tests.organizations.conftest import Acme
from tests.support import COURSE, PASSWORD, Visitor
from trainer.accounts.models import User
from trainer.content.library import Library
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.jobs.emails import write
from trainer.learning.models import Enrollment
from trainer.organizations.closing import set_invitations_a_day
from trainer.organizations.invitation_links import shown_token_of
from trainer.organizations.models import Invitation, Membership, Organization

pytestmark = pytest.mark.on_both

NEW = {"password": PASSWORD, "is_old_enough": "y"}
CHOOSING = "security-officer"  # has a module of which one lesson is enough
VOID = "This link no longer works"


def invite(acme: Acme, name: str = "dana", by: str = "alice") -> str:
    """Invite someone; return the path of the link in the mail."""
    answer = acme.enter(by).post(acme.path(f"/people/{acme.people[name]}/invitations"))
    assert answer.status_code == 303, answer.text
    return mailed(acme.app)


def mailed(app: Flask) -> str:
    """Return the path of the link in the newest invitation."""
    with app.app_context():
        message = db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.template == "invitation")
            .order_by(OutboxMessage.created_at.desc())
        ).first()
        assert message is not None
        letter = write(message)
        assert letter is not None
        found = re.search(r"^http://127\.0\.0\.1:8000(/i/\S+)$", letter.text, re.MULTILINE)
        assert found is not None
        return found[1]


def accept(visitor: Visitor, path: str, **fields: str) -> TestResponse:
    return visitor.post(f"{path}/acceptance", fields)


def person(app: Flask, membership_id: UUID) -> Membership:
    with app.app_context():
        return db.session.get_one(Membership, membership_id)


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return [
            one
            for one in db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.at))
            if one.startswith("invitation")
        ]


def test_before_joining_a_person_sees_what_the_firm_will_see(acme: Acme) -> None:
    page = Visitor(acme.app).get(invite(acme)).text
    for words in ("Acme Security invites you", "Dana Dow", "dana@example.org", "Member", "will see about you"):
        assert words in page
    assert "It doesn’t see: your answers, how you do in practice or check-ins, which help pages" in page
    assert person(acme.app, acme.people["dana"]).user_id is None


@pytest.mark.check("T058")
def test_someone_without_an_account_makes_one_and_is_in_with_a_confirmed_address(acme: Acme) -> None:
    path, visitor = invite(acme), Visitor(acme.app)
    assert accept(visitor, path, **NEW).headers["Location"] == "/me"
    dana = person(acme.app, acme.people["dana"])
    with acme.app.app_context():
        user = db.session.scalars(select(User).where(User.email_key == "dana@example.org")).one()
        assert (dana.user_id, dana.role, user.email_confirmed_at is not None) == (user.id, "member", True)
    assert "Acme Security" in visitor.get("/me").text
    assert acts(acme.app) == ["invitation.sent", "invitation.accepted"]
    assert VOID in Visitor(acme.app).get(path).text


def test_a_guest_keeps_everything(acme: Acme) -> None:
    visitor = Visitor(acme.app)
    visitor.keep()
    visitor.enroll()
    assert accept(visitor, invite(acme), **NEW).status_code == 303
    with acme.app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.email_key == "dana@example.org")).one()
        assert db.session.scalars(select(Enrollment.course).where(Enrollment.user_id == user_id)).one() == COURSE


@pytest.mark.parametrize(
    ("fields", "words"), [({**NEW, "password": "short"}, "at least 10"), ({"password": PASSWORD}, "13 and older")]
)
def test_a_wrong_form_says_what_to_mend_and_nothing_is_made(acme: Acme, fields: dict[str, str], words: str) -> None:
    answer = accept(Visitor(acme.app), invite(acme), **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert person(acme.app, acme.people["dana"]).user_id is None


def test_someone_with_an_account_signs_in_comes_back_and_joins(acme: Acme) -> None:
    user_id = make_account(acme.app, "Dana@Example.org")
    path, visitor = invite(acme), Visitor(acme.app)
    link = re.search(r'href="(/sign-in\?next=[^"]+)"', visitor.get(path).text)
    assert link is not None
    answer = visitor.post(link[1], {"email": "dana@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == path
    assert "Join</button>" in visitor.get(path).text
    assert accept(visitor, path).status_code == 303
    assert person(acme.app, acme.people["dana"]).user_id == user_id


@pytest.mark.check("T058")
def test_the_wrong_person_does_not_come_in(acme: Acme) -> None:
    path, charlie = invite(acme), acme.enter("charlie")
    assert "is for dana@example.org" in charlie.get(path).text
    assert "Join</button>" not in charlie.get(path).text
    answer = accept(charlie, path, **NEW)
    assert answer.status_code == 409
    assert "charlie@example.org" in answer.text
    assert person(acme.app, acme.people["dana"]).user_id is None
    assert accept(Visitor(acme.app), path, **NEW).status_code == 303  # still good for Dana


@pytest.mark.check("T058")
@pytest.mark.parametrize("what", ["used", "revoked", "expired", "removed", "other address", "forged", "cut", "swapped"])
def test_a_void_invitation_lets_nobody_in(acme: Acme, what: str) -> None:
    path, later = invite(acme), clock.now()
    dana = acme.people["dana"]
    if what == "used":
        accept(Visitor(acme.app), path, **NEW)
    elif what == "revoked":
        acme.enter("alice").post(acme.path(f"/people/{dana}/invitations/revocation"))
    elif what == "expired":
        later += dt.timedelta(days=30, seconds=1)
    elif what in {"removed", "other address"}:
        with acme.app.app_context(), transaction():
            row = db.session.get_one(Membership, dana)
            if what == "removed":
                row.ended_on, row.ended_at = clock.today(), clock.now()
            else:
                row.email = row.email_key = "dana.dow@example.org"
    code = path.rpartition("/")[2]
    changed = {"forged": "A" * len(code), "cut": code[:-1], "swapped": f"{dana.hex}.{code}"}
    path = f"/i/{changed[what]}" if what in changed else path
    with time_machine.travel(later):
        for answer in (Visitor(acme.app).get(path), accept(Visitor(acme.app), path, **NEW)):
            assert answer.status_code == 404
            assert VOID in answer.text
    with acme.app.app_context():
        joined = select(func.count()).where(Membership.organization_id == acme.id, Membership.name == "Dana Dow")
        assert db.session.scalar(joined.where(Membership.user_id.is_not(None))) == (1 if what == "used" else 0)


@pytest.mark.check("T058")
def test_role_and_firm_in_the_request_change_nothing(acme: Acme) -> None:
    path = invite(acme)
    answer = Visitor(acme.app).post(
        f"{path}/acceptance?role=owner&organization_id={acme.other}",
        {**NEW, "role": "owner", "organization_id": str(acme.other), "email": "mallory@example.org"},
    )
    assert answer.status_code == 303
    dana = person(acme.app, acme.people["dana"])
    assert (dana.role, dana.organization_id) == ("member", acme.id)
    with acme.app.app_context():
        assert db.session.get_one(User, dana.user_id).email_key == "dana@example.org"


def test_who_is_in_already_is_told_so(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        bob = db.session.get_one(Membership, acme.people["bob"])
        bob.email = bob.email_key = "bob@work.example"
        dana = db.session.get_one(Membership, acme.people["dana"])
        dana.email = dana.email_key = "bob@example.org"
    path, bobs = invite(acme), acme.enter("bob")
    assert "already in this firm" in bobs.get(path).text
    assert accept(bobs, path).status_code == 409
    assert person(acme.app, acme.people["dana"]).user_id is None


def test_one_person_gets_one_mail_a_day_whoever_sends(acme: Acme) -> None:
    invite(acme)
    again = acme.enter("mona").post(acme.path(f"/people/{acme.people['dana']}/invitations"))
    assert again.status_code == 303
    with acme.app.app_context():
        assert db.session.scalar(select(func.count(Invitation.id))) == 1
    with time_machine.travel(clock.now() + dt.timedelta(days=1, minutes=1)):
        invite(acme, by="mona")
    with acme.app.app_context():
        assert db.session.scalar(select(func.count(Invitation.id))) == 2


def test_all_who_wait_are_invited_at_once_and_only_they(acme: Acme) -> None:
    alice = acme.enter("alice")
    assert alice.post(acme.path("/invitations")).status_code == 303
    with acme.app.app_context():
        assert db.session.scalars(select(Invitation.membership_id)).all() == [acme.people["dana"]]
    assert alice.post(acme.path("/invitations")).status_code == 303
    assert acts(acme.app) == ["invitation.sent"]
    assert "Nobody can be invited right now." in alice.get(acme.path("/invitations")).text


def test_a_manager_of_chosen_teams_invites_their_people_only(acme: Acme) -> None:
    mark = acme.enter("mark")
    assert mark.post(acme.path(f"/people/{acme.people['dana']}/invitations")).status_code == 404
    assert mark.post(acme.path(f"/people/{acme.people['dana']}/invitations/revocation")).status_code == 404
    mark.post(acme.path("/invitations"))
    assert "Dana Dow" not in mark.get(acme.path("/invitations")).text
    assert acts(acme.app) == []


@pytest.mark.check("T055")
def test_a_poisoned_host_does_not_change_the_link(acme: Acme) -> None:
    alice = acme.enter("alice")
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "Forwarded": "host=evil.example"}
    path = acme.path(f"/people/{acme.people['dana']}/invitations")
    assert alice.post(path, headers=headers).status_code == 303
    assert mailed(acme.app).startswith("/i/")
    assert "evil" not in alice.get(acme.path("/invitations"), headers=headers).text
    assert alice.client.post(path, base_url="http://evil.example").status_code == 400


def test_without_a_mail_server_the_link_is_shown_and_proves_no_address(acme: Acme, settings: Settings) -> None:
    invite(acme)
    shown = re.search(r"http://127\.0\.0\.1:8000(/i/[^<]+)", acme.enter("alice").get(acme.path("/invitations")).text)
    assert shown is not None
    assert shown[1] != mailed(acme.app)
    assert accept(Visitor(acme.app), shown[1], **NEW).status_code == 303
    with acme.app.app_context():
        user = db.session.scalars(select(User).where(User.email_key == "dana@example.org")).one()
        assert user.email_confirmed_at is None


def test_with_a_mail_server_no_link_is_shown_and_none_that_was_lets_in(acme: Acme, mailing: Flask) -> None:
    path = invite(acme)
    with acme.app.app_context():
        shown = f"/i/{shown_token_of(db.session.scalars(select(Invitation)).one())}"
    page = sign_in_as(mailing, acme.users["alice"]).get(acme.path("/invitations")).text
    assert "Dana Dow" in page
    assert "8000/i/" not in page
    statuses = [Visitor(mailing).get(one).status_code for one in (path, shown)]
    assert statuses == [200, 404]
    assert Visitor(acme.app).get(shown).status_code == 200


def test_the_mail_is_not_sent_once_it_is_no_longer_true(acme: Acme) -> None:
    invite(acme)
    acme.enter("alice").post(acme.path(f"/people/{acme.people['dana']}/invitations/revocation"))
    with acme.app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one()
        assert write(message) is None


def test_the_subject_tells_nothing(acme: Acme) -> None:
    invite(acme)
    with acme.app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one()
        letter = write(message)
        assert letter is not None
        assert letter.subject == "You’re invited to a course"
        assert "Acme Security" in letter.text


def test_the_mail_says_who_asks_for_which_course_how_long_it_takes_and_by_when(acme: Acme, shelf: Library) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        with acme.app.app_context(), transaction():
            db.session.get_one(Membership, acme.people["dana"]).hired_on = clock.today()
        require(acme.app, acme.users["alice"], acme.id, course=CHOOSING)
        invite(acme)
        with acme.app.app_context():
            message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one()
            letter = write(message)
    assert letter is not None
    times, course = Times(shelf.content), shelf.content.courses[CHOOSING]
    minutes = times.core(course) + times.final(course)
    title = shelf.content.courses[CHOOSING].file.title
    for words in (
        "Hello Dana Dow,",
        "Alice Able of Acme Security invites you to “The small school”, an online training. It asks you to take",
        f"“{title}”: about {minutes} minutes with the final, due February 22, 2027.",
        "It can be used once, until December 24, 2026.",
    ):
        assert words in letter.text
        assert escape(words) in letter.html


def test_the_mail_names_courses_in_its_language(acme: Acme, shelf: Library) -> None:
    here, course = shelf.content, shelf.content.courses[CHOOSING]
    there = replace(course, file=course.file.but({"title": "Para personal de seguridad"}))
    other = copy(shelf)
    other._content = replace(
        here,
        site=here.site.but({"languages": ["en", "es"]}),
        translations={"es": replace(here, courses={**here.courses, CHOOSING: there}, language="es")},
    )
    acme.app.extensions["library"] = other
    require(acme.app, acme.users["alice"], acme.id, course=CHOOSING)
    invite(acme)
    with acme.app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one()
        db.session.expunge(message)  # the record itself stays as it is
        for language, title in (("es", "Para personal de seguridad"), ("en", course.file.title)):
            message.language = language
            letter = write(message)
            assert letter is not None
            assert f"“{title}”" in letter.text


def test_a_name_that_would_become_a_link_is_left_out_of_the_mail(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["dana"]).name = "Win at www.evil.example"
    invite(acme)
    with acme.app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one()
        letter = write(message)
    assert letter is not None
    assert letter.text.startswith("Hello,")
    assert "evil" not in letter.text


def test_a_firm_whose_name_would_become_a_link_is_left_out_of_the_mail(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        # As names were before addresses in them were refused.
        db.session.get_one(Organization, acme.id).name = "Locked? https://evil.example/login"
    invite(acme)
    with acme.app.app_context():
        letter = write(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation")).one())
    assert letter is not None
    assert "evil" not in letter.text + letter.html
    assert "Alice Able invites you to “The small school”, an online training." in letter.text


def test_mail_goes_to_the_very_address_that_was_checked(acme: Acme) -> None:
    alice, odd = acme.enter("alice"), "Ｄana.Dow@Example.org"
    fields = {"name": "Dana Dow", "email": odd, "teams": str(acme.motel)}
    assert alice.post(acme.path(f"/people/{acme.people['dana']}/facts"), fields).status_code == 303
    invite(acme)
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.people["dana"]).email == "dana.dow@example.org"
    assert recipients_of(acme) == ["dana.dow@example.org"]


@pytest.mark.asvs("2.3.2")
def test_a_firm_sends_so_many_invitations_a_day_and_the_rest_tomorrow(acme: Acme) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as traveller:
        with acme.app.app_context(), transaction():
            set_invitations_a_day(acme.id, 5, clock.now())
        for number in range(7):
            put_on_roster(acme.app, acme.id, None, name=f"New {number}", email=f"new{number}@example.org")
        alice = acme.enter("alice")
        alice.post(acme.path("/invitations"))
        page = alice.get(acme.path("/invitations")).text
        assert "5 invitations are on their way." in page
        assert "3 people can be invited tomorrow." in page
        first = recipients_of(acme)
        assert len(first) == 5
        alice.post(acme.path(f"/people/{acme.people['dana']}/invitations"))
        alice.post(acme.path("/invitations"))
        assert recipients_of(acme) == first
        traveller.shift(dt.timedelta(hours=30))  # the first five could be invited again: the others come first
        alice = acme.enter("alice")
        alice.post(acme.path("/invitations"))
        assert (len(recipients_of(acme)), len(set(recipients_of(acme)))) == (10, 8)


def recipients_of(acme: Acme) -> list[str]:
    with acme.app.app_context():
        return list(db.session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.template == "invitation")))

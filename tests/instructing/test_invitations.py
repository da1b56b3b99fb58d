"""A class made of teams: who would be invited, who is, what they say; nobody is put into a class."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.cast import approve, code_of, context_of, join_class, make_account, make_class, put_on_roster, sign_in_as
from tests.instructing.conftest import Room
from tests.organizations.conftest import Acme
from tests.support import COURSE
from trainer.accounts.models import User
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.instructing import invitations
from trainer.instructing.invitations import Sent, list_own_invitations
from trainer.instructing.models import ClassInvitation, ClassInvitationMail, Cohort, CohortMember
from trainer.instructing.operations import archive_cohort, leave
from trainer.instructing.rules import Answer
from trainer.jobs.emails import write
from trainer.jobs.upkeep import keep_up
from trainer.learning.queries import find_enrollment
from trainer.organizations.closing import set_invitations_a_day
from trainer.organizations.codes import show_code
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.web.emails import RenderedEmail

pytestmark = pytest.mark.on_both

NOON = dt.datetime(2026, 10, 26, 16, tzinfo=dt.UTC)


@pytest.fixture
def room(acme: Acme) -> Iterator[Room]:
    """Return a class that invites Harbor Mall, where Bob and Mark are; nobody is in it."""
    with time_machine.travel(NOON, tick=False):
        cohort = make_class(acme.app, acme.users["ines"], acme.id)
        room = Room(acme, cohort, UUID(int=0))
        choose(room, acme.harbor)
        yield room


def choose(room: Room, *teams: UUID) -> None:
    with room.app.app_context(), transaction():
        invitations.choose_teams(context_of(room.acme.users["ines"], room.id), teams)


def invite(room: Room) -> Sent:
    with room.app.app_context(), transaction():
        return invitations.invite(context_of(room.acme.users["ines"], room.id), clock.now())


def remind(room: Room) -> Sent:
    with room.app.app_context(), transaction():
        return invitations.remind(context_of(room.acme.users["ines"], room.id), None, clock.now())


def said(room: Room) -> dict[str, Answer]:
    """Return name → answer of everyone on the list."""
    with room.app.app_context():
        page = invitations.list_invited(context_of(room.acme.users["ines"], room.id), None, None)
        return {line.name: line.answer for line in page.rows}


def mails(app: Flask) -> list[str]:
    """Return the addresses that mail about classes was ordered for."""
    with app.app_context():
        query = select(OutboxMessage.recipient).where(OutboxMessage.template == "class-invitation")
        return sorted(db.session.scalars(query))


def letters(app: Flask) -> list[RenderedEmail | None]:
    with app.app_context():
        query = select(OutboxMessage).where(OutboxMessage.template == "class-invitation")
        return [write(message) for message in db.session.scalars(query.order_by(OutboxMessage.recipient))]


def path_of(room: Room) -> str:
    return f"/classes/{show_code(code_of(room.app, room.id))}"


def test_a_class_is_made_of_teams_and_nobody_is_in_it_without_their_own_act(acme: Acme) -> None:
    ines, bob = acme.enter("ines"), acme.enter("bob")
    today = clock.today()
    given = {"title": "Night crew", "taught_by": "Ines Ito", "course": COURSE, "capacity": "", "ends_on": "2099-01-01"}
    made = ines.post(
        acme.path("/cohorts/new"),
        {**given, "starts_on": today.isoformat(), "teams": [str(acme.harbor), str(acme.motel)]},
    )
    page = ines.get(made.headers["Location"]).text
    assert "Nobody is invited yet" in page
    assert "3 people would be invited" in page
    for name in ("Bob Builder", "Dana Dow", "Mark Moe"):
        assert name in page
    assert "1 of them hasn’t joined the firm yet" in page
    assert "You’re invited" not in bob.get("/me").text
    assert mails(acme.app) == []
    sent = ines.post(made.headers["Location"])
    page = ines.get(sent.headers["Location"]).text
    assert "3 people are invited." in page
    assert "2 people will get an email." in page
    assert mails(acme.app) == ["bob@example.org", "mark@example.org"]
    with acme.app.app_context():
        assert db.session.scalars(select(CohortMember)).all() == []
        assert find_enrollment(acme.users["bob"], COURSE) is None
        cohort = db.session.scalars(select(Cohort)).one()
    home = bob.get("/me").text
    assert "You’re invited to a class" in home
    found = f"/classes/{show_code(cohort.code)}"
    assert found in home
    page = bob.get(found).text
    assert "they also see whether you joined, declined or haven’t answered" in page
    assert bob.post(f"{found}/members", {"name": "B."}).status_code == 303
    assert "You’re invited to a class" not in bob.get("/me").text
    assert said(Room(acme, cohort.id, UUID(int=0)))["Bob Builder"] is Answer.JOINED


def test_declining_is_told_ends_the_mail_and_can_be_changed_by_joining(room: Room) -> None:
    invite(room)
    bob = room.enter("bob")
    assert "Decline the invitation" in bob.get(path_of(room)).text
    for _twice in range(2):
        assert bob.post(f"{path_of(room)}/refusal").status_code == 303
    assert "You’re invited" not in bob.get("/me").text
    assert said(room) == {"Bob Builder": Answer.DECLINED, "Mark Moe": Answer.WAITING}
    assert [letter is None for letter in letters(room.app)] == [True, False]
    with time_machine.travel(NOON + dt.timedelta(days=5), tick=False):
        assert remind(room) == Sent(0, 1, 0)
    join_class(room.app, room.acme.users["bob"], room.id)
    assert said(room)["Bob Builder"] is Answer.JOINED
    with room.app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == room.id)).all()
    assert sorted(acts) == ["cohort.declined", "cohort.invited", "cohort.joined", "cohort.made", "cohort.reminded"]


def test_who_leaves_the_class_isnt_written_to_again(room: Room) -> None:
    invite(room)
    join_class(room.app, room.acme.users["bob"], room.id)
    code = code_of(room.app, room.id)
    with room.app.app_context(), transaction():
        leave(room.acme.users["bob"], code, clock.now())
    assert said(room)["Bob Builder"] is Answer.DECLINED
    with time_machine.travel(NOON + dt.timedelta(days=5), tick=False):
        assert remind(room).mailed == 1  # Mark


def test_who_isnt_invited_has_nothing_to_decline(room: Room) -> None:
    invite(room)
    visitor = room.enter("mona")
    assert visitor.post(f"{path_of(room)}/refusal").status_code == 303
    assert "You aren’t invited to this class" in visitor.get("/me").text
    join_class(room.app, room.acme.users["bob"], room.id)
    bob = room.enter("bob")
    assert bob.post(f"{path_of(room)}/refusal").headers["Location"] == path_of(room)
    assert "already" in bob.get(path_of(room)).text
    assert said(room)["Bob Builder"] is Answer.JOINED
    assert bob.post("/classes/7K3M-Q2WD/refusal").status_code == 404


def test_the_instructor_and_people_in_the_class_arent_invited(room: Room) -> None:
    with room.app.app_context(), transaction():
        db.session.add(TeamMembership(membership_id=room.acme.people["ines"], team_id=room.acme.harbor))
    join_class(room.app, room.acme.users["mark"], room.id, "M.")
    assert invite(room) == Sent(1, 1, 0)
    assert set(said(room)) == {"Bob Builder"}


def test_later_joiners_of_a_team_are_offered_and_invited_with_one_click(room: Room) -> None:
    assert invite(room) == Sent(2, 2, 0)
    assert invite(room) == Sent(0, 0, 0)
    for number in range(4):
        user = make_account(room.app, f"new{number}@example.org")
        put_on_roster(
            room.app, room.acme.id, user, name=f"New {number}", email=f"new{number}@x.org", teams=[room.acme.harbor]
        )
    ines = room.enter()
    assert "4 people in these teams aren’t invited yet" in ines.get(room.path("/invitations")).text
    assert ines.post(room.path("/invitations")).status_code == 303
    page = ines.get(room.path("/invitations")).text
    assert "4 people are invited." in page
    assert "Everyone in these teams is already invited or in the class." in page


def test_a_preview_names_ten_and_counts_the_rest(room: Room) -> None:
    for number in range(12):
        put_on_roster(
            room.app, room.acme.id, None, name=f"Guard {number:02}", email=f"g{number}@x.org", teams=[room.acme.motel]
        )
    choose(room, room.acme.motel)
    page = room.enter().get(room.path("/invitations")).text
    assert "13 people would be invited" in page
    assert len(re.findall(r"Guard \d\d", page)) == 9  # after Dana
    assert "and 3 more" in page


def test_people_without_an_address_are_told_after_signing_in(room: Room) -> None:
    with room.app.app_context(), transaction():
        without = {"email": None, "email_key": None, "password_hash": None, "pin_hash": "h", "pin_key_id": "k"}
        db.session.execute(update(User).where(User.id == room.acme.users["bob"]).values(**without))
    assert invite(room) == Sent(2, 1, 0)
    assert "You’re invited to a class" in sign_in_as(room.app, room.acme.users["bob"]).get("/me").text
    assert "No address. They see it after signing in." in room.enter().get(room.path("/invitations")).text


def test_a_reminder_goes_out_once_in_three_days_and_to_those_who_havent_answered(room: Room) -> None:
    invite(room)
    join_class(room.app, room.acme.users["mark"], room.id, "M.")
    sent = []
    for hours in (1, 71, 73, 80, 150):
        with time_machine.travel(NOON + dt.timedelta(hours=hours), tick=False):
            sent.append(remind(room).mailed)
    assert sent == [0, 0, 1, 0, 1]
    assert mails(room.app) == ["bob@example.org"] * 3 + ["mark@example.org"]


def test_one_person_can_be_reminded_and_the_button_comes_after_three_days(room: Room) -> None:
    invite(room)
    ines = room.enter()
    assert 'name="invitation"' not in ines.get(room.path("/invitations")).text
    with time_machine.travel(NOON + dt.timedelta(days=3), tick=False):
        ines = room.enter()
        buttons = re.findall(r'name="invitation" value="([^"]+)"', ines.get(room.path("/invitations")).text)
        assert len(buttons) == 2
        unread = ines.post(room.path("/invitations/reminders"), {"invitation": "nobody"})
        assert unread.status_code == 404  # and not: everyone
        assert ines.post(room.path("/invitations/reminders"), {"invitation": buttons[0]}).status_code == 303
        assert "1 person will get an email." in ines.get(room.path("/invitations")).text
        ines.post(room.path("/invitations/reminders"), {"invitation": buttons[0]})
        assert "No emails sent" in ines.get(room.path("/invitations")).text
    assert mails(room.app) == ["bob@example.org"] * 2 + ["mark@example.org"]


def test_a_firm_mails_no_more_than_its_day_allows_and_the_rest_are_still_invited(room: Room) -> None:
    with room.app.app_context(), transaction():
        set_invitations_a_day(room.acme.id, 1, clock.now())
    assert invite(room) == Sent(2, 1, 1)
    assert len(said(room)) == 2
    assert remind(room) == Sent(0, 0, 1)
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        assert remind(room) == Sent(0, 1, 0)
    assert mails(room.app) == ["bob@example.org", "mark@example.org"]


def test_the_mail_says_who_invites_to_what_and_isnt_sent_once_it_is_no_longer_true(room: Room) -> None:
    invite(room)
    mail = letters(room.app)[0]
    assert mail is not None
    assert mail.subject == "You’re invited to a class"
    for text in ("Ines Ito at Acme Security invites you", "Night crew", path_of(room), "only if you join it yourself"):
        assert text in mail.text
    assert "traffick" not in mail.text.lower()
    with room.app.app_context(), transaction():
        archive_cohort(context_of(room.acme.users["ines"], room.id), clock.now())
    assert letters(room.app) == [None, None]


def test_nobody_is_invited_to_a_class_that_cant_be_joined(room: Room) -> None:
    with time_machine.travel(NOON + dt.timedelta(days=40), tick=False):
        for act in (invite, remind):
            with pytest.raises(Conflict, match="Nobody can join"):
                act(room)
        ines = room.enter()
        for rest in ("", "/reminders"):
            assert ines.post(room.path(f"/invitations{rest}")).status_code == 303
            assert "Nobody can join this class now" in ines.get(room.path("/invitations")).text
    invite(room)
    with time_machine.travel(NOON + dt.timedelta(days=40), tick=False), room.app.app_context():
        assert list_own_invitations(room.acme.users["bob"], clock.now()) == []


def test_teams_of_another_firm_are_refused(room: Room) -> None:
    with pytest.raises(Invalid):
        choose(room, room.acme.others_team)
    refused = room.enter().post(room.path("/invitations/teams"), {"teams": [str(room.acme.others_team)]})
    assert refused.status_code == 422
    assert "isn’t on this list anymore" in refused.text
    chosen = room.enter().post(room.path("/invitations/teams"), {"teams": [str(room.acme.motel)]})
    assert chosen.status_code == 303
    page = room.enter().get(room.path("/invitations")).text
    assert "Dana Dow" in page
    assert "Secret Site" not in page
    assert mails(room.app) == []


def test_a_public_class_invites_no_teams(acme: Acme) -> None:
    approve(acme.app, acme.users["ines"])
    cohort = make_class(acme.app, acme.users["ines"], None)
    ines = acme.enter("ines")
    assert ines.get(f"/cohorts/{cohort}/invitations").status_code == 404
    assert ines.post(f"/cohorts/{cohort}/invitations").status_code == 404
    assert "/invitations" not in ines.get(f"/cohorts/{cohort}").text


def test_who_left_the_firm_is_neither_listed_nor_told(room: Room) -> None:
    invite(room)
    with room.app.app_context(), transaction():
        person = db.session.get_one(Membership, room.acme.people["bob"])
        person.ended_at, person.ended_on = clock.now(), clock.today()
    assert set(said(room)) == {"Mark Moe"}
    assert "You’re invited" not in room.enter("bob").get("/me").text
    assert letters(room.app)[0] is None


def test_the_list_is_narrowed_and_paged_by_its_address(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    invite(room)
    monkeypatch.setattr(invitations, "PAGE", 1)
    ines = room.enter()
    first = ines.get(room.path("/invitations")).text
    assert "Bob Builder" in first
    assert "Mark Moe" not in first
    following = re.search(r'href="\?(after=[^"]+)"', first)
    assert following
    assert "Mark Moe" in ines.get(room.path(f"/invitations?{following[1]}")).text
    assert "No matches." in ines.get(room.path("/invitations?answer=joined")).text
    assert "Bob Builder" in ines.get(room.path("/invitations?answer=nonsense")).text


@pytest.fixture
def mailing(room: Room, settings: Settings, shelf: Library) -> Flask:
    """Return the app with a mail server, to which nothing is sent."""
    return create_app(replace(settings, smtp_url="smtp://127.0.0.1:1", mail_from="training@example.org"), shelf)


def work(app: Flask, room: Room) -> None:
    with app.app_context():
        for _portion in keep_up(room.acme.id):
            pass


def test_unanswered_invitations_go_out_again_on_three_days_and_end_with_an_answer(room: Room, mailing: Flask) -> None:
    invite(room)
    by_day = []
    for day in range(1, 26):
        with time_machine.travel(NOON + dt.timedelta(days=day), tick=False):
            if day == 5:
                join_class(room.app, room.acme.users["mark"], room.id, "M.")
            for _twice in range(2):
                work(mailing, room)
            by_day.append(len(mails(room.app)))
    assert [day for day, (before, now) in enumerate(zip([2, *by_day], by_day, strict=False), 1) if now > before] == [
        3,
        10,
        20,
    ]
    assert mails(room.app) == ["bob@example.org"] * 4 + ["mark@example.org"] * 2
    with room.app.app_context():
        senders = db.session.scalars(select(ClassInvitationMail.sent_by_id)).all()
        assert sum(sender is None for sender in senders) == 4
        assert len(db.session.scalars(select(ClassInvitation)).all()) == 2


def test_follow_ups_wait_for_daytime_and_for_a_firm_that_wants_them(room: Room, mailing: Flask) -> None:
    invite(room)
    for hours, follows, number in ((12, True, 2), (24, False, 2), (24, True, 4)):
        with time_machine.travel(NOON + dt.timedelta(days=3, hours=hours), tick=False):
            with room.app.app_context(), transaction():
                db.session.get_one(Organization, room.acme.id).follows_up = follows
            work(mailing, room)
        assert len(mails(room.app)) == number


def test_follow_ups_keep_to_the_firms_day(room: Room, mailing: Flask) -> None:
    invite(room)
    with room.app.app_context(), transaction():
        set_invitations_a_day(room.acme.id, 1, clock.now())
    for day, number in ((3, 3), (4, 4), (5, 4)):
        with time_machine.travel(NOON + dt.timedelta(days=day), tick=False):
            work(mailing, room)
        assert len(mails(room.app)) == number

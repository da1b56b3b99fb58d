"""Answering notes: by the one who teaches the class now, once, point by point, with comments kept for that."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
import time_machine
from markupsafe import escape
from sqlalchemy import delete, func, select

from tests.cast import NOTE, context_of
from tests.extras.notes.cast import add_note
from tests.extras.notes.conftest import notes
from tests.instructing.conftest import Room, hand_over, open_room
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.accounts.queries import find_user_by_email_key
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotFound
from trainer.core.outbox import OutboxMessage
from trainer.extras.notes import grading, handing_in
from trainer.extras.notes.grading import answer_note
from trainer.extras.notes.handing_in import read_note
from trainer.extras.notes.models import ClassNote, SavedComment
from trainer.instructing import operations
from trainer.instructing.models import Cohort, CohortMember
from trainer.jobs.emails import write
from trainer.organizations.models import Membership
from trainer.web.emails import RenderedEmail

pytestmark = pytest.mark.on_both


@pytest.fixture
def taking(acme: Acme) -> Room:
    """Return Ines's class, which takes notes, with Bob in it."""
    return open_room(acme, course="security-officer", takes_notes=True)


def comments(room: Room) -> list[str]:
    with room.app.app_context():
        return list(db.session.scalars(select(SavedComment.text).order_by(SavedComment.saved_at)))


def count_mails() -> int:
    query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.template == "class-note")
    return db.session.scalar(query) or 0


def letter(room: Room) -> RenderedEmail | None:
    with room.app.app_context():
        return write(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "class-note")).one())


def reply(room: Room, note: UUID, visitor: Visitor | None = None, **fields: str) -> int:
    """Send an answer; return the status."""
    path = room.path(f"/notes/{note}")
    return (visitor or room.enter()).post(path, {"do": "send", "met": "time", "comment": "", **fields}).status_code


def shown(page: str) -> list[UUID]:
    return [UUID(number) for number in re.findall(r'/notes/([0-9a-f-]{36})"', page)]


def test_the_list_shows_what_has_waited_longest_first(taking: Room) -> None:
    start, ids = dt.datetime.now(dt.UTC), []
    taking.add(2)
    with taking.app.app_context():
        members = [member.id for member in grading_members(taking)]
    for number, member in enumerate(members):
        with time_machine.travel(start + dt.timedelta(minutes=number), tick=False):
            ids.append(add_note(taking.app, member))
    ines = taking.enter()
    assert f'href="{taking.path("/notes")}"' in ines.get(taking.path()).text
    assert shown(ines.get(taking.path("/notes")).text) == ids
    told = read_note(notes(taking)[0].question).opening
    assert escape(told[:40]) in ines.get(taking.path("/notes")).text
    assert reply(taking, ids[1], ines) == 303
    assert shown(ines.get(taking.path("/notes")).text) == [ids[0], ids[2]]
    assert shown(ines.get(taking.path("/notes?state=answered")).text) == [ids[1]]
    assert shown(ines.get(taking.path("/notes?state=nonsense&after=nonsense")).text) == [ids[0], ids[2]]


def grading_members(room: Room) -> list[CohortMember]:
    return list(db.session.scalars(select(CohortMember).where(CohortMember.cohort_id == room.id)))


@pytest.mark.parametrize("state", ["waiting", "answered"])
def test_long_lists_go_on(taking: Room, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(grading, "PAGE", 2)
    taking.add(4)
    with taking.app.app_context():
        members = [member.id for member in grading_members(taking)]
    ids, ines = {add_note(taking.app, member) for member in members}, taking.enter()
    if state == "answered":
        for note in ids:
            assert reply(taking, note, ines) == 303
    seen, path = [], taking.path(f"/notes?state={state}")
    while path:
        page = ines.get(path).text
        seen += shown(page)
        onward = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*>Next', page)
        path = taking.path("/notes") + onward[1].replace("&amp;", "&") if onward else ""
    assert len(seen) == 5
    assert set(seen) == ids


def test_a_note_is_graded_point_by_point_and_answered_once(taking: Room) -> None:
    note, ines = add_note(taking.app, taking.bob), taking.enter()
    page = ines.get(taking.path(f"/notes/{note}")).text
    assert "He asked the boss for his papers." in page
    assert "It has the exact words" in page
    assert reply(taking, note, ines, comment="Good.  \r\nAdd the boss’s words.") == 303
    handed_in = notes(taking)[0]
    assert (handed_in.met, handed_in.comment) == (["time"], "Good.\nAdd the boss’s words.")
    assert handed_in.answered_by_id == taking.acme.users["ines"]
    assert reply(taking, note, ines, comment="Good.\nAdd the boss’s words.") == 303  # sent twice
    assert reply(taking, note, ines, comment="Another") == 303
    assert "was already answered" in ines.get(taking.path("/notes")).text
    assert notes(taking)[0].comment == "Good.\nAdd the boss’s words."
    with taking.app.app_context():
        assert count_mails() == 1
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "note.answered")).all()
        assert [(event.organization_id, set(event.details)) for event in events] == [(None, {"cohort"})]
    assert "Answered on" in ines.get(taking.path(f"/notes/{note}")).text


def test_what_is_wrong_with_an_answer_is_said_and_what_was_typed_stays(taking: Room) -> None:
    note, ines = add_note(taking.app, taking.bob), taking.enter()
    path = taking.path(f"/notes/{note}")
    long = ines.post(path, {"do": "send", "met": "time", "comment": "x" * 601})
    assert long.status_code == 422
    assert "Use at most 600 characters." in long.text
    assert "x" * 601 in long.text
    assert re.search(r'checked[^>]*value="time"|value="time"[^>]*checked|checked id="met-0"', long.text)
    assert ines.post(path, {"do": "send", "met": "made-up"}).status_code == 422
    empty = ines.post(path, {"do": "send", "comment": " "})
    assert empty.status_code == 422
    assert "Check at least one point, or write what is missing." in empty.text
    assert ines.post(path, {"do": "send", "comment": "a\u202eb"}).status_code == 422
    assert notes(taking)[0].answered_at is None


def test_the_mail_says_that_there_is_an_answer_and_not_what(taking: Room) -> None:
    note = add_note(taking.app, taking.bob)
    reply(taking, note, comment="Add the time.")
    mail = letter(taking)
    assert mail is not None
    assert mail.subject == "Your note was answered"
    assert f"/my-notes/{note}" in mail.text
    assert "Add the time" not in mail.text
    assert "papers" not in mail.text
    with taking.app.app_context(), transaction():
        handing_in.mark_read(taking.acme.users["bob"], note, clock.now())
    assert letter(taking) is None


@pytest.mark.parametrize("how", ["left", "gone"])
def test_a_mail_that_is_no_longer_true_isnt_sent(taking: Room, how: str) -> None:
    note = add_note(taking.app, taking.bob)
    reply(taking, note)
    with taking.app.app_context(), transaction():
        if how == "left":
            member = db.session.get_one(CohortMember, taking.bob)
            member.left_at = clock.now()
        else:
            db.session.execute(delete(ClassNote))
    assert letter(taking) is None


def test_someone_without_an_address_gets_no_mail(taking: Room) -> None:
    note = add_note(taking.app, taking.bob)
    with taking.app.app_context(), transaction():
        user = find_user_by_email_key("bob@example.org")
        assert user is not None
        user.email = user.email_key = user.password_hash = None
    assert reply(taking, note) == 303
    with taking.app.app_context():
        assert count_mails() == 0


def test_a_comment_is_saved_once_inserted_without_script_and_deleted(taking: Room) -> None:
    first, ines = add_note(taking.app, taking.bob), taking.enter()
    assert reply(taking, first, ines, comment="Add the time.", keeps="y") == 303
    with taking.app.app_context(), transaction():
        db.session.execute(delete(ClassNote))
    note = add_note(taking.app, taking.bob)
    path = taking.path(f"/notes/{note}")
    with taking.app.app_context():
        kept = db.session.scalars(select(SavedComment.id)).one()
    chosen = ines.post(path, {"do": "insert", "saved": str(kept), "comment": "Thanks.", "met": "words"})
    assert chosen.status_code == 200
    assert re.search(r"<textarea[^>]*>\s*Thanks.\nAdd the time.</textarea>", chosen.text)
    assert notes(taking)[0].answered_at is None
    nothing = ines.post(path, {"do": "insert", "saved": "", "comment": "Thanks."})
    assert nothing.status_code == 422
    assert "Choose a saved comment first." in nothing.text
    assert "Thanks." in nothing.text
    assert reply(taking, note, ines, comment="Add the time.", keeps="y") == 303
    assert comments(taking) == ["Add the time."]
    removal = taking.path(f"/notes/comments/{kept}/removal")
    assert ines.post(removal, {"note": str(note)}).location == path
    assert comments(taking) == []
    assert ines.post(removal).location == taking.path("/notes")
    assert "This comment was already deleted." in ines.get(taking.path("/notes")).text


def test_saved_comments_are_ones_own_and_not_without_end(taking: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    note = add_note(taking.app, taking.bob)
    with taking.app.app_context(), transaction():
        theirs = SavedComment(user_id=taking.acme.users["alice"], text="Not yours", saved_at=clock.now())
        db.session.add(theirs)
        db.session.flush()
        number = theirs.id
    ines = taking.enter()
    assert "Not yours" not in ines.get(taking.path(f"/notes/{note}")).text
    assert ines.post(taking.path(f"/notes/{note}"), {"do": "insert", "saved": str(number)}).status_code == 422
    ines.post(taking.path(f"/notes/comments/{number}/removal"))
    assert comments(taking) == ["Not yours"]
    monkeypatch.setattr(grading, "MOST_COMMENTS", 0)
    full = ines.post(taking.path(f"/notes/{note}"), {"do": "send", "comment": "Mine", "keeps": "y"})
    assert full.status_code == 422
    assert "Delete one first." in full.text
    assert notes(taking)[0].answered_at is None  # nothing is half done


@pytest.mark.check("T001")
@pytest.mark.parametrize("name", ["alice", "mona", "mark", "bob", "charlie", "mallory"])
def test_only_the_instructor_gets_to_the_notes(taking: Room, name: str) -> None:
    note, visitor = add_note(taking.app, taking.bob), taking.enter(name)
    for path in ("/notes", f"/notes/{note}"):
        assert visitor.get(taking.path(path)).status_code == 404
    assert reply(taking, note, visitor) == 404
    if name == "alice":
        assert taking.path("/notes") not in visitor.get(taking.path()).text
    assert notes(taking)[0].answered_at is None


def test_a_former_instructor_reads_none_and_the_next_one_does(taking: Room) -> None:
    note = add_note(taking.app, taking.bob)
    hand_over(taking)
    for path in ("/notes", f"/notes/{note}"):
        assert taking.enter().get(taking.path(path)).status_code == 404
        assert taking.enter("irma").get(taking.path(path)).status_code == 200
    assert taking.path("/notes") not in taking.enter().get(taking.path()).text


def test_notes_of_another_class_open_nothing(taking: Room, acme: Acme) -> None:
    note = add_note(taking.app, taking.bob)
    other = Cohort
    with taking.app.app_context(), transaction():
        cohort = db.session.get_one(other, taking.id)
        copied = other(
            **{
                name: getattr(cohort, name)
                for name in ("organization_id", "instructor_id", "course", "title", "taught_by", "starts_on", "ends_on")
            },
            code="ZZZZZZZZ",
            created_at=clock.now(),
            takes_notes=True,
        )
        db.session.add(copied)
        db.session.flush()
        path = f"/cohorts/{copied.id}/notes"
    ines = taking.enter()
    assert shown(ines.get(path).text) == []
    assert ines.get(f"{path}/{note}").status_code == 404
    assert ines.post(f"{path}/{note}", {"do": "send"}).status_code == 303
    assert notes(taking)[0].answered_at is None


def test_a_note_withdrawn_beside_grading_is_gone_and_says_so(taking: Room) -> None:
    note, ines = add_note(taking.app, taking.bob), taking.enter()
    with taking.app.app_context(), transaction():
        handing_in.withdraw(taking.acme.users["bob"], note, clock.now())
    assert reply(taking, note, ines) == 303
    assert "may have withdrawn it" in ines.get(taking.path("/notes")).text
    with taking.app.app_context():
        with pytest.raises(NotFound), transaction():
            answer_note(context_of(taking.acme.users["ines"], taking.id), note, [], "", clock.now())
        assert count_mails() == 0


def test_whoever_left_the_class_or_the_firm_is_not_in_the_list(taking: Room) -> None:
    note = add_note(taking.app, taking.bob)
    with taking.app.app_context(), transaction():
        person = db.session.get_one(Membership, taking.acme.people["bob"])
        person.ended_at, person.ended_on = clock.now(), clock.today()
    ines = taking.enter()
    assert shown(ines.get(taking.path("/notes")).text) == []
    assert ines.get(taking.path(f"/notes/{note}")).status_code == 404


def test_an_archived_class_answers_nothing(taking: Room) -> None:
    note, ines = add_note(taking.app, taking.bob), taking.enter()
    with taking.app.app_context(), transaction():
        operations.archive_cohort(context_of(taking.acme.users["ines"], taking.id), clock.now())
    assert "Reopen it to answer notes." in ines.get(taking.path(f"/notes/{note}")).text
    assert reply(taking, note, ines) == 303
    with taking.app.app_context(), pytest.raises(Conflict), transaction():
        answer_note(context_of(taking.acme.users["ines"], taking.id), note, [], "", clock.now())
    assert notes(taking)[0].answered_at is None


def test_earlier_versions_are_shown_with_what_was_answered(taking: Room) -> None:
    first, ines = add_note(taking.app, taking.bob), taking.enter()
    assert reply(taking, first, ines, comment="Add the time.") == 303
    second = add_note(taking.app, taking.bob, "7:40 pm. He asked.")
    page = ines.get(taking.path(f"/notes/{second}")).text
    assert "Earlier versions" in page
    assert NOTE.splitlines()[1] in page
    assert "Add the time." in page

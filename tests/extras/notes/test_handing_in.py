"""Handing in a note: the writer's own act, to a class that said so, and read by no employer."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.cast import (
    NOTE,
    actor_of,
    add_second_factor,
    approve,
    code_of,
    context_of,
    join_class,
    make_account,
    make_class,
    put_on_roster,
    sign_in_as,
    write_note,
)
from tests.extras.notes.cast import add_note
from tests.extras.notes.conftest import notes
from tests.instructing.conftest import Room, open_room
from tests.organizations.conftest import Acme
from tests.support import Visitor
from tests.web.arguments import given
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.events import EventKind
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope
from trainer.extras.notes import handing_in
from trainer.extras.notes.grading import answer_note, get_note
from trainer.extras.webhooks.operations import make_webhook
from trainer.instructing import operations
from trainer.instructing.models import CohortMember
from trainer.jobs.upkeep import keep_up
from trainer.organizations.codes import show_code
from trainer.organizations.models import Membership
from trainer.organizations.operations import remove_person
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

LESSON = "/courses/security-officer/your-venue/farm"
HAND_IN = f"{LESSON}/answers/at-the-van/hand-in"


@pytest.fixture
def taking(acme: Acme) -> Room:
    """Return Ines's class, which takes notes, with Bob in it, who wrote one."""
    room = open_room(acme, course="security-officer", takes_notes=True)
    write_note(room.app, acme.users["bob"])
    return room


def send(room: Room, visitor: Visitor, cohort: UUID | None = None) -> str:
    """Hand in Bob's note on the page; return where that leads."""
    answer = visitor.post(HAND_IN, {"cohort": str(cohort or room.id)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def answer(room: Room, note: UUID, comment: str = "Add the time.") -> None:
    with room.app.app_context(), transaction():
        answer_note(context_of(room.acme.users["ines"], room.id), note, ["time"], comment, clock.now())


def test_people_read_before_joining_who_reads_their_notes(taking: Room) -> None:
    told = "They also read and answer the observation notes you hand in"
    path = f"/classes/{show_code(code_of(taking.app, taking.id))}"
    assert told in Visitor(taking.app).get(path).text
    other = make_class(taking.app, taking.acme.users["ines"], taking.acme.id)
    assert told not in Visitor(taking.app).get(f"/classes/{show_code(code_of(taking.app, other))}").text


def test_a_note_is_shown_as_it_will_be_seen_and_handed_in_by_its_writer(taking: Room) -> None:
    bob = taking.enter("bob")
    assert f'href="{HAND_IN}"' in bob.get(LESSON).text
    page = bob.get(HAND_IN).text
    assert "He asked the boss for his papers." in page
    assert notes(taking) == []
    own = send(taking, bob)
    assert "Waiting" in bob.get(own).text
    assert send(taking, bob) == own  # twice is once
    assert [(note.text, note.member_id) for note in notes(taking)] == [(NOTE, taking.bob)]
    with taking.app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "note.handed_in")).all()
    assert [(event.organization_id, set(event.details)) for event in events] == [(None, {"cohort"})]


def test_no_class_that_takes_notes_means_no_way_to_hand_one_in(acme: Acme) -> None:
    room = open_room(acme, course="security-officer")
    write_note(room.app, acme.users["bob"])
    bob = room.enter("bob")
    assert HAND_IN not in bob.get(LESSON).text
    assert "None of your classes takes notes" in bob.get(HAND_IN).text
    refused = bob.post(HAND_IN, {"cohort": str(room.id)})
    assert refused.status_code == 422
    assert notes(room) == []


def test_what_was_not_written_cannot_be_handed_in(taking: Room) -> None:
    for path in (HAND_IN, f"{LESSON}/answers/which-line/hand-in", f"{LESSON}/answers/made-up/hand-in"):
        assert taking.enter("charlie").get(path).status_code == 404
    assert taking.enter("bob").get(f"{LESSON}/answers/which-line/hand-in").status_code == 404


def test_the_class_has_to_be_chosen_from_the_list(taking: Room) -> None:
    other = make_class(taking.app, taking.acme.users["ines"], taking.acme.id, course="security-officer", title="Other")
    for cohort in ("", "nonsense", str(other)):
        answer = taking.enter("bob").post(HAND_IN, {"cohort": cohort})
        assert answer.status_code == 422
        assert "Choose a class from the list." in answer.text
    assert notes(taking) == []


def test_a_note_can_be_withdrawn_until_it_is_answered(taking: Room) -> None:
    bob = taking.enter("bob")
    own = send(taking, bob)
    assert bob.post(f"{own}/withdrawal").location == "/my-notes"
    assert notes(taking) == []
    own = send(taking, bob)
    answer(taking, notes(taking)[0].id)
    assert bob.post(f"{own}/withdrawal").location == own
    assert "it can’t be withdrawn" in bob.get(own).text
    assert len(notes(taking)) == 1


def test_the_answer_is_read_on_my_course_with_the_rubric(taking: Room) -> None:
    bob = taking.enter("bob")
    own = send(taking, bob)
    assert "Your note was answered" not in bob.get("/me").text
    answer(taking, notes(taking)[0].id)
    assert f'href="{own}"' in bob.get("/me").text
    page = " ".join(re.sub("<[^>]+>", " ", bob.get(own).text).split())
    assert "Met: It has the time" in page
    assert "Not yet: It has the exact words" in page
    assert "Add the time." in page
    assert bob.post(f"{own}/reading").location == "/me"
    page = bob.get("/me").text
    assert f'href="{own}"' not in page
    assert 'href="/my-notes"' in page
    assert own in bob.get("/my-notes").text


def test_a_rewrite_follows_an_answer_and_not_the_same_text(taking: Room) -> None:
    bob = taking.enter("bob")
    own = send(taking, bob)
    assert "Hand in the new version" not in bob.get(own).text
    waiting = bob.post(f"{own}/rewrite", {"text": "Another version"})
    assert waiting.status_code == 422
    assert "Another version" in waiting.text  # what was typed is kept
    assert "waiting for an answer" in waiting.text
    answer(taking, notes(taking)[0].id)
    assert "Hand in the new version" in bob.get(own).text
    for text, told in ((NOTE, "answered this text already"), ("", "Write your note first"), ("x" * 2001, "at most")):
        refused = bob.post(f"{own}/rewrite", {"text": text})
        assert refused.status_code == 422
        assert told in refused.text
    assert bob.post(f"{own}/rewrite", {"text": "a\x00b"}).status_code in {400, 422}
    new = bob.post(f"{own}/rewrite", {"text": "7:40 pm.\r\n  He asked for his papers."})
    assert new.status_code == 303
    assert [note.text for note in notes(taking)][1] == "7:40 pm.\n  He asked for his papers."
    assert "Hand in the new version" not in bob.get(own).text
    assert "Your note was answered" not in bob.get("/me").text


def test_leaving_deletes_the_notes_and_an_archived_class_takes_none(taking: Room) -> None:
    bob = taking.enter("bob")
    own = send(taking, bob)
    answer(taking, notes(taking)[0].id)
    with taking.app.app_context(), transaction():
        operations.archive_cohort(context_of(taking.acme.users["ines"], taking.id), clock.now())
    assert bob.post(f"{own}/rewrite", {"text": "New"}).status_code == 422
    assert "None of your classes takes notes" in bob.get(HAND_IN).text
    assert "Hand in the new version" not in bob.get(own).text
    bob.post(f"/classes/{show_code(code_of(taking.app, taking.id))}/departure")
    assert notes(taking) == []
    assert bob.get(own).status_code == 404


def test_whoever_left_the_firm_or_taught_elsewhere_hands_nothing_in(taking: Room) -> None:
    with taking.app.app_context(), transaction():
        person = db.session.get_one(Membership, taking.acme.people["bob"])
        person.ended_at, person.ended_on = clock.now(), clock.today()
    assert "None of your classes takes notes" in taking.enter("bob").get(HAND_IN).text


def keep_up_after(room: Room, days: float) -> int:
    """Let the worker keep up the firm, so many days from now; return how many notes there are then."""
    with room.app.app_context():
        for _portion in keep_up(room.acme.id, lambda: clock.now() + dt.timedelta(days=days)):
            pass
    return len(notes(room))


def test_whoever_leaves_a_firm_leaves_no_notes_there(taking: Room) -> None:
    bob = taking.enter("bob")
    own = send(taking, bob)
    assert keep_up_after(taking, 0) == 1
    zoe = make_account(taking.app, "zoe@example.org")
    add_second_factor(taking.app, zoe)
    approve(taking.app, zoe)
    public = make_class(taking.app, zoe, None, course="security-officer", takes_notes=True)
    elsewhere, other = (join_class(taking.app, taking.acme.users[name], public, name) for name in ("bob", "mark"))
    colleague = join_class(taking.app, taking.acme.users["mark"], taking.id, "Mark")
    for member in (elsewhere, other, colleague):
        add_note(taking.app, member)
    assert bob.post(taking.acme.path("/departure")).status_code == 303
    assert keep_up_after(taking, 0) == 3
    assert {note.member_id for note in notes(taking)} == {elsewhere, other, colleague}
    assert bob.get(own).status_code == 404


def test_whom_the_firm_removed_by_mistake_finds_the_notes_again_for_30_days(taking: Room) -> None:
    send(taking, taking.enter("bob"))
    with taking.app.app_context(), transaction():
        alice = actor_of(taking.acme.users["alice"], taking.acme.id)
        remove_person(alice, get_person(alice, taking.acme.people["bob"]), clock.today(), clock.now())
    assert keep_up_after(taking, 29) == 1
    waiting = notes(taking)[0].id
    with taking.app.app_context(), pytest.raises(NotFound):  # the firm's instructor doesn't read them in that time
        get_note(context_of(taking.acme.users["ines"], taking.id), waiting)
    assert keep_up_after(taking, 31) == 0


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_nobody_hands_in_to_their_employer(taking: Room, role: Role) -> None:
    acme = taking.acme
    add_note(taking.app, taking.bob)
    with taking.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["ines"]).role = role
    assert "None of your classes takes notes" in taking.enter("bob").get(HAND_IN).text
    written = handing_in.SubmittedNote("security-officer", "d", {}, "text")
    with taking.app.app_context(), pytest.raises(Conflict), transaction():
        handing_in.hand_in(acme.users["bob"], taking.id, written, clock.now())
    assert taking.enter().get(taking.path("/notes")).status_code == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_not_in_a_public_class_of_their_employer_either(acme: Acme, role: Role) -> None:
    leo = make_account(acme.app, "leo@example.org")
    add_second_factor(acme.app, leo)
    approve(acme.app, leo)
    put_on_roster(acme.app, acme.id, leo, role, name="Leo", email="leo@example.org")
    public = make_class(acme.app, leo, None, course="security-officer", takes_notes=True)
    member = join_class(acme.app, acme.users["bob"], public)
    other = join_class(acme.app, acme.users["charlie"], public, "Charlie")
    write_note(acme.app, acme.users["bob"])
    write_note(acme.app, acme.users["charlie"])
    assert "None of your classes takes notes" in acme.enter("bob").get(HAND_IN).text
    assert "None of your classes" not in acme.enter("charlie").get(HAND_IN).text  # who isn't employed there
    hidden, shown = add_note(acme.app, member), add_note(acme.app, other)
    visitor = sign_in_as(acme.app, leo)
    assert str(hidden) not in visitor.get(f"/cohorts/{public}/notes").text
    assert visitor.get(f"/cohorts/{public}/notes/{hidden}").status_code == 404
    assert visitor.get(f"/cohorts/{public}/notes/{shown}").status_code == 200


def test_a_class_takes_notes_only_if_its_instructor_may_read_them(acme: Acme) -> None:
    with pytest.raises(Invalid):
        make_class(acme.app, acme.users["alice"], acme.id, takes_notes=True)
    make_class(acme.app, acme.users["ines"], acme.id, takes_notes=True)


def test_whether_notes_are_taken_is_fixed_once_someone_has_joined(taking: Room) -> None:
    facts = {"title": "Night crew", "taught_by": "Ines Ito", "starts_on": "2026-01-01", "ends_on": "2099-01-01"}
    ines = taking.enter()
    assert ines.post(taking.path("/facts"), facts).status_code == 422
    assert ines.post(taking.path("/facts"), {**facts, "takes_notes": "y"}).status_code == 303
    assert "People can hand in their notes to you." in ines.get(taking.path("/facts")).text
    empty = make_class(taking.app, taking.acme.users["ines"], taking.acme.id)
    assert ines.post(f"/cohorts/{empty}/facts", {**facts, "takes_notes": "y"}).status_code == 303
    assert ines.get(f"/cohorts/{empty}/notes").status_code == 200


def test_nobody_hands_in_without_end(taking: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_in, "MOST", 1)
    bob = taking.enter("bob")
    own = send(taking, bob)
    answer(taking, notes(taking)[0].id)
    refused = bob.post(f"{own}/rewrite", {"text": "New"})
    assert refused.status_code == 422
    assert "It takes no more from you." in refused.text


@pytest.mark.check("T001")
def test_a_note_is_its_writers_alone(taking: Room) -> None:
    own = send(taking, taking.enter("bob"))
    for name in ("alice", "mona", "mark", "ines", "charlie", "mallory"):
        visitor = taking.enter(name)
        assert visitor.get(own).status_code == 404
        for act in ("/withdrawal", "/reading", "/rewrite"):
            assert visitor.post(f"{own}{act}", {"text": "New"}).status_code == 404
        assert own not in visitor.get("/my-notes").text
    assert len(notes(taking)) == 1


CANARY = "zebra-crossing"


@pytest.mark.check("T003")
def test_no_byte_of_a_note_is_in_anything_that_a_firm_can_fetch(taking: Room) -> None:
    """Every page, export, call of the API and record that is the firm's, for its owner and its managers."""
    acme, app = taking.acme, taking.app
    with app.app_context(), transaction():
        make_webhook(
            actor_of(acme.users["alice"], acme.id), "https://hooks.example.org/in", list(EventKind), clock.now()
        )
        secret = make_token(actor_of(acme.users["alice"], acme.id), "Payroll", list(Scope), clock.now())
    write_note(app, acme.users["bob"], f"{CANARY} 6:10 pm, by the van.")
    bob = taking.enter("bob")
    own = send(taking, bob)
    note = notes(taking)[0].id
    ines = taking.enter()
    fields = {"do": "send", "comment": f"{CANARY} comment", "keeps": "y", "met": "time"}
    assert ines.post(taking.path(f"/notes/{note}"), fields).status_code == 303
    assert CANARY in bob.get(own).text  # it can be found where it belongs
    values = {
        "organization_id": acme.id,
        "cohort_id": taking.id,
        "note_id": note,
        "member_id": taking.bob,
        "membership_id": acme.people["bob"],
        "comment_id": note,
    }
    adapter, fetched = app.url_map.bind("127.0.0.1:8000"), 0
    for name in ("alice", "mona"):
        visitor = taking.enter(name)
        for rule in app.url_map.iter_rules():
            if not rule.arguments <= values.keys():
                continue
            path = adapter.build(rule.endpoint, {key: values[key] for key in rule.arguments})
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if method == "POST" and not path.endswith("/exports"):
                    continue
                for form in ("csv", "xlsx") if method == "POST" else ("",):
                    reply = visitor.post(path, {"form": form}) if form else visitor.get(path)
                    assert CANARY.encode() not in reply.get_data(), path
                    reply.close()
                    fetched += given(reply, path) == "enters"
    assert fetched > 60
    for path in ("/people?state=all", "/assignments", "/completions", "/credentials"):
        reply = Visitor(app).client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})
        assert reply.status_code == 200
        assert CANARY not in reply.text
    with app.app_context():
        holding = {
            table.name
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            if CANARY in str(row)
        }
    assert holding == {"class_notes", "saved_comments", "lesson_responses"}


def test_the_questions_of_a_lesson_are_the_only_way(taking: Room) -> None:
    with taking.app.app_context():
        course = served().courses["security-officer"]
        lesson = course.lesson("your-venue/farm")
        assert lesson is not None
        for name in ("which-line", "made-up"):
            with pytest.raises(NotFound):
                handing_in.written_in_lesson(taking.acme.users["bob"], course, lesson, name)
        assert db.session.scalar(select(CohortMember.id).where(CohortMember.id == taking.bob))

"""The sign-in sheet as paper, and a meeting's form: whole modules, single lessons, sent twice, changed."""

from __future__ import annotations

import datetime as dt
import io
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.cast import context_of, join_class, make_account, put_on_roster
from tests.extras.meetings.cast import hold_meeting
from tests.extras.meetings.conftest import attend, sign
from tests.instructing.conftest import Room
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.sheet import BLANK_ROWS, list_expected
from trainer.organizations.models import Membership

pytestmark = pytest.mark.on_both


def plan(room: Room, **changes: object) -> dict[str, object]:
    """Return a meeting as the form sends it: the whole first module, and one lesson of another."""
    with room.app.app_context():
        context, course = context_of(room.acme.users["ines"], room.id), served().courses[COURSE]
        first, last = course.modules[0], course.modules[-1]
        day = context.today(clock.now()).isoformat()
        lessons = [last.lessons[0].id]
    return {"held_on": day, "minutes": "90", "place": "Gate 4", "modules": [first.slug], "lessons": lessons, **changes}


def held(room: Room) -> ClassSession:
    with room.app.app_context():
        return db.session.scalars(select(ClassSession)).one()


def test_one_tick_is_a_whole_module_and_a_form_sent_twice_is_one_meeting(room: Room) -> None:
    ines, given = room.enter(), plan(room, number=str(uuid4()))
    answers = [ines.post(room.path("/sessions"), given) for _time in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with room.app.app_context():
        course = served().courses[COURSE]
        taught = [lesson.id for lesson in course.modules[0].lessons]
        if course.modules[-1].lessons[0].id not in taught:
            taught.append(course.modules[-1].lessons[0].id)
    assert held(room).lessons == taught
    page = ines.get(answers[0].headers["Location"]).text
    assert "Gate 4" in page
    with room.app.app_context():
        last = served().courses[COURSE].modules[-1]
        if len(last.lessons) > 1:
            assert f"(1 of {len(last.lessons)} lessons)" in page


def test_what_was_chosen_is_said_and_kept_where_the_form_is_refused(room: Room) -> None:
    given = plan(room, minutes="")
    refused = room.enter().post(room.path("/sessions"), given)
    assert refused.status_code == 422
    with room.app.app_context():
        course = served().courses[COURSE]
        module, last = course.modules[0], course.modules[-1]
        number = len(last.lessons)
    assert f'value="{module.slug}" checked' in refused.text
    assert f"1 of {number} chosen" in refused.text
    nothing = room.enter().post(room.path("/sessions"), plan(room, modules=[], lessons=[]))
    assert nothing.status_code == 422
    assert "Choose the lessons you teach." in nothing.text
    for minutes, says in (("0", "Enter a number of minutes from 1 to 600."), ("601", "from 1 to 600")):
        assert says in room.enter().post(room.path("/sessions"), plan(room, minutes=minutes)).text
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ClassSession)) == 0


def test_a_meeting_changes_until_it_is_signed(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    ines, path = room.enter(), room.path(f"/sessions/{meeting}/facts")
    assert ines.get(path).status_code == 200
    assert ines.post(path, plan(room, minutes="0")).status_code == 422
    assert ines.post(path, plan(room)).status_code == 303
    assert (held(room).minutes, held(room).place) == (90, "Gate 4")
    attend(room, meeting, [room.bob])
    sign(room, meeting)
    refused = ines.post(path, plan(room, minutes="30"))
    assert refused.status_code == 422
    assert "so it can’t be changed anymore" in refused.text
    assert held(room).minutes == 90


def pages(room: Room, meeting: UUID, paper: str = "letter") -> list[str]:
    answer = room.enter().get(room.path(f"/sessions/{meeting}/sheet.pdf?paper={paper}"))
    assert answer.headers["Cache-Control"] == "no-store"
    reader = PdfReader(io.BytesIO(answer.data))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert round(float(reader.pages[0].mediabox.width)) == (612 if paper == "letter" else 595)
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_sheet_names_who_is_expected_and_has_room_for_others(room: Room, paper: str) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    join_class(room.app, room.acme.users["mark"], room.id, "Mark Moe")
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        assert list_expected(context) == [("Bob B.", ""), ("Mark Moe", "")]
        for name, number in (("bob", "004461"), ("mark", "77")):
            db.session.get_one(Membership, room.acme.people[name]).employee_number = number
        db.session.flush()
        assert list_expected(context) == [("Bob B.", "…461"), ("Mark Moe", "…7")]  # never the number that signs in
    text = pages(room, meeting, paper)[0]
    for words in ("Sign-in sheet", "Acme Security", "Night crew", "Bob B.", "Mark Moe", "Instructor’s signature"):
        assert words in text
    assert f" {2 + BLANK_ROWS} " in f"{text} "
    assert "I taught these people in person on" in text
    assert "traffick" not in text.lower()
    assert room.enter().get(room.path(f"/sessions/{meeting}/sheet.pdf?paper=a5")).status_code == 404


def test_numbers_any_script_and_many_people_fit_on_the_sheet(room: Room) -> None:
    names = ["Łukasz Żółć", "Ольга Попова", "山田太郎", "X" * 110, "\U0001f600 Ann"]
    for place, name in enumerate(names):
        user = make_account(room.app, f"guard{place}@example.org")
        put_on_roster(room.app, room.acme.id, user, name=f"Guard {place}", email=f"guard{place}@example.org")
        join_class(room.app, user, room.id, name)
    room.add(0)
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    text = " ".join(pages(room, meeting))
    assert "Łukasz Żółć" in text
    assert "Ольга Попова" in text
    assert text.count("Signature") >= 1


def test_days_of_a_meeting(room: Room) -> None:
    day = dt.date.fromisoformat(str(plan(room)["held_on"]))
    for away, status in ((-30, 422), (1, 303), (366, 303), (367, 422)):
        given = plan(room, held_on=(day + dt.timedelta(days=away)).isoformat())
        assert room.enter().post(room.path("/sessions"), given).status_code == status

"""A public class with people in every state, and a firm's class that nobody has joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask

from tests.cast import approve, code_of, context_of, join_class, make_class, make_site, put_on_roster
from tests.extras.meetings.cast import hold_meeting
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.meetings.sessions import hold_session, note_attendance, sign_off
from trainer.instructing.invitations import choose_teams, decline, invite
from trainer.instructing.models import ClassView, Cohort, CohortMember
from trainer.learning.models import Enrollment
from trainer.organizations.rules import Role

if TYPE_CHECKING:
    from tests.browser.stage import Person

LONG = "Grace Hannah Oluwaseun Abernathy-Featherstonehaugh"


def set_classroom(app: Flask, ines: UUID, firm: UUID, person: Callable[[Flask], Person]) -> dict[str, str]:
    """Make both classes; return what leads to them."""
    approve(app, ines)
    full = make_class(app, ines, None, title="Night crew, spring", shows_answers=True, capacity=40)
    members = []
    for number in range(8):
        one = person(app)
        members.append(join_class(app, one.id, full, LONG if number == 0 else f"Guard {number}"))
        for _practice in range(3 if number != 1 else 0):
            one.practice(answer=6, wrong=number % 4, hand_in=True)
    let_idle(app, members[1])
    held = hold_meeting(app, ines, full)
    with app.app_context(), transaction():
        context = context_of(ines, full)
        note_attendance(context, held, members[:3], now(), walk_ins=[f"{LONG} the second", "Guard 4"])
    signed = hold_meeting(app, ines, full, lessons=6)
    with app.app_context(), transaction():
        context, course = context_of(ines, full), served().courses[COURSE]
        note_attendance(context, signed, members[4:6], now())
        sign_off(context, signed, "Ines Itō", course, True, now())
        ahead = context.today(now()) + dt.timedelta(days=7)
        taught = [lesson.id for lesson in course.modules[0].lessons]
        planned = hold_session(context, ahead, 60, taught, "", course, now(), place="Harbor Mall, room 4").id
    empty = make_class(app, ines, firm, title="Day crew")
    code = code_of(app, full)
    return {
        "class": f"/cohorts/{full}",
        "class_empty": f"/cohorts/{empty}",
        "class_alone": f"/cohorts/{make_class(app, ines, None, title='Evening class')}",
        "class_answers": f"/cohorts/{full}/answers/{members[2]}",
        "class_meeting": f"/cohorts/{full}/sessions/{held}",
        "class_signed": f"/cohorts/{full}/sessions/{signed}",
        "class_planned": f"/cohorts/{full}/sessions/{planned}",
        "class_claim": f"/attended/{held}/code",
        "class_join": f"/classes/{code[:4]}-{code[4:]}",
        "class_firms": f"/organizations/{firm}/cohorts",
    }


def set_invitations(
    app: Flask, ines: UUID, firm: UUID, called: UUID, person: Callable[[Flask], Person]
) -> dict[str, str]:
    """Make a class of a team, with people who gave each answer, one who waits, and one who joined the team since."""
    team = make_site(app, ines, firm, "Pier 9")
    there = [called, *(person(app).id for _number in range(3))]
    for number, user_id in enumerate(there):
        name = LONG if number == 1 else f"Pier Guard {number}"
        put_on_roster(app, firm, user_id, name=name, email=f"pier{number}@example.org", teams=[team])
    put_on_roster(app, firm, None, name="Nora Number", email=None, employee_number="P-1", teams=[team])
    cohort = make_class(app, ines, firm, title="Pier crew")
    with app.app_context(), transaction():
        choose_teams(context_of(ines, cohort), [team])
        invite(context_of(ines, cohort), now() - dt.timedelta(days=4))
    join_class(app, there[1], cohort, "Grace")
    with app.app_context(), transaction():
        decline(there[2], db.session.get_one(Cohort, cohort), now())
    put_on_roster(app, firm, None, name="Late Larry", email="late@example.org", teams=[team])
    code = code_of(app, cohort)
    return {"class_invited": f"/cohorts/{cohort}/invitations", "class_called": f"/classes/{code[:4]}-{code[4:]}"}


def set_past(app: Flask, ines: UUID, firm: UUID, former: UUID, learner: UUID) -> dict[str, str]:
    """Make a class that someone else taught before, with a meeting of theirs."""
    put_on_roster(app, firm, former, Role.INSTRUCTOR, name="Former Fred", email="fred@example.org")
    given = make_class(app, former, firm, title="Gate crew", taught_by="Former Fred")
    join_class(app, learner, given, "Grace")
    held = hold_meeting(app, former, given)
    with app.app_context(), transaction():
        db.session.add(ClassView(cohort_id=given, user_id=former, name="Former Fred", began_at=now()))
        cohort = db.session.get_one(Cohort, given)
        cohort.instructor_id, cohort.taught_by, code = ines, "Ines Ito", cohort.code
    return {
        "class_past": f"/cohorts/{given}",
        "class_past_meeting": f"/cohorts/{given}/sessions/{held}",
        "class_past_join": f"/classes/{code[:4]}-{code[4:]}",
    }


def let_idle(app: Flask, member_id: UUID) -> None:
    """Let someone have joined and stopped long ago."""
    with app.app_context(), transaction():
        member = db.session.get_one(CohortMember, member_id)
        member.joined_at -= dt.timedelta(days=20)
        for one in db.session.query(Enrollment).filter_by(user_id=member.user_id):
            one.started_at -= dt.timedelta(days=20)

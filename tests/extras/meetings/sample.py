"""A class of a firm with a meeting at which whoever fills it and another were, and lessons signed off for both."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.meetings.models import Signature
from trainer.extras.meetings.sessions import hold_session, note_attendance, sign_off
from trainer.instructing.models import CohortMember
from trainer.instructing.operations import CohortFacts, make_cohort
from trainer.instructing.queries import Desk, find_desk, list_public_cohorts
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership

OF_FIRMS = {"class_sessions", "attendances"}
TOLD = ("Harbor Mall", "I taught these people")
LEFT = {"class_sessions.created_by_id", "sign_offs.signed_off_by_id", "signatures.signed_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor teach a class that they are in with a colleague, in person, and sign for both; in each public class
    of theirs, let them note the name of someone who isn't in it."""
    now, course = clock.now(), served().courses["security-officer"]
    colleague = select(Membership.user_id).where(
        Membership.organization_id == actor.organization_id,
        Membership.user_id.is_not(None),
        Membership.user_id != actor.user_id,
    )
    last = now.date() + dt.timedelta(days=9)
    facts = CohortFacts("Night crew", actor.membership.name, now.date(), last, None, shows_answers=False)
    cohort = make_cohort(actor.user_id, actor, course.slug, facts, served().courses, now)
    other_id = db.session.scalars(colleague.order_by(Membership.name_key).limit(1)).one()
    members = [
        CohortMember(cohort_id=cohort.id, user_id=user_id, name="Alias", joined_at=now)
        for user_id in (actor.user_id, other_id)
    ]
    db.session.add_all(members)
    db.session.flush()
    desk = find_desk(actor.user_id, cohort.id)
    assert desk is not None
    lessons = [lesson.id for lesson in course.lessons[:2]]
    held = hold_session(desk, desk.today(now), 30, lessons, "", course, now, place="Harbor Mall")
    note_attendance(desk, held.id, [member.id for member in members], now)
    sign_off(desk, held.id, actor.membership.name, course, True, now)
    for public, _number in list_public_cohorts(actor.user_id):
        desk, others = Desk(actor.user_id, public, None), served().courses[public.course]
        evening = hold_session(desk, desk.today(now), 30, [others.lessons[0].id], "", others, now)
        note_attendance(desk, evening.id, [], now, walk_ins=["Nell Nash"])
    signature = db.session.scalars(select(Signature).where(Signature.session_id == held.id)).one()
    of_meeting = {"cohort_id": str(cohort.id), "class_session_id": str(held.id), "signature_id": str(signature.id)}
    of_walk_in = {"walk_in_id": str(actor.user_id), "code": "code"}
    return {}, {"meetings": of_meeting, "signing": of_meeting, "old_links": of_walk_in}

"""A class of a firm with a meeting at which whoever fills it and another were, and lessons signed off for both."""

from __future__ import annotations

from sqlalchemy import select

from tests.extras import be_in_class
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.meetings.models import Signature
from trainer.extras.meetings.sessions import hold_session, note_attendance, sign_off
from trainer.instructing.queries import TeachingContext, find_context, list_public_cohorts
from trainer.organizations.actor import Actor

OF_FIRMS = {"class_sessions", "attendances"}
TOLD = ("Harbor Mall", "I taught these people")
LEFT = {"class_sessions.created_by_id", "sign_offs.signed_off_by_id", "signatures.signed_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor teach a class that they are in with a colleague, in person, and sign for both; in each public class
    of theirs, let them note the name of someone who isn't in it."""
    now, course = clock.now(), served().courses["security-officer"]
    members = be_in_class(actor, course.slug)
    context = find_context(actor.user_id, members[0].cohort_id)
    assert context is not None
    lessons = [lesson.id for lesson in course.lessons[:2]]
    held = hold_session(context, context.today(now), 30, lessons, "", course, now, place="Harbor Mall")
    note_attendance(context, held.id, [member.id for member in members], now)
    sign_off(context, held.id, actor.membership.name, course, True, now)
    for public, _number in list_public_cohorts(actor.user_id):
        in_public, others = TeachingContext(actor.user_id, public, None), served().courses[public.course]
        evening = hold_session(in_public, in_public.today(now), 30, [others.lessons[0].id], "", others, now)
        note_attendance(in_public, evening.id, [], now, walk_ins=["Nell Nash"])
    signature = db.session.scalars(select(Signature).where(Signature.session_id == held.id)).one()
    of_meeting = {"cohort_id": str(held.cohort_id), "class_session_id": str(held.id), "signature_id": str(signature.id)}
    of_walk_in = {"walk_in_id": str(actor.user_id), "code": "code"}
    return {}, {"meetings": of_meeting, "signing": of_meeting, "old_links": of_walk_in}

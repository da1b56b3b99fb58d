"""A class of a firm with two notes in it, by whoever fills it and by another, both answered, and a comment kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from tests.extras.notes.cast import note_of
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.notes.models import SavedComment
from trainer.instructing.models import CohortMember
from trainer.instructing.operations import CohortFacts, make_cohort
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership

OF_FIRMS = {"class_notes"}
TOLD = ("By the gate.", "Add the time.")
LEFT = {"class_notes.answered_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor teach a class that they are in with a colleague, and answer the notes of both."""
    now = clock.now()
    colleague = select(Membership.user_id).where(
        Membership.organization_id == actor.organization_id,
        Membership.user_id.is_not(None),
        Membership.user_id != actor.user_id,
    )
    last = now.date() + dt.timedelta(days=9)
    facts = CohortFacts("Night crew", actor.membership.name, now.date(), last, None, shows_answers=False)
    cohort = make_cohort(actor.user_id, actor, "security-officer", facts, served().courses, now)
    other_id = db.session.scalars(colleague.order_by(Membership.name_key).limit(1)).one()
    own, other = (
        CohortMember(cohort_id=cohort.id, user_id=user_id, name="Alias", joined_at=now)
        for user_id in (actor.user_id, other_id)
    )
    comment = SavedComment(user_id=actor.user_id, text="Add the time.", saved_at=now)
    db.session.add_all([own, other, comment])
    db.session.flush()
    notes = [note_of(own, "By the gate."), note_of(other)]
    for note in notes:
        note.answered_at, note.answered_by_id = now, actor.user_id
        note.met, note.comment = ["time"], "Add the time."
    db.session.add_all(notes)
    db.session.flush()
    farm = {"course": "security-officer", "module": "your-venue", "lesson": "farm", "question": "at-the-van"}
    return {"note_id": str(notes[0].id), "comment_id": str(comment.id)}, {"handing_in.hand_in": farm}

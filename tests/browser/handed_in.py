"""A public class that takes notes: one waits with a version before it, one was answered, one can be handed in."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask

from tests.cast import code_of, join_class, make_class
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.notes.models import ClassNote, SavedComment
from trainer.instructing.models import CohortMember
from trainer.learning.operations import answer, enroll

SHORT = "Fri 9:40 pm. Front desk.\nHe took both IDs."
NOTE = """Fri 9:40 pm, front desk. Man, 40s, gray jacket, paid cash for two rooms and kept both IDs.
The younger woman looked at the floor. When I asked for her name, he said, “She doesn’t talk.”
9:52 pm: told the shift lead, by phone."""


def set_notes(app: Flask, ines: UUID, writer: UUID, other: UUID) -> dict[str, str]:
    """Make the class and the notes; return what leads to them."""
    cohort = make_class(app, ines, None, title="Notes that hold up", takes_notes=True, shows_answers=True)
    member, second = join_class(app, writer, cohort, "Grace"), join_class(app, other, cohort, "Guard 2")
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        pairs = [(lesson, q) for module in course.modules for lesson in module.lessons for q in lesson.questions]
        asked = [(lesson, question) for lesson, question in pairs if question.type == "note"]
        lesson, question = asked[0]
        checks = [check["id"] for check in question.payload["checks"]]
        for count, (place, written) in enumerate(asked):
            given = {"note": NOTE if count else SHORT, "step": "compared", "ticked": []}
            answer(enroll(writer, course, now()), place, written, given, None, now())
        answered = ClassNote(
            member_id=member,
            text=SHORT,
            handed_in_at=now() - dt.timedelta(days=3),
            answered_at=now() - dt.timedelta(days=2),
            answered_by_id=ines,
            met=checks[:1],
            comment="A good start. Add what she did and what he said, in his words.",
        )
        before = ClassNote(
            member_id=second,
            text=SHORT,
            handed_in_at=now() - dt.timedelta(days=3),
            answered_at=now() - dt.timedelta(days=2),
            answered_by_id=ines,
            met=checks[:2],
        )
        waiting = ClassNote(member_id=second, text=NOTE, handed_in_at=now() - dt.timedelta(days=1))
        own = ClassNote(member_id=member, text=NOTE, handed_in_at=now() - dt.timedelta(hours=1))
        for row, asks in ((answered, asked[0]), (before, asked[0]), (waiting, asked[0]), (own, asked[-1])):
            row.cohort_id = db.session.get_one(CohortMember, row.member_id).cohort_id
            row.item_digest, row.question = asks[1].digest, asks[1].payload
            db.session.add(row)
        for text in (
            "Add the time, to the minute.",
            "Write what you saw and heard. Leave out what you think it means.",
        ):
            db.session.add(SavedComment(user_id=ines, text=text, saved_at=now()))
        db.session.flush()
        code = code_of(app, cohort)
        path = f"/courses/{COURSE}/{lesson.module_slug}/{lesson.slug}/answers/{question.id}"
        return {
            "class_notes": f"/cohorts/{cohort}",
            "class_note": f"/cohorts/{cohort}/notes/{waiting.id}",
            "class_note_answered": f"/cohorts/{cohort}/notes/{answered.id}",
            "class_notes_join": f"/classes/{code[:4]}-{code[4:]}",
            "hand_in": f"{path}/hand-in",
            "note_lesson": f"/courses/{COURSE}/{lesson.module_slug}/{lesson.slug}",
            "own_note": f"/my-notes/{answered.id}",
            "own_note_waiting": f"/my-notes/{own.id}",
        }

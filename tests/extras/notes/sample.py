"""A class of a firm with two notes in it, by whoever fills it and by another, both answered, and a comment kept."""

from __future__ import annotations

from tests.extras import be_in_class
from tests.extras.notes.cast import note_of
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.notes.models import SavedComment
from trainer.organizations.actor import Actor

OF_FIRMS = {"class_notes"}
TOLD = ("By the gate.", "Add the time.")
LEFT = {"class_notes.answered_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor teach a class that they are in with a colleague, and answer the notes of both."""
    now, (own, other) = clock.now(), be_in_class(actor, "security-officer")
    comment = SavedComment(user_id=actor.user_id, text="Add the time.", saved_at=now)
    notes = [note_of(own, "By the gate."), note_of(other)]
    for note in notes:
        note.answered_at, note.answered_by_id = now, actor.user_id
        note.met, note.comment, note.read_at = ["time"], "Add the time.", now
    db.session.add_all([*notes, comment])
    db.session.flush()
    farm = {"course": "security-officer", "module": "your-venue", "lesson": "farm", "question": "at-the-van"}
    return {"note_id": str(notes[0].id), "comment_id": str(comment.id)}, {"handing_in.hand_in": farm}

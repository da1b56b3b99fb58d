"""Who is let in to the notes of a class: its instructor, and never an employer; all others get 404."""

from __future__ import annotations

from functools import wraps
from typing import Any

from trainer.core.errors import NotFound
from trainer.extras.notes.handing_in import reads_notes
from trainer.instructing.access import View, teaching
from trainer.instructing.queries import TeachingContext


def reading_notes(view: View) -> View:
    """Let in the instructor of the class, if people can hand in notes there; as `teaching_unseen`."""

    @wraps(view)
    def enter(context: TeachingContext, **values: Any) -> Any:
        if not reads_notes(context):
            raise NotFound
        return view(context, **values)

    return teaching(enter)

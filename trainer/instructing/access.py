"""Who is let in to a class as one of its teachers, now or before, and to figures of scenes; all others get 404."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_login import current_user

from trainer.core.errors import NotFound
from trainer.instructing.queries import TeachingContext, find_context, find_reader, find_view
from trainer.organizations.access import ask_proof, lacks_proof, shut_page
from trainer.organizations.rules import FirmState
from trainer.web.language import show_times_of

View = Callable[..., Any]


def teaching(view: View) -> View:
    """Let in who teaches the class that the address names; the view gets the teaching context in place of its id.

    If the firm is shut, they are told so.
    """
    return _entering(view, _find_teaching)


def looking(view: View) -> View:
    """Let in who teaches the class, or taught it before and may still look at it; as `teaching`.

    For pages that change nothing; `TeachingContext.is_past` says who it is.
    """
    return _entering(view, _find_looking)


def looking_unseen(view: View) -> View:
    """Let in the instructor of the class, or who taught it before, to what no employer sees; as `looking`."""
    return looking(_unseen(view))


def teaching_unseen(view: View) -> View:
    """Let in the instructor of the class that the address names, to what no employer sees; as `teaching`."""
    return teaching(_unseen(view))


def _find_teaching(user_id: uuid.UUID, cohort_id: uuid.UUID) -> TeachingContext | None:
    return find_context(user_id, cohort_id, set(FirmState))


def _find_looking(user_id: uuid.UUID, cohort_id: uuid.UUID) -> TeachingContext | None:
    return _find_teaching(user_id, cohort_id) or find_view(user_id, cohort_id, set(FirmState))


def _entering(view: View, find: Callable[[uuid.UUID, uuid.UUID], TeachingContext | None]) -> View:
    @wraps(view)
    def enter(cohort_id: uuid.UUID, **values: Any) -> Any:
        context = find(current_user.id, cohort_id)
        if context is None:
            raise NotFound
        show_times_of(context.zone)
        if context.actor is not None and context.actor.state is not FirmState.OPEN:
            return shut_page(context.actor)
        if lacks_proof(current_user):
            return ask_proof()
        return view(context, **values)

    return enter


def _unseen(view: View) -> View:
    @wraps(view)
    def enter(context: TeachingContext, **values: Any) -> Any:
        if not context.reads_figures:
            raise NotFound
        return view(context, **values)

    return enter


def reading_figures(view: View) -> View:
    """Let in approved instructors and administrators; the view gets the reader."""

    @wraps(view)
    def enter(**values: Any) -> Any:
        reader = find_reader(current_user.id)
        if reader is None:
            raise NotFound
        if lacks_proof(current_user):
            return ask_proof()
        return view(reader, **values)

    return enter

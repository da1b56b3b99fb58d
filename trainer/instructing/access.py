"""Who is let in to a class as one of its teachers, and to figures of scenes; everybody else gets 404."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_login import current_user

from trainer.core.errors import NotFound
from trainer.instructing.queries import Desk, find_desk, find_reader
from trainer.organizations.access import ask_second_step, needs_second_step, shut_page
from trainer.organizations.rules import FirmState
from trainer.web.language import show_times_of

View = Callable[..., Any]


def teaching(view: View) -> View:
    """Let in who teaches the class that the address names; the view gets the desk in place of its id.

    If the firm is shut, they are told so.
    """

    @wraps(view)
    def enter(cohort_id: uuid.UUID, **values: Any) -> Any:
        desk = find_desk(current_user.id, cohort_id, set(FirmState))
        if desk is None:
            raise NotFound
        show_times_of(desk.zone)
        if desk.actor is not None and desk.actor.state is not FirmState.OPEN:
            return shut_page(desk.actor)
        if needs_second_step(current_user):
            return ask_second_step()
        return view(desk, **values)

    return enter


def teaching_unseen(view: View) -> View:
    """Let in the instructor of the class that the address names, to what no employer sees; as `teaching`."""

    @teaching
    @wraps(view)
    def enter(desk: Desk, **values: Any) -> Any:
        if not desk.reads_figures:
            raise NotFound
        return view(desk, **values)

    return enter


def reading_figures(view: View) -> View:
    """Let in approved instructors and administrators; the view gets the reader."""

    @wraps(view)
    def enter(**values: Any) -> Any:
        reader = find_reader(current_user.id)
        if reader is None:
            raise NotFound
        if needs_second_step(current_user):
            return ask_second_step()
        return view(reader, **values)

    return enter

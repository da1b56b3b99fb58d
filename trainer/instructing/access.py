"""Who is let in to a class as one of its teachers; everybody else gets 404."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_login import current_user

from trainer.core.errors import NotFound, NotYet
from trainer.instructing.queries import find_desk

View = Callable[..., Any]
SECOND_STEP = "Turn on the second step of signing in first: your account page has it. You see other people’s records."


def teaching(view: View) -> View:
    """Let in who teaches the class that the address names; the view gets the desk in place of its id."""

    @wraps(view)
    def enter(cohort_id: uuid.UUID, **values: Any) -> Any:
        desk = find_desk(current_user.id, cohort_id)
        if desk is None:
            raise NotFound
        if desk.actor is None:
            require_second_step()
        return view(desk, **values)

    return enter


def require_second_step() -> None:
    """Refuse whoever signs in with a password alone. Raises NotYet."""
    if needs_second_step(current_user):
        raise NotYet(SECOND_STEP)


def needs_second_step(user: object) -> bool:
    """Return True for a user who must turn on the second step first."""
    return not getattr(user, "has_second_factor", True)

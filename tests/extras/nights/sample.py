"""A practice shift and a rare shift that are under way."""

from __future__ import annotations

from tests.extras.nights.cast import course_with_rare, course_with_shift
from trainer.content.serving import served
from trainer.core import clock
from trainer.extras.nights.operations import start_rare, start_shift
from trainer.learning.queries import find_enrollment
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD: tuple[str, ...] = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor begin both, if they take courses that have them."""
    here, now = served(), clock.now()
    with_shift, with_rare = course_with_shift(here), course_with_rare(here)
    of_shift, of_rare = (find_enrollment(actor.user_id, course) for course in (with_shift, with_rare))
    if of_shift is None or of_rare is None:
        return {}, {}
    shift, rare = (
        start_shift(of_shift, here.courses[with_shift], here, now),
        start_rare(of_rare, here.courses[with_rare], here, now),
    )
    return {}, {
        "rare": {"attempt_id": str(rare.id), "course": with_rare},
        "shifts": {"attempt_id": str(shift.id)},
        "shifts.start": {"course": with_shift},
    }

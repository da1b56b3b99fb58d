"""The handover at the end of a practice shift: writing it, and ticking what it says. Part of the operations; never
commits."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.assessment.models import Attempt
from trainer.assessment.queries import get_attempt
from trainer.assessment.rules import Kind
from trainer.content.nights import Handover, ShiftFile
from trainer.content.objects import Content
from trainer.core.errors import Conflict, NotFound

LONGEST_HANDOVER: Final = 1500


@dataclass(frozen=True)
class HandoverDraft:
    """What someone wrote for the next shift, as `Attempt.handover` keeps it."""

    text: str = ""
    is_closed: bool = False
    """The model was shown beside it. It can't be changed after that."""
    points: tuple[str, ...] = ()
    """Ids of the points that the writer found in it."""
    version: int = 0
    """Counts saves; a tab that shows an older one is refused."""

    @classmethod
    def of(cls, attempt: Attempt) -> HandoverDraft:
        """Return the handover written in an attempt so far."""
        kept = {name: value for name, value in (attempt.handover or {}).items() if name in cls.__dataclass_fields__}
        return cls(**{**kept, "points": tuple(kept.get("points", ()))})


def find_shift(attempt: Attempt, content: Content) -> tuple[str, ShiftFile] | None:
    """Return the practice shift of an attempt, with its name, or None where the content no longer has it.

    One that began when courses had a single shift has no name, and is the first.
    """
    course = content.courses.get(attempt.course)
    if attempt.kind != Kind.SHIFT or course is None or not course.shifts:
        return None
    name = attempt.rule.get("shift") or next(iter(course.shifts))
    return (name, course.shifts[name]) if name in course.shifts else None


def find_handover(attempt: Attempt, content: Content) -> Handover | None:
    """Return the model handover of an attempt's shift, if it has one."""
    shift = find_shift(attempt, content)
    return shift[1].handover if shift else None


def save_handover(user_id: uuid.UUID, attempt_id: uuid.UUID, text: str, version: int, *, close: bool) -> int:
    """Save what is written for the next shift, and return its new version. `close`: the writer is done with it.

    Raises NotFound for what is no shift, and Conflict if it is handed in or closed, or if another tab saved a newer.
    """
    attempt, before = _open(user_id, attempt_id, version)
    if before.is_closed:
        raise Conflict(_l("You’ve already seen the other handover, so yours can’t be changed anymore."))
    return _keep(attempt, HandoverDraft(text, close, (), before.version + 1))


def tick_points(user_id: uuid.UUID, attempt_id: uuid.UUID, points: Collection[str], version: int) -> int:
    """Save which points the writer finds in their handover, and return its new version. Raises as `save_handover`."""
    attempt, before = _open(user_id, attempt_id, version)
    if not before.is_closed:
        raise Conflict(_l("Write your handover first."))
    return _keep(attempt, HandoverDraft(before.text, True, tuple(points), before.version + 1))


def _open(user_id: uuid.UUID, attempt_id: uuid.UUID, version: int) -> tuple[Attempt, HandoverDraft]:
    attempt = get_attempt(user_id, attempt_id, for_change=True)
    if attempt.kind != Kind.SHIFT:
        raise NotFound
    if attempt.submitted_at is not None:
        raise Conflict(_l("This was already handed in. Nothing was changed."))
    before = HandoverDraft.of(attempt)
    if before.version != version:
        raise Conflict(_l("A newer answer was saved in another tab. Reload this page to see it."))
    return attempt, before


def _keep(attempt: Attempt, written: HandoverDraft) -> int:
    attempt.handover = {**asdict(written), "points": list(written.points)}
    return written.version

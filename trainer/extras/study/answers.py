"""What pages below ask of trials: the invitations and studies of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence

from flask_login import current_user

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.extras.study.queries import OwnTrial, list_own
from trainer.extras.study.rules import TrialStage


def list_own_studies(course: str | None = None) -> Sequence[OwnTrial]:
    """Return the studies that someone is invited to, or still has something to do in.

    Of a course, invitations alone.
    """
    if current_user.is_guest:
        return []
    studies = list_own(current_user.id, served(), now())
    if course is not None:
        return [own for own in studies if own.person is None and own.course.slug == course]
    return [own for own in studies if own.person is None or own.stage is not TrialStage.OVER]

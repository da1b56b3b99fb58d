"""What packages below ask of trials: those of whoever looks, and of a firm or class."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_login import current_user
from sqlalchemy import exists, select

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.queries import Host, OwnTrial, find_trial, list_own
from trainer.extras.study.rules import TrialStage
from trainer.instructing.queries import TeachingContext
from trainer.organizations.actor import Actor


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


def find_study_of_firm(actor: Actor) -> Trial | None:
    """Return the study of a firm, or None."""
    return find_trial(Host(actor.organization, None))


def find_study_of_class(context: TeachingContext) -> Trial | None:
    """Return the study of a class, or None."""
    return find_trial(Host(None, context.cohort))


def takes_part(user_id: uuid.UUID) -> bool:
    """Return whether someone agreed to a study: their pretest is its first form."""
    return bool(db.session.scalar(select(exists().where(TrialPerson.user_id == user_id))))

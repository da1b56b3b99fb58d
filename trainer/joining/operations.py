"""Coming in: guest, sign-up, sign-in with everything a guest did."""

from __future__ import annotations

import datetime as dt
import uuid

from trainer.accounts.models import User
from trainer.accounts.operations import create_guest
from trainer.accounts.queries import get_user
from trainer.assessment.models import Attempt
from trainer.assessment.operations import move_attempts, start_practice
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.courses.library import Content, Course
from trainer.learning.operations import drop_enrollments, enroll, merge_enrollments


def become_guest(
    user_id: uuid.UUID | None, course: Course | None, content: Content, scenes: int | None, now: dt.datetime
) -> tuple[User, Attempt | None]:
    """Keep a visitor's progress from now on; enroll in a course and start a practice of `scenes` if asked."""
    user = get_user(user_id) if user_id else create_guest(now)
    if course is None:
        return user, None
    enrollment = enroll(user.id, course, now)
    return user, start_practice(enrollment, content, scenes, now) if scenes else None


def merge_guest(guest_id: uuid.UUID, user_id: uuid.UUID, content: Content, now: dt.datetime) -> None:
    """Give an account everything that a guest did, and let the guest go. Nothing is lost."""
    try:
        for one in sorted([guest_id, user_id]):
            get_user(one)  # both locked, always in the same order
        guest = get_user(guest_id)
    except NotFound:
        return  # another tab brought the guest along already
    if not guest.is_guest or guest_id == user_id:
        return
    met = merge_enrollments(guest_id, user_id, now)
    move_attempts(guest_id, user_id, met, content, now)
    drop_enrollments([old for old, _new in met])
    if guest.certificate_name:
        account = get_user(user_id)
        account.certificate_name = account.certificate_name or guest.certificate_name
    db.session.flush()
    db.session.delete(guest)

"""Coming in: guest, sign-up, sign-in with everything a guest did."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from trainer.accounts.models import User
from trainer.accounts.operations import create_account, create_guest, use_link
from trainer.accounts.queries import find_sign_up, get_user, is_a_guest, list_guests_before
from trainer.accounts.rules import KEPT
from trainer.assessment import pretest
from trainer.assessment.models import Attempt
from trainer.assessment.operations import forget_attempts, move_attempts, start_first_try, start_practice
from trainer.assessment.queries import list_users_busy_since
from trainer.assessment.rules import Kind
from trainer.content.library import Content, Course
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.learning.operations import drop_enrollments, enroll, forget_enrollments, merge_enrollments
from trainer.learning.queries import list_active_since


def become_guest(
    user_id: uuid.UUID | None, course: Course | None, content: Content, kind: Kind | None, now: dt.datetime
) -> tuple[User, Attempt | None]:
    """Keep a visitor's progress from now on; enroll in a course and start a first try or a practice if asked."""
    user = get_user(user_id) if user_id else create_guest(now)
    if course is None:
        return user, None
    enrollment = enroll(user.id, course, now)
    if kind is Kind.FIRST_TRY:
        return user, start_first_try(enrollment, content, course.file.first_try.scenes, now)
    return user, start_practice(enrollment, content, course.file.practice.scenes, now) if kind else None


def finish_sign_up(
    token: str, password_hash: str, now: dt.datetime, guest_id: uuid.UUID | None
) -> tuple[User, str | None]:
    """Make the account that a mailed link is for; return it and where the person wanted to go."""
    link = find_sign_up(token, now)
    if link is None:
        raise Conflict(_l("This link was already used."))
    use_link(link, now)
    return create_account(link.email or link.email_key, password_hash, now, guest_id, is_confirmed=True), link.next_path


def merge_guest(guest_id: uuid.UUID, user_id: uuid.UUID, content: Content, now: dt.datetime) -> None:
    """Give an account everything that a guest did, and let the guest go. Nothing is lost."""
    try:
        for locked_id in sorted([guest_id, user_id]):
            get_user(locked_id)  # both locked, always in the same order
        guest = get_user(guest_id)
    except NotFound:
        return  # another tab brought the guest along already
    if not guest.is_guest or guest_id == user_id:
        return
    pretest.merge(guest_id, user_id)
    met = merge_enrollments(guest_id, user_id, content.courses, now)
    move_attempts(guest_id, user_id, met, content, now)
    drop_enrollments([old for old, _new in met])
    if guest.certificate_name:
        account = get_user(user_id)
        account.certificate_name = account.certificate_name or guest.certificate_name
    db.session.flush()
    db.session.delete(guest)


def forget_guests(now: dt.datetime) -> int:
    """Delete guests whose browsers have forgotten them, with all they did; return how many.

    Nobody can open these records anymore, and keeping them would serve nobody.
    """
    since = now - KEPT
    guests = list_guests_before(since)
    # In portions: a database takes only so many values in one statement.
    gone = 0
    for start in range(0, len(guests), 500):
        portion = guests[start : start + 500]
        busy = list_active_since(portion, since) | list_users_busy_since(portion, since)
        idle = [guest for guest in portion if guest not in busy]
        forget_attempts(idle)
        forget_enrollments(idle)
        db.session.execute(delete(User).where(User.id.in_(idle), is_a_guest()))
        gone += len(idle)
    return gone

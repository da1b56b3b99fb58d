"""Check-ins: a few scenes on the days of a schedule after a certificate, drawn toward what someone finds hard."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from trainer.accounts.models import User
from trainer.accounts.queries import get_user
from trainer.assessment.attempt_policies import VERDICT_FIRST
from trainer.assessment.check_in_days import FOLLOW_UP, CheckInDay, CheckInSchedule, make_schedule
from trainer.assessment.drawing import Pair, PairTelling, draw_again
from trainer.assessment.drawn import keep_drawn, pairs_of, showing
from trainer.assessment.models import Attempt, CheckInMail, Response
from trainer.assessment.progress import find_weak_in_finals
from trainer.assessment.queries import find_pretest, find_retest, list_met
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.content.library import Content, Course
from trainer.content.schema import Pool
from trainer.core import chance, outbox
from trainer.core.db import db
from trainer.core.errors import NotYet
from trainer.credentials.models import Credential
from trainer.credentials.queries import list_credentials
from trainer.learning.models import Enrollment
from trainer.web.language import mail_language

KINDS = (Kind.CHECK_IN, Kind.FOLLOW_UP)
LOOK_AGAIN = dt.timedelta(days=30)
"""After how many days someone's schedule is looked at again who has no check-in to come, but wants mail."""
PORTION = 200
"""People."""


@dataclass(frozen=True)
class CheckIns:
    """Someone's check-ins: those of their newest valid certificate."""

    credential: Credential
    course: Course
    enrollment_id: uuid.UUID
    schedule: CheckInSchedule
    attempts: Mapping[int, Attempt]
    """By the number of the check-in."""
    has_follow_up: bool
    """True if one of them asks the other form of the pretest."""
    scenes_of_follow_up: int

    def scenes(self, scheduled: CheckInDay) -> int:
        """Return how many scenes a check-in has."""
        attempt = self.attempts.get(scheduled.number)
        if attempt is not None:
            return attempt.scenes
        if self.is_follow_up(scheduled):
            return self.scenes_of_follow_up
        assert self.course.file.check_ins is not None
        return self.course.file.check_ins.scenes

    def is_follow_up(self, scheduled: CheckInDay) -> bool:
        """Return whether a check-in asks the other form of the pretest."""
        return scheduled.day == FOLLOW_UP and self.has_follow_up

    def right(self, scheduled: CheckInDay) -> RightOf | None:
        """Return the result of a submitted check-in."""
        attempt = self.attempts.get(scheduled.number)
        return RightOf.of(Tally.read(attempt.tally)) if attempt is not None and attempt.tally else None


def find_check_ins(
    user_id: uuid.UUID, content: Content, today: dt.date, credentials: Iterable[Credential] | None = None
) -> CheckIns | None:
    """Return someone's check-ins, or None without a valid certificate of a course that has them.

    `credentials`: theirs, where they were read before.
    """
    for credential in list_credentials(user_id) if credentials is None else credentials:
        course = content.courses.get(credential.course)
        is_valid = credential.revoked_at is None and credential.superseded_by_id is None
        if course is None or course.file.check_ins is None or not is_valid or credential.valid_until < today:
            continue
        # A certificate can count here while the course behind it is in another account of the same person.
        own = select(Enrollment.id).where(Enrollment.credential_id == credential.id, Enrollment.user_id == user_id)
        enrollment_id = db.session.scalar(own)
        if enrollment_id is not None:
            return _of(credential, course, enrollment_id, content)
    return None


def _of(credential: Credential, course: Course, enrollment_id: uuid.UUID, content: Content) -> CheckIns:
    attempts = {
        attempt.number: attempt
        for attempt in db.session.scalars(
            select(Attempt).where(Attempt.enrollment_id == enrollment_id, Attempt.kind.in_(KINDS))
        )
    }
    done = [number for number, attempt in attempts.items() if attempt.submitted_at is not None]
    asked_again = other_form(credential.user_id, content)
    return CheckIns(
        credential,
        course,
        enrollment_id,
        make_schedule(credential.issued_on, credential.valid_until, done),
        attempts,
        bool(asked_again),
        len(asked_again),
    )


def start(user_id: uuid.UUID, content: Content, now: dt.datetime) -> Attempt:
    """Start the check-in that is due, or return it if it is under way. Raises NotYet, saying when the next one is."""
    get_user(user_id)  # locks the row: two tabs that start at once become one check-in
    check_ins = find_check_ins(user_id, content, now.date())
    scheduled = check_ins.schedule.due(now.date()) if check_ins else None
    if check_ins is None or scheduled is None:
        raise NotYet(_l("No check-in is due now. The page of your check-ins shows when the next one is."))
    if scheduled.number in check_ins.attempts:
        return check_ins.attempts[scheduled.number]
    is_follow_up = check_ins.is_follow_up(scheduled)
    drawn = other_form(user_id, content) if is_follow_up else _draw(user_id, check_ins, content)
    attempt = Attempt(
        user_id=user_id,
        enrollment_id=check_ins.enrollment_id,
        kind=Kind.FOLLOW_UP if is_follow_up else Kind.CHECK_IN,
        number=scheduled.number,
        tries=None,
        course=check_ins.course.slug,
        rule={"day": scheduled.day, **({VERDICT_FIRST: True} if is_follow_up else {})},
        scenes=len(drawn),
        started_at=now,
    )
    return keep_drawn(attempt, content, drawn, now)


def _draw(user_id: uuid.UUID, check_ins: CheckIns, content: Content) -> list[PairTelling]:
    assert check_ins.course.file.check_ins is not None
    met = list_met(user_id)
    open_pairs = [_second_tellings(pair) for pair in pairs_of(content, Pool.OPEN, met)]
    pairs = [*open_pairs, *pairs_of(content, Pool.CHECK_IN, met)]
    weak = find_weak_in_finals(user_id, content)
    return draw_again(pairs, showing(pairs, weak, content), check_ins.course.file.check_ins.scenes, chance.rng)


def _second_tellings(pair: Pair) -> Pair:
    """Keep only a pair's second tellings, or all tellings of a pair that has no second ones."""
    second = tuple(telling for telling in pair.tellings if telling.is_swapped)
    return replace(pair, tellings=second) if second else pair


def other_form(user_id: uuid.UUID, content: Content) -> list[PairTelling]:
    """Return the twins of what someone judged before their first course, or nothing if any of them is gone.

    Nothing either where a trial has asked them: they are asked once.
    """
    pretest = find_pretest(user_id)
    if (
        find_retest(user_id) is not None
        or pretest is None
        or pretest.submitted_at is None
        or not pretest.scenes
        or not pretest.tally
    ):
        return []
    asked = db.session.scalars(select(Response.item).where(Response.attempt_id == pretest.id)).all()
    pairs = {telling.scene: pair for pair in pairs_of(content, Pool.PRETEST) for telling in pair.tellings}
    drawn = []
    for scene in asked:
        pair = pairs.get(scene)
        others = (
            [telling for telling in pair.tellings if telling.scene != scene and not telling.is_swapped] if pair else []
        )
        if not others:
            return []
        drawn.append(others[0])
    chance.rng.shuffle(drawn)
    return drawn


def count_done(user_id: uuid.UUID, since: dt.datetime) -> int:
    """Return how many check-ins someone handed in since an instant. That is all that a firm sees of them."""
    done = select(func.count()).where(
        Attempt.user_id == user_id, Attempt.kind.in_(KINDS), Attempt.submitted_at >= since
    )
    return db.session.scalar(done) or 0


def list_done(user_id: uuid.UUID) -> Sequence[tuple[Attempt, RightOf]]:
    """Return the check-ins that someone ever handed in, the newest first, with what they came to."""
    done = select(Attempt).where(Attempt.user_id == user_id, Attempt.kind.in_(KINDS), Attempt.submitted_at.is_not(None))
    attempts = db.session.scalars(done.order_by(Attempt.submitted_at.desc())).all()
    return [(attempt, RightOf.of(Tally.read(attempt.tally))) for attempt in attempts if attempt.tally]


def wants_mail(user_id: uuid.UUID) -> bool:
    """Return whether someone asked for mail on the days of their check-ins."""
    return db.session.get(CheckInMail, user_id) is not None


def ask_for_mail(user_id: uuid.UUID, content: Content, now: dt.datetime) -> None:
    """Send someone mail on the days of their check-ins from now on, but none about a check-in already on offer."""
    get_user(user_id)
    if not wants_mail(user_id):
        check_ins = find_check_ins(user_id, content, now.date())
        db.session.add(CheckInMail(user_id=user_id, asked_at=now, look_on=_look_on(check_ins, now.date())))
        db.session.flush()


def end_mail(user_ids: Iterable[uuid.UUID]) -> None:
    """Send people no more mail about check-ins."""
    db.session.execute(delete(CheckInMail).where(CheckInMail.user_id.in_(list(user_ids))))


def order_mails(content: Content, now: dt.datetime, after: uuid.UUID | None) -> uuid.UUID | None:
    """Order the mails of the next people who have a check-in today; return the last one, None if there are no more.

    Nothing goes to an address that nobody confirmed: whose it is isn't known.

    The day on which someone is looked at next moves on in the same transaction, so no mail is ordered twice.
    """
    today = now.date()
    due = select(CheckInMail, User.email, User.language).join(User, User.id == CheckInMail.user_id)
    due = (
        due.where(CheckInMail.look_on <= today, User.email_confirmed_at.is_not(None))
        .order_by(CheckInMail.user_id)
        .limit(PORTION)
    )
    rows = db.session.execute(due.where(CheckInMail.user_id > after) if after else due).all()
    for mail, address, language in rows:
        check_ins = find_check_ins(mail.user_id, content, today)
        scheduled = check_ins.schedule.due(today) if check_ins else None
        moved = db.session.execute(
            update(CheckInMail)
            .where(CheckInMail.user_id == mail.user_id, CheckInMail.look_on == mail.look_on)
            .values(look_on=_look_on(check_ins, today))
            .execution_options(synchronize_session=False)
        )
        is_ours = moved.rowcount == 1  # type: ignore[attr-defined]
        if is_ours and address and scheduled is not None and check_ins is not None and scheduled.due_on >= mail.look_on:
            ids = {"user": mail.user_id.hex, "enrollment": check_ins.enrollment_id.hex, "number": scheduled.number}
            outbox.post("check-in", address, mail_language(language), ids, now)
    return rows[-1][0].user_id if len(rows) == PORTION else None


def _look_on(check_ins: CheckIns | None, today: dt.date) -> dt.date:
    following = check_ins.schedule.following(today) if check_ins else None
    return following.due_on if following else today + LOOK_AGAIN

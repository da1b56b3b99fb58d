"""Lessons that are signed off, and undone, in the same instant over two worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import (
    add_second_factor,
    answer_all,
    approve,
    join_class,
    make_account,
    make_class,
    sign_in_as,
    start_final,
)
from tests.extras.meetings.cast import hold_meeting
from tests.live import all_at_once, serving
from tests.support import COURSE
from trainer.accounts.operations import name_for_certificate
from trainer.content.library import Library
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.extras.meetings.models import Signature, SignOff
from trainer.learning.models import Enrollment

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

ROUNDS = int(os.environ.get("TRAINER_ROUNDS", "2"))
AT_ONCE = 64


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def count(app: Flask, record: type[Base], *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0  # type: ignore[arg-type]


def test_lessons_signed_off_many_times_at_once_count_once(app: Flask, shelf: Library, server: str) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    add_second_factor(app, ines)
    approve(app, ines)
    cohort = make_class(app, ines, None)
    member, held = join_class(app, leo, cohort), hold_meeting(app, ines, cohort, minutes=600)
    visitor = sign_in_as(app, ines)
    assert visitor.post(f"/cohorts/{cohort}/sessions/{held}/attendance", {"members": str(member)}).status_code == 303
    token, cookie = visitor.token(), visitor.cookie()
    nudge = (f"/cohorts/{cohort}/nudges", {"csrf_token": token, "member": str(member)}, cookie)
    sign = (f"/cohorts/{cohort}/sessions/{held}/sign-off", {"csrf_token": token, "signer": "Ines Ito"}, cookie)
    assert {status for status, _location in all_at_once(server, [sign, nudge] * (AT_ONCE // 2))} == {303}
    planned = sum(lesson.file.minutes for lesson in shelf.content.courses[COURSE].lessons[:2])
    assert count(app, Enrollment, Enrollment.active_seconds == 60 * planned) == 1
    assert count(app, OutboxMessage, OutboxMessage.template == "class-nudge") == 1
    assert count(app, Signature) == 1
    undo = (f"/cohorts/{cohort}/signatures/{signature_of(app, held)}/undoing", {"csrf_token": token}, cookie)
    assert {status for status, _location in all_at_once(server, [undo] * AT_ONCE)} == {303}
    assert count(app, Enrollment, Enrollment.active_seconds == 0) == 1
    assert count(app, SignOff) == 0
    assert count(app, AuditEvent, AuditEvent.act == "lesson.sign_off_undone") == 1


def test_a_sign_off_undone_while_the_final_is_handed_in_is_undone_or_completed_and_never_half(
    app: Flask, shelf: Library, server: str
) -> None:
    ines = make_account(app, "ines@example.org")
    add_second_factor(app, ines)
    approve(app, ines)
    cohort, every = make_class(app, ines, None), len(shelf.content.courses[COURSE].lessons)
    trainer = sign_in_as(app, ines)
    for number in range(ROUNDS):
        leo = make_account(app, f"leo{number}@example.org")
        member = join_class(app, leo, cohort, f"Leo {number}")
        held = hold_meeting(app, ines, cohort, lessons=every, minutes=600)
        page = f"/cohorts/{cohort}/sessions/{held}"
        assert trainer.post(f"{page}/attendance", {"members": str(member)}).status_code == 303
        assert trainer.post(f"{page}/sign-off", {"signer": "Ines Ito"}).status_code == 303
        with app.app_context(), transaction():
            name_for_certificate(leo, "Leo Learner")
            db.session.scalars(select(Enrollment).where(Enrollment.user_id == leo)).one().active_seconds += 60 * 600
        attempt = start_final(app, leo)
        answer_all(app, attempt)
        learner = sign_in_as(app, leo)
        hand_in = (f"/attempts/{attempt}/submission", {"csrf_token": learner.token()}, learner.cookie())
        undo = (
            f"/cohorts/{cohort}/signatures/{signature_of(app, held)}/undoing",
            {"csrf_token": trainer.token()},
            trainer.cookie(),
        )
        both = [hand_in, undo] if number % 2 else [undo, hand_in]
        assert {status for status, _location in all_at_once(server, both)} == {303}
        with app.app_context():
            enrollment = db.session.scalars(select(Enrollment).where(Enrollment.user_id == leo)).one()
            assert enrollment.final_passed_at is not None
            is_complete = enrollment.completed_at is not None
            left = count(app, SignOff, SignOff.enrollment_id == enrollment.id)
            earned = count(app, Credential, Credential.user_id == leo)
            assert (left, earned) == ((every, 1) if is_complete else (0, 0))


def signature_of(app: Flask, meeting: UUID) -> UUID:
    with app.app_context():
        return db.session.scalars(select(Signature.id).where(Signature.session_id == meeting)).one()

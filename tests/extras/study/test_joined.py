"""Two accounts of one person in a study: what stays when a firm joins their entries, and when that is undone."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.extras.mergers.conftest import acme as acme
from tests.extras.mergers.pair import Pair, settle
from tests.extras.mergers.pair import maria as maria
from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.operations import allow
from trainer.learning.operations import enroll

EARLIER, LATER = dt.timedelta(days=20), dt.timedelta(days=10)
DAY_LATER = "2026-11-26T13:00:00Z"

pytestmark = pytest.mark.on_both


def take_part(pair: Pair, user: UUID, ago: dt.timedelta | None, *, has_left: bool = False) -> list[UUID]:
    """Let an account have answered both forms, so long ago in a study, or else outside; return the attempts."""
    with pair.acme.app.app_context(), transaction():
        trial = db.session.scalar(select(Trial)) or allow(pair.acme.id, clock.now())
        at = clock.now() - (ago or LATER)
        enrollment = enroll(user, next(iter(served().courses.values())), at)
        attempts = [
            Attempt(
                user_id=user,
                enrollment_id=enrollment.id,
                kind=kind,
                course=enrollment.course,
                language="en",
                scenes=0,
                number=1,
                started_at=at,
                submitted_at=at,
                rule={},
            )
            for kind in (Kind.PRETEST, *([Kind.RETEST] if ago else []))
        ]
        db.session.add_all(attempts)
        if ago:
            lot = {"site": "", "place": int(ago.days), "arm": "later", "form": "a", "protocol": 1}
            left = clock.now() if has_left else None
            db.session.add(TrialPerson(trial_id=trial.id, user_id=user, agreed_at=at, withdrew_at=left, **lot))
        db.session.flush()
        return [attempt.id for attempt in attempts]


def parts(pair: Pair) -> list[tuple[UUID, dt.timedelta]]:
    """Return who takes part, and since how long at noon."""
    with pair.acme.app.app_context():
        rows = db.session.execute(select(TrialPerson.user_id, TrialPerson.place).order_by(TrialPerson.place))
        return [(user, dt.timedelta(days=place)) for user, place in rows]


def forms(pair: Pair) -> dict[UUID, UUID]:
    """Return whose the answered forms are."""
    with pair.acme.app.app_context():
        both = Attempt.kind.in_([Kind.PRETEST, Kind.RETEST])
        return {row.id: row.user_id for row in db.session.execute(select(Attempt.id, Attempt.user_id).where(both))}


def join_for_good(pair: Pair, **given: str) -> None:
    """Join the entries, and let a day pass."""
    pair.join(**given)
    with time_machine.travel(DAY_LATER):
        settle(pair.acme.app)


def test_what_someone_takes_part_in_follows_with_both_forms(maria: Pair) -> None:
    attempts = take_part(maria, maria.pin_user, EARLIER)
    join_for_good(maria)
    assert parts(maria) == [(maria.own_user, EARLIER)]
    assert forms(maria) == dict.fromkeys(attempts, maria.own_user)


@pytest.mark.parametrize("is_own_first", [True, False])
def test_of_two_parts_the_one_agreed_to_first_stays_with_its_forms(maria: Pair, is_own_first: bool) -> None:
    ages = (EARLIER, LATER) if is_own_first else (LATER, EARLIER)
    own, other = take_part(maria, maria.own_user, ages[0]), take_part(maria, maria.pin_user, ages[1])
    join_for_good(maria)
    assert parts(maria) == [(maria.own_user, EARLIER)]
    assert forms(maria) == dict.fromkeys(own if is_own_first else other, maria.own_user)


@pytest.mark.parametrize("has_left_first", [True, False])
def test_whoever_withdrew_in_one_account_has_withdrawn(maria: Pair, has_left_first: bool) -> None:
    take_part(maria, maria.own_user, EARLIER, has_left=has_left_first)
    take_part(maria, maria.pin_user, LATER, has_left=not has_left_first)
    join_for_good(maria)
    with maria.acme.app.app_context():
        assert db.session.scalars(select(TrialPerson.withdrew_at)).one() is not None


def test_nobody_goes_on_who_judged_the_scenes_outside_the_study(maria: Pair) -> None:
    own = take_part(maria, maria.own_user, None)
    take_part(maria, maria.pin_user, EARLIER)
    join_for_good(maria)
    assert parts(maria) == []
    assert forms(maria) == dict.fromkeys(own, maria.own_user)


def test_without_the_pin_of_the_other_account_no_part_follows(maria: Pair) -> None:
    take_part(maria, maria.pin_user, EARLIER)
    join_for_good(maria, pin="")
    assert parts(maria) == []
    assert forms(maria) == {}


def test_undoing_it_leaves_each_account_its_part(maria: Pair) -> None:
    own, other = take_part(maria, maria.own_user, LATER), take_part(maria, maria.pin_user, EARLIER)
    maria.join()
    assert "separate again" in maria.answer("no")
    with time_machine.travel(DAY_LATER):
        settle(maria.acme.app)
    assert parts(maria) == [(maria.own_user, LATER), (maria.pin_user, EARLIER)]
    assert forms(maria) == {**dict.fromkeys(own, maria.own_user), **dict.fromkeys(other, maria.pin_user)}

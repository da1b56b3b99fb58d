"""Before and after of a class: the same pairs, the same people, and nothing said of fewer than thirty."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tests.cast import approve, join_class, make_account, make_class
from tests.instructing.conftest import Room
from tests.organizations.conftest import Acme
from tests.support import COURSE
from trainer.assessment import pretest
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing.gain import Gain, count_gain
from trainer.instructing.models import Cohort
from trainer.items.judge.payload import payload_of
from trainer.learning.operations import enroll

pytestmark = pytest.mark.on_both

PAIRS = 4


def tell(room: Room, people: list[uuid.UUID], kind: Kind, reports: dict[str, int], *, days: int = 1) -> None:
    """Let people judge one scene of each pair; the first `reports[truth]` of them report each of that truth."""
    with room.app.app_context(), transaction():
        content = served()
        pairs = [scenes for pair, scenes in content.pairs.items() if pair][:PAIRS]
        at = clock.now() + timedelta(days=days)
        for place, user_id in enumerate(people):
            enrollment = enroll(user_id, content.courses[COURSE], clock.now())
            attempt = Attempt(
                enrollment_id=enrollment.id,
                user_id=user_id,
                course=COURSE,
                kind=kind,
                number=1,
                scenes=PAIRS,
                rule={"form": pretest.FORMS[place % 2]} if kind is Kind.PRETEST else {},
                started_at=at,
                submitted_at=at,
                round=1,
                handed_in=0,
            )
            db.session.add(attempt)
            db.session.flush()
            for position, scenes in enumerate(pairs, 1):
                form = (place + position + (kind is Kind.FOLLOW_UP)) % 2
                scene = scenes[form]
                if db.session.get(ItemSnapshot, scene.digest) is None:
                    payload = payload_of(scene).model_dump(mode="json")
                    name = f"{scene.id}/judge"
                    db.session.add(ItemSnapshot(digest=scene.digest, item=name, payload=payload, created_at=at))
                    db.session.flush()
                verdict = "report-now" if place < reports[scene.file.truth] else "nothing-to-report"
                db.session.add(
                    Response(
                        attempt_id=attempt.id,
                        position=position,
                        item_digest=scene.digest,
                        item=f"{scene.id}/judge",
                        action_order=[],
                        given={"verdict": verdict},
                        saved_at=at,
                    )
                )


def gain(room: Room) -> Gain:
    with room.app.app_context():
        return count_gain(db.session.get_one(Cohort, room.id))


@pytest.fixture
def public(acme: Acme) -> Room:
    approve(acme.app, acme.users["ines"])
    cohort = make_class(acme.app, acme.users["ines"], None)
    return Room(acme, cohort, join_class(acme.app, acme.users["bob"], cohort, "Bob B."))


def crowd(room: Room, number: int) -> list[uuid.UUID]:
    people = [make_account(room.app, f"p{count}@example.org") for count in range(number)]
    for count, user_id in enumerate(people):
        join_class(room.app, user_id, room.id, f"P {count}")
    return people


def test_thirty_people_who_gave_both_are_told_of_as_counts_and_a_change(public: Room) -> None:
    people = crowd(public, 31)
    tell(public, people, Kind.PRETEST, {"concern": 10, "no_concern": 20})
    tell(public, people[:29], Kind.FOLLOW_UP, {"concern": 25, "no_concern": 5}, days=163)
    found = gain(public)
    assert (found.people, found.asked, found.lost) == (29, 31, 2)
    assert found.hits is found.false_alarms is None
    tell(public, people[29:30], Kind.FOLLOW_UP, {"concern": 0, "no_concern": 0}, days=163)
    found = gain(public)
    assert found.people == 30
    assert found.hits is not None
    assert found.false_alarms is not None
    # Two of the four scenes of each form are to report: 30 people, 60 answers of each truth, before and after.
    assert found.hits.before == (20, 60)
    assert found.hits.after == (50, 60)
    assert found.hits.difference == pytest.approx(0.5)
    assert found.false_alarms.before == (40, 60)
    assert found.false_alarms.after == (10, 60)
    low, high = found.false_alarms.interval
    assert found.false_alarms.difference == pytest.approx(-0.5)
    assert low < found.false_alarms.difference < high


def test_what_was_said_before_joining_or_only_once_is_no_part_of_it(public: Room) -> None:
    people = crowd(public, 30)
    tell(public, people, Kind.PRETEST, {"concern": 10, "no_concern": 20}, days=-1)
    tell(public, people, Kind.FOLLOW_UP, {"concern": 25, "no_concern": 5}, days=163)
    assert gain(public) == Gain(0)


def test_the_page_says_how_many_are_missing(public: Room) -> None:
    page = public.enter().get(public.path("/misreads")).text
    assert "Shown once 30 people have answered both; so far, 0 people have." in page

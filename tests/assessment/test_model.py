"""A learner, the clock and the content do what they like, in any order, and an oracle in plain Python keeps count."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.assessment.recount import comes_to, recount
from tests.assessment.ruled import MISTAKES, RULES, copy_ruled, say
from tests.assessment.swapped import open_library
from tests.support import COURSE
from trainer.accounts.operations import create_account, name_for_certificate
from trainer.assessment import finals, rounds
from trainer.assessment.models import Attempt, RoundRequest
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.content.library import Content
from trainer.core import chance
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, DomainError, NotYet
from trainer.credentials.models import Credential
from trainer.credentials.rules import valid_until
from trainer.learning.models import Enrollment
from trainer.learning.operations import attest, complete, complete_lesson, enroll, renew, tighten
from trainer.learning.rules import RequiredConditions

TRIES, WAITS_BEFORE, WAIT, ROUND = 3, 3, dt.timedelta(days=7), dt.timedelta(days=30)
RENEWAL, YEAR = 60, 12
EXAMPLES = 120 if os.environ.get("TRAINER_TEST_EVERYTHING") else 5
STEPS = 30
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
PAUSES = [SECOND, HOUR, DAY, WAIT - SECOND, WAIT, ROUND - SECOND, ROUND, 304 * DAY, 31 * DAY]


class Learner(RuleBasedStateMachine):
    """Someone who takes a course, as the oracle sees them.

    No rule has a precondition: what follows from a draw must not decide what hypothesis may choose next.
    """

    app: Flask
    contents: dict[str, Content]

    def __init__(self) -> None:
        super().__init__()
        self.now = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
        self.serving, self.cycle = "usual", 1
        self.earned: dict[int, dt.date] = {}
        self.kept: dict[tuple[UUID, int], Any] = {}
        with self.acting():
            self.user = create_account(f"{uuid4().hex}@example.org", "-", self.now).id
        self.begin()

    @contextmanager
    def acting(self) -> Iterator[None]:
        with self.app.app_context(), transaction():
            yield

    @property
    def content(self) -> Content:
        return self.contents[self.serving]

    def enrollment(self) -> Enrollment:
        found = select(Enrollment).where(Enrollment.user_id == self.user, Enrollment.cycle == self.cycle)
        return db.session.scalars(found).one()

    def begin(self) -> None:
        """Get ready for the final of a cycle."""
        self.failed: list[dict[str, Any]] = []
        self.under_way: dict[str, Any] | None = None
        self.over: list[UUID] = []
        self.granted: set[int] = set()
        self.is_passed = self.wants_signature = self.is_signed = False
        course = self.contents["usual"].courses[COURSE]
        with self.acting():
            enrollment = enroll(self.user, course, self.now)
            for lesson in course.lessons:
                complete_lesson(enrollment, course, lesson, self.now)
            enrollment.active_seconds = course.file.least_minutes * 60
            name_for_certificate(self.user, "Leo Learner")
        self.readings = {lesson.id: self.now for lesson in course.lessons}

    def next_try(self) -> tuple[int, int, bool]:
        """Return round, number, and whether the try may start."""
        if not self.failed:
            return 1, 1, True
        last = self.failed[-1]
        used = [one["round"] for one in self.failed].count(last["round"])
        has_read = all(self.readings[lesson] > last["at"] for lesson in last["lessons"])
        if used < TRIES:
            is_open = used + 1 < WAITS_BEFORE or (self.now >= last["at"] + WAIT and has_read)
            return last["round"], used + 1, is_open
        is_open = last["round"] + 1 in self.granted or (self.now >= last["at"] + ROUND and has_read)
        return last["round"] + 1, 1, is_open

    @rule(pause=st.sampled_from(PAUSES))
    def wait(self, pause: dt.timedelta) -> None:
        self.now += pause

    @rule(name=st.sampled_from(["usual", "usual", "strict", "gone"]))
    def serve(self, name: str) -> None:
        self.serving = name

    @rule(event=st.sampled_from(["read_again", "repeat", "answer_late", "grant", "ask_for_signature", "sign"]))
    def meanwhile(self, event: str) -> None:
        getattr(self, event)()

    def read_again(self) -> None:
        course = self.contents["usual"].courses[COURSE]
        with self.acting():
            for lesson in course.lessons:
                complete_lesson(self.enrollment(), course, lesson, self.now)
        self.readings = dict.fromkeys(self.readings, self.now)

    @rule()
    def start(self) -> None:
        if self.serving == "gone":
            return
        round_, number, is_open = self.next_try()
        may = is_open and not self.is_passed and (self.is_signed or not self.wants_signature)
        found: Attempt | None = None
        try:
            with self.acting():
                course = self.content.courses[COURSE]
                found = finals.start_final(self.enrollment(), course, self.content, self.now)
                pairs = [one.snapshot.payload["pair"] for one in list_responses(found)]
        except (NotYet, Conflict):
            assert self.under_way is None
            assert not may
            return
        if self.under_way is not None:
            assert found.id == self.under_way["id"]
            return
        assert may
        assert (found.round, found.number, found.handed_in) == (round_, number, 0)
        drawn_by = RULES[self.serving]
        assert len(set(pairs)) == len(pairs) == found.scenes == drawn_by["stages"][0]["scenes"]
        self.under_way = {"id": found.id, "rule": drawn_by, "try": (round_, number), "stage": 0, "handed_in": 0}

    @rule(mistakes=st.lists(st.sampled_from([*MISTAKES, None]), max_size=4), left=st.sampled_from([0, 0, 0, 0, 0, 1]))
    def answer(self, mistakes: Sequence[str | None], left: int) -> None:
        if self.under_way is None:
            return
        with self.acting():
            attempt = db.session.get_one(Attempt, self.under_way["id"])
            rows = [one for one in list_responses(attempt) if one.position > self.under_way["handed_in"]]
            for row, mistake in zip_longest(rows[: len(rows) - left], mistakes[: len(rows) - left]):
                said = say(row.snapshot.payload, mistake)
                save_response(attempt, row, said, row.version, self.now, record=True)

    @rule()
    def hand_in(self) -> None:
        if self.under_way is None:
            return
        stage = self.under_way["stage"]
        end = sum(one["scenes"] for one in self.under_way["rule"]["stages"][: stage + 1])
        with self.acting():
            rows = list_responses(db.session.get_one(Attempt, self.under_way["id"]))
            said = [(one.snapshot.payload, one.given) for one in rows]
        try:
            with self.acting():
                found = submit_attempt(self.user, self.under_way["id"], self.content, False, self.now, end)
        except NotYet:
            assert any(given is None for _scene, given in said)
            return
        counts = recount((scene, given) for scene, given in said if given is not None)
        decided = comes_to(self.under_way["rule"], counts, is_first_try=self.under_way["try"] == (1, 1))
        if decided == "sent on":
            assert (found.submitted_at, found.is_passed, found.handed_in) == (None, None, end)
            self.under_way.update(stage=stage + 1, handed_in=end)
            self.check_second_stage(found.id)
            return
        assert (found.submitted_at, found.is_passed) == (self.now, decided == "passed")
        if decided == "passed":
            self.is_passed = True
            self.earn()
        else:
            self.fail(found.lessons_to_read)
        self.over.append(found.id)
        self.under_way = None

    @rule(
        mistakes=st.lists(st.sampled_from(MISTAKES), max_size=3),
        then=st.sampled_from([None, "usual", "strict", "gone"]),
    )
    def sit(self, mistakes: Sequence[str | None], then: str | None = None) -> None:
        """Take a stage from its start to its end; the content may change under way."""
        if self.under_way is None:
            self.start()
        self.serving = then or self.serving
        self.answer(mistakes, 0)
        self.hand_in()

    @rule(mistakes=st.lists(st.sampled_from(MISTAKES), max_size=6))
    def study(self, mistakes: Sequence[str | None]) -> None:
        """Do what the next try waits for, and take it to its end."""
        self.now += SECOND
        self.read_again()
        self.now += ROUND
        self.sign()
        self.sit(mistakes)
        self.sit(mistakes[3:])

    @rule()
    def use_up_a_round(self) -> None:
        """Fail until a new round is what is waited for, and wait for it."""
        for _try in range(TRIES):
            self.study(["verdict"] * 6)
        self.now += ROUND

    def check_second_stage(self, attempt: UUID) -> None:
        assert self.under_way is not None
        with self.acting():
            rows = list_responses(db.session.get_one(Attempt, attempt))
            pairs = [one.snapshot.payload["pair"] for one in rows]
        assert len(set(pairs)) == len(pairs) == sum(one["scenes"] for one in self.under_way["rule"]["stages"])

    def fail(self, lessons: list[str] | None) -> None:
        assert self.under_way is not None
        assert lessons is not None
        assert len(lessons) <= 3
        assert set(lessons) <= (set() if self.serving == "gone" else set(self.readings))
        round_, number = self.under_way["try"]
        self.failed.append({"round": round_, "number": number, "at": self.now, "lessons": lessons})

    def earn(self) -> None:
        if self.is_passed and (self.is_signed or not self.wants_signature):
            self.earned.setdefault(self.cycle, self.now.date())

    def repeat(self) -> None:
        """Hand in again what was handed in, as a page that is still open does."""
        before = self.all_rows()
        with self.acting():
            for attempt in self.over:
                submit_attempt(self.user, attempt, self.content, False, self.now, 4)
            if self.under_way and self.under_way["handed_in"]:
                done = self.under_way["handed_in"]
                submit_attempt(self.user, self.under_way["id"], self.content, False, self.now, done)
        assert self.all_rows() == before

    def answer_late(self) -> None:
        """Change an answer that was handed in."""
        closed = [(attempt, 1) for attempt in self.over[-1:]]
        if self.under_way and self.under_way["handed_in"]:
            closed.append((self.under_way["id"], self.under_way["handed_in"]))
        for number, position in closed:
            with self.acting():
                attempt = db.session.get_one(Attempt, number)
                row = list_responses(attempt)[position - 1]
                said = say(row.snapshot.payload)
                with pytest.raises(Conflict):
                    save_response(attempt, row, said, row.version, self.now, record=True)

    def grant(self) -> None:
        if self.under_way is not None or not self.failed or self.failed[-1]["number"] != TRIES:
            return
        wanted = self.failed[-1]["round"] + 1
        with self.acting():
            rounds.ask(self.enrollment(), wanted, self.now)
            asked = select(RoundRequest).where(RoundRequest.user_id == self.user, RoundRequest.round == wanted)
            request = db.session.scalars(asked.order_by(RoundRequest.asked_at.desc())).first()
            assert request is not None
            rounds.grant(request, "Ill", self.now, actor_id=self.user, organization_id=None, subject_id=self.user)
        self.granted.add(wanted)

    def ask_for_signature(self) -> None:
        if self.is_passed:
            return
        course = self.contents["usual"].courses[COURSE]
        with self.acting():
            tighten(self.enrollment(), course, RequiredConditions(0, is_paced=False, attestation="I did it."))
        self.wants_signature = True

    def sign(self) -> None:
        if self.is_signed or not self.wants_signature:
            return
        with self.acting():
            attest(self.enrollment(), "Leo Learner", self.now)
            complete(self.enrollment(), self.content.courses.get(COURSE), False, self.now)
        self.is_signed = True
        self.earn()

    @rule(pause=st.sampled_from([SECOND, 304 * DAY, 305 * DAY, 400 * DAY]))
    def take_again(self, pause: dt.timedelta) -> None:
        self.now += pause
        earned = self.earned.get(self.cycle)
        if earned is None:
            return
        may = (valid_until(earned, YEAR) - self.now.date()).days <= RENEWAL
        try:
            with self.acting():
                renew(self.user, self.contents["usual"].courses[COURSE], self.now)
        except DomainError:
            assert not may
            return
        assert may
        self.cycle += 1
        self.begin()

    def all_rows(self) -> list[Any]:
        with self.acting():
            attempts = db.session.scalars(select(Attempt).where(Attempt.user_id == self.user)).all()
            rows = [
                (one.attempt_id, one.position, one.given, one.version, one.item_digest, one.saved_at)
                for attempt in attempts
                for one in list_responses(attempt)
            ]
            facts = [(one.id, one.scenes, one.submitted_at, one.is_passed, one.tally) for one in attempts]
            credentials = db.session.scalars(select(Credential).where(Credential.user_id == self.user)).all()
            return [*rows, *facts, *((one.id, one.stated, one.final) for one in credentials)]

    @invariant()
    def certificates_are_what_was_earned(self) -> None:
        with self.acting():
            found = db.session.scalars(select(Credential).where(Credential.user_id == self.user)).all()
            given = {one.cycle: one.issued_on for one in found}
            assert len(found) == len(given)
            assert given == self.earned
            assert (self.enrollment().completed_at is not None) == (self.cycle in self.earned)
            assert (self.enrollment().final_passed_at is not None) == self.is_passed

    @invariant()
    def tries_are_within_the_limit_and_one_is_open(self) -> None:
        with self.acting():
            found = db.session.scalars(select(Attempt).where(Attempt.user_id == self.user)).all()
            tries = [(one.enrollment_id, one.round, one.number) for one in found]
            assert len(tries) == len(set(tries))
            assert all(1 <= number <= TRIES for _enrollment, _round, number in tries)
            under_way = [one.id for one in found if one.submitted_at is None]
            assert under_way == ([self.under_way["id"]] if self.under_way else [])

    @invariant()
    def what_was_handed_in_stays(self) -> None:
        with self.acting():
            for attempt in db.session.scalars(select(Attempt).where(Attempt.user_id == self.user)).all():
                is_over = attempt.submitted_at is not None
                for row in list_responses(attempt):
                    if is_over or row.position <= attempt.handed_in:
                        said = (row.given, row.version, row.item_digest, row.action_order)
                        assert self.kept.setdefault((attempt.id, row.position), said) == said


@pytest.mark.check("T029")
def test_no_order_of_events_breaks_the_rules_of_a_final(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chance, "rng", random.Random(7))
    folders = {name: copy_ruled(tmp_path / name, one) for name, one in RULES.items()}
    contents = {name: open_library(folder).content for name, folder in folders.items()}
    left = {name: course for name, course in contents["usual"].courses.items() if name != COURSE}
    contents["gone"] = replace(contents["usual"], courses=left)

    class OneLearner(Learner):
        pass

    OneLearner.app, OneLearner.contents = app, contents
    run_state_machine_as_test(
        OneLearner,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

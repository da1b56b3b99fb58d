"""Sixty-four requests in the same instant over two worker processes: once is once."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.assessment.staged import FIRST, SECOND, answer, copy_staged
from tests.assessment.swapped import open_library
from tests.cast import (
    approve,
    certify,
    code_of,
    make_account,
    make_class,
    sign_in_as,
)
from tests.live import all_at_once, serving
from tests.support import COURSE, PASSWORD, Visitor, keys, make_ready, right_verdict, take_final, too_many
from trainer.accounts.models import User
from trainer.accounts.operations import confirm_address, name_for_certificate
from trainer.accounts.queries import get_user
from trainer.assessment.models import Attempt, Response
from trainer.content.library import Library
from trainer.core.clock import now
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.instructing.models import CohortMember
from trainer.learning.models import Enrollment

pytestmark = pytest.mark.on_both

ROUNDS = int(os.environ.get("TRAINER_ROUNDS", "1"))
AT_ONCE = 64


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def ready_learners(app: Flask, shelf: Library, number: int) -> list[Visitor]:
    """Return learners who may start their final."""
    learners = []
    for count in range(number):
        learner = Visitor(app)
        with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)) as clock:
            learner.sign_up(f"leo{count}@example.org")
            make_ready(learner, shelf, clock)
        learners.append(learner)
    return learners


def count(app: Flask, record: type[Base], *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0  # type: ignore[arg-type]


@pytest.mark.asvs("15.4.2")
@pytest.mark.check("T022")
@pytest.mark.check("T039")
def test_handing_in_many_times_at_once_gives_one_result_and_one_credential(
    app: Flask, shelf: Library, server: str
) -> None:
    for round_number, learner in enumerate(ready_learners(app, shelf, ROUNDS), start=1):
        attempt = learner.start("finals")
        for position, (truth, action, _harmful) in enumerate(keys(app, attempt), start=1):
            learner.answer(attempt, position, right_verdict(truth), action)
        request = (f"{attempt}/submission", {"csrf_token": learner.token()}, learner.cookie())
        answers = all_at_once(server, [request] * AT_ONCE)
        assert set(answers) == {(303, f"{attempt}/result")}
        assert count(app, Credential) == round_number
        assert count(app, Attempt, Attempt.submitted_at.is_not(None)) == round_number


def test_a_certificate_reissued_many_times_at_once_is_reissued_once(app: Flask, server: str) -> None:
    for round_number in range(1, ROUNDS + 1):
        leo = make_account(app, f"leo{round_number}@example.org")
        certify(app, leo)
        with app.app_context(), transaction():
            confirm_address(get_user(leo), now())
            name_for_certificate(leo, "Another Name")
            old = db.session.scalars(select(Credential.id).where(Credential.user_id == leo)).one()
        visitor = sign_in_as(app, leo)
        path = f"/my-certificates/{old}/reissue"
        request = (path, {"csrf_token": visitor.token(), "password": PASSWORD}, visitor.cookie())
        statuses = [status for status, _location in all_at_once(server, [request] * AT_ONCE)]
        assert statuses.count(303) == 1
        assert set(statuses) <= {303, 409, 429}  # more than five a day are too many
        assert count(app, Credential, Credential.user_id == leo) == 2
        assert count(app, Credential, Credential.user_id == leo, Credential.reissued_at.is_(None)) == 1
        assert count(app, OutboxMessage, OutboxMessage.template == "certificate-reissued") == round_number


def test_being_sent_on_many_times_at_once_opens_the_second_stage_once(
    app: Flask, shelf: Library, settings: Settings, tmp_path: Path
) -> None:
    folder = copy_staged(tmp_path / "staged")
    app.extensions["library"] = open_library(folder)
    with serving(settings, is_web_alone=True, content=folder) as address:
        for round_number, learner in enumerate(ready_learners(app, shelf, ROUNDS), start=1):
            attempt = learner.start("finals")
            answer(learner, attempt, missed=1)
            fields = {"csrf_token": learner.token(), "scenes": str(FIRST)}
            answers = all_at_once(address, [(f"{attempt}/submission", fields, learner.cookie())] * AT_ONCE)
            assert set(answers) == {(303, attempt)}
            assert count(app, Response) == round_number * (FIRST + SECOND)
            answer(learner, attempt)
            fields = {"csrf_token": learner.token(), "scenes": str(FIRST + SECOND)}
            answers = all_at_once(address, [(f"{attempt}/submission", fields, learner.cookie())] * AT_ONCE)
            assert set(answers) == {(303, f"{attempt}/result")}
            assert count(app, Credential) == round_number
    assert count(app, Attempt) == count(app, Attempt, Attempt.submitted_at.is_not(None)) == ROUNDS


@pytest.mark.asvs("2.3.2", "15.4.2")
@pytest.mark.check("T023")
def test_starting_many_times_at_once_never_exceeds_the_tries(app: Flask, shelf: Library, server: str) -> None:
    for learner in ready_learners(app, shelf, ROUNDS):
        request = (f"/courses/{COURSE}/finals", {"csrf_token": learner.token()}, learner.cookie())
        for _try in range(2):
            answers = all_at_once(server, [request] * AT_ONCE)
            assert len(set(answers)) == 1
            assert answers[0][0] == 303
            # All of them were led to the same attempt: fail it, and try again.
            _attempt, handed_in = take_final(learner, wrong=too_many(shelf))
            assert handed_in.status_code == 303
        answers = all_at_once(server, [request] * AT_ONCE)
        assert {status for status, _location in answers} == {409}
    assert count(app, Attempt) == 2 * ROUNDS
    assert count(app, Attempt, Attempt.submitted_at.is_(None)) == 0


def test_starting_a_course_many_times_at_once_enrolls_once(app: Flask, server: str) -> None:
    for round_number in range(1, ROUNDS + 1):
        guest = Visitor(app)
        guest.keep()
        request = (f"/courses/{COURSE}/enrollments", {"csrf_token": guest.token()}, guest.cookie())
        answers = all_at_once(server, [request] * AT_ONCE)
        assert {status for status, _location in answers} == {303}
        assert count(app, Enrollment) == round_number


def test_signing_up_with_one_address_many_times_at_once_makes_one_account(app: Flask, server: str) -> None:
    visitors = [Visitor(app) for _number in range(16)]
    fields = {"email": "leo@example.org", "password": "a few plain words", "is_old_enough": "y"}
    requests = [("/sign-up", {**fields, "csrf_token": one.token()}, one.cookie()) for one in visitors]
    statuses = sorted(status for status, _location in all_at_once(server, requests))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 409, 422}
    assert count(app, User) == 1


def test_two_tabs_that_save_at_once_keep_one_answer_and_tell_the_other(app: Flask, server: str) -> None:
    guest = Visitor(app)
    guest.keep()
    attempt = guest.start("practices")
    guest.get(f"{attempt}/scenes/1")
    token, cookie = guest.token(), guest.cookie()
    requests = [
        (
            f"{attempt}/scenes/1",
            {"csrf_token": token, "verdict": verdict, "version": "0", "autosave": "1"},
            cookie,
        )
        for verdict in ("report-now", "nothing-to-report") * 8
    ]
    answers = all_at_once(server, requests)
    sent = [fields["verdict"] for _path, fields, _cookie in requests]
    kept = {verdict for verdict, (status, _to) in zip(sent, answers, strict=True) if status != 409}
    assert len(kept) == 1  # of those who sent what was kept, some may be told so
    assert {status for status, _to in answers} in ({303, 409}, {200, 409})


@pytest.mark.asvs("2.3.4")
def test_many_who_join_a_class_at_once_never_exceed_its_places(app: Flask, server: str) -> None:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    learners = [sign_in_as(app, make_account(app, f"leo{number}@example.org")) for number in range(AT_ONCE)]
    for places in (1, 10):
        cohort = make_class(app, ines, None, capacity=places)
        path = f"/classes/{code_of(app, cohort)}/members"
        requests = [(path, {"csrf_token": one.token(), "name": "Leo"}, one.cookie()) for one in learners]
        statuses = [status for status, _location in all_at_once(server, requests)]
        assert (statuses.count(303), statuses.count(409)) == (places, AT_ONCE - places)
        assert count(app, CohortMember, CohortMember.cohort_id == cohort) == places


def test_one_person_who_joins_a_class_many_times_at_once_is_in_it_once(app: Flask, server: str) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    approve(app, ines)
    cohort = make_class(app, ines, None)
    visitor = sign_in_as(app, leo)
    request = (
        f"/classes/{code_of(app, cohort)}/members",
        {"csrf_token": visitor.token(), "name": "Leo"},
        visitor.cookie(),
    )
    assert {status for status, _location in all_at_once(server, [request] * AT_ONCE)} == {303}
    assert count(app, CohortMember) == count(app, Enrollment) == 1

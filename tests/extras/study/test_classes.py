"""A study in one class, of a firm or public: who sets it up, who is invited, what its instructor reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment import pretests
from tests.cast import (
    add_second_factor,
    answer_all,
    approve,
    code_of,
    context_of,
    hand_in,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_guest,
    put_on_roster,
    sign_in_as,
)
from tests.compliance.conftest import require
from tests.extras.study.cast import BEGINS, LAST_DAY, Studied, close_it, open_it
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response
from trainer.assessment.queries import list_responses
from trainer.assessment.steps import credit, scene_mark
from trainer.assignments.models import Assignment
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.study.models import Trial, TrialPerson, TrialProtocol
from trainer.extras.study.operations import forget_firm, start_second
from trainer.extras.study.rules import earliest_due
from trainer.instructing.board import list_marks
from trainer.instructing.models import Cohort
from trainer.instructing.operations import archive_cohort, leave
from trainer.joining.operations import merge_guest
from trainer.learning.models import Enrollment
from trainer.organizations.rules import Role

FACTS = {"course": COURSE, "contact": "Dr. Roe, 207-555-0100", "enroll_until": LAST_DAY.isoformat()}
MONTH_LATER = "2026-12-22T15:00:00Z"


@dataclass
class InClass(Studied):
    """A class with a study."""

    ines: UUID
    cohort: UUID

    def teach(self) -> Visitor:
        """Return a browser of the instructor."""
        return sign_in_as(self.app, self.ines)

    def path(self, rest: str = "") -> str:
        """Return an address of the class's study."""
        return f"/cohorts/{self.cohort}/study{rest}"


def make_in_class(app: Flask, *, is_public: bool, people: int = 8) -> InClass:
    """Make a class of a firm or a public one, with people, and allow it a study."""
    alice, ines = (make_account(app, f"{name}@example.org") for name in ("alice", "ines"))
    for user in (alice, ines):
        add_second_factor(app, user)
    firm = make_firm(app, alice)
    put_on_roster(app, firm, ines, Role.INSTRUCTOR, name="Ines Ito", email="ines@example.org")
    if is_public:
        approve(app, ines)
    cohort = make_class(app, ines, None if is_public else firm)
    users = [make_account(app, f"guard{number}@example.org") for number in range(people)]
    for number, user in enumerate(users):
        if not is_public:
            put_on_roster(app, firm, user, name=f"Guard {number}", email=f"guard{number}@example.org")
        join_class(app, user, cohort, f"Guard {number}")
    allowed = app.test_cli_runner().invoke(args=["study", "allow", "--class", str(cohort)])
    assert allowed.exit_code == 0, allowed.output
    with app.app_context():
        trial = db.session.scalars(select(Trial.id)).one()
    return InClass(app, alice, firm, trial, users, ines, cohort)


@pytest.fixture
def in_firm(rich_app: Flask) -> InClass:
    with time_machine.travel(BEGINS):
        return make_in_class(rich_app, is_public=False)


@pytest.fixture
def in_public(rich_app: Flask) -> InClass:
    with time_machine.travel(BEGINS):
        return make_in_class(rich_app, is_public=True)


def hand_in_alone(app: Flask, user: UUID) -> None:
    attempt = pretests.start(app, user)
    answer_all(app, attempt)
    hand_in(app, user, attempt)


def protocol(studied: InClass) -> str:
    with studied.app.app_context():
        return db.session.scalars(select(TrialProtocol.text)).one().replace("\n", " ")


@time_machine.travel(BEGINS)
def test_an_instructor_sets_a_study_of_a_firms_class_up_and_an_owner_opens_it(in_firm: InClass) -> None:
    teacher, owner = in_firm.teach(), in_firm.own()
    assert "/study" in teacher.get(f"/cohorts/{in_firm.cohort}/facts").text
    assert teacher.post(in_firm.path("/facts"), FACTS).status_code == 303
    assert "An owner of the firm has to open it" in teacher.get(in_firm.path()).text
    assert teacher.post(in_firm.path("/opening")).status_code == 404
    assert "in this class who hasn’t started" in owner.get(in_firm.path("/opening")).text
    assert owner.post(in_firm.path("/opening")).status_code == 303
    assert teacher.post(in_firm.path("/facts"), FACTS).status_code == 404  # due days would move
    assert owner.get(f"/organizations/{in_firm.firm}/study").status_code == 404
    text = protocol(in_firm)
    for said in (
        "Class, firm: Night crew, Acme Security",
        "People in the class who",
        "The instructor and the firm’s owners see",
        "within the class, the only site.",
        f"due before {earliest_due(LAST_DAY)} for nobody at the firm",
        "The instructor, an owner of the firm or an administrator",
    ):
        assert said in text
    assert "site for" not in text
    assert teacher.get(in_firm.path("/protocol-1.pdf")).data.startswith(b"%PDF")
    assert teacher.post(in_firm.path("/closing")).status_code == 303
    assert "Fewer than 30 people" in teacher.get(in_firm.path()).text


@time_machine.travel(BEGINS)
def test_an_approved_instructor_runs_a_study_of_a_public_class(in_public: InClass) -> None:
    teacher = in_public.teach()
    assert teacher.post(in_public.path("/facts"), FACTS).status_code == 303
    opening = teacher.get(in_public.path("/opening")).text
    assert "due for nobody" not in opening
    assert teacher.post(in_public.path("/opening")).status_code == 303
    assert "First due" not in teacher.get(in_public.path()).text
    text = protocol(in_public)
    for said in ("Class: Night crew ", "The instructor sees", "Days that employers set stay as they are."):
        assert said in text
    assert " firm" not in text
    for name in ("alice", "other"):
        stranger = in_public.alice if name == "alice" else make_account(in_public.app, "other@example.org")
        assert sign_in_as(in_public.app, stranger).get(in_public.path()).status_code == 404


@pytest.mark.on_both
@time_machine.travel(BEGINS)
def test_only_people_in_the_class_are_invited(in_firm: InClass) -> None:
    app = in_firm.app
    open_it(in_firm)
    colleague = make_account(app, "colleague@example.org")
    put_on_roster(app, in_firm.firm, colleague, name="Cole", email="colleague@example.org")
    with app.app_context(), transaction():
        leave(in_firm.guards[1], code_of(app, in_firm.cohort), clock.now())
    page = in_firm.enter(0).get(f"/studies/{in_firm.trial}").text
    for said in ("What your instructor and your employer see", "Night crew, Acme Security", "Everyone’s due date"):
        assert said in page
    assert "Your class invites you to a study" in in_firm.enter(0).get("/me").text
    for user in (colleague, in_firm.guards[1], in_firm.ines):
        assert sign_in_as(app, user).get(f"/studies/{in_firm.trial}").status_code == 404
        assert "invites you" not in sign_in_as(app, user).get("/me").text
    with app.app_context(), transaction():
        archive_cohort(context_of(in_firm.ines, in_firm.cohort), clock.now())
    assert in_firm.enter(0).get(f"/studies/{in_firm.trial}").status_code == 404


@time_machine.travel(BEGINS)
def test_people_of_a_public_class_read_that_days_of_employers_stay(in_public: InClass) -> None:
    open_it(in_public)
    page = in_public.enter(0).get(f"/studies/{in_public.trial}").text
    for said in ("What your instructor sees", "that day stays", "send reminders"):
        assert said in page
    assert "Everyone’s due date" not in page
    assert sign_in_as(in_public.app, make_guest(in_public.app)).get(f"/studies/{in_public.trial}").status_code != 200


@pytest.mark.on_both
def test_both_forms_are_judged_and_the_lot_is_drawn_within_the_class(in_public: InClass) -> None:
    with time_machine.travel(BEGINS):
        open_it(in_public)
        waits = in_public.in_group("later")
        assert "ignore reminders" in in_public.enter(waits).get(f"/studies/{in_public.trial}").text
        with in_public.app.app_context():
            people = db.session.execute(select(TrialPerson.site, TrialPerson.place).order_by(TrialPerson.place)).all()
        assert [(site, place) for site, place in people] == [(in_public.cohort.hex, n) for n in range(len(people))]
        assert "instructor nor an employer" in in_public.enter(waits).get(f"/studies/{in_public.trial}/withdrawal").text
    with time_machine.travel(MONTH_LATER):
        in_public.judge_second(waits)
        close_it(in_public)
        done = in_public.app.test_cli_runner().invoke(args=["study", "export", str(in_public.trial)])
        rows = done.output.splitlines()[1:]
        assert {row.split(",")[4] for row in rows} == {"1", "2"}
        assert len({row.split(",")[1] for row in rows}) == 1


@time_machine.travel(BEGINS)
def test_an_instructor_reads_how_many_take_part_in_steps_of_five(in_public: InClass) -> None:
    open_it(in_public)
    for guard in range(3):
        in_public.judge_first(guard)
    assert "Fewer than five" in in_public.teach().get(in_public.path()).text
    more = [make_account(in_public.app, f"more{number}@example.org") for number in range(5)]
    for user in more:
        join_class(in_public.app, user, in_public.cohort)
    larger = replace(in_public, guards=[*in_public.guards, *more])
    for guard in range(3, 8):
        larger.judge_first(guard)
    assert "5 or more" in in_public.teach().get(in_public.path()).text


@time_machine.travel(BEGINS)
def test_due_days_of_the_firm_move_for_everyone(in_firm: InClass) -> None:
    require(in_firm.app, in_firm.alice, in_firm.firm, days_allowed=5)
    open_it(in_firm)
    with in_firm.app.app_context():
        assert set(db.session.scalars(select(Assignment.due_on))) == {earliest_due(LAST_DAY)}


def test_the_board_does_not_tell_of_a_second_form_under_way(in_public: InClass) -> None:
    with time_machine.travel(BEGINS):
        open_it(in_public)
        in_public.judge_first(0)
    with time_machine.travel(MONTH_LATER), in_public.app.app_context():
        with transaction():
            attempt = start_second(in_public.guards[0], in_public.trial, served(), clock.now())
            first = list_responses(attempt)[0]
            given = {"verdict": "report-now", "confidence": "certain"}
            save_response(attempt, first, given, first.version, clock.now(), record=True)
            enrollment = db.session.get_one(Enrollment, attempt.enrollment_id)
            mark = scene_mark(enrollment, attempt, 1, clock.now() - dt.timedelta(seconds=20))
            credit(attempt, 1, mark, clock.now())
        marks = list_marks(db.session.get_one(Cohort, in_public.cohort), clock.now())
        assert {mark.last_active.date() for mark in marks} == {dt.date(2026, 11, 23)}


@pytest.mark.on_both
@time_machine.travel(BEGINS)
def test_a_class_whose_course_has_no_pretest_has_no_study(in_public: InClass) -> None:
    other = make_class(in_public.app, in_public.ines, None)
    with in_public.app.app_context(), transaction():
        db.session.get_one(Cohort, other).course = "left-the-content"
    refused = in_public.app.test_cli_runner().invoke(args=["study", "allow", "--class", str(other)])
    assert "has none" in refused.output
    again = in_public.app.test_cli_runner().invoke(args=["study", "allow", "--class", str(in_public.cohort)])
    assert "already a trial" in again.output
    unknown = in_public.app.test_cli_runner().invoke(args=["study", "allow", "--class", str(in_public.firm)])
    assert "no open class" in unknown.output


@pytest.mark.on_both
@time_machine.travel(BEGINS)
def test_studies_of_its_classes_go_with_a_firm(in_firm: InClass) -> None:
    open_it(in_firm)
    in_firm.judge_first(0)
    with in_firm.app.app_context(), transaction():
        assert [forget_firm(in_firm.firm, 100) for _kind in range(4)] == [1, 1, 1, 0]
        assert db.session.scalars(select(Trial)).all() == []


@time_machine.travel(BEGINS)
def test_a_guests_pretest_never_takes_the_place_of_a_first_form(in_public: InClass) -> None:
    open_it(in_public)
    visitor = in_public.enter(0)
    visitor.post(f"/studies/{in_public.trial}/participation", {"agrees": "y"})
    guest = make_guest(in_public.app)
    hand_in_alone(in_public.app, guest)
    with in_public.app.app_context(), transaction():
        own = db.session.scalars(select(Attempt.id).where(Attempt.user_id == in_public.guards[0])).one()
        merge_guest(guest, in_public.guards[0], served(), clock.now())
    with in_public.app.app_context():
        assert db.session.scalars(select(Attempt.id).where(Attempt.kind == "pretest")).all() == [own]

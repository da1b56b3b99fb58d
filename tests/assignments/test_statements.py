"""The same rules in SQL: proven equal to the functions on random histories."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.assignments import histories
from tests.assignments.firm import COURSE, Firm, earn, make_firm
from tests.assignments.training import write_training
from trainer.assignments import queries, rules, snapshots, statements
from trainer.assignments.models import Assignment, EarlierTraining, Requirement, Waiver
from trainer.assignments.rules import Audience, Duty, Recorded
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership

pytestmark = pytest.mark.on_both

RENEWING = "refresher"
COURSES = (COURSE, "security-officer", RENEWING)


def write_down(
    firm: Firm, user_id: UUID, membership_id: UUID, duty: Duty, required: str = COURSE, taken: str = COURSE
) -> UUID:
    """Make the rows of a duty in place of all before; return the assignment's id.

    `required`, `taken`: the course that is required, and the one that was taken.
    """
    now, titles = clock.now(), duty.terms.earlier_keys
    keys = rules.written_keys(None if titles is None else tuple(titles))
    for table in (EarlierTraining, Waiver, Assignment, Requirement, Credential, Enrollment):
        db.session.execute(delete(table))
    requirement = Requirement(
        id=uuid4(),
        organization_id=firm.id,
        title="t",
        course=required,
        audience=Audience().written(),
        least_minutes=duty.terms.least_minutes,
        cadence_months=duty.terms.cadence_months,
        days_allowed=0,
        renewal_days=duty.terms.renewal_days,
        is_paced=duty.terms.is_paced,
        allows_test_out=duty.terms.allows_test_out,
        earlier_keys=keys,
        earlier_titles=keys,
        attestation="I did it." if duty.terms.needs_attestation else None,
        starts_on=now.date(),
        created_at=now,
    )
    assignment = Assignment(
        id=uuid4(),
        organization_id=firm.id,
        requirement_id=requirement.id,
        membership_id=membership_id,
        user_id=user_id,
        due_on=duty.first_due_on,
        created_at=now,
    )
    db.session.add(requirement)
    db.session.flush()
    db.session.add(assignment)
    db.session.flush()
    for cycle, one in enumerate(duty.completions, start=1):
        revoked_at = now if one.is_revoked else None
        facts = {"minutes": one.minutes, "is_attested": one.is_attested, "is_paced": one.is_paced}
        facts |= {"is_tested_out": one.is_tested_out}
        earn(user_id, one.issued_on, one.valid_until, cycle, course=taken, revoked_at=revoked_at, **facts)
    for each in duty.recorded:
        write_training(firm, membership_id, each, now, approved_at=now)
    # None of these counts: it waits, was declined, was withdrawn, or is another person's.
    for state in ({}, {"ended_at": now}, {"approved_at": now, "ended_at": now}):
        write_training(firm, membership_id, Recorded("b", dt.date(2034, 12, 30), 480), now, **state)
    if duty.waived_until:
        for until, ended_at in ((duty.waived_until, None), (duty.waived_until + dt.timedelta(days=900), now)):
            db.session.add(
                Waiver(
                    organization_id=firm.id,
                    assignment_id=assignment.id,
                    reason="r",
                    until=until,
                    created_at=now,
                    created_by_id=user_id,
                    ended_at=ended_at,
                )
            )
    db.session.add(
        Enrollment(
            user_id=user_id,
            course=taken,
            cycle=9,
            course_title="t",
            course_version="1",
            course_digest="d",
            conditions={},
            started_at=now,
            active_seconds=5 if duty.has_begun else 0,
            begun_at=now if duty.has_begun else None,
        )
    )
    db.session.flush()
    return assignment.id


@given(st.data())
@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def _same(firm: Firm, user_id: UUID, membership_id: UUID, data: st.DataObject) -> None:
    duty = data.draw(histories.duties)
    today = data.draw(histories.near(duty))
    # A requirement that names the course for renewing is met by any course.
    required, taken = data.draw(st.sampled_from([(COURSE, COURSE), *((RENEWING, course) for course in COURSES)]))
    with firm.app.app_context(), transaction() as session:
        assignment_id = write_down(firm, user_id, membership_id, duty, required, taken)
        here = statements.duties()
        row = session.execute(select(here), snapshots.on(firm.id, today)).one()
        assert row.assignment_id == assignment_id
        assert (row.status, row.covers_until, row.due_on, bool(row.is_recorded)) == (
            rules.status(duty, today).value,
            duty.covers_until,
            duty.due_on,
            duty.is_recorded,
        )
        for whole in (statements.standings(), statements.standings_by_day()):
            chosen = session.execute(select(whole), snapshots.on(firm.id, today)).one()
            assert (chosen.status, chosen.covers_until, chosen.due_on) == (row.status, row.covers_until, row.due_on)
        found = queries.get_duty(session.get_one(Assignment, assignment_id))
        assert (found.covers_until, found.waived_until, found.has_begun) == (
            duty.covers_until,
            duty.waived_until,
            duty.has_begun,
        )


def test_sql_and_rules_agree_on_random_histories(app: Flask) -> None:
    firm = make_firm(app)
    with app.app_context():
        membership_id = db.session.scalars(select(Membership.id)).one()
    _same(firm, firm.owner_id, membership_id)


def test_the_last_day_that_is_covered_still_is(app: Flask) -> None:
    firm, last = make_firm(app), clock.today()
    completion = rules.CoveringCredential(last - dt.timedelta(days=200), last, 60, is_attested=True, is_paced=True)
    duty = Duty(rules.Terms(0, 12, 30, is_paced=False, needs_attestation=False), last, (completion,))
    turns = {-31: rules.Status.CURRENT, -30: rules.Status.DUE_SOON, 0: rules.Status.DUE_SOON, 1: rules.Status.EXPIRED}
    with app.app_context(), transaction() as session:
        membership_id = session.scalars(select(Membership.id)).one()
        write_down(firm, firm.owner_id, membership_id, duty, COURSE, COURSE)
        for days, status in turns.items():
            for whole in (statements.standings(), statements.standings_by_day()):
                given = snapshots.on(firm.id, last + dt.timedelta(days=days))
                assert session.execute(select(whole), given).one().status == status, days


def test_what_was_done_in_another_course_meets_no_requirement_of_a_full_one(app: Flask) -> None:
    firm = make_firm(app)
    today = clock.today()
    completion = rules.CoveringCredential(today, today + dt.timedelta(days=400), 60, is_attested=True, is_paced=True)
    duty = Duty(rules.Terms(0, 12, 30, is_paced=False, needs_attestation=False), today, (completion,))
    with app.app_context(), transaction() as session:
        membership_id = session.scalars(select(Membership.id)).one()
        for required, status in ((COURSE, rules.Status.DUE_SOON), (RENEWING, rules.Status.CURRENT)):
            assignment_id = write_down(firm, firm.owner_id, membership_id, duty, required, "security-officer")
            row = session.execute(select(statements.duties()), snapshots.on(firm.id, today)).one()
            assert row.status == status
            assert rules.status(queries.get_duty(session.get_one(Assignment, assignment_id)), today) is status

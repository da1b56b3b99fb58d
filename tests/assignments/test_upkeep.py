"""What happens by itself, and that it happens once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.firm import COURSE, EVERYONE, Firm, earn, make_firm
from tests.assignments.trainings import have_recorded
from tests.cast import actor_of, certify, make_account, put_on_roster, sign_in_as
from trainer.assignments.models import Assignment, Digest, Reminder, Requirement, RequirementVersion
from trainer.assignments.operations import end_requirement, waive
from trainer.assignments.queries import get_duty, list_own_duties
from trainer.assignments.rules import Audience, Group, Status
from trainer.compliance.queries import list_completions
from trainer.content.serving import served
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.credentials.words import disclaimer
from trainer.jobs.emails import write
from trainer.jobs.upkeep import keep_up
from trainer.joining.entering import came_in
from trainer.learning.models import Enrollment
from trainer.learning.operations import conditions_of
from trainer.learning.rules import Conditions
from trainer.organizations.invitations import fill
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import Role

NOON = "2026-11-24T17:00:00Z"  # a Tuesday, noon in New York
DAY = dt.timedelta(days=1)


def counts(app: Flask) -> dict[str, int]:
    """Return how many rows each table holds."""
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def mails(app: Flask) -> int:
    """Return how many mails about training were ordered."""
    with app.app_context():
        ours = OutboxMessage.template.startswith("training-")
        return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(ours)) or 0


def sent(app: Flask) -> list[tuple[str, dt.date, str | None]]:
    """Return (kind, due day, why not) of each reminder, as ordered."""
    with app.app_context():
        rows = db.session.scalars(select(Reminder).order_by(Reminder.created_at, Reminder.kind))
        return [(row.kind, row.due_on, row.skipped) for row in rows]


def due_days(firm: Firm) -> dict[str, dt.date]:
    """Return name -> first due day of the duties that go on."""
    with firm.app.app_context():
        rows = db.session.execute(
            select(Membership.name, Assignment.due_on)
            .join(Assignment, Assignment.membership_id == Membership.id)
            .where(Assignment.ended_at.is_(None))
        )
        return {row[0]: row[1] for row in rows}


def test_who_is_meant_is_assigned_and_begins_the_course_under_its_conditions(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        bob = firm.add("Bob", hired_on=dt.date(2027, 1, 4))
        firm.add("Dana", hired_on=dt.date(2019, 1, 1), joined=False)
        firm.require(dataclasses.replace(EVERYONE, least_minutes=45, is_paced=True, attestation="All by me."))
        firm.keep_up()
        assert due_days(firm) == {
            "Alice Able": dt.date(2026, 12, 24),
            "Bob": dt.date(2027, 2, 3),
            "Dana": dt.date(2026, 12, 24),
        }
        with app.app_context():
            begun = db.session.scalars(select(Enrollment)).all()
            assert {one.user_id for one in begun} == {firm.owner_id, firm.user_of(bob)}
            for one in begun:
                assert (one.conditions["least_minutes"], one.conditions["is_paced"]) == (45, True)
                assert one.conditions["attestation"] == "All by me."


def test_someone_who_tested_out_has_begun(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, days_allowed=90))
        firm.keep_up()
        for is_begun in (False, True):
            with app.app_context(), transaction() as session:
                one = session.scalars(select(Enrollment)).one()
                one.tested_out_at = one.begun_at = clock.now() if is_begun else None
            with app.app_context():
                (duty,) = db.session.scalars(select(Assignment))
                assert get_duty(duty).has_begun is is_begun
                (own,) = list_own_duties(firm.owner_id, clock.now())
                assert own.status is (Status.IN_PROGRESS if is_begun else Status.NOT_STARTED)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_certificate_after_testing_out_counts_only_where_that_is_allowed(app: Flask, is_allowed: bool) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        with app.app_context(), transaction():
            today = clock.today()
            earn(firm.owner_id, today, today + 365 * DAY, is_tested_out=True)
        firm.require(dataclasses.replace(EVERYONE, allows_test_out=is_allowed))
        firm.keep_up()
        with app.app_context():
            (own,) = list_own_duties(firm.owner_id, clock.now())
            assert (own.status is Status.CURRENT) is is_allowed
            assert len(db.session.scalars(select(Enrollment)).all()) == (0 if is_allowed else 1)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_whether_people_may_skip_what_they_know_is_a_condition_of_the_course_they_begin(
    app: Flask, is_allowed: bool
) -> None:
    firm = make_firm(app)
    firm.require(dataclasses.replace(EVERYONE, least_minutes=45, allows_test_out=is_allowed))
    firm.keep_up()
    with app.app_context():
        asks = db.session.scalars(select(Enrollment)).one().asks
    assert (asks.allows_test_out, asks.asked_minutes) == (is_allowed, 45)


def test_running_again_changes_nothing(app: Flask) -> None:
    with time_machine.travel("2026-11-23T17:00:00Z", tick=False):  # a Monday
        firm = make_firm(app)
        for number in range(5):
            firm.add(f"G{number}", hired_on=dt.date(2020, 1, 1), joined=number > 1)
        firm.require(dataclasses.replace(EVERYONE, starts_on=dt.date(2026, 1, 1)))
        firm.keep_up()
        before = counts(app)
        assert before["reminders"] == 6
        assert before["digests"] == 1
        assert mails(app) == 5  # four reminders, one digest
        for _run in range(3):
            firm.keep_up()
        assert counts(app) == before


@pytest.mark.on_both
def test_who_leaves_or_is_no_longer_meant_has_no_duty_and_who_returns_has_it_again(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        bob = firm.add("Bob")
        mel = firm.add("Mel", role=Role.MANAGER)
        firm.require(dataclasses.replace(EVERYONE, audience=Audience(Group(roles=frozenset({Role.MANAGER})))))
        firm.keep_up()
        assert set(due_days(firm)) == {"Mel"}
        for role, name in ((Role.MEMBER, set()), (Role.MANAGER, {"Mel"})):
            with app.app_context(), transaction() as session:
                session.get_one(Membership, mel).role = role
            firm.keep_up()
            assert set(due_days(firm)) == name
        with app.app_context(), transaction() as session:
            person = session.get_one(Membership, mel)
            person.ended_at, person.ended_on = clock.now(), clock.today()
            session.get_one(Membership, bob).role = Role.MANAGER
        firm.keep_up()
        assert set(due_days(firm)) == {"Bob"}
        assert counts(app)["assignments"] == 2


def test_a_corrected_day_of_hiring_moves_the_due_day(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        bob = firm.add("Bob", hired_on=dt.date(2026, 11, 30))
        firm.require()
        assert due_days(firm)["Bob"] == dt.date(2026, 12, 30)
        with app.app_context(), transaction() as session:
            session.get_one(Membership, bob).hired_on = dt.date(2026, 12, 30)
        firm.keep_up()
        assert due_days(firm)["Bob"] == dt.date(2027, 1, 29)


@pytest.mark.on_both
@pytest.mark.check("T112")
@pytest.mark.check("T116")
def test_a_year_of_a_renewal_sends_each_reminder_once(app: Flask) -> None:
    """Bob passes, is left alone, is reminded before it runs out, takes the next cycle, and is current again."""
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = make_firm(app)
        bob = firm.add("Bob", hired_on=dt.date(2026, 11, 24))
        user_id = firm.user_of(bob)
        firm.require(dataclasses.replace(EVERYONE, audience=Audience(hired_since=dt.date(2026, 11, 24))))
        with app.app_context(), transaction() as session:
            session.get_one(
                Membership, session.scalars(select(Membership.id).where(Membership.name == "Alice Able")).one()
            ).hired_on = dt.date(2000, 1, 1)
        firm.keep_up()
        certify(app, user_id)
        for days in [1] * 3 + [325] + [1] * 50:
            firm.keep_up()
            traveller.shift(days * DAY)
        due_on = dt.date(2027, 11, 24)
        assert sent(app) == [
            ("30 days", dt.date(2026, 12, 24), None),
            ("30 days", due_on, None),
            ("7 days", due_on, None),
            ("1 day", due_on, None),
            ("overdue 1", due_on, None),
            ("overdue 2", due_on, None),
        ]
        certify(app, user_id)
        with app.app_context():
            cycles = db.session.scalars(select(Enrollment).order_by(Enrollment.cycle)).all()
            assert [one.cycle for one in cycles] == [1, 2]
            old, new = db.session.scalars(select(Credential).order_by(Credential.cycle)).all()
            assert old.superseded_by_id == new.id
        before = counts(app)
        firm.keep_up()
        assert counts(app) == before


def test_a_job_that_slept_through_a_month_sends_one_reminder(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, days_allowed=60))
        firm.keep_up()
        assert sent(app) == []
        traveller.shift(55 * DAY)
        for _run in range(2):
            firm.keep_up()
        assert sent(app) == [("7 days", dt.date(2027, 1, 23), None)]


def test_nobody_is_written_to_at_night(app: Flask) -> None:
    with time_machine.travel("2026-11-24T12:59:00Z", tick=False) as traveller:  # 7:59 in New York
        firm = make_firm(app)
        firm.require()
        firm.keep_up()
        assert sent(app) == []
        traveller.shift(60)
        firm.keep_up()
        assert len(sent(app)) == 1


def test_the_log_says_why_nothing_was_sent(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.add("Dana", joined=False)
        firm.add("Eve")
        firm.require(dataclasses.replace(EVERYONE, days_allowed=5))
        with app.app_context(), transaction():
            eve = db.session.scalars(
                select(Assignment.id)
                .join(Membership, Membership.id == Assignment.membership_id)
                .where(Membership.name == "Eve")
            ).one()
            waive(firm.actor(), eve, "Long-term  leave", dt.date(2026, 12, 31), clock.now())
        firm.keep_up()
        assert sorted(str(skipped) for _kind, _due_on, skipped in sent(app)) == ["None", "not joined", "waived"]
        assert mails(app) == 1


def letters(app: Flask, template: str) -> list[str]:
    """Return subject and text of the mails of a template, as they would be sent now; void ones are left out."""
    with app.app_context():
        found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template)).all()
        written = [write(message) for message in found]
    return [f"{letter.subject}\n{letter.text}" for letter in written if letter]


def test_a_reminder_has_a_neutral_subject_and_leads_to_the_course(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, days_allowed=3))
        firm.keep_up()
        content = app.extensions["library"].content
        minutes = Times(content).core(content.courses[COURSE])
        assert letters(app, "training-reminder")[0].startswith(f"{EVERYONE.least_minutes} minutes left, due Friday\n")
        with app.app_context(), transaction() as session:
            session.execute(db.update(Enrollment).values(active_seconds=EVERYONE.least_minutes * 60))
        (text,) = letters(app, "training-reminder")
        assert text.startswith(f"{minutes} minutes left, due Friday\n")
        assert "Acme Security asks you to complete your course by November 27, 2026." in text
        assert f"http://127.0.0.1:8000/courses/{COURSE}" in text
        assert "traffick" not in text
        traveller.shift(4 * DAY)
        assert letters(app, "training-reminder")[0].startswith(f"{minutes} minutes left, was due on November 27\n")
        certify(app, firm.owner_id)
        assert letters(app, "training-reminder") == []  # no longer true, so not sent


@pytest.mark.parametrize(("own", "firms", "told"), [(None, None, "Maine"), (None, "us", "US"), ("us", "us-me", "US")])
def test_a_reminder_is_written_for_the_region_of_its_requirement_or_of_the_firm(
    app: Flask, monkeypatch: pytest.MonkeyPatch, own: str | None, firms: str | None, told: str
) -> None:
    monkeypatch.setattr(
        "trainer.assignments.emails._minutes_left", lambda *_given: {"us": 7, "us-me": 9}[served().region.id]
    )
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, days_allowed=3, region=own))
        with app.app_context(), transaction():
            db.session.get_one(Organization, firm.id).region = firms
        firm.keep_up()
        assert letters(app, "training-reminder")[0].startswith("7 minutes" if told == "US" else "9 minutes")
        with app.app_context():
            assert served().region.id == "us-me"


def test_a_reminder_to_someone_who_has_not_begun_promises_the_way_and_not_every_lesson(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, course="security-officer", days_allowed=3, least_minutes=0))
        firm.keep_up()
        with app.app_context(), transaction() as session:
            session.execute(db.delete(Enrollment))
        content = app.extensions["library"].content
        minutes = Times(content).core(content.courses["security-officer"])
        assert letters(app, "training-reminder")[0].startswith(f"{minutes} minutes left, due Friday\n")


def test_on_mondays_managers_read_who_is_late_among_their_people(app: Flask) -> None:
    with time_machine.travel("2026-11-23T17:00:00Z", tick=False):
        firm = make_firm(app)
        mel = firm.add("Mel", role=Role.MANAGER)
        crew, other = firm.add("Crew"), firm.add("Other")
        with app.app_context(), transaction() as session:
            team = Team(organization_id=firm.id, name="A", name_key="a", created_at=clock.now())
            session.add(team)
            session.flush()
            session.add_all(TeamMembership(membership_id=one, team_id=team.id) for one in (mel, crew))
        firm.require(dataclasses.replace(EVERYONE, starts_on=dt.date(2026, 1, 1), days_allowed=0))
        with app.app_context(), transaction() as session:
            for one in (crew, other):
                session.get_one(Membership, one).hired_on = dt.date(2020, 1, 1)
        firm.keep_up()
        texts = letters(app, "training-digest")
        assert len(texts) == 2
        assert sorted(("Crew" in text, "Other" in text) for text in texts) == [(True, False), (True, True)]
        assert all(f"/organizations/{firm.id}/training" in text for text in texts)


def test_a_digest_with_nothing_to_say_is_not_sent(app: Flask) -> None:
    with time_machine.travel("2026-11-23T17:00:00Z", tick=False):
        firm = make_firm(app)
        firm.require()
        firm.keep_up()
        with app.app_context():
            assert db.session.scalars(select(Digest.message_id)).all() == [None]


@pytest.mark.check("T112")
def test_a_digest_that_nothing_ran_for_on_monday_comes_later_in_the_week_and_once(app: Flask) -> None:
    with time_machine.travel("2026-11-20T17:00:00Z", tick=False) as traveller:  # a Friday
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, starts_on=dt.date(2026, 1, 1), days_allowed=0))
        firm.add("Late", hired_on=dt.date(2020, 1, 1))
        traveller.move_to("2026-11-24T09:00:00Z")  # Tuesday, before dawn by the firm's clock
        firm.keep_up()
        assert counts(app)["digests"] == 0
        firm.add("Mel", role=Role.MANAGER)  # came in on Tuesday: next Monday is soon enough
        for hour in range(17, 20):
            traveller.move_to(f"2026-11-24T{hour}:00:00Z")
            firm.keep_up()
        with app.app_context():
            assert db.session.scalars(select(Digest.monday)).all() == [dt.date(2026, 11, 23)]
        assert len(letters(app, "training-digest")) == 1
        traveller.move_to("2026-11-30T17:00:00Z")
        firm.keep_up()
        assert counts(app)["digests"] == 3


def test_conditions_tighten_for_who_is_under_way_and_never_loosen(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.require(dataclasses.replace(EVERYONE, least_minutes=60))
        firm.keep_up()
        firm.require(dataclasses.replace(EVERYONE, title="B", least_minutes=5, is_paced=True, attestation="Mine."))
        firm.keep_up()
        with app.app_context():
            conditions = db.session.scalars(select(Enrollment.conditions)).one()
            own = conditions_of(app.extensions["library"].content.courses[COURSE])
        assert Conditions.read(conditions) == replace(
            own, least_minutes=60, asked_minutes=60, is_paced=True, attestation="Mine.", is_required=True
        )


def test_a_certificate_says_for_which_states_requirement_it_was_earned(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        guard = firm.add("Bob")
        with app.app_context():
            user_id = db.session.get_one(Membership, guard).user_id
        assert user_id is not None
        firm.require(dataclasses.replace(EVERYONE, unapproved_state="Texas"))
        firm.keep_up()
        certify(app, user_id)
        with app.app_context():
            earned = db.session.scalars(select(Credential)).one()
            assert earned.unapproved_states == ["Texas"]
        page = app.test_client().get(f"/verify/{earned.serial}").get_data(as_text=True)
        assert page.count(disclaimer("Texas")) == 1


def test_a_credential_that_does_not_satisfy_opens_the_next_cycle(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        certify(app, firm.owner_id)
        firm.require(dataclasses.replace(EVERYONE, least_minutes=300))
        firm.keep_up()
        with app.app_context():
            newest = db.session.scalars(select(Enrollment).order_by(Enrollment.cycle.desc())).first()
            assert newest is not None
            assert (newest.cycle, newest.conditions["least_minutes"], newest.completed_at) == (2, 300, None)


@pytest.mark.parametrize(("version", "is_short"), [("1.9", True), ("0.9", False)])
def test_a_firms_renewal_is_short_for_who_passed_on_the_same_major_version(
    app: Flask, version: str, is_short: bool
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = make_firm(app)
        bob = firm.user_of(firm.add("Bob"))
        certify(app, bob)
        with app.app_context(), transaction() as session:
            session.scalars(select(Credential)).one().course_version = version
        firm.require()
        traveller.shift(340 * DAY)
        firm.keep_up()
        with app.app_context():
            newest = db.session.scalars(select(Enrollment).where(Enrollment.cycle == 2)).one()
            # What the firm asks for stays asked for; the course's own minutes don't.
            assert (newest.asks.is_short, newest.asks.asked_minutes) == (is_short, EVERYONE.least_minutes)
        texts = [text for text in letters(app, "training-reminder") if "take your course again" in text]
        assert ["Renewing is quick: 1 lesson and the final." in text for text in texts] == [is_short]


def test_who_has_no_completion_as_it_is_asked_for_takes_all_of_the_course(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        certify(app, firm.owner_id)
        firm.require(dataclasses.replace(EVERYONE, least_minutes=300))
        firm.keep_up()
        with app.app_context():
            newest = db.session.scalars(select(Enrollment).where(Enrollment.cycle == 2)).one()
            assert not newest.asks.is_short


@pytest.mark.parametrize(("minutes", "is_short"), [(300, False), (0, True)])
def test_a_recorded_training_is_no_completion_that_makes_a_renewal_short(
    app: Flask, minutes: int, is_short: bool
) -> None:
    with time_machine.travel("2025-12-01T17:00:00Z", tick=False) as traveller:
        firm = make_firm(app)
        bob = firm.add("Bob")
        certify(app, firm.user_of(bob))
        mark = make_account(app, "mark@example.org")
        put_on_roster(app, firm.id, mark, Role.MANAGER, name="Mark", email="mark@example.org", manages_all=True)
        traveller.move_to(NOON)
        firm.require(dataclasses.replace(EVERYONE, least_minutes=minutes, earlier_titles=()))
        with app.app_context(), transaction():
            have_recorded(firm.actor(), actor_of(mark, firm.id), bob)  # eight hours, which count until March 4
        traveller.move_to("2027-02-20T17:00:00Z")
        firm.keep_up()
        with app.app_context():
            of_bob = Enrollment.user_id == firm.user_of(bob)
            newest = db.session.scalars(select(Enrollment).where(Enrollment.cycle == 2, of_bob)).one()
            assert newest.asks.is_short is is_short


def name_course_for_renewing(app: Flask) -> None:
    """Let the firm's requirement name the refresher, as some did while it had a final."""
    with app.app_context(), transaction() as session:
        session.scalars(select(Requirement)).one().course = "refresher"
        session.execute(db.update(RequirementVersion).values(course="refresher"))


def test_a_requirement_of_the_course_for_renewing_is_met_by_any_full_course_and_begins_none(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        bob, dana = (firm.user_of(firm.add(name)) for name in ("Bob", "Dana"))
        certify(app, bob)
        firm.require()
        with app.app_context(), transaction() as session:
            session.execute(db.delete(Enrollment).where(Enrollment.user_id != bob))
        name_course_for_renewing(app)
        firm.keep_up()
        with app.app_context():
            assert {one.user_id for one in db.session.scalars(select(Enrollment))} == {bob}
            assert [duty.status for duty in list_own_duties(bob, clock.now())] == [Status.CURRENT]
            assert [duty.status for duty in list_own_duties(dana, clock.now())] == [Status.DUE_SOON]
            (person,) = db.session.scalars(select(Membership).where(Membership.user_id == bob))
            assert [one.course for one in list_completions(firm.actor(), person)] == [COURSE]
        assert "A valid certificate for any full course meets this." in sign_in_as(app, dana).get("/me").text
        assert "A valid certificate for any full course meets this." not in sign_in_as(app, bob).get("/me").text


def test_a_firm_is_told_what_a_requirement_of_the_course_for_renewing_means_and_makes_no_new_one(app: Flask) -> None:
    firm = make_firm(app)
    with pytest.raises(NotFound):
        firm.require(dataclasses.replace(EVERYONE, course="refresher"))
    requirement_id = firm.require()
    path = f"/organizations/{firm.id}/requirements"
    alice = sign_in_as(app, firm.owner_id)
    assert "no longer has a final of its own" not in alice.get(f"{path}/{requirement_id}").text
    assert 'value="refresher"' not in alice.get(f"{path}/new?pack=plain").text
    name_course_for_renewing(app)
    assert "no longer has a final of its own" in alice.get(f"{path}/{requirement_id}").text


@pytest.mark.on_both
def test_the_next_cycle_remembers_where_someone_works(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        bob, dana = (firm.user_of(firm.add(name)) for name in ("Bob", "Dana"))
        certify(app, bob)
        with app.app_context(), transaction() as session:
            session.scalars(select(Enrollment).where(Enrollment.user_id == bob)).one().place = "hotel"
        firm.require(dataclasses.replace(EVERYONE, least_minutes=300))
        firm.keep_up()
        with app.app_context():
            for user_id, places in ((bob, {1: "hotel", 2: "hotel"}), (dana, {1: None})):
                begun = db.session.scalars(select(Enrollment).where(Enrollment.user_id == user_id))
                assert {one.cycle: one.place for one in begun} == places


def test_a_completion_from_elsewhere_counts(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        with app.app_context(), transaction():
            earn(firm.owner_id, dt.date(2026, 6, 1), dt.date(2027, 6, 1))
        firm.require()
        firm.keep_up()
        assert sent(app) == []
        assert counts(app)["enrollments"] == 0


@pytest.mark.parametrize("ended_meanwhile", [False, True])
def test_a_duty_that_waited_for_its_person_counts_what_they_bring(app: Flask, ended_meanwhile: bool) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.require()
        waiting = firm.add("Wanda", joined=False)
        firm.keep_up()
        wanda = make_account(app, "wanda@elsewhere.example")
        with app.app_context():
            duty_id = db.session.scalars(select(Assignment.id).where(Assignment.membership_id == waiting)).one()
            with transaction():
                earn(wanda, dt.date(2026, 6, 1), dt.date(2027, 6, 1))
                if ended_meanwhile:
                    db.session.get_one(Assignment, duty_id).ended_at = clock.now()
            with transaction():
                came_in(fill(waiting, wanda, clock.now()), clock.now())
            duty = db.session.get_one(Assignment, duty_id)
            assert (duty.user_id, duty.ended_at) == (wanda, None)
            assert [(one.status, one.due_on) for one in list_own_duties(wanda, clock.now())] == [
                (Status.CURRENT, dt.date(2027, 6, 1))
            ]


def test_an_ended_requirement_ends_its_duties_and_reminders(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = make_firm(app)
        requirement_id = firm.require(dataclasses.replace(EVERYONE, days_allowed=1))
        firm.keep_up()
        with app.app_context(), transaction():
            end_requirement(firm.actor(), requirement_id, clock.now())
        traveller.shift(20 * DAY)
        firm.keep_up()
        assert due_days(firm) == {}
        assert len(sent(app)) == 1
        assert letters(app, "training-reminder") == []


@pytest.mark.on_both
@pytest.mark.check("T112")
def test_two_schedulers_at_once_do_everything_once(app: Flask) -> None:
    with time_machine.travel("2026-11-23T17:00:00Z", tick=False):
        firm = make_firm(app)
        with app.app_context():
            guards = [add_guard(firm, number) for number in range(40)]
        firm.require(dataclasses.replace(EVERYONE, starts_on=dt.date(2026, 1, 1)))
        start, failures = threading.Barrier(4), []

        def run() -> None:
            start.wait()
            try:
                with app.app_context():
                    for _portion in keep_up(firm.id):
                        pass
                    db.session.remove()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        found = counts(app)
        assert (found["assignments"], found["reminders"], found["digests"]) == (41, 41, 1)
        assert found["enrollments"] == 41
        assert mails(app) == 41 + 1
        with app.app_context():
            per_person = Counter(db.session.scalars(select(Reminder.assignment_id)))
        assert set(per_person.values()) == {1}
        assert len(guards) == 40


def add_guard(firm: Firm, number: int) -> UUID:
    return firm.add(f"Guard{number}", hired_on=dt.date(2020, 1, 1))


def test_requirements_of_other_firms_are_left_alone(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm, other = make_firm(app), make_firm(app, email="carol@example.org")
        other.require()
        firm.keep_up()
        with app.app_context():
            assert db.session.scalars(select(Assignment.organization_id)).all() == [other.id]
            assert db.session.scalars(select(Requirement.organization_id)).all() == [other.id]

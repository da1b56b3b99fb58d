"""The made-up firm for a look around."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, or_, select

from tests.assessment import rich
from tests.cast import add_second_factor, make_account, make_firm, sign_in_as
from tests.conftest import make_settings
from tests.learning import deeper
from tests.support import COURSE, PASSWORD
from trainer.accounts.models import User
from trainer.accounts.passwords import check_password
from trainer.accounts.queries import find_user_by_email_key
from trainer.app import create_app
from trainer.assignments import rules
from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.queries import get_duty
from trainer.assignments.rules import Status
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import NO_SERVER, OutboxMessage
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.learning.queries import standing
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import local_day
from trainer.tools.demo import people, study
from trainer.tools.demo.names import FIRM, SITES
from trainer.tools.demo.people import DAYS
from trainer.tools.demo.story import Story

pytestmark = [pytest.mark.on_both, pytest.mark.slow]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, template_database: Path, shelf: Library) -> Iterator[Flask]:
    """Return an app whose database has a firm already, and the made-up one beside it."""
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(template_database, folder / "trainer.db")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'trainer.db'}"), shelf)
    make_firm(app, make_account(app), "Acme Security")
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    ended = app.test_cli_runner().invoke(args=["seed", "demo", "--guards", "30", "--password"], input=typed)
    assert ended.exit_code == 0, ended.output
    assert "alice@demo.example" in ended.output
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_page_of_training_says_what_a_recount_says(seeded: Flask) -> None:
    with seeded.app_context():
        alice = find_user_by_email_key("alice@demo.example")
        firm = db.session.scalars(select(Organization).where(Organization.name == FIRM)).one()
        today = local_day(firm.time_zone, clock.now())
        duties = db.session.scalars(
            select(Assignment).where(Assignment.organization_id == firm.id, Assignment.ended_at.is_(None))
        ).all()
        found = [(one.membership_id, rules.status(get_duty(one), today)) for one in duties]
    assert alice is not None
    add_second_factor(seeded, alice.id)
    page = sign_in_as(seeded, alice.id).get(f"/organizations/{firm.id}/training")
    assert page.status_code == 200
    people, late = {person for person, _status in found}, {person for person, one in found if one in rules.LATE}
    assert f"All <b>{len(people)}</b>" in page.text
    assert f"Waived <b>{len({person for person, one in found if one is Status.WAIVED})}</b>" in page.text
    assert f"Overdue <b>{len(late)}</b>" in page.text
    assert late
    assert [one for _person, one in found].count(Status.CURRENT) > len(found) / 2


def test_the_made_up_firm_shares_nothing_with_another_one(seeded: Flask) -> None:
    with seeded.app_context():
        acme = db.session.scalars(select(Organization.id).where(Organization.name != FIRM)).one()
        assert db.session.scalar(_number(Membership, acme)) == 1
        assert db.session.scalar(_number(Assignment, acme)) == 0
        apart = select(func.count()).select_from(TeamMembership).join(Membership).join(Team)
        assert db.session.scalar(apart.where(Membership.organization_id != Team.organization_id)) == 0
        owed = select(func.count()).select_from(Assignment).join(Membership).join(Requirement)
        firms = (Membership.organization_id, Requirement.organization_id)
        assert db.session.scalar(owed.where(or_(*(Assignment.organization_id != one for one in firms)))) == 0


def test_its_mails_never_go_out_and_five_people_have_the_password(seeded: Flask) -> None:
    with seeded.app_context():
        query = select(OutboxMessage).where(OutboxMessage.recipient.endswith("@demo.example"))
        # Another test here turns on a second step for Alice; the story doesn't.
        mails = db.session.scalars(query.where(OutboxMessage.template != "second-factor-on")).all()
        assert mails
        assert {(one.dead_at is not None, one.last_error) for one in mails} == {(True, NO_SERVER)}
        hashes = {one.email: one.password_hash for one in db.session.scalars(select(User))}
        known = {email for email, stored in hashes.items() if stored == hashes["alice@demo.example"]}
        assert known == {f"{name}@demo.example" for name in ("alice", "mona", "mark", "ines", "bob")}
        assert check_password(hashes["bob@demo.example"], PASSWORD)
        earned = db.session.scalars(select(Credential)).all()
        assert all(one.is_local_trial for one in earned)
        assert sum(one.revoked_at is not None for one in earned) == 1
    ended = seeded.test_cli_runner().invoke(args=["seed", "demo", "--guards", "30"])
    assert ended.exit_code == 1
    assert "already" in ended.output


@pytest.mark.asvs("6.3.2")
@pytest.mark.parametrize(
    "changes", [{"smtp_url": "smtp://mail.example.org"}, {"base_url": "https://training.example.org"}]
)
def test_it_is_for_a_loopback_address_without_a_mail_server(settings: Settings, changes: dict[str, str]) -> None:
    app = create_app(replace(settings, **changes))  # type: ignore[arg-type]
    ended = app.test_cli_runner().invoke(args=["seed", "demo", "--guards", "30"])
    assert ended.exit_code == 1
    assert "needs a loopback address and no mail server" in ended.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Organization)) == 0


@pytest.mark.parametrize("guards", [20, 60, 400, 1000])
def test_nobody_is_put_on_the_roster_before_there_is_someone_who_keeps_it(app: Flask, guards: int) -> None:
    with app.app_context():
        story = Story(guards, lambda _person: "", served(), clock.now())
        story.tell()
    mona = next(at for at, _number, act, _is_upkeep in sorted(story._heap) if _is_of(act, Story._join))
    first = next(at for at, _number, act, _is_upkeep in sorted(story._heap) if _is_of(act, Story._put_on_roster))
    assert mona < first


def _is_of(act: object, method: object) -> bool:
    return getattr(getattr(act, "func", None), "__func__", None) is method


def test_who_there_is_and_what_becomes_of_them_is_the_same_each_time() -> None:
    first, second = people.guards(400, len(SITES)), people.guards(400, len(SITES))
    assert first == second
    assert len({one.email for one in first}) == len(first) == 499
    left = [one for one in first if one.leaves_on is not None]
    assert sum(one.returns_on is None for one in left) == 100
    assert all(one.joins_on < (one.leaves_on or 0) < (one.returns_on or DAYS) for one in left)


def _number(record: type[Membership | Assignment], firm: UUID):  # type: ignore[no-untyped-def]
    return select(func.count()).where(record.organization_id == firm)


class _Hasty(random.Random):
    """Someone who takes a third of the time that was planned."""

    def randint(self, least: int, _most: int) -> int:
        return least // 20  # the lessons of this content are shorter than they say


@pytest.mark.parametrize("minutes", [2, 4, 6])
def test_who_reads_fast_reads_on_until_the_final_opens(settings: Settings, tmp_path: Path, minutes: int) -> None:
    app = create_app(settings, rich.open_library(deeper.write(tmp_path / "deeper")))
    user_id = make_account(app)
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = study.open_course(user_id, course, clock.now())
        enrollment.conditions = {**enrollment.conditions, "least_minutes": minutes}
        person = people.DemoPerson(1, "Hedy Hasty", "hedy@demo.example", "Guard", (), 0, rng=_Hasty())
        study.prepare(person, enrollment, course, clock.now())
        assert standing(enrollment, course).is_ready_for_final


def test_nobody_is_overdue_in_a_course_of_which_they_hold_a_valid_certificate(seeded: Flask) -> None:
    with seeded.app_context():
        firm = db.session.scalars(select(Organization).where(Organization.name == FIRM)).one()
        today = local_day(firm.time_zone, clock.now())
        duties = db.session.execute(
            select(Assignment, Requirement.course)
            .join(Requirement)
            .where(Assignment.organization_id == firm.id, Assignment.ended_at.is_(None))
        ).all()
        late = {(duty.user_id, course) for duty, course in duties if rules.status(get_duty(duty), today) in rules.LATE}
        valid = db.session.execute(
            select(Credential.user_id, Credential.course).where(
                Credential.revoked_at.is_(None), Credential.valid_until >= today
            )
        )
        assert late
        assert not late & {(user_id, course) for user_id, course in valid}

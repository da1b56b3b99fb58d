"""Petra, about whom every table says something, and where it does."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass, replace
from types import ModuleType
from uuid import UUID

import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.assignments.firm import EVERYONE, Firm
from tests.assignments.trainings import have_recorded, record
from tests.cast import (
    actor_of,
    add_second_factor,
    appoint,
    approve,
    ask_for_round,
    certify,
    context_of,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_site,
    put_on_roster,
    sign_in_as,
    start_practice,
    use_up_tries,
)
from tests.extras import fill_extras
from tests.support import COURSE
from trainer.accounts.operations import request_address, request_reset
from trainer.accounts.queries import get_user
from trainer.app import FEATURES
from trainer.assessment import renewal_mails
from trainer.assessment.check_ins import ask_for_mail
from trainer.assessment.models import RoundRequest
from trainer.assessment.rounds import grant
from trainer.assignments.earlier import withdraw_training
from trainer.assignments.models import Assignment
from trainer.assignments.operations import waive
from trainer.compliance.operations import order_certificates
from trainer.compliance.reminding import remind
from trainer.compliance.rules import StatusFilter
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.instructing.invitations import choose_teams
from trainer.instructing.invitations import invite as invite_to_class
from trainer.instructing.models import ClassView
from trainer.instructing.nudges import nudge
from trainer.items.registry import read_further
from trainer.learning.models import Enrollment
from trainer.learning.operations import answer
from trainer.learning.queries import get_enrollment
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitations import invite
from trainer.organizations.models import Membership
from trainer.organizations.queries import get_person
from trainer.organizations.replies import set_replies
from trainer.organizations.rules import Role
from trainer.roster.drafts import keep_draft
from trainer.roster.reading import read_list

PERSONS = tuple(sys.modules[one.export_person.__module__] for one in reversed(FEATURES) if one.export_person)
"""The modules that tell and forget a person, in the order in which they forget."""
NOBODY = {table: why for feature in FEATURES for table, why in feature.holds_nobody.items()}
NAME, ADDRESS, WORK = "Petra Quill", "petra.quill@example.org", "pq@acme.example.org"


def named_in(module: ModuleType) -> set[str]:
    """Return the tables whose records a module names."""
    return {
        one.__tablename__
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Base)
        if one is not Base
    }


def dump(app: Flask) -> dict[tuple[str, str], dict[str, str]]:
    """Return every row of every table by its primary key: column → value as text."""
    found = {}
    with app.app_context():
        for name, table in Base.metadata.tables.items():
            for row in db.session.execute(select(table)):
                values = {column.name: str(value) for column, value in zip(table.columns, row, strict=True)}
                found[name, "|".join(values[one.name] for one in table.primary_key)] = values
        db.session.rollback()
    return found


@dataclass(frozen=True)
class Rich:
    """Petra, who did everything here, the two firms that she is in, and Bob."""

    app: Flask
    id: UUID
    acme: UUID
    bob: UUID

    def forget(self) -> None:
        """Erase everything, in one transaction."""
        with self.app.app_context(), transaction():
            for module in PERSONS:
                if hasattr(module, "forget_person"):
                    module.forget_person(self.id, clock.now())

    def told(self) -> dict[str, dict[str, list[dict[str, object]]]]:
        """Return what all features tell, by feature."""
        with self.app.app_context():
            return {
                module.__name__: {kind: list(rows) for kind, rows in module.export_person(self.id).items()}
                for module in PERSONS
            }


def make_petra(app: Flask) -> Rich:
    """Make her and all of it."""
    petra, alice, bob, ines = (
        make_account(app, one) for one in (ADDRESS, "alice@a.example", "bob@a.example", "ines@a.example")
    )
    for one in (petra, alice):
        add_second_factor(app, one)
    acme, other = make_firm(app, alice), make_firm(app, petra, "Beta Guards")
    put_on_roster(app, other, alice, Role.OWNER, name="Alice Able", email="alice@b.example")
    site, long_ago = make_site(app, alice, acme), dt.date(2020, 1, 1)
    entry = put_on_roster(
        app, acme, None, Role.OWNER, name=NAME, email=WORK, teams=[site], manages_all=True, hired_on=long_ago
    )
    with app.app_context(), transaction():
        invite(actor_of(alice, acme), get_person(actor_of(alice, acme), entry), clock.now())
        db.session.execute(
            update(Membership).where(Membership.id == entry).values(user_id=petra, joined_at=clock.now())
        )
        db.session.execute(
            update(Membership).where(Membership.user_id == petra).values(name=NAME, name_key=NAME.lower())
        )
    put_on_roster(app, acme, bob, teams=[site], hired_on=long_ago)
    put_on_roster(app, acme, ines, Role.INSTRUCTOR, name="Ines Ito", email="ines@acme.example.org")
    dana = put_on_roster(app, acme, None, name="Dana Dow", email="dana@acme.example.org")
    firm = Firm(app, acme, alice)
    firm.require(replace(EVERYONE, starts_on=dt.date(2026, 1, 1), days_allowed=0))
    firm.keep_up()
    teach(app, petra, bob, ines, acme, site)
    learn(app, petra, bob)
    with app.app_context(), transaction():
        actor, month = actor_of(petra, acme), clock.now() + dt.timedelta(days=30)
        invite(actor, get_person(actor, dana), clock.now())
        make_join_code(actor, Role.MEMBER, site, month, None, clock.now())
        keep_draft(actor, read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        db.session.get_one(Membership, entry).employee_number = "00900"
        fill_extras(actor, "00900")
        order_certificates(actor, StatusFilter(), clock.now())
        finished = order_certificates(actor, StatusFilter(), clock.now())
        finished.finished_at, finished.done = clock.now(), 9
        set_replies(actor, shows_address=True, now=clock.now())
    with time_machine.travel(clock.now() + dt.timedelta(days=1)), app.app_context(), transaction():
        assert remind(actor_of(petra, acme), StatusFilter(), clock.now()).ready
        duties = {one.user_id: one.id for one in db.session.scalars(select(Assignment))}
        waive(actor, duties[bob], "Away", dt.date(2027, 1, 1), clock.now())
        waive(actor_of(alice, acme), duties[petra], "At sea", dt.date(2027, 1, 1), clock.now())
        inside = select(Membership).where(Membership.organization_id == acme, Membership.user_id.in_((petra, bob)))
        entries, able = {one.user_id: one.id for one in db.session.scalars(inside)}, actor_of(alice, acme)
        have_recorded(actor, able, entries[bob])
        have_recorded(able, actor, entries[bob], "Patrol")
        withdraw_training(actor, have_recorded(able, actor, entries[bob], "Reports"), "No", clock.now())
        record(able, entries[petra], "At night")
        asked = db.session.scalars(select(RoundRequest).where(RoundRequest.user_id == bob)).one()
        grant(asked, "Ready", clock.now(), actor_id=petra, organization_id=acme, subject_id=bob)
        request_reset(ADDRESS, clock.now())
        request_address(get_user(petra), "petra@new.example", clock.now())
        sent = select(OutboxMessage).where(OutboxMessage.recipient.in_((ADDRESS, WORK)))
        for message in db.session.scalars(sent.order_by(OutboxMessage.id).limit(4)):
            message.sent_at = clock.now()
    sign_in_as(app, petra)
    return Rich(app, petra, acme, bob)


def learn(app: Flask, petra: UUID, bob: UUID) -> None:
    """Let Petra have a certificate, a practice, and a course of which she failed the final; Bob, a request."""
    certify(app, petra, NAME)
    start_practice(app, petra)
    for one in (bob, petra):
        course = COURSE if one == bob else other_course(app)
        use_up_tries(app, one, course)
        ask_for_round(app, one, course)
    with app.app_context(), transaction():
        own = update(Enrollment).where(Enrollment.user_id == petra)
        db.session.execute(own.values(attested_as=NAME, place="Hotel"))
        ask_for_mail(petra, served(), clock.now())
        certificate = db.session.scalars(select(Credential).where(Credential.user_id == petra)).first()
        assert certificate is not None
        renewal_mails.ask_for_mail(petra, certificate.course, certificate.cycle, clock.now())
        get_user(petra).certificate_name = NAME
        lesson = next(one for one in served().courses[COURSE].lessons if one.questions)
        question, given = lesson.questions[0], {"chosen": [lesson.questions[0].payload["options"][0]["id"]]}
        mark = read_further(question.payload).mark(given)
        answer(get_enrollment(petra, COURSE), lesson, question, given, mark, clock.now())


def other_course(app: Flask) -> str:
    """Return a course besides the usual one that has a final."""
    with app.app_context():
        return next(slug for slug in served().courses if slug != COURSE)


def teach(app: Flask, petra: UUID, bob: UUID, ines: UUID, acme: UUID, site: UUID) -> None:
    """Let Petra teach Bob, in a firm and in public, and learn in a class of Ines's."""
    approve(app, petra)
    appoint(app, petra)
    make_class(app, petra, None, taught_by=NAME)
    for teacher, learner, name in ((petra, bob, "Bob B."), (ines, petra, NAME)):
        cohort = make_class(app, teacher, acme, taught_by=NAME if teacher == petra else "Ines Ito")
        with app.app_context(), transaction():
            choose_teams(context_of(teacher, cohort), [site])
            invite_to_class(context_of(teacher, cohort), clock.now())
        member = join_class(app, learner, cohort, name)
        with app.app_context(), transaction():
            context = context_of(teacher, cohort)
            nudge(context, [member], clock.now())
            other = ines if teacher == petra else petra
            db.session.add(
                ClassView(cohort_id=cohort, user_id=other, name=NAME if other == petra else "I.", began_at=clock.now())
            )

"""Bob owns an attempt and a credential; a guest and Charlie own nothing. With a value for each part of an address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.assignments.firm import Firm
from tests.assignments.trainings import record
from tests.cast import (
    LOCAL,
    actor_of,
    add_second_factor,
    appoint,
    approve,
    ask_for_round,
    certify,
    code_of,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_guest,
    make_site,
    put_on_roster,
    sign_in_as,
    start_drill,
    start_practice,
    write_note,
)
from tests.extras import fill_extras
from tests.support import COURSE, Visitor
from trainer.accounts.emails import token_of
from trainer.accounts.models import Link
from trainer.accounts.operations import open_session, request_address, request_reset, request_sign_up
from trainer.accounts.queries import get_user
from trainer.accounts.rules import Purpose
from trainer.assignments.models import Assignment
from trainer.compliance.operations import order_certificates
from trainer.compliance.rules import StatusFilter
from trainer.content.library import Content, Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.credentials.operations import share
from trainer.instructing.models import ClassView
from trainer.learning.operations import enroll
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitation_links import token_of as invitation_token
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.privacy.erasing import ask_erasure
from trainer.privacy.erasing import token_of as erasure_token
from trainer.roster.drafts import keep_draft
from trainer.roster.reading import read_list


@dataclass
class World:
    """The app, who is in it, and the values of the parts of its addresses."""

    app: Flask
    people: dict[str, UUID]
    values: dict[str, str | int]
    others: dict[str, dict[str, str | int]] = field(default_factory=dict)
    """Values of an endpoint, or of all of a blueprint, that differ from `values`."""

    def enter(self, role: str, base_url: str = LOCAL) -> Visitor:
        """Return a browser of someone in a role, opened a moment ago."""
        if role in self.people:
            return sign_in_as(self.app, self.people[role], base_url)
        return Visitor(self.app, base_url)

    def path(self, endpoint: str, names: set[str]) -> str:
        """Return an address that leads to something of Bob's."""
        adapter = self.app.url_map.bind("127.0.0.1:8000")
        values = {**self.values, **self.others.get(endpoint.split(".")[0], {}), **self.others.get(endpoint, {})}
        assert names <= values.keys(), f"{endpoint}: put values for {names - values.keys()} into tests/web/world.py"
        return adapter.build(endpoint, {name: values[name] for name in names})

    def routes(self) -> list[tuple[str, str, str]]:
        """Return (method, endpoint, address) of every route."""
        return [
            (method, rule.endpoint, self.path(rule.endpoint, rule.arguments))
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"OPTIONS"})
        ]


def make_world(app: Flask, shelf: Library) -> World:
    """Make the people and what is theirs."""
    bob = make_account(app, "bob@example.org")
    certify(app, bob)
    here = shelf.content
    lesson = next(one for one in here.courses[COURSE].lessons if one.questions)
    signing = next(slug for slug, course in here.courses.items() if course.file.attestation)
    with app.app_context(), transaction():
        enroll(bob, here.courses[signing], clock.now())
        credential = db.session.scalars(select(Credential)).one()
        share(credential, is_on=True)
        serial, credential_id, sharing_key = credential.serial, credential.id, str(credential.sharing_key)
        session_id = open_session(bob, "A browser", clock.now())
        request_reset("bob@example.org", clock.now())
        request_address(get_user(bob), "bob@example.com", clock.now())
        request_sign_up("zoe@example.org", None, clock.now())
        tokens = {link.purpose: token_of(link) for link in db.session.scalars(select(Link))}
        number = db.session.scalars(select(OutboxMessage.id)).first()
    values: dict[str, str | int] = {
        "course": COURSE,
        "module": lesson.module_slug,
        "lesson": lesson.slug,
        "question": lesson.questions[0].id,
        "indicator_id": next(iter(here.indicators)),
        "venue": next(iter(here.cards)),
        "need": "work",
        "name": next(iter(here.scenarios)),
        "serial": serial,
        "credential_id": str(credential_id),
        "sharing_key": sharing_key,
        "attempt_id": str(start_practice(app, bob)),
        "position": 1,
        "session_id": str(session_id),
        "token": tokens[Purpose.RESET],
        "address_token": tokens[Purpose.ADDRESS],
        "number": str(number),
        "filename": "app.js",
    }
    others: dict[str, dict[str, str | int]] = {
        "drills": {"attempt_id": str(start_drill(app, bob))},
        "learning.attestation": {"course": signing},
        "learning.place": {"course": course_with_choice(here)},
        "accounts.confirm": {"token": tokens[Purpose.CONFIRM]},
        "joining.finish_sign_up": {"token": tokens[Purpose.SIGN_UP]},
    }
    add_second_factor(app, bob)
    appoint(app, bob)
    values["user_id"] = str(bob)
    firm = make_firm(app, bob)
    values["organization_id"] = str(firm)
    values["team_id"] = str(make_site(app, bob, firm))
    site = UUID(str(values["team_id"]))
    dana = put_on_roster(app, firm, None, name="Dana Dow", email="dana@example.org", teams=[site])
    values["membership_id"] = str(dana)
    dora = make_account(app, "dora@example.org")
    doras = put_on_roster(app, firm, dora, name="Dora Day", email="dora@example.org")
    others["training_rounds"] = {"membership_id": str(doras)}
    values["requirement_id"] = str(Firm(app, firm, bob).require())
    classroom = _class(app, bob, firm, dora)
    with app.app_context(), transaction():
        actor, month = actor_of(bob, firm), clock.now() + dt.timedelta(days=30)
        invite(actor, get_person(actor, dana), clock.now())
        code = make_join_code(actor, Role.MEMBER, None, month, None, clock.now())
        draft = keep_draft(actor, read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        invitation = invitation_token(db.session.scalars(select(Invitation)).one())
        values |= {"code": code.code, "code_id": str(code.id), "draft_id": str(draft.id)}
        others["certificate_files"] = {"job_id": str(order_certificates(actor, StatusFilter(), clock.now()).id)}
        duty = select(Assignment.id).where(Assignment.membership_id == UUID(str(values["membership_id"])))
        values["assignment_id"] = str(db.session.scalars(duty).one())
        of_extras, single_pages = fill_extras(actor)
        values |= {**of_extras, "person_id": str(dana)}
        others |= single_pages
        training = record(actor, dana, proof=True)
        values["training_id"] = str(training)
        others["earlier.undo"] = {"training_id": str(record(actor, dana, "Another training"))}
    others["entry.invitation"] = others["entry.accept"] = {"token": invitation}
    write_note(app, bob)
    others["classes"] = {"code": classroom.pop("code")}
    values |= classroom
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    others["administration.withdraw"] = {"user_id": str(ines)}
    lea = make_account(app, "lea@example.org")
    with app.app_context(), transaction():
        ask_erasure(lea, clock.now())
        others["privacy.undo_by_mail"] = {"token": erasure_token(get_user(lea))}
    people = {"guest": make_guest(app), "owner": bob, "another": make_account(app, "charlie@example.org")}
    return World(app, people, values, others)


def _class(app: Flask, bob: UUID, firm: UUID, dora: UUID) -> dict[str, str | int]:
    """Create a class that Bob teaches in his firm, with Dora in it."""
    cohort = make_class(app, bob, firm, shows_answers=True)
    member = join_class(app, dora, cohort)
    with app.app_context(), transaction():
        view = ClassView(cohort_id=cohort, user_id=dora, name="Dora Day", began_at=clock.now())
        db.session.add(view)
        db.session.flush()
        view_id = view.id
    return {
        "view_id": str(view_id),
        "cohort_id": str(cohort),
        "code": code_of(app, cohort),
        "member_id": str(member),
        "request_id": str(ask_for_round(app, dora)),
    }


def course_with_choice(here: Content) -> str:
    """Return a course of which each learner reads the lesson for their workplace."""
    return next(slug for slug, course in here.courses.items() if course.choice)

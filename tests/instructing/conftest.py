"""Ines’s class in Acme Security, with Bob in it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, context_of, join_class, make_account, make_class, put_on_roster
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor
from trainer.accounts.queries import find_user_by_email_key
from trainer.assessment import operations as assessment
from trainer.assessment.models import Attempt
from trainer.assessment.queries import list_responses
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing import operations
from trainer.instructing.models import CohortMember
from trainer.learning.operations import enroll
from trainer.organizations.rules import Role


@dataclass
class Room:
    """A class of Acme's that Ines teaches, and Bob in it."""

    acme: Acme
    id: UUID
    bob: UUID
    """Bob as someone in the class."""

    @property
    def app(self) -> Flask:
        return self.acme.app

    def path(self, rest: str = "") -> str:
        """Return an address of the class."""
        return f"/cohorts/{self.id}{rest}"

    def enter(self, name: str = "ines") -> Visitor:
        """Return a browser of one of the users."""
        return self.acme.enter(name)

    def add(self, number: int) -> list[UUID]:
        """Let more people of the firm come into the class; return their users."""
        users = []
        for count in range(number):
            address = f"guard{count}@example.org"
            users.append(make_account(self.app, address))
            put_on_roster(self.app, self.acme.id, users[-1], name=f"Guard {count}", email=address)
            join_class(self.app, users[-1], self.id, f"Guard {count:03}")
        return users


def open_room(acme: Acme, **changes: object) -> Room:
    """Make Ines's class and let Bob come in."""
    cohort = make_class(acme.app, acme.users["ines"], acme.id, **changes)
    return Room(acme, cohort, join_class(acme.app, acme.users["bob"], cohort, "Bob B."))


@pytest.fixture
def room(acme: Acme) -> Room:
    return open_room(acme)


def statuses(visitor: Visitor, app: Flask, package: str, values: Mapping[str, object]) -> dict[tuple[str, str], int]:
    """Return the status of every route of a class that is in a package, by (method, endpoint)."""
    adapter, found = app.url_map.bind("127.0.0.1:8000"), {}
    routes = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if "cohort_id" in rule.arguments and app.view_functions[rule.endpoint].__module__.startswith(f"{package}.")
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    # Last what ends what the others need.
    for method, rule in sorted(routes, key=lambda route: route[1].endpoint == "cohorts.leave_view"):
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        answer = visitor.post(path) if method == "POST" else visitor.get(path)
        found[method, rule.endpoint] = answer.status_code
        text = answer.get_data().decode(errors="replace")  # also ends a stream, and with it the request
        assert answer.status_code != 404 or "Night crew" not in text
    return found


def hand_over(room: Room) -> None:
    """Let Ines give the class to Irma, who becomes an instructor for it."""
    address = "irma@example.org"
    with room.app.app_context():
        known = find_user_by_email_key(address)
    if known is None:
        irma = make_account(room.app, address)
        add_second_factor(room.app, irma)
        entry = put_on_roster(room.app, room.acme.id, irma, Role.INSTRUCTOR, name="Irma I.", email=address)
        room.acme.users["irma"], room.acme.people["irma"] = irma, entry
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        operations.hand_over_within_firm(context, room.acme.people["irma"], clock.now())


def answer_practice(app: Flask, user_id: UUID, rng: random.Random, *, hand_in: bool = True, answers: int = 99) -> UUID:
    """Judge the scenes of a practice by chance; return the attempt's id."""
    with app.app_context():
        with transaction():
            here = served()
            enrollment = enroll(user_id, here.courses[COURSE], clock.now())
            attempt = assessment.start_practice(enrollment, here, 6, clock.now())
            for one in [one for one in list_responses(attempt) if one.recorded_at is None][:answers]:
                given = {
                    "verdict": rng.choice(["report-now", "note-and-watch", "nothing-to-report"]),
                    "action": rng.choice(one.action_order),
                }
                assessment.save_response(attempt, one, given, one.version, clock.now(), record=True)
            number = attempt.id
        if hand_in:
            with transaction():
                assessment.submit_attempt(user_id, number, here, True, clock.now())
    return number


def answers_of(app: Flask, users: list[UUID]) -> list[tuple[UUID, str, dict[str, Any], bool]]:
    """Return (user, kind, scene, was it reported) of each user's first record of a scene, read one row at a time."""
    found = []
    with app.app_context():
        for attempt in db.session.scalars(select(Attempt).where(Attempt.user_id.in_(users))).all():
            for one in list_responses(attempt):
                counts = attempt.submitted_at if attempt.kind == "final" else one.recorded_at
                joined = db.session.scalars(
                    select(CohortMember.joined_at).where(CohortMember.user_id == attempt.user_id)
                ).first()
                if counts and one.given and one.saved_at and joined and one.saved_at >= joined:
                    chosen = next(act for act in one.snapshot.payload["actions"] if act["id"] == one.given["action"])
                    said = one.given.get("verdict") == "report-now" or chosen["is_report"]
                    found.append((one.saved_at, (attempt.user_id, attempt.kind, one.snapshot.payload, said)))
    firsts: dict[tuple[UUID, str], tuple[UUID, str, dict[str, Any], bool]] = {}
    for _at, answer in sorted(found, key=lambda row: row[0]):
        firsts.setdefault((answer[0], answer[2]["scenario"]), answer)
    return list(firsts.values())

"""A small world that lives by a seed in one process, on a real database, through the app's own operations and tasks."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest import mock
from uuid import UUID

import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.cast import hand_in, make_account, make_ready, start_final
from tests.chaos.failing import Fault, failing
from tests.jobs.conftest import Mailbox
from tests.load.ledger import Ledger, complaints
from tests.support import TASKS, first_step
from trainer.assessment.models import Attempt, Response
from trainer.assessment.operations import save_response
from trainer.assessment.queries import get_attempt_with_response, list_responses
from trainer.assignments import rules, snapshots, statements
from trainer.assignments.models import Assignment, Digest, Reminder
from trainer.assignments.operations import waive
from trainer.assignments.queries import get_duty
from trainer.core import chance, clock
from trainer.core.db import db, transaction
from trainer.core.errors import DomainError
from trainer.core.isolation import Incomplete
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.jobs.upkeep import keep_up
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, Organization, Upkeep
from trainer.organizations.operations import PersonFacts, add_person, remove_person
from trainer.organizations.rules import local_day

START: Final = dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)
MOST_PEOPLE: Final = 10
FAULTS: Final = (Fault.STATEMENT, Fault.COMMIT, Fault.LOST_COMMIT, Fault.COMMAND, Fault.LOST_REPLY)


class Broken(AssertionError):
    """An invariant doesn't hold."""


@dataclass
class Person:
    """Someone who learns."""

    name: str
    user_id: UUID
    membership_id: UUID
    firm: Firm
    is_ready: bool = False
    attempt: UUID | None = None
    is_done: bool = False
    has_left: bool = False


class World:
    """Takes one step after another; after each, everything that must always hold is looked at."""

    def __init__(self, app: Flask, mailbox: Mailbox, seed: int) -> None:
        self.app, self._mailbox, self._rng = app, mailbox, random.Random(seed)
        self.trace: list[str] = []
        self._ledger = Ledger()
        self._people: list[Person] = []
        self._has_worked = False
        """Whether the worker has just done all there was to do."""
        self._firms: list[Firm] = []
        self._clock: Any = None
        self._is_unsure: set[str] = set()
        self._unknown: tuple[UUID, int, tuple[int, Any], tuple[int, dict[str, Any]]] | None = None
        self._actions: list[tuple[int, Callable[[], str]]] = [
            (3, self._hire),
            (4, self._prepare),
            (4, self._begin),
            (16, self._answer),
            (5, self._hand_in),
            (1, self._require),
            (1, self._waive),
            (1, self._leave),
            (6, self._wait),
            (4, self._work),
        ]

    def live(self, steps: int) -> None:
        """Take so many steps. Raises Broken as soon as something doesn't hold."""
        with self._seeded():
            for zone in ("America/New_York", "Pacific/Auckland"):
                number = len(self._firms)
                self._firms.append(make_firm(self.app, zone, f"owner{number}@example.org"))
            self._firms[0].require(replace(EVERYONE, starts_on=START.date()))
            for beginning in (self._hire, self._hire, self._hire, self._prepare, self._prepare, self._begin):
                beginning()
            for _step in range(steps):
                self._step()
                self._look()
            for _hour in range(3):  # without faults, all that waits gets done
                self._clock.shift(dt.timedelta(hours=7))
                for _turn in range(2):  # the second one delivers what the first one ordered
                    self._say("at the end", self._work())
            self._look()
            self._look_at_end()

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Let all chance come from the seed, the numbers of rows included, and time stand still between two steps."""
        own = random.Random(self._rng.random())
        with (
            mock.patch.object(chance, "rng", own),
            mock.patch.object(os, "urandom", own.randbytes),
            time_machine.travel(START, tick=False) as self._clock,
        ):
            yield

    def _step(self) -> None:
        weights = [weight for weight, _action in self._actions]
        (action,) = self._rng.choices([action for _weight, action in self._actions], weights)
        fault = self._rng.choice(FAULTS) if self._rng.random() < 0.4 else None
        nth = self._rng.choice([1, 2, 3, 5, 8, 13, 21, 34])
        received = len(self._mailbox.mails)
        is_struck = False
        try:
            with failing(self.app, fault, nth, is_persistent=False) if fault else nullcontext() as strike:
                outcome = action()
            is_struck = strike is not None and strike.has_struck
        except (SQLAlchemyError, OSError, Incomplete, DomainError) as error:
            outcome, is_struck = f"told: {type(error).__name__}", True
        if self._unknown is not None:
            self._note_what_is_there(*self._unknown)
            self._unknown = None
        if is_struck:
            new = self._mailbox.mails[received:]
            self._is_unsure |= {str(mail["Message-ID"]) for mail in new}
        self._say(action.__name__.strip("_"), f"{outcome}{f', {fault} {nth}' if is_struck and fault else ''}")

    def _say(self, act: str, outcome: str) -> None:
        self.trace.append(f"{clock.now():%Y-%m-%d %H:%M} {act}: {outcome}")

    def _choose(self, condition: Callable[[Person], bool]) -> Person | None:
        fitting = [person for person in self._people if condition(person)]
        return self._rng.choice(fitting) if fitting else None

    def _hire(self) -> str:
        if len(self._people) >= MOST_PEOPLE:
            return "nobody"
        name, firm = f"Person {len(self._people)}", self._rng.choice(self._firms)
        email = f"person{len(self._people)}.{len(self.trace)}@example.org"
        user_id = make_account(self.app, email)
        with self.app.app_context(), transaction():
            added = add_person(firm.actor(), PersonFacts(name, email), [], clock.now())
            added.user_id, added.joined_at = user_id, clock.now()  # the hourly job finds what is required of them
            membership_id = added.id
        self._people.append(Person(name, user_id, membership_id, firm))
        return name

    def _prepare(self) -> str:
        person = self._choose(lambda one: not one.is_ready)
        if person is None:
            return "nobody"
        make_ready(self.app, person.user_id, person.name)
        person.is_ready = True
        return person.name

    def _begin(self) -> str:
        person = self._choose(lambda one: one.is_ready and one.attempt is None)
        if person is None:
            return "nobody"
        person.attempt = start_final(self.app, person.user_id)
        return person.name

    def _answer(self) -> str:
        person = self._choose(lambda one: one.attempt is not None and not one.is_done)
        if person is None or person.attempt is None:
            return "nobody"
        with self.app.app_context():
            attempt = db.session.get_one(Attempt, person.attempt)
            waiting = [one for one in list_responses(attempt) if not one.version] or list_responses(attempt)
            response = self._rng.choice(waiting)
            scene, position, before = response.snapshot.payload, response.position, response.version
            earlier = response.given
        verdict = "report-now" if scene["truth"] == "concern" else "nothing-to-report"
        given = {"verdict": verdict, "confidence": "certain", "action": first_step(scene, verdict)}
        try:
            with self.app.app_context(), transaction():
                own, response = get_attempt_with_response(person.user_id, person.attempt, position)
                version = save_response(own, response, given, before, clock.now(), record=True)
        except (SQLAlchemyError, DomainError):
            self._unknown = (person.attempt, position, (before, earlier), (before + 1, given))
            raise
        self._ledger.saved[person.attempt, position] = (version, given)
        return f"{person.name}, scene {position}"

    def _note_what_is_there(
        self, attempt: UUID, position: int, old: tuple[int, Any], new: tuple[int, dict[str, Any]]
    ) -> None:
        """Look up, as a reload does, whether an answer that failed is there: all of it or nothing."""
        of_it = (Response.attempt_id == attempt, Response.position == position)
        with self.app.app_context():
            version, given = db.session.execute(select(Response.version, Response.given).where(*of_it)).one()
        if (version, given) == new:
            self._ledger.saved[attempt, position] = new
        elif (version, given) != old:
            raise Broken("\n".join([f"an answer is there by halves: {version}, {given}", "after", *self.trace]))

    def _hand_in(self) -> str:
        person = self._choose(lambda one: one.attempt is not None and not one.is_done)
        if person is None or person.attempt is None:
            return "nobody"
        hand_in(self.app, person.user_id, person.attempt)
        person.is_done = True
        self._ledger.handed_in[person.attempt] = person.user_id
        return person.name

    def _require(self) -> str:
        firm = self._rng.choice(self._firms)
        today, days = clock.today(), self._rng.choice([1, 14, 30])
        firm.require(replace(EVERYONE, title=f"Rule {len(self.trace)}", starts_on=today, days_allowed=days))
        return f"{days} days"

    def _waive(self) -> str:
        person = self._choose(lambda one: not one.has_left)
        if person is None:
            return "nobody"
        with self.app.app_context(), transaction() as session:
            of_person = (Assignment.membership_id == person.membership_id, Assignment.ended_at.is_(None))
            duties = session.scalars(select(Assignment).where(*of_person).order_by(Assignment.id)).all()
            if not duties:
                return "no duty"
            until = clock.today() + dt.timedelta(days=self._rng.randint(1, 40))
            waive(person.firm.actor(), self._rng.choice(duties).id, "On leave", until, clock.now())
        return person.name

    def _leave(self) -> str:
        person = self._choose(lambda one: not one.has_left)
        if person is None:
            return "nobody"
        with self.app.app_context(), transaction() as session:
            membership = session.get_one(Membership, person.membership_id)
            firm = session.get_one(Organization, person.firm.id)
            remove_person(person.firm.actor(), membership, local_day(firm.time_zone, clock.now()), clock.now())
        person.has_left = True
        return person.name

    def _wait(self) -> str:
        hours = self._rng.choice([1, 3, 7, 24, 24 * 5])
        self._clock.shift(dt.timedelta(hours=hours))
        return f"{hours} h"

    def _work(self) -> str:
        """Give each task of the worker a whole turn. One that fails doesn't stop the others."""
        failed = []
        for task in TASKS:
            received = len(self._mailbox.mails)
            with self.app.app_context():
                try:
                    for _portion in task.work():
                        pass
                except (SQLAlchemyError, OSError, Incomplete) as error:
                    failed.append(f"{task.label} ({type(error).__name__})")
                    self._is_unsure |= {str(mail["Message-ID"]) for mail in self._mailbox.mails[received:]}
                finally:
                    db.session.remove()
        self._has_worked = not failed
        return f"failed: {', '.join(failed)}" if failed else "all done"

    def _wrongly_skipped(self) -> list[str]:
        """Return firms that the worker has just skipped although there was something to do.

        One at which it was interrupted is taken up again once the lease is over.
        """
        lines = []
        for firm in self._firms if self._has_worked else ():
            with self.app.app_context():
                leased = select(Upkeep.id).where(Upkeep.organization_id == firm.id, Upkeep.tries > 0)
                if db.session.scalar(leased) is not None:
                    continue
            before = self._given_to(firm)
            with self.app.app_context():
                for _portion in keep_up(firm.id):
                    pass
            if (after := self._given_to(firm)) != before:
                lines.append(f"a firm was skipped that had {before} and would have had {after}")
        self._has_worked = False
        return lines

    def _given_to(self, firm: Firm) -> list[int | None]:
        """Return how many duties, reminders, lists and courses the people of a firm have."""
        with self.app.app_context():
            counts = [
                select(func.count()).where(Assignment.organization_id == firm.id, Assignment.ended_at.is_(None)),
                *(select(func.count()).where(record.organization_id == firm.id) for record in (Reminder, Digest)),
                select(func.count())
                .select_from(Enrollment)
                .join(Membership, Membership.user_id == Enrollment.user_id)
                .where(Membership.organization_id == firm.id),
            ]
            return [db.session.scalar(count) for count in counts]

    def _look(self) -> None:
        """Raise Broken unless all that must always hold does."""
        lines = [*complaints(self.app, self._ledger), *self._wrong_statuses(), *self._mails_sent_twice()]
        lines += self._wrongly_skipped()
        with self.app.app_context():
            per_person = Counter(db.session.scalars(select(Credential.user_id)))
        lines += [f"{number} certificates for one completion" for number in per_person.values() if number > 1]
        if lines:
            raise Broken("\n".join([*lines, "after", *self.trace]))

    def _wrong_statuses(self) -> list[str]:
        lines = []
        with self.app.app_context():
            for firm in self._firms:
                zone = db.session.get_one(Organization, firm.id).time_zone
                today = local_day(zone, clock.now())
                for row in db.session.execute(select(statements.duties()), snapshots.on(firm.id, today)).all():
                    duty = get_duty(db.session.get_one(Assignment, row.assignment_id))
                    if row.status != rules.status(duty, today).value:
                        lines.append(f"the page says {row.status}, the rule {rules.status(duty, today)}")
        return lines

    def _mails_sent_twice(self) -> list[str]:
        received = Counter(str(mail["Message-ID"]) for mail in self._mailbox.mails)
        lines = [
            f"{number} × the mail {one}"
            for one, number in received.items()
            if number > 1 and one not in self._is_unsure
        ]
        with self.app.app_context():
            sent = db.session.scalars(select(OutboxMessage.message_id).where(OutboxMessage.sent_at.is_not(None)))
            return [*lines, *(f"never received: {one}" for one in sent if one not in received)]

    def _look_at_end(self) -> None:
        with self.app.app_context():
            waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None))
            left = db.session.scalars(select(OutboxMessage.template).where(*waiting)).all()
        if left:
            raise Broken("\n".join([f"mails still wait: {left}", "after", *self.trace]))

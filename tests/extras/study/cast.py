"""A firm with a study that is open: Alice owns it, and guards at two sites are invited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from tests.assessment import pretests
from tests.cast import (
    add_second_factor,
    answer_all,
    hand_in,
    make_account,
    make_firm,
    make_site,
    put_on_roster,
    sign_in_as,
)
from tests.support import COURSE, Visitor
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.operations import TrialFacts, agree, allow, close_trial, open_trial, set_up, start_second

BEGINS = "2026-11-23T15:00:00Z"
LAST_DAY = dt.date(2026, 12, 23)


@dataclass
class Studied:
    """The firm, its study and the guards."""

    app: Flask
    alice: UUID
    firm: UUID
    trial: UUID
    guards: Sequence[UUID]

    def enter(self, guard: int) -> Visitor:
        """Return a browser of a guard."""
        return sign_in_as(self.app, self.guards[guard])

    def own(self) -> Visitor:
        """Return a browser of the owner."""
        return sign_in_as(self.app, self.alice)

    def path(self, rest: str = "") -> str:
        """Return an address of the firm's study."""
        return f"/organizations/{self.firm}/study{rest}"

    def person(self, guard: int) -> TrialPerson:
        """Return what fell to a guard who agreed."""
        with self.app.app_context():
            return db.session.get_one(TrialPerson, (self.trial, self.guards[guard]))

    def judge_first(self, guard: int, *, wrong: int = 0) -> None:
        """Let a guard agree and hand in the first form."""
        with self.app.app_context(), transaction():
            attempt = agree(self.guards[guard], self.trial, served(), clock.now()).id
        self._judge(guard, attempt, wrong)

    def in_group(self, arm: str) -> int:
        """Let guards agree until one falls into a group; return which. The last guard never has to."""
        for guard in range(len(self.guards)):
            self.judge_first(guard)
            if self.person(guard).arm == arm:
                return guard
        raise AssertionError(arm)

    def judge_second(self, guard: int, *, wrong: int = 0) -> None:
        """Let a guard hand in the second form."""
        with self.app.app_context(), transaction():
            attempt = start_second(self.guards[guard], self.trial, served(), clock.now()).id
        self._judge(guard, attempt, wrong)

    def judge_alone(self, guard: int) -> None:
        """Let a guard take the pretest without taking part."""
        self._judge(guard, pretests.start(self.app, self.guards[guard]), 0)

    def _judge(self, guard: int, attempt: UUID, wrong: int) -> None:
        answer_all(self.app, attempt, wrong=wrong)
        hand_in(self.app, self.guards[guard], attempt)


def make_trial(app: Flask, guards: int = 8, *, is_open: bool = True) -> Studied:
    """Make the firm and its study."""
    alice = make_account(app, "alice@example.org")
    add_second_factor(app, alice)
    firm = make_firm(app, alice)
    sites = [make_site(app, alice, firm, name) for name in ("Harbor Mall", "Motel 95")]
    users = []
    for number in range(guards):
        email = f"guard{number}@example.org"
        users.append(make_account(app, email))
        put_on_roster(app, firm, users[-1], name=f"Guard {number}", email=email, teams=[sites[number % 2]])
    with app.app_context(), transaction():
        trial = allow(firm, clock.now()).id
    studied = Studied(app, alice, firm, trial, users)
    if is_open:
        open_it(studied)
    return studied


def open_it(studied: Studied, **changes: object) -> None:
    """Set the study up and open it."""
    facts: dict[str, object] = {"course": COURSE, "contact": "Dr. Roe, 207-555-0100", "enroll_until": LAST_DAY}
    with studied.app.app_context(), transaction():
        trial = db.session.get_one(Trial, studied.trial)
        set_up(studied.alice, trial, TrialFacts(**(facts | changes)), served(), clock.now())  # type: ignore[arg-type]
        open_trial(studied.alice, trial, served(), clock.now())


def close_it(studied: Studied) -> None:
    """Close the study."""
    with studied.app.app_context(), transaction():
        close_trial(db.session.get_one(Trial, studied.trial), clock.now(), studied.alice)

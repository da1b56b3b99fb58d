"""A public class that Ines teaches, with someone who has no account."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, approve, desk_of, hold_meeting, make_account, make_class
from tests.support import COURSE
from trainer.accounts.operations import confirm_address
from trainer.accounts.queries import get_user
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing.models import Signature
from trainer.instructing.sessions import sign_off
from trainer.instructing.walk_ins import Stranger, add_stranger, claim, claim_code
from trainer.learning.queries import find_enrollment, list_readings


@dataclass
class Evening:
    """A public class that Ines teaches, with a meeting at which Gus was, who has no account."""

    app: Flask
    ines: UUID
    id: UUID
    meeting: UUID
    gus: UUID

    def sign(self) -> UUID:
        """Sign off; return the signature."""
        with self.app.app_context(), transaction():
            sign_off(desk_of(self.ines, self.id), self.meeting, "Ines Ito", served().courses[COURSE], True, clock.now())
        with self.app.app_context():
            return db.session.scalars(select(Signature.id).order_by(Signature.signed_at.desc())).first()  # type: ignore[return-value]

    def add(self, stranger: Stranger, *, is_another: bool = False) -> UUID:
        with self.app.app_context(), transaction():
            desk = desk_of(self.ines, self.id)
            return add_stranger(desk, self.meeting, stranger, clock.now(), is_another=is_another).id

    def claim(self, user: UUID, code: str | None = None) -> UUID:
        with self.app.app_context(), transaction():
            right = claim_code(self.gus)
            return claim(user, self.gus, right if code is None else code, served().courses, True, clock.now()).id

    def read(self, user: UUID) -> int:
        """Return how many lessons someone has read."""
        with self.app.app_context():
            enrollment = find_enrollment(user, COURSE)
            return len(list_readings(enrollment.id)) if enrollment else 0


def own_address(app: Flask, user: UUID) -> None:
    """Confirm the address of an account."""
    with app.app_context(), transaction():
        confirm_address(get_user(user), clock.now())


def open_evening(app: Flask) -> Evening:
    """Let Ines teach in public, and Gus be there."""
    ines = make_account(app, "ines@example.org")
    add_second_factor(app, ines)
    approve(app, ines)
    cohort = make_class(app, ines, None)
    meeting = hold_meeting(app, ines, cohort, minutes=500)
    with app.app_context(), transaction():
        gus = add_stranger(desk_of(ines, cohort), meeting, Stranger("Gus Gold", "0417"), clock.now()).id
    return Evening(app, ines, cohort, meeting, gus)

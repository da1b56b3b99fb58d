"""Gus, a guard without an address: on Acme's roster as 00417, with a slip, and then with a PIN."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.pins.slips import print_slip
from trainer.organizations.models import Membership, Organization
from trainer.organizations.operations import PersonFacts, add_person
from trainer.organizations.queries import get_person

NUMBER, PIN = "00417", "583204"
WRONG = "These don’t go together"


def add_gus(acme: Acme, number: str = NUMBER, name: str = "Gus Gold") -> UUID:
    """Put someone without an address on the roster, at the harbor."""
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        return add_person(alice, PersonFacts(name, None, "Guard", number), [acme.harbor], clock.now()).id


def slip_for(acme: Acme, person: UUID, by: str = "alice") -> str:
    """Print a slip; return its code."""
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users[by], acme.id)
        return print_slip(actor, get_person(actor, person), clock.now()).code


def firm_code(app: Flask, firm: UUID) -> str:
    """Return what people type to say which firm they mean."""
    with app.app_context():
        return str(db.session.get_one(Organization, firm).code)


def sign_in(
    visitor: Visitor, acme: Acme, pin: str = PIN, *, number: str = NUMBER, firm: str | None = None, address: str = ""
) -> TestResponse:
    """Send the sign-in form, from a network of its own if one is given."""
    fields = {"firm": firm_code(acme.app, acme.id) if firm is None else firm, "number": number, "pin": pin}
    return visitor.post("/in", fields, environ_base={"REMOTE_ADDR": address or "127.0.0.1"})


def come_in(visitor: Visitor, acme: Acme, code: str, pin: str = PIN, *, number: str = NUMBER) -> TestResponse:
    """Use a slip and choose a PIN."""
    answer = sign_in(visitor, acme, code, number=number)
    assert (answer.status_code, answer.location) == (303, "/in/pin"), answer.text
    return visitor.post("/in/pin", {"new_pin": pin, "again": pin, "is_old_enough": "y"})


def user_of(app: Flask, person: UUID) -> UUID:
    """Return the user whom an entry on the roster has got."""
    with app.app_context():
        found = db.session.get_one(Membership, person).user_id
        assert found is not None
        return found


def statements(acme: Acme, secret: str, **typed: str) -> list[str]:
    """Return what is asked of the database when a stranger sends the sign-in form."""
    visitor, ran = Visitor(acme.app), []
    visitor.token()
    fields = {"firm": firm_code(acme.app, acme.id), **typed}

    def note_down(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        ran.append(re.sub(r"ORDER BY .*|FOR UPDATE", "", statement))

    with acme.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note_down)
    sign_in(visitor, acme, secret, **fields)
    with acme.app.app_context():
        event.remove(db.engine, "before_cursor_execute", note_down)
    return ran

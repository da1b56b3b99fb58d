"""What is in the account that goes belongs to the one that stays."""

from __future__ import annotations

from sqlalchemy import select

from tests.cast import join_class, make_account, put_on_roster
from tests.extras.notes.cast import add_note
from tests.instructing.conftest import open_room
from tests.organizations.conftest import Acme
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.mergers.taking_over import take_over_classes
from trainer.extras.notes.models import ClassNote


def test_joining_two_accounts_leaves_no_note_of_the_place_that_ended(acme: Acme) -> None:
    taking = open_room(acme, course="security-officer", takes_notes=True)
    other = make_account(taking.app, "other@example.org")
    put_on_roster(taking.app, taking.acme.id, other, name="Bob too", email="other@example.org")
    member = join_class(taking.app, other, taking.id, "Bob too")
    add_note(taking.app, member)
    kept = add_note(taking.app, taking.bob)
    with taking.app.app_context(), transaction():
        take_over_classes(other, taking.acme.users["bob"], clock.now())
    with taking.app.app_context():
        assert db.session.scalars(select(ClassNote.id)).all() == [kept]

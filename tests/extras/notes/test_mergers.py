"""Notes handed in with one of two accounts of a person that become one."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import join_class, make_class
from tests.extras.mergers.pair import Pair, settle
from tests.extras.mergers.pair import maria as maria
from tests.extras.notes.cast import add_note
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.notes.models import ClassNote
from trainer.instructing.models import CohortMember
from trainer.jobs.upkeep import keep_up

pytestmark = pytest.mark.on_both


@pytest.fixture
def note(maria: Pair) -> UUID:
    """Return a note that Maria handed in with her PIN."""
    app, acme = maria.acme.app, maria.acme
    room = make_class(app, acme.users["ines"], acme.id, takes_notes=True)
    return add_note(app, join_class(app, maria.pin_user, room, "Maria Gomez"))


def writers(maria: Pair, note: UUID) -> list[UUID]:
    """Return whose the note is, if it is still there."""
    query = select(CohortMember.user_id).join(ClassNote, ClassNote.member_id == CohortMember.id)
    with maria.acme.app.app_context():
        return list(db.session.scalars(query.where(ClassNote.id == note)))


def go_on(maria: Pair, hours: int) -> None:
    """Let the worker keep up the firm and settle what is due, so many hours from now."""
    with time_machine.travel(clock.now() + dt.timedelta(hours=hours), tick=False):
        with maria.acme.app.app_context():
            for _portion in keep_up(maria.acme.id, clock.now):
                pass
        settle(maria.acme.app)


def test_notes_handed_in_with_the_other_account_stay(maria: Pair, note: UUID) -> None:
    maria.join()
    go_on(maria, 1)
    assert writers(maria, note) == [maria.pin_user]
    go_on(maria, 25)
    assert writers(maria, note) == [maria.own_user]


def test_whoever_does_not_know_the_pin_gets_no_notes(maria: Pair, note: UUID) -> None:
    maria.join(pin="")
    go_on(maria, 1)
    assert writers(maria, note) == [maria.pin_user]
    go_on(maria, 25)
    assert writers(maria, note) == []


def test_joined_without_the_pin_and_undone_no_note_is_lost(maria: Pair, note: UUID) -> None:
    acme = maria.acme
    maria.join(pin="")
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    go_on(maria, 25)
    assert writers(maria, note) == [maria.pin_user]

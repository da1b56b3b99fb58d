"""After erasing, no byte is left of what someone handed in, or kept to answer with."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from tests.extras.notes.cast import add_note
from tests.privacy.canary import find, live
from tests.support import PASSWORD
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.notes.models import SavedComment
from trainer.privacy.rules import COOLING
from trainer.privacy.tasks import erase_accounts, forget_all

pytestmark = pytest.mark.on_both

OWN = ("canary note", "canary comment")


def test_no_byte_is_left_of_notes_and_of_comments_that_were_kept(app: Flask) -> None:
    wren, member, visitor = live(app)
    add_note(app, member, "A canary note about a van.")
    with app.app_context(), transaction():
        db.session.add(SavedComment(user_id=wren, text="canary comment", saved_at=clock.now()))
    assert find(app, OWN) == set(OWN)
    assert visitor.post("/account/erasure", {"password": PASSWORD}).status_code == 303
    with time_machine.travel(clock.now() + COOLING), app.app_context():
        list(erase_accounts())
        list(forget_all())
    assert find(app, OWN) == set()

"""After erasing, no byte of what was the person's alone is left: in the database's files, mails, logs and copies."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.privacy.canary import GONE, KEPT, find, live
from tests.support import PASSWORD, Visitor
from trainer.core import clock
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.jobs.work import advance_all
from trainer.privacy.rules import COOLING
from trainer.privacy.tasks import erase_accounts, forget_all

pytestmark = pytest.mark.on_both


@pytest.mark.check("T157")
def test_no_byte_of_the_person_is_left_but_what_the_rule_keeps(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _wren, _member, visitor = live(app)
    with app.app_context():
        list(advance_all())
    copies = Path(app.config["SETTINGS"].instance) / "copies"
    assert [*copies.rglob("copy.zip")]
    assert find(app, GONE) == set(GONE)
    assert visitor.post("/account/erasure", {"password": PASSWORD}).status_code == 303
    with time_machine.travel(clock.now() + COOLING), app.app_context():
        list(erase_accounts())
        list(forget_all())
    assert find(app, GONE) == set()
    assert not [*copies.iterdir()]
    assert find(app, KEPT) == set(KEPT)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    assert "Canary Holder" in Visitor(app).get(f"/verify/{serial}").text
    assert not any(mark in record.getMessage() for record in caplog.records for mark in (*GONE, *KEPT))

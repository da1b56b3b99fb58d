"""A note that is handed in, withdrawn and answered in the same instant over two worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from tests.cast import add_second_factor, approve, join_class, make_account, make_class, sign_in_as, write_note
from tests.live import all_at_once, serving
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.extras.notes.models import ClassNote

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

ROUNDS = int(os.environ.get("TRAINER_ROUNDS", "2"))
AT_ONCE = 64


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def count(app: Flask, record: type[Base], *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_note_handed_in_many_times_at_once_waits_once_and_is_answered_or_withdrawn(app: Flask, server: str) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    add_second_factor(app, ines)
    approve(app, ines)
    cohort = make_class(app, ines, None, course="security-officer", takes_notes=True)
    join_class(app, leo, cohort)
    write_note(app, leo)
    teacher, writer = sign_in_as(app, ines), sign_in_as(app, leo)
    token, cookie, path = (
        writer.token(),
        writer.cookie(),
        "/courses/security-officer/your-venue/farm/answers/at-the-van",
    )
    hand_in = (f"{path}/hand-in", {"csrf_token": token, "cohort": str(cohort)}, cookie)
    for _round in range(ROUNDS):
        answers = all_at_once(server, [hand_in] * AT_ONCE)
        assert {status for status, _location in answers} == {303}
        assert count(app, ClassNote, ClassNote.answered_at.is_(None)) == 1
        with app.app_context():
            note = db.session.scalars(select(ClassNote.id).where(ClassNote.answered_at.is_(None))).one()
        withdraw = (f"/my-notes/{note}/withdrawal", {"csrf_token": token}, cookie)
        fields = {"csrf_token": teacher.token(), "do": "send", "comment": "Good."}
        reply = (f"/cohorts/{cohort}/notes/{note}", fields, teacher.cookie())
        all_at_once(server, [withdraw, reply] * 8)
        kept = count(app, ClassNote, ClassNote.id == note)
        assert count(app, ClassNote, ClassNote.id == note, ClassNote.comment == "Good.") == kept
        assert count(app, OutboxMessage, OutboxMessage.id == note) == kept
        with app.app_context(), transaction():
            db.session.execute(delete(ClassNote))

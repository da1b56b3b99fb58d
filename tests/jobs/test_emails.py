"""Each mail is written in its own language, whatever the one before it was written in."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import actor_of, make_account, make_firm
from tests.languages import PSEUDO, pseudo, speak_pseudo
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.organizations.closing import close

pytestmark = pytest.mark.on_both

CLOSED_AT = dt.datetime(2026, 10, 3, 12, tzinfo=dt.UTC)


def test_a_mail_is_in_its_language_with_its_dates(app: Flask) -> None:
    speak_pseudo(app)
    owner_id = make_account(app)
    firm_id = make_firm(app, owner_id)
    with app.app_context():
        with transaction():
            close(actor_of(owner_id, firm_id), "Acme Security", CLOSED_AT)
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "firm-closed")).one()
        db.session.expunge(message)  # the record itself stays as it is
        for language in ("en", PSEUDO, "en", PSEUDO):
            message.language = language
            letter = write(message)
            assert letter is not None
            is_source = language == "en"
            subject, hello = "Closed, and what you can still do", "Hello,"
            assert letter.subject == (subject if is_source else pseudo(subject))
            assert letter.text.startswith(f"{hello if is_source else pseudo(hello)}\n\n")
            assert ("«" in letter.text, "«" in letter.html) == (not is_source, not is_source)
            for day in ("October 3, 2026", "November 2, 2026") if is_source else ("3 أكتوبر 2026", "2 نوفمبر 2026"):
                assert day in letter.text
            assert f'<html lang="{language}" dir="{"ltr" if is_source else "rtl"}">' in letter.html

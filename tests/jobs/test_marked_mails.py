"""Every mail, read in the second language, holds no word that isn't marked for translation."""

from __future__ import annotations

import datetime as dt
from itertools import product

from flask import Flask
from flask_babel import force_locale

from tests.jobs.mails import MAILS, TODAY, URL, VALUES
from tests.languages import PSEUDO, speak_pseudo
from tests.web.marked import unmarked, unmarked_in
from trainer.assignments.emails import subject_of
from trainer.web.emails import render_email

NOT_OURS = {"Would you recognize it?"}


def test_a_mail_holds_nothing_that_is_not_marked(app: Flask) -> None:
    speak_pseudo(app)
    faulty = {}
    with app.test_request_context(), force_locale(PSEUDO):
        for path in MAILS:
            for values in VALUES.get(path.stem, [{"url": URL}]):
                letter = render_email(f"{path.parts[-3]}/mail/{path.stem}", **values)
                found = [*unmarked_in([letter.subject]), *unmarked_in(letter.text.splitlines()), *unmarked(letter.html)]
                if unknown := {text for text in found if URL not in text and text not in URL} - NOT_OURS:
                    faulty[f"{path.stem} {values}"] = unknown
    assert faulty == {}


def test_the_subject_of_a_reminder_holds_nothing_that_is_not_marked(app: Flask) -> None:
    speak_pseudo(app)
    with app.test_request_context(), force_locale(PSEUDO):
        for minutes, days in product((0, 1, 9), (-3, 0, 2, 20)):
            subject = subject_of(minutes, TODAY + dt.timedelta(days=days), TODAY)
            assert list(unmarked_in([subject])) == []
            assert subject.count("«") == 2, subject

"""Words for where someone stands."""

from __future__ import annotations

import pytest
from flask import Flask

from trainer.assignments.words import reminder_name


@pytest.mark.parametrize(
    ("kind", "words"),
    [("30 days", "30 days before"), ("1 day", "1 day before"), ("overdue 2", "Overdue, week 2")],
)
def test_a_reminder_is_named_by_how_far_the_due_day_is(app: Flask, kind: str, words: str) -> None:
    with app.test_request_context():
        assert reminder_name(kind) == words

"""Where people stood on a past day, against what happened until it ended."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter

from flask import Flask

from tests.compliance.days import DAYS, Story, live, tell
from trainer.compliance.queries import count_rows, iterate_rows, list_rows, sight_of
from trainer.compliance.rules import Narrowing, Order, Row
from trainer.core.db import db

HISTORIES = int(os.environ.get("TRAINER_TEST_HISTORIES", "20"))


def shown(row: Row) -> tuple[object, ...]:
    """Return what the oracle tells of a row."""
    return row.status.value, row.due_on, row.waived_until, row.teams, row.requirement


def compare(story: Story, day: dt.date) -> int:
    """Compare all that is read of a day with what happened; return how many duties there were."""
    later = story.end_of(story.first + dt.timedelta(days=DAYS + 1))
    sight = sight_of(story.actor(), later, day)
    rows = list(iterate_rows(sight, Narrowing()))
    told = tell(story, day)
    assert {(row.membership_id, row.requirement_id): shown(row) for row in rows} == told
    counts = count_rows(sight, Narrowing())
    assert {status.value: number for status, number in counts.by_status.items()} == Counter(
        stand[0] for stand in told.values()
    )
    in_team = Counter(
        story.names[team] for team, of_team in counts.by_team.items() for _one in range(sum(of_team.values()))
    )
    assert in_team == Counter(team for stand in told.values() for team in stand[3])
    for order in Order:
        pages: list[Row] = []
        after: str | None = None
        while True:
            page = list_rows(sight, Narrowing(order=order), after, most=2)
            pages += page.rows
            after = page.next_after
            if after is None:
                break
        assert pages == list(iterate_rows(sight, Narrowing(order=order)))
    for team, name in story.names.items():
        of_team = list(iterate_rows(sight, Narrowing(team_id=team)))
        assert of_team == [row for row in rows if name in row.teams]
    return len(rows)


def test_each_day_of_random_weeks_is_as_what_happened_until_its_end(app: Flask) -> None:
    histories = HISTORIES if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else max(5, HISTORIES // 4)
    with app.app_context():
        for seed in range(histories):
            story = live(app, seed)
            for number in range(DAYS):
                day = story.first + dt.timedelta(days=number)
                try:
                    compare(story, day)
                except AssertionError as error:
                    error.add_note(f"history {seed}, {day}")
                    raise
                db.session.rollback()

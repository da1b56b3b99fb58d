"""Where people stood on a past day, against what happened until it ended."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests.cast import actor_of, add_second_factor, make_account, make_site, put_on_roster, sign_in_as
from tests.compliance.conftest import Training
from tests.compliance.days import DAYS, Story, count_rules, live, tell
from tests.extras.api.conftest import token_of
from tests.extras.api.histories import (
    in_api,
    in_csv,
    in_xlsx,
    said,
    told_of,
)
from tests.extras.packs.made import cover, finish, page, table
from trainer.compliance.queries import PAGE, count_rows, iterate_rows, list_and_count, list_rows, viewer_of
from trainer.compliance.rules import Row, StatusCounts, StatusFilter, StatusOrder, Viewer
from trainer.compliance.words import as_table
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.extras.api.views.api import limited
from trainer.extras.packs.operations import order_pack
from trainer.jobs.upkeep import keep_up
from trainer.organizations.models import Organization
from trainer.organizations.operations import set_teams
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role, local_day
from trainer.web.tables import csv_lines

pytestmark = pytest.mark.on_both

HISTORIES = int(os.environ.get("TRAINER_TEST_HISTORIES", "12"))


def shown(row: Row) -> tuple[object, ...]:
    """Return what the oracle tells of a row."""
    return row.status.value, row.due_on, row.waived_until, row.teams, row.requirement


def compare(story: Story, day: dt.date) -> int:
    """Compare all that is read of a day with what happened; return how many duties there were."""
    later = story.end_of(story.first + dt.timedelta(days=DAYS + 1))
    viewer = viewer_of(story.actor(), later, day)
    rows = list(iterate_rows(viewer, StatusFilter()))
    told = tell(story, day)
    assert {(row.membership_id, row.requirement_id): shown(row) for row in rows} == told
    counts = count_rows(viewer, StatusFilter())
    assert {status.value: number for status, number in counts.by_status.items()} == Counter(
        stand[0] for stand in told.values()
    )
    in_team = {story.names[team]: (of_team.people, of_team.people_current) for team, of_team in counts.by_team.items()}
    standing: dict[str, dict[UUID, set[object]]] = {}
    for (person, _requirement), stand in told.items():
        for name in stand[3]:
            standing.setdefault(name, {}).setdefault(person, set()).add(stand[0])
    assert in_team == {
        name: (len(people), sum(statuses == {"current"} for statuses in people.values()))
        for name, people in standing.items()
    }
    pages: list[Row] = []
    after: str | None = None
    while True:
        page = list_rows(viewer, StatusFilter(), after, most=2)
        pages += page.rows
        after = page.next_after
        if after is None:
            break
    assert pages == rows
    by_day = list(iterate_rows(viewer, StatusFilter(order=StatusOrder.DUE)))
    assert by_day == sorted(rows, key=lambda row: row.due_on)
    for order in StatusOrder:
        assert people_in(viewer, StatusFilter(order=order), counts) == by_person(rows, order)
    for team, name in story.names.items():
        of_team = list(iterate_rows(viewer, StatusFilter(team_id=team)))
        assert of_team == [row for row in rows if name in row.teams]
    return len(rows)


def people_in(viewer: Viewer, status_filter: StatusFilter, counts: StatusCounts) -> list[list[Row]]:
    """Return the people of all pages, each with their rows."""
    people: list[list[Row]] = []
    after: str | None = None
    while True:
        page, also = list_and_count(viewer, status_filter, after, most=2)
        assert also == counts
        people += map(list, page.rows)
        after = page.next_after
        if after is None:
            return people


def by_person(rows: list[Row], order: StatusOrder) -> list[list[Row]]:
    """Return the rows of each person, by name, or first whoever has something to do."""
    people = [list(theirs) for _person, theirs in groupby(rows, lambda row: row.membership_id)]
    if order is StatusOrder.NAME:
        return people
    return sorted(people, key=lambda theirs: min(dt.date.max if row.waived_until else row.due_on for row in theirs))


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


@pytest.mark.check("T086")
def test_page_csv_xlsx_api_and_pack_show_the_same_of_a_past_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "most", 1_000_000)
    for seed in range(1000, 1000 + max(3, HISTORIES // 10)):
        with app.app_context():
            story = live(app, seed)
        later = story.end_of(story.first + dt.timedelta(days=DAYS + 1))
        add_second_factor(app, story.owner_id)
        with time_machine.travel(later, tick=False):
            token, visitor = token_of(app, story.owner_id, story.firm_id), sign_in_as(app, story.owner_id)
            for number in (1, 4, DAYS - 1):
                day = story.first + dt.timedelta(days=number)
                with app.app_context():
                    rows = list(iterate_rows(viewer_of(story.actor(), later, day), StatusFilter()))
                    table = "".join(csv_lines(as_table(rows)))
                    in_files = in_csv(rows), in_xlsx(rows)
                cells, _stands = in_api(app, token, f"?limit=3&on={day}")
                assert ([said(row) for row in rows],) * 2 == in_files == (cells, cells)
                firm = f"/organizations/{story.firm_id}/training"
                page = visitor.get(f"{firm}?on={day}").text
                assert all(row.name in page for row in rows[:PAGE])
                exported = visitor.post(f"{firm}/exports?on={day}", {"form": "csv"})
                assert exported.data.decode() == table
                assert f"training-status-{day}.csv" in exported.headers["Content-Disposition"]
                if number == 4:
                    compare_pack(app, story, day, rows)


def compare_pack(app: Flask, story: Story, day: dt.date, rows: list[Row]) -> None:
    """Compare a pack of a past day, made now, with what training status says of that day."""
    with app.app_context(), transaction():
        job_id = order_pack(story.actor(), day, clock.now()).id
    files = finish(app, job_id)
    cells = list(csv.reader(io.StringIO(files["training-status.csv"].decode("utf-8-sig"))))[1:]
    assert [[cell.removeprefix("'") for cell in row[:-1]] for row in cells] == [said(row) for row in rows]
    statuses = {str(row.assignment_id): row.status.value for row in rows}
    told = told_of(statuses, rows, count_rules(story, day), day)
    assert told in page(files)
    assert told.replace(" ", "") in cover(files).replace(" ", "")
    waived = sum(status == "waived" for status in statuses.values())
    in_effect = [row["In effect on the day of this pack"] for row in table(files, "waivers")]
    assert in_effect.count("yes") == waived


@pytest.fixture
def week(training: Training) -> Iterator[Training]:
    """A week after Acme Security required the course."""
    with time_machine.travel(clock.now() + dt.timedelta(days=7), tick=False):
        yield training


def days_ago(training: Training, days: int) -> dt.date:
    """Return a day of the firm."""
    with training.acme.app.app_context():
        firm = db.session.get_one(Organization, training.acme.id)
        return local_day(firm.time_zone, clock.now()) - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "still to come"), (8, "records begin on"), (None, "Write it like 2026-11-23")],
)
def test_a_day_that_has_no_status_is_refused_with_a_word(week: Training, days: int | None, words: str) -> None:
    alice, path = week.acme.enter("alice"), week.acme.path("/training")
    given = "soon" if days is None else str(days_ago(week, days))
    answer = alice.get(f"{path}?on={given}&q=bob")
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{given}"' in answer.text
    assert 'value="bob"' in answer.text
    exported = alice.post(f"{path}/exports?on={given}", {"form": "csv"})
    assert exported.status_code == 422
    assert words in exported.text


def test_a_past_day_stays_chosen_on_every_way_from_its_page(week: Training) -> None:
    alice, path, day = week.acme.enter("alice"), week.acme.path("/training"), days_ago(week, 3)
    page = alice.get(f"{path}?on={day}").text
    links = [html.unescape(link) for link in re.findall(r'(?:href|action)="([^"]*)"', page)]
    kept = [link for link in links if "group=" in link or "/training/" in link or "exports" in link]
    assert len(kept) >= 8
    assert [link for link in kept if f"on={day}" not in link] == []
    assert "was current" in page or "were current" in page
    assert "Back to today" in page
    person = alice.get(next(link for link in kept if "/training/" in link and "exports" not in link)).text
    assert "Required on" in person
    assert "Waive this" not in person


def test_today_by_its_day_is_today(week: Training) -> None:
    alice, path = week.acme.enter("alice"), week.acme.path("/training")
    page = alice.get(f"{path}?on={days_ago(week, 0)}").text
    assert "Back to today" not in page


def test_a_site_manager_sees_of_a_past_day_who_was_in_the_team_then(week: Training) -> None:
    acme, app = week.acme, week.acme.app
    team, other = (make_site(app, acme.users["alice"], acme.id, name) for name in ("Pier", "Quay"))
    then = days_ago(week, 0)
    moved = put_on_roster(app, acme.id, None, name="Mo Moved", email="mo@example.org", teams=[team])
    sam = make_account(app, "sam@example.org")
    put_on_roster(app, acme.id, sam, Role.MANAGER, name="Sam Site", email="sam@x.example", teams=[team])
    with app.app_context():
        for _portion in keep_up(acme.id):
            pass
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        with app.app_context(), transaction():
            actor = actor_of(acme.users["alice"], acme.id)
            set_teams(actor, get_person(actor, moved), [other], clock.now())
        add_second_factor(app, sam)
        visitor = sign_in_as(app, sam)
        assert "Mo Moved" not in visitor.get(acme.path("/training")).text
        page = visitor.get(acme.path(f"/training?on={then}")).text
        assert "Mo Moved" in page
        assert str(moved) not in page  # no link to someone whom Sam doesn't see now
        assert visitor.get(acme.path(f"/training/{moved}?on={then}")).status_code == 404
        assert "Bob" not in page


def test_a_withdrawn_certificate_counts_until_the_day_before(week: Training) -> None:
    app, firm = week.acme.app, week.acme.id
    with app.app_context():
        with transaction() as session:
            session.execute(update(Credential).values(revoked_at=clock.now() - dt.timedelta(days=3)))
        actor = actor_of(week.acme.users["alice"], firm)
        current = [
            count_rows(viewer_of(actor, clock.now(), days_ago(week, days)), StatusFilter()).people_current
            for days in (4, 3, 0)
        ]
    assert current == [1, 0, 0]

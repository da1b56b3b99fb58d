"""Screen, CSV, XLSX, PDF and API give the same rows, and a recount by walking the calendar gives the same statuses."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import select

from tests.assignments.firm import Firm, make_firm
from tests.cast import make_account, make_site
from tests.extras.api.conftest import token_of
from tests.extras.api.histories import BASES, History, in_api, in_csv, in_xlsx, recount, said, small_firms, write_down
from trainer.assignments.queries import list_requirements
from trainer.assignments.rules import SOON, Status
from trainer.compliance.queries import count_rows, iterate_rows, list_and_count, list_rows, look_ahead, viewer_of
from trainer.compliance.rules import GROUPS, End, Row, StatusCounts, StatusFilter, StatusGroup, StatusOrder, Viewer
from trainer.compliance.status_paper import StatusPaper, sheet_of
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.api.models import ApiToken
from trainer.extras.api.views.api import limited
from trainer.web.language import show_day

EXAMPLES = int(os.environ.get("TRAINER_TEST_HISTORIES", "40"))


def in_paper(firm: Firm, history: History, rows: list[Row]) -> dict[str, Any]:
    """Return all that the paper says, with a section for each site or none."""
    today = history.now.astimezone(ZoneInfo(history.zone)).date()
    sheet = sheet_of(StatusPaper("Acme", today, list_requirements(firm.id), rows))
    sections = sheet_of(StatusPaper("Acme", today, [], rows, has_sections=True))["sections"]
    listed = Counter(row["name"] for section in sections for row in section["rows"])
    assert listed == Counter(row.name for row in rows for _team in row.teams or ("",))
    return sheet


def cells_of(sheet: dict[str, Any]) -> list[list[str]]:
    """Return the rows on paper as an export has them, but for what paper leaves out."""
    return [
        ["" if row[name] == "–" else row[name] for name in ("name", "number", "requirement", "status", "due_on")]
        + ["" if row["completed_on"] == "–" else row["completed_on"], row["serial"]]
        for row in sheet["sections"][0]["rows"]
    ]


def as_on_paper(row: Row) -> list[str]:
    """Return what paper has to say of a row."""
    cells = said(row)
    completed = show_day(row.completed_on) if row.completed_on else ""
    number = BASES[True] if row.is_recorded else cells[9]
    return [row.name, cells[1], cells[5], cells[6], show_day(row.due_on), completed, number]


def counted_on_paper(counted: dict[str, str], rows: list[Row]) -> list[tuple[str, str, str]]:
    """Return (group, people, duties) as they are counted by hand."""
    late, soon = {"overdue", "expired"}, {"not_started", "in_progress"}
    groups = (("Overdue", late), ("Due", {"due_soon"}), ("Time left", soon), ("Waived", {"waived"}))
    lines = []
    for name, statuses in (*groups, ("Current", {"current"}), ("All", {status.value for status in Status})):
        duties = [row for row in rows if counted[str(row.assignment_id)] in statuses]
        lines.append((name, str(len({row.membership_id for row in duties})), str(len(duties))))
    return lines


def compare(firm: Firm, users: list[UUID], team: UUID, token: str, history: History) -> None:
    """Write a history down and compare all its pictures."""
    with time_machine.travel(history.now, tick=False), firm.app.app_context():
        with transaction():
            write_down(firm, users, team, history)
        counted, actor = recount(firm, history), firm.actor()
        viewer = viewer_of(actor, clock.now())
        rows = list(iterate_rows(viewer, StatusFilter()))
        screen = list_rows(viewer, StatusFilter(), None)
        counts = count_rows(viewer, StatusFilter())
        compare_by_day(viewer, counts)
        table, sheet, paper = in_csv(rows), in_xlsx(rows), in_paper(firm, history, rows)
        compare_home(viewer, rows)
        db.session.rollback()
    with time_machine.travel(history.now, tick=False):
        cells, stands = in_api(firm.app, token)
    assert {str(row.assignment_id): (row.status.value, row.waived_until) for row in rows} == counted
    assert {number: stand for number, (stand, _until) in counted.items()} == dict(stands)
    assert [str(row.assignment_id) for row in rows] == [number for number, _status in stands]
    assert {one.value: number for one, number in counts.by_status.items()} == Counter(
        stand for stand, _until in counted.values()
    )
    assert list(screen.rows) == rows
    assert [said(row) for row in rows] == table == sheet == cells
    assert cells_of(paper) == [as_on_paper(row) for row in rows]
    statuses = {number: stand for number, (stand, _until) in counted.items()}
    lines = [(line["name"], line["people"], line["duties"]) for line in paper["groups"]]
    assert lines == (counted_on_paper(statuses, rows) if rows else [])
    behind = {row.membership_id for row in rows if statuses[str(row.assignment_id)] != "current"}
    people = {row.membership_id for row in rows}
    assert (counts.people, counts.people_current) == (len(people), len(people - behind))
    if rows:
        assert paper["sentence"].startswith(f"{counts.people_current} of {counts.people} ")


def compare_by_day(viewer: Viewer, counts: StatusCounts) -> None:
    """Compare the page by due day, and what it counts, with all rows and with what the page by name counts."""
    for group in (None, StatusGroup.LATE):
        wanted = StatusFilter(order=StatusOrder.DUE, group=group)
        people = {row.membership_id for row in iterate_rows(viewer, wanted)}
        page, also = list_and_count(viewer, wanted, None, most=len(people) or 1)
        assert ({theirs[0].membership_id for theirs in page.rows}, also) == (people, counts)


def compare_home(viewer: Viewer, rows: list[Row]) -> None:
    """Compare what a firm's own page counts, and what its links show, with the rows of training status."""
    outlook = look_ahead(viewer, is_single=len({row.requirement_id for row in rows}) == 1)
    by_person: dict[UUID, list[Status]] = {}
    for row in rows:
        by_person.setdefault(row.membership_id, []).append(row.status)
    counts = outlook.counts
    assert counts.by_status == Counter(row.status for row in rows)
    assert counts.people == len(by_person)
    assert counts.people_current == sum(set(stands) == {Status.CURRENT} for stands in by_person.values())
    for group, statuses in GROUPS.items():
        assert counts.people_of(group) == sum(not set(statuses).isdisjoint(stands) for stands in by_person.values())
    month = viewer.today + dt.timedelta(days=SOON)
    for end in End:
        shown = list(iterate_rows(viewer, StatusFilter(end=end, from_on=viewer.today, to_on=month)))
        days = Counter(row.waived_until or row.due_on for row in shown)
        assert days == Counter({day: number for (kind, day), number in outlook.ends.items() if kind is end})
        by_name = [row for row in rows if row in shown]
        assert list(list_rows(viewer, StatusFilter(end=end, from_on=viewer.today, to_on=month), None).rows) == by_name
    ending = [row for row in rows if viewer.today <= (row.waived_until or row.due_on) <= month]
    assert sum(outlook.ends.values()) == len(ending)


@pytest.mark.on_both
@pytest.mark.check("T086")
def test_all_pictures_of_training_status_agree_with_a_recount(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "most", 1_000_000)
    firm = make_firm(app)
    users = [make_account(app, f"person{number}@example.org") for number in range(4)]
    team, token = make_site(app, firm.owner_id, firm.id), token_of(app, firm.owner_id, firm.id)
    with app.app_context(), transaction() as session:
        session.scalars(select(ApiToken)).one().expires_at = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)

    @given(small_firms())
    @settings(
        max_examples=EXAMPLES if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else EXAMPLES // 4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def agree(history: History) -> None:
        compare(firm, users, team, token, history)

    agree()

"""An evidence pack of the day has the rows and the numbers of training status, by a recount of random histories."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import select

from tests.assignments.firm import Firm, make_firm
from tests.cast import make_account, make_site
from tests.extras.api.histories import (
    History,
    recount,
    said,
    small_firms,
    told_of,
    write_down,
)
from tests.extras.packs.made import cover, finish, page, table
from trainer.assignments.models import Assignment, EarlierTraining, Requirement, Waiver
from trainer.compliance.orders import folder_of
from trainer.compliance.queries import iterate_rows, viewer_of
from trainer.compliance.rules import Row, StatusFilter
from trainer.compliance.words import chip
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.extras.packs.operations import order_pack
from trainer.organizations.models import Membership

EXAMPLES = int(os.environ.get("TRAINER_TEST_HISTORIES", "16"))


@dataclass(frozen=True)
class Records:
    """What a firm has on a day, by plain reading."""

    people: list[str]
    serials: list[str]
    waivers: list[tuple[str, str]]
    """Until when, and whether in effect."""
    trainings: list[tuple[str, str]]


def read_records(history: History, statuses: Mapping[str, str]) -> Records:
    """Return what belongs into a pack."""
    today = history.now.astimezone(ZoneInfo(history.zone)).date()
    people = [
        person
        for person in db.session.scalars(select(Membership))
        if (person.hired_on <= today if person.hired_on else person.created_at < history.now)
    ]
    ids, users = {person.id for person in people}, {person.user_id for person in people if person.user_id}
    courses = {requirement.id: requirement.course for requirement in db.session.scalars(select(Requirement))}
    asked = {
        (duty.user_id, courses[duty.requirement_id])
        for duty in db.session.scalars(select(Assignment))
        if duty.user_id in users
    }
    return Records(
        sorted(person.name for person in people),
        sorted(
            show_serial(credential.serial)
            for credential in db.session.scalars(select(Credential))
            if (credential.user_id, credential.course) in asked and credential.issued_at < history.now
        ),
        sorted(
            (str(waiver.until), "yes" if statuses.get(str(waiver.assignment_id)) == "waived" else "no")
            for waiver in db.session.scalars(select(Waiver))
        ),
        sorted(
            (training.title, str(training.completed_on))
            for training in db.session.scalars(select(EarlierTraining))
            if training.membership_id in ids
        ),
    )


def people_on(index: bytes) -> list[tuple[str, str]]:
    """Return (name, how they stood) of the rows of the page's table of people."""
    section = re.search(r'(?s)<table class="tbl fold pane0 earned">(.*?)</table>', index.decode())
    rows = re.findall(r"(?s)<tr>(.*?)</tr>", section[1])[1:] if section else []
    found = []
    for row in rows:
        name, stands = re.search(r"(?s)<bdi>(.*?)</bdi>", row), re.search(r'(?s)data-l="On that day">(.*?)</td>', row)
        assert name
        assert stands
        found.append((html.unescape(name[1]), " ".join(html.unescape(re.sub(r"<[^>]+>", " ", stands[1])).split())))
    return found


def compare(firm: Firm, users: list[UUID], team: UUID, history: History) -> None:
    """Write a history down, let a pack be made, and compare what it says."""
    today = history.now.astimezone(ZoneInfo(history.zone)).date()
    with time_machine.travel(history.now, tick=False):
        with firm.app.app_context(), transaction():
            write_down(firm, users, team, history)
        with firm.app.app_context():
            counted = {number: stand for number, (stand, _until) in recount(firm, history).items()}
            rows = list(iterate_rows(viewer_of(firm.actor(), clock.now()), StatusFilter()))
            records = read_records(history, counted)
            told = told_of(counted, rows, len(history.terms), today)
            standings = [
                " ".join([chip(row)[0], *(["Trained, not state-approved"] if row.is_only_trained else [])])
                for row in rows
            ]
        with firm.app.app_context(), transaction():
            job_id = order_pack(firm.actor(), today, clock.now()).id
        files = finish(firm.app, job_id)
        with firm.app.app_context():
            shutil.rmtree(folder_of(job_id))
    compare_tables(files, rows, records)
    index, paper = page(files), cover(files)
    for text in (index, " ".join(files["README.txt"].decode().split())):
        assert told in text
    assert told.replace(" ", "") in paper.replace(" ", "")
    assert people_on(files["index.html"]) == list(zip((row.name for row in rows), standings, strict=True))
    excused = sum(is_in_effect == "yes" for _until, is_in_effect in records.waivers)
    counts = [f"{len(records.people)} on the roster that day", f"{len(records.serials)} file"]
    if records.waivers:
        counts.append(f"{excused} on that day, {len(records.waivers) - excused} earlier")
    for count in counts:
        assert count in index
        assert count.replace(" ", "") in paper.replace(" ", "")


def compare_tables(files: Mapping[str, bytes], rows: list[Row], records: Records) -> None:
    """Compare the tables, certificates and hashes of a pack."""
    lines = list(csv.reader(io.StringIO(files["training-status.csv"].decode("utf-8-sig"))))[1:]
    assert [[cell.removeprefix("'") for cell in line[:-1]] for line in lines] == [said(row) for row in rows]
    assert sorted(row["Name"].removeprefix("'") for row in table(files, "roster")) == records.people
    assert sorted(row["Certificate"] for row in table(files, "completions")) == records.serials
    names = sorted(name for name in files if name.startswith("certificates/"))
    assert len(names) == len(records.serials)
    assert all(any(serial in name for name in names) for serial in records.serials)
    waivers = [(row["Until"], row["In effect on the day of this pack"]) for row in table(files, "waivers")]
    assert sorted(waivers) == records.waivers
    trainings = [(row["Training"], row["Completed on"]) for row in table(files, "earlier-training")]
    assert sorted(trainings) == records.trainings
    hashes = json.loads(files["manifest.json"])["sha256"]
    listed = {name: content for name, content in files.items() if not name.startswith("manifest.json")}
    assert hashes == {name: hashlib.sha256(content).hexdigest() for name, content in listed.items()}


@pytest.mark.check("T086")
def test_a_pack_of_the_day_agrees_with_a_recount(app: Flask) -> None:
    firm = make_firm(app)
    users = [make_account(app, f"person{number}@example.org") for number in range(4)]
    team = make_site(app, firm.owner_id, firm.id)

    @given(small_firms())
    @settings(
        max_examples=EXAMPLES if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else max(4, EXAMPLES // 4),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def agree(history: History) -> None:
        compare(firm, users, team, history)

    agree()

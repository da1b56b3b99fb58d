"""Rosters that are uploaded, looked at and confirmed."""

from __future__ import annotations

import datetime as dt
import io
import re

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core.db import Base, db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.models import Invitation, Membership, Team, TeamMembership

HEAD = "name,e-mail,job title,employee number,hired on,teams"
GOOD = f"{HEAD}\nPat Poe,pat@example.org,Guard,012,2026-03-04,Harbor Mall; North\nBob B. Builder,bob@example.org,,,,\n"
SAME = {"shown": "3", "doubtful": "3", "taken": "3"}
"""Checks the row of `GOOD` that gives someone another name."""


def many(count: int, bad: int | None = None) -> list[list[object]]:
    """Return rows of so many people, one of them with a bad address."""
    rows: list[list[object]] = [list(HEAD.split(","))]
    for number in range(1, count + 1):
        email = "no address" if number == bad else f"p{number}@example.org"
        day = dt.date(2025, 1, 1) + dt.timedelta(days=number % 300)
        rows.append([f"Person {number}", email, "Guard", f"E{number}", day, f"Site {number % 40}"])
    return rows


def as_csv(rows: list[list[object]]) -> bytes:
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()


def send(visitor: Visitor, acme: Acme, text: str = GOOD, file: bytes | None = None) -> TestResponse:
    """Send a roster, pasted or as a file."""
    fields = {"text": "" if file else text, "file": (io.BytesIO(file or b""), "people" if file else "")}
    return visitor.post(acme.path("/roster"), fields, content_type="multipart/form-data")


def look(visitor: Visitor, acme: Acme, text: str = GOOD, file: bytes | None = None) -> str:
    """Send a roster and open what would happen; return the page's path."""
    answer = send(visitor, acme, text, file)
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"]
    assert visitor.get(path).status_code == 200
    return path


def confirm(visitor: Visitor, path: str, **fields: str) -> TestResponse:
    """Confirm what was shown."""
    return visitor.post(f"{path}/confirmation", {"digest": visitor.field("digest"), **fields})


def count(app: Flask, *records: type[Base]) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in records]


WRITTEN = (Membership, Team, TeamMembership, Invitation, OutboxMessage)


def shown_rows(page: str) -> list[str]:
    return re.findall(r'class="row-no">Row (\d+)<', page)

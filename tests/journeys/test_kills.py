"""A process killed in the middle of a roster or of the hourly work: nothing half, nothing twice, and it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.assignments.firm import EVERYONE, Firm, make_firm
from trainer.accounts.models import User
from trainer.assignments.models import Assignment, Reminder
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import ROOT
from trainer.jobs.upkeep import keep_up
from trainer.joining.drafts import get_draft, keep_draft
from trainer.joining.importing import Confirmation, decide, invite_added, take_over
from trainer.joining.lines import Line, Sheet
from trainer.joining.sheets import Listing
from trainer.learning.models import Enrollment
from trainer.organizations.invitations import USUAL_A_DAY
from trainer.organizations.models import Membership, Team, TeamMembership

PEOPLE = 1200

# Stops for good once it has sent a statement that begins so, for the so-manieth time, with its transaction open.
STOPPING = """
    import sys, time
    from pathlib import Path
    from uuid import UUID
    from sqlalchemy import event
    from tests.conftest import make_settings
    from trainer.app import create_app
    from trainer.core import clock
    from trainer.core.db import db, transaction

    folder, database, beginning, times, *ids = sys.argv[1:]
    ids = [UUID(one) for one in ids]
    app = create_app(make_settings(Path(folder), database))
    seen = 0

    def look(_connection, _cursor, statement, *_rest):
        global seen
        seen += statement.startswith(beginning)
        if seen == int(times):
            print("in the middle", flush=True)
            time.sleep(600)

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", look)
"""
ROSTER = """
        from tests.cast import actor_of
        from trainer.joining.drafts import get_draft
        from trainer.joining.importing import Confirmation, decide, invite_added, take_over
        with transaction():
            actor = actor_of(ids[0], ids[1])
            draft = get_draft(actor, ids[2], clock.now())
            digest = decide(actor, draft, clock.now()).plan.digest
            take_over(actor, draft, Confirmation(digest, has_mail=True), clock.now())
            invite_added(actor, draft, clock.now())
"""
UPKEEP = """
        from trainer.jobs.upkeep import keep_up
        for _portion in keep_up(ids[1], lambda: clock.now().replace(hour=17)):
            pass
"""


def kill_in(program: str, app: Flask, folder: Path, beginning: str, times: int, ids: tuple[UUID, ...]) -> None:
    """Run a program and kill it where it stops; fails if it never gets there."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [
            sys.executable, "-c", textwrap.dedent(STOPPING + program),
            str(folder), url, beginning, str(times), *(one.hex for one in ids),
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "in the middle\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()


def count(app: Flask, *records: type[Base]) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in records]


def count_mails(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).where(OutboxMessage.template == "training-reminder")
        return db.session.scalar(query) or 0


@pytest.mark.check("T084")
@pytest.mark.parametrize("beginning", ["INSERT INTO memberships", "INSERT INTO team_memberships", "INSERT INTO outbox"])
def test_a_roster_killed_on_its_way_leaves_nothing_and_then_comes_in_whole_and_once(
    app: Flask, tmp_path: Path, beginning: str
) -> None:
    firm = make_firm(app)
    lines = [Line(1, ("name", "e-mail", "teams"))]
    lines += [Line(one + 2, (f"Person {one}", f"p{one}@example.org", f"Site {one % 9}")) for one in range(PEOPLE)]
    with app.app_context(), transaction():
        draft_id = keep_draft(firm.actor(), Listing([Sheet("", lines)]), clock.now()).id
    written = (Membership, Team, TeamMembership, OutboxMessage)
    before = count(app, *written)
    kill_in(ROSTER, app, tmp_path, beginning, 1, (firm.owner_id, firm.id, draft_id))
    assert count(app, *written) == before
    for _again in range(2):
        with app.app_context(), transaction():
            draft = get_draft(firm.actor(), draft_id, clock.now())
            if draft.applied_at is None:
                digest = decide(firm.actor(), draft, clock.now()).plan.digest
                take_over(firm.actor(), draft, Confirmation(digest, has_mail=True), clock.now())
                invite_added(firm.actor(), draft, clock.now())
        after = count(app, *written)
        assert [new - old for new, old in zip(after, before, strict=True)] == [PEOPLE, 9, PEOPLE, USUAL_A_DAY]


@pytest.mark.check("T112")
def test_upkeep_killed_again_and_again_orders_everything_once(app: Flask, tmp_path: Path) -> None:
    firm = make_firm(app)
    _hire(firm)
    firm.require(EVERYONE)
    stops = [
        ("INSERT INTO assignments", 2),  # in the second portion: the first stays
        ("INSERT INTO enrollments", 1),
        ("INSERT INTO reminders", 2),
        ("INSERT INTO outbox_messages", 2),
    ]
    for beginning, times in stops:
        kill_in(UPKEEP, app, tmp_path, beginning, times, (firm.owner_id, firm.id))
        # A reminder and its mail are there together or not at all.
        assert count(app, Reminder) == [count_mails(app)]
    for _again in range(2):
        with app.app_context():
            for _portion in keep_up(firm.id, lambda: clock.now().replace(hour=17)):  # by day, whatever the hour here
                pass
        assert [*count(app, Assignment, Enrollment, Reminder), count_mails(app)] == [PEOPLE + 1] * 4


def _hire(firm: Firm) -> None:
    """Put people on the roster who have come in, straight into the tables."""
    now = clock.now()
    users = [uuid4() for _one in range(PEOPLE)]
    with firm.app.app_context(), transaction() as session:
        addresses = [f"p{number}@example.org" for number in range(PEOPLE)]
        session.execute(
            insert(User),
            [
                {"id": one, "created_at": now, "email": address, "email_key": address, "password_hash": "-"}
                for one, address in zip(users, addresses, strict=True)
            ],
        )
        session.execute(
            insert(Membership),
            [
                {
                    "id": uuid4(), "organization_id": firm.id, "user_id": one, "name": address, "name_key": address,
                    "role": "member", "manages_all": False, "created_at": now, "joined_at": now,
                }
                for one, address in zip(users, addresses, strict=True)
            ],
        )  # fmt: skip

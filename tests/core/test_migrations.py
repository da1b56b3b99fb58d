"""Migrations run up and down on tables that hold rows, and end where the records are."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text, update

from tests.assignments.firm import EVERYONE, make_firm
from tests.assignments.trainings import record
from tests.cast import (
    add_second_factor,
    appoint,
    approve,
    context_of,
    count,
    join_class,
    make_account,
    make_class,
    make_site,
    measure,
)
from tests.cast import make_firm as make_site_firm
from tests.databases import go_back_to_0_9
from tests.extras import fill_extras
from tests.extras.meetings.cast import hold_meeting, teach_at
from tests.support import Visitor, make_ready, take_final
from trainer.assessment import leaks
from trainer.assessment.check_ins import ask_for_mail
from trainer.assessment.leaks import LeakTotals
from trainer.assessment.measures.leaks import Comparison
from trainer.assessment.models import Attempt, RenewalMail, Response
from trainer.assessment.rounds import ask
from trainer.assignments.models import Assignment
from trainer.assignments.operations import waive
from trainer.assignments.rules import Audience, Group
from trainer.cli.migrating import migrate
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.heartbeat import note_began
from trainer.core.processes import Itself, ProcessRole, note_seen
from trainer.core.releases import add_release
from trainer.core.schema import CORE, branch_of, check_schema, list_version_folders
from trainer.core.settings import ROOT
from trainer.instructing.invitations import choose_teams, invite
from trainer.instructing.models import ClassFigures, ClassView
from trainer.instructing.nudges import nudge
from trainer.jobs.due_firms import bring_forward
from trainer.learning.models import Enrollment
from trainer.organizations.history import keep_stays
from trainer.organizations.models import (
    Invitation,
    InvitationMail,
    JoinCode,
    Membership,
    Organization,
    TeamMembership,
)
from trainer.roster.drafts import keep_draft, match_columns
from trainer.roster.reading import read_list

pytestmark = pytest.mark.slow

FOLDER = str(ROOT / "migrations")


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    counts = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }
    db.session.rollback()
    return counts


def scripts() -> ScriptDirectory:
    """Return all migrations, of the core and of extras."""
    return ScriptDirectory(FOLDER, version_locations=[str(folder) for folder in list_version_folders()])


def test_the_core_and_each_extra_with_tables_have_one_head() -> None:
    with_tables = {
        mapper.class_.__module__.split(".")[2]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("trainer.extras.")
    }
    assert len(with_tables) >= 10
    assert sorted(map(branch_of, scripts().get_heads())) == sorted([CORE, *with_tables])
    for script in scripts().walk_revisions():
        assert script.branch_labels == ({branch_of(script.revision)} - {CORE}), script.revision
        assert Path(script.path).parent.parent.name == (branch_of(script.revision) or "migrations"), script.path
        assert not script.dependencies  # else Alembic would state none for the core


def test_the_core_migrates_before_extras_that_refer_to_it() -> None:
    upgraded = [*reversed([*scripts().iterate_revisions("heads", "base", implicit_base=True)])]
    branches = [branch_of(script.revision) for script in upgraded]
    assert branches == sorted(branches, key=lambda branch: branch != CORE)


@pytest.mark.on_both
@pytest.mark.check("T119")
@pytest.mark.filterwarnings("ignore:.* expression-based index")
def test_the_tables_are_as_the_records_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def fill_all(app: Flask, visitor: Visitor, shelf: Library) -> None:
    """Put a row at least into every table."""
    with time_machine.travel("2026-11-23T15:00:00Z") as moved:  # a Monday
        visitor.sign_up()
        make_ready(visitor, shelf, moved)
        take_final(visitor)
        fill_firm(app)
    fill_class(app)
    with app.app_context(), transaction():
        note_began("mail", clock.now())
        note_seen(Itself(ProcessRole.WORKER), "0")
        add_release("0", b"files", b"built", "code", clock.now())
    bob = make_account(app)
    add_second_factor(app, bob)
    fill_rounds(app)
    appoint(app, make_account(app, "administrator@example.org"))
    with app.app_context(), transaction() as session:
        enrollment = session.scalars(select(Enrollment)).first()
        assert enrollment is not None
        ask_for_mail(enrollment.user_id, served(), clock.now())
        session.add(RenewalMail(enrollment_id=enrollment.id, asked_at=clock.now()))
        # What earlier versions had no place for is lost by going back to them.
        session.execute(update(Response).values(seconds=None))
        session.execute(update(Organization).values(region="us-me"))
        session.execute(update(Enrollment).values(read_seconds={}))
        totals = LeakTotals()
        totals.add({"2026-11": {"pair": Comparison(1, 0.5, 0.0)}})
        leaks.write(totals, clock.now())
    count(app)
    measure(app)


@pytest.mark.on_both
@pytest.mark.check("T119")
def test_each_migration_undone_leaves_every_row_as_it_was_before_it(
    app: Flask, visitor: Visitor, shelf: Library
) -> None:
    fill_all(app, visitor, shelf)
    with app.app_context():
        assert [table for table, number in rows().items() if not number] == []
        at_head = checksums()
        go_back_to_0_9()
        old = checksums().keys()
        migrate()
        check_schema()
        kept = old - {"item_counts"}  # sums that the worker counts again
        assert [name for name, told in checksums().items() if name in kept and told != at_head[name]] == []
        for migration in scripts().walk_revisions():
            if migration.revision == "0075":
                continue  # nothing goes below it
            earlier = str(migration.down_revision or f"{branch_of(migration.revision)}@base")
            downgrade(directory=FOLDER, revision=earlier)
            before = checksums()
            upgrade(directory=FOLDER, revision=migration.revision)
            downgrade(directory=FOLDER, revision=earlier)
            assert checksums() == before, migration.revision
        upgrade(directory=FOLDER, revision="heads")
        assert checksums().keys() == at_head.keys()


@pytest.mark.on_both
def test_below_the_first_migration_nothing_goes_down(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        before = checksums()
        with pytest.raises(SystemExit):
            downgrade(directory=FOLDER, revision="base")
        assert "version 0.9.0 made these tables" in caplog.text
        assert checksums() == before
        check_schema()


def checksums() -> dict[str, str]:
    """Return a sum over all rows of each table, and over the names of its columns."""
    sums = {}
    for name in inspect(db.engine).get_table_names():
        columns = sorted(column["name"] for column in inspect(db.engine).get_columns(name))
        if name in {"alembic_version", "schema_revisions"}:
            continue
        query = f"SELECT {', '.join(columns)} FROM {name}" if columns else f"SELECT 1 FROM {name}"
        rows = sorted(repr(tuple(row)) for row in db.session.execute(text(query)))
        sums[name] = hashlib.sha256(repr((columns, rows)).encode()).hexdigest()
    db.session.rollback()
    return sums


def fill_rounds(app: Flask) -> None:
    """Let someone who used up a round of a final ask for the next one."""
    with app.app_context(), transaction() as session:
        attempt = session.scalars(select(Attempt).where(Attempt.kind == "final")).one()
        ask(session.get_one(Enrollment, attempt.enrollment_id), 2, clock.now())


def fill_firm(app: Flask) -> None:
    """Put a row at least into each table of firms and of what they require."""
    firm = make_firm(app)
    team = make_site(app, firm.owner_id, firm.id)
    mona = firm.add("Mona")
    with app.app_context(), transaction() as session:
        at, facts = clock.now(), {"organization_id": firm.id, "created_by_id": firm.owner_id}
        session.add(TeamMembership(membership_id=mona, team_id=team))
        session.flush()
        keep_stays([mona], at)
        later = {"created_at": at, "expires_at": at}
        bring_forward(at)
        invitation = Invitation(**facts, **later, membership_id=mona, email_key="m", nonce="n")
        session.add(invitation)
        session.flush()
        session.add(InvitationMail(organization_id=firm.id, invitation_id=invitation.id, number=0, created_at=at))
        session.add(JoinCode(**facts, **later, code="C", role="member"))
    of_team = replace(EVERYONE, audience=Audience(Group(teams=frozenset({team}))), days_allowed=0)
    firm.require(replace(of_team, starts_on=dt.date(2026, 1, 1)))
    with app.app_context(), transaction() as session:
        session.get_one(Membership, mona).hired_on = dt.date(2020, 1, 1)
    firm.keep_up()
    cohort = make_class(app, firm.owner_id, firm.id)
    with app.app_context(), transaction():
        choose_teams(context_of(firm.owner_id, cohort), [team])
        assert invite(context_of(firm.owner_id, cohort), clock.now()).mailed
    with app.app_context(), transaction() as session:
        duty = session.scalars(select(Assignment.id)).one()
        waive(firm.actor(), duty, "Away", dt.date(2027, 1, 1), clock.now())
        record(firm.actor(), mona, proof=True)
        fill_extras(firm.actor())
        draft = keep_draft(firm.actor(), read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        match_columns(firm.actor(), draft, ["name", "email"], "month", remembers=True, needs_address=True)


def fill_class(app: Flask) -> None:
    """Put a row at least into each table of classes."""
    ines, leo = make_account(app, "teacher@example.org"), make_account(app, "learner@example.org")
    approve(app, ines)
    cohort = make_class(app, ines, None)
    member, meeting = join_class(app, leo, cohort), hold_meeting(app, ines, cohort)
    teach_at(app, ines, cohort, meeting, [member])
    with app.app_context(), transaction():
        nudge(context_of(ines, cohort), [member], clock.now())
        db.session.add(ClassView(cohort_id=cohort, user_id=leo, name="Leo", began_at=clock.now()))
        db.session.add(ClassFigures(cohort_id=cohort, counted_at=clock.now(), weight=1, figures={}))


TAKEN_OUT = ("filed_certificates", "firm_logos", "arrivals", "walk_in_attendances", "walk_ins")


@pytest.mark.on_both
def test_what_is_taken_out_is_exported_before_its_tables_go(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_site_firm(app, alice)
    with app.app_context():
        instance = app.config["SETTINGS"].instance
        downgrade(directory=FOLDER, revision="0075")
        add_logo(firm, b"a picture")
        upgrade(directory=FOLDER, revision="heads")
        (path,) = instance.glob("taken-out-*.zip")
        assert str(path) in capsys.readouterr().out
        assert path.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(path) as archive:
            (logo,) = csv.DictReader(archive.read("firm_logos.csv").decode().splitlines())
        assert UUID(logo["organization_id"]) == firm
        assert (logo["kind"], base64.b64decode(logo["content"])) == ("'=1", b"a picture")
        assert archive.namelist() == [f"{table}.csv" for table in TAKEN_OUT]
        assert not {*TAKEN_OUT} & {*inspect(db.engine).get_table_names()}
        downgrade(directory=FOLDER, revision="0075")
        upgrade(directory=FOLDER, revision="heads")
        assert [*instance.glob("taken-out-*.zip")] == [path]  # nothing was there


@pytest.mark.on_both
def test_what_cannot_be_exported_is_not_taken_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    firm = make_site_firm(app, make_account(app))
    with app.app_context():
        downgrade(directory=FOLDER, revision="0075")
        add_logo(firm, b"a picture")
        settings = app.config["SETTINGS"]
        monkeypatch.setitem(app.config, "SETTINGS", replace(settings, instance=settings.instance / "missing"))
        with pytest.raises(SystemExit):
            upgrade(directory=FOLDER, revision="heads")
        assert "what is taken out can't be written to" in caplog.text
        assert db.session.scalar(text("SELECT count(*) FROM firm_logos")) == 1
        db.session.rollback()
        monkeypatch.undo()
        upgrade(directory=FOLDER, revision="heads")


@pytest.mark.on_both
def test_names_that_nobody_claimed_stay_with_their_meeting(app: Flask) -> None:
    ines = make_account(app)
    approve(app, ines)
    cohort = make_class(app, ines, None)
    meeting, later = (hold_meeting(app, ines, cohort) for _time in range(2))
    with app.app_context():
        downgrade(directory=FOLDER, revision="0075")
        for name, joined_at, there in (
            ("Zoë Zander", None, [meeting, later]),
            ("Gus Gold", None, [meeting]),
            ("Joined", "2026-01-01 00:00:00", [meeting]),
            ("Erased", None, [meeting]),
            ("Expected", None, []),
        ):
            add_walk_in(cohort, ines, name, joined_at, there)
        upgrade(directory=FOLDER, revision="heads")
        table = Base.metadata.tables["class_sessions"]
        names = {row.id: row.walk_ins for row in db.session.execute(select(table.c.id, table.c.walk_ins))}
        db.session.rollback()
    assert names == {meeting: ["Gus Gold", "Zoë Zander"], later: ["Zoë Zander"]}


def add_walk_in(cohort: UUID, added_by: UUID, name: str, joined_at: str | None, there: list[UUID]) -> None:
    """Put a name on the list of a class, and say at which meetings the person was, as the code before did."""
    values = {"id": _stored(uuid4()), "cohort": _stored(cohort), "by": _stored(added_by), "at": "2026-01-01 00:00:00"}
    person = text(
        "INSERT INTO walk_ins (id, cohort_id, name, added_at, added_by_id, joined_at) "
        "VALUES (:id, :cohort, :name, :at, :by, :joined_at)"
    )
    attendance = text("INSERT INTO walk_in_attendances (session_id, walk_in_id, noted_at) VALUES (:meeting, :id, :at)")
    with transaction() as session:
        session.execute(person, {**values, "name": name, "joined_at": joined_at})
        for meeting in there:
            session.execute(attendance, {**values, "meeting": _stored(meeting)})


def add_logo(organization_id: UUID, content: bytes) -> None:
    """Add a firm's logo, as the code before did."""
    statement = text(
        "INSERT INTO firm_logos (organization_id, kind, content, sha256, created_at) "
        "VALUES (:firm, '=1', :content, '', '2026-01-01 00:00:00')"
    )
    with transaction() as session:
        session.execute(statement, {"firm": _stored(organization_id), "content": content})


def _stored(number: UUID) -> object:
    return number.hex if db.engine.dialect.name == "sqlite" else number

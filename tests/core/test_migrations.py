"""Migrations run up and down on tables that hold rows, and end where the records are."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import zipfile
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, func, inspect, select, text, update

from tests.assignments.firm import EVERYONE, earn, make_firm
from tests.assignments.trainings import record
from tests.cast import (
    actor_of,
    add_second_factor,
    appoint,
    approve,
    certify,
    count,
    desk_of,
    join_class,
    make_account,
    make_class,
    make_passkey,
    make_site,
)
from tests.cast import make_firm as make_site_firm
from tests.extras import fill_extras
from tests.extras.meetings.cast import hold_meeting, teach_at
from tests.support import Visitor, make_ready, take_final
from trainer.assessment.check_ins import ask_for_mail
from trainer.assessment.models import Attempt, RenewalMail
from trainer.assessment.rounds import ask
from trainer.assignments.models import Assignment, DutyPeriod, Requirement, RequirementVersion
from trainer.assignments.operations import change_requirement, waive
from trainer.assignments.rules import Audience, Group, Match
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict
from trainer.core.heartbeat import note_began
from trainer.core.processes import Itself, ProcessRole, note_seen
from trainer.core.releases import add_release
from trainer.core.settings import ROOT
from trainer.credentials.models import Credential
from trainer.credentials.rules import STATUS_PLACES
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.inspectors.operations import make_inspector_link
from trainer.extras.pins.devices import make_device
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.pins import begin_try, hash_pin
from trainer.extras.pins.rules import Way
from trainer.extras.pins.signing_in import choose_pin
from trainer.extras.pins.slips import print_slip
from trainer.instructing.invitations import choose_teams, invite
from trainer.instructing.models import ClassFigures, ClassView
from trainer.instructing.nudges import nudge
from trainer.jobs.due_firms import bring_forward
from trainer.learning.models import Enrollment
from trainer.learning.operations import attest, enroll
from trainer.organizations.history import keep_stays
from trainer.organizations.models import (
    Invitation,
    InvitationMail,
    JoinCode,
    Membership,
    Organization,
    TeamMembership,
    TeamStay,
)
from trainer.organizations.operations import PersonFacts, add_person, remove_person
from trainer.organizations.rules import Role
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


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", FOLDER)
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


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
    make_passkey(app, bob)
    fill_rounds(app)
    appoint(app, make_account(app, "administrator@example.org"))
    with app.app_context(), transaction() as session:
        enrollment = session.scalars(select(Enrollment)).first()
        assert enrollment is not None
        ask_for_mail(enrollment.user_id, served(), clock.now())
        session.add(RenewalMail(enrollment_id=enrollment.id, asked_at=clock.now()))
    count(app)


@pytest.mark.on_both
def test_full_tables_go_down_and_up_again(app: Flask, visitor: Visitor, shelf: Library) -> None:
    fill_all(app, visitor, shelf)
    with app.app_context():
        assert [table for table, number in rows().items() if not number] == []
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade(directory=FOLDER)
        assert rows().keys() == Base.metadata.tables.keys()
        assert {name for name, number in rows().items() if number} == {"schema_revisions", "installations"}


NEWEST = 4
"""Migrations that each run tries one by one; a night tries all of them."""


@pytest.mark.on_both
@pytest.mark.check("T119")
@pytest.mark.parametrize("most", [NEWEST, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_each_migration_undone_leaves_every_row_as_it_was_before_it(
    app: Flask, visitor: Visitor, shelf: Library, most: int
) -> None:
    fill_all(app, visitor, shelf)
    script = ScriptDirectory(FOLDER)
    revisions = [step.revision for step in script.walk_revisions()][:most]
    with app.app_context():
        at_head = checksums()
        for revision in revisions:
            earlier = str(script.get_revision(revision).down_revision or "base")
            downgrade(directory=FOLDER, revision=earlier)
            before = checksums()
            upgrade(directory=FOLDER, revision=revision)
            downgrade(directory=FOLDER, revision=earlier)
            assert checksums() == before, revision
        upgrade(directory=FOLDER)
        assert checksums().keys() == at_head.keys()


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
        choose_teams(desk_of(firm.owner_id, cohort), [team])
        assert invite(desk_of(firm.owner_id, cohort), clock.now()).mailed
    with app.app_context(), transaction() as session:
        duty = session.scalars(select(Assignment.id)).one()
        waive(firm.actor(), duty, "Away", dt.date(2027, 1, 1), clock.now())
        record(firm.actor(), mona, proof=True)
        fill_extras(firm.actor())
        draft = keep_draft(firm.actor(), read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        match_columns(firm.actor(), draft, ["name", "email"], "month", remembers=True, needs_address=True)


def fill_pins(app: Flask) -> tuple[UUID, UUID]:
    """Let someone without an address wait with a slip, and someone else have a PIN; return their entries."""
    alice = make_account(app, "owner@pins.example.org")
    firm = make_site_firm(app, alice, "Pins Security")
    with app.app_context(), transaction():
        actor = actor_of(alice, firm)
        waiting, joined = (
            add_person(actor, PersonFacts(name, None, employee_number=number), [], clock.now())
            for name, number in (("Wanda Wait", "1"), ("Gus Gold", "2"))
        )
        print_slip(actor, joined, clock.now())
        user = choose_pin(
            db.session.scalars(select(PinSlip.id).where(PinSlip.membership_id == joined.id)).one(),
            hash_pin("583204"),
            None,
            clock.now(),
        )
        print_slip(actor, waiting, clock.now())
        make_device(actor, "Gate tablet", None, clock.now())
        begin_try(user.id, Way.STRANGE, clock.now())
        return waiting.id, joined.id


def fill_class(app: Flask) -> None:
    """Put a row at least into each table of classes."""
    ines, leo = make_account(app, "teacher@example.org"), make_account(app, "learner@example.org")
    approve(app, ines)
    cohort = make_class(app, ines, None)
    member, meeting = join_class(app, leo, cohort), hold_meeting(app, ines, cohort)
    teach_at(app, ines, cohort, meeting, [member])
    with app.app_context(), transaction():
        nudge(desk_of(ines, cohort), [member], clock.now())
        db.session.add(ClassView(cohort_id=cohort, user_id=leo, name="Leo", began_at=clock.now()))
        db.session.add(ClassFigures(cohort_id=cohort, counted_at=clock.now(), weight=1, figures={}))


def enrollments() -> list[dict[str, object]]:
    """Return all that is kept of each enrollment."""
    table = Base.metadata.tables[Enrollment.__tablename__]
    there = {column["name"] for column in inspect(db.engine).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in there]
    found = [dict(row) for row in db.session.execute(select(*columns).order_by("started_at")).mappings()]
    db.session.rollback()
    return found


def test_signatures_come_and_go_and_everything_else_stays(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    certify(app, bob)
    signing = next(course for course in shelf.content.courses.values() if course.file.attestation)
    with app.app_context(), transaction():
        attest(enroll(bob, signing, clock.now()), "Bob Builder", clock.now())
    with app.app_context():
        counts, before = rows(), enrollments()
        assert {one["attested_as"] for one in before} == {None, "Bob Builder"}
        downgrade(directory=FOLDER, revision="0001")
        assert "attested_as" not in enrollments()[0]
        upgrade(directory=FOLDER)
        # Sessions and mail came later and went with their tables; everybody signs in again.
        later = {"sessions", "links", "outbox_messages", "audit_events", "recovery_codes", "events"}
        assert {name: 0 if name in later else number for name, number in counts.items()} == rows()
        after = enrollments()
    gone = {"attested_at": None, "attested_as": None, "final": None}
    assert after == [{**one, **gone} for one in before]
    # Constraints came along as well.
    with app.app_context(), pytest.raises(Conflict), transaction():
        db.session.get_one(Enrollment, after[0]["id"]).cycle = 0


@pytest.mark.check("T013")
def test_sign_offs_come_along_and_those_without_their_class_go_on_the_way_down(app: Flask) -> None:
    fill_class(app)
    table = Base.metadata.tables["sign_offs"]
    with app.app_context():
        # Whether it can be undone, and what it would put back, goes on the way down.
        with transaction():
            db.session.execute(update(table).values(signature_id=None))
        before = sorted(map(tuple, db.session.execute(select(table))))
        assert len(before) == 2
        db.session.rollback()
        downgrade(directory=FOLDER, revision="0011")
        upgrade(directory=FOLDER)
        assert sorted(map(tuple, db.session.execute(select(table)))) == before
        with transaction():
            db.session.execute(update(table).where(table.c.lesson == before[0][1]).values(member_id=None))
        downgrade(directory=FOLDER, revision="0011")
        upgrade(directory=FOLDER)
        assert sorted(map(tuple, db.session.execute(select(table)))) == before[1:]
        with transaction():  # references and indexes came along as well
            db.session.execute(delete(Base.metadata.tables["attendances"]))
            db.session.execute(delete(Base.metadata.tables["class_sessions"]))
        assert db.session.execute(select(table.c.session_id)).scalars().all() == [None]


def test_nobody_without_an_address_is_lost_on_the_way_down(app: Flask) -> None:
    waiting, joined = fill_pins(app)
    with app.app_context():
        downgrade(directory=FOLDER, revision="0030")
        people = "SELECT email_key FROM memberships WHERE employee_number IN ('1', '2') ORDER BY employee_number"
        addresses = db.session.scalars(text(people)).all()
        assert str(addresses[0]).replace("-", "") == f"none.{waiting.hex}@noaddress.invalid"
        users = db.session.execute(text("SELECT email, password_hash FROM users WHERE email LIKE 'none.%'")).all()
        assert [row[1] for row in users] == ["-"]  # older code takes nobody for a guest, and forgets nobody
        db.session.rollback()
        upgrade(directory=FOLDER)
        assert db.session.get_one(Membership, joined).user_id is not None
        db.session.rollback()


@pytest.mark.on_both
def test_a_limited_link_for_an_inspector_ends_on_the_way_down_since_it_would_show_everyone(app: Flask) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_site_firm(app, alice)
    teams = [make_site(app, alice, firm)]
    with app.app_context():
        with transaction():
            actor = actor_of(alice, firm)
            whole, limited = (make_inspector_link(actor, "x", clock.now(), None, of).id for of in ((), teams))
        downgrade(directory=FOLDER, revision="0074")
        upgrade(directory=FOLDER)
        ended = {link.id: link.revoked_at is not None for link in db.session.scalars(select(InspectorLink))}
        assert ended == {whole: False, limited: True}
        db.session.rollback()


TAKEN_OUT = ("filed_certificates", "firm_logos", "arrivals", "walk_in_attendances", "walk_ins")


@pytest.mark.on_both
def test_what_is_taken_out_is_exported_before_its_tables_go(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_site_firm(app, alice)
    with app.app_context():
        instance = app.config["SETTINGS"].instance
        downgrade(directory=FOLDER, revision="0075")
        add_logo(firm, b"a picture")
        upgrade(directory=FOLDER)
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
        upgrade(directory=FOLDER)
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
            upgrade(directory=FOLDER)
        assert "what is taken out can't be written to" in caplog.text
        assert db.session.scalar(text("SELECT count(*) FROM firm_logos")) == 1
        db.session.rollback()
        monkeypatch.undo()
        upgrade(directory=FOLDER)


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
        upgrade(directory=FOLDER)
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


def test_tries_of_later_rounds_go_on_counting_on_the_way_down(app: Flask, visitor: Visitor, shelf: Library) -> None:
    with time_machine.travel("2026-11-23T15:00:00Z") as moved:
        visitor.sign_up()
        make_ready(visitor, shelf, moved)
        take_final(visitor)
    with app.app_context():
        with transaction() as session:
            final = session.scalars(select(Attempt).where(Attempt.kind == "final")).one()
            final.round, final.number, tries = 2, 1, final.tries
        downgrade(directory=FOLDER, revision="0015")
        row = db.session.execute(text("SELECT number, tries FROM attempts WHERE kind = 'final'")).one()
        assert tries is not None
        assert tuple(row) == (tries + 1, 2 * tries)
        db.session.rollback()
        upgrade(directory=FOLDER)
        assert db.session.scalars(select(Attempt.round).where(Attempt.kind == "final")).one() == 1
        db.session.rollback()


def test_whom_requirements_are_for_is_told_anew_and_nobody_is_lost_on_the_way_down(app: Flask) -> None:
    firm = make_firm(app)
    harbor, pier = (make_site(app, firm.owner_id, firm.id, name) for name in ("Harbor", "Pier"))
    teams, manager = frozenset({harbor, pier}), frozenset({Role.MANAGER})
    day, owners = dt.date(2026, 1, 1), Group(roles=frozenset({Role.OWNER}))
    old = [Audience(), Audience(Group(teams)), Audience(Group(roles=manager)), Audience(hired_since=day)]
    # What older code can't say -> the least that it can say and that holds everybody.
    new = {
        Audience(exceptions=owners): old[0],
        Audience(Group(teams, roles=manager), day, exceptions=owners): old[1],
        Audience(Group(job_titles=frozenset({"Guard"}), roles=manager)): old[2],
        Audience(Group(roles=manager), day, Match.ANY): old[0],
        Audience(Group(job_titles=frozenset({"Guard"}))): old[0],
        Audience(Group(roles=manager | {Role.MEMBER}), day): old[3],
    }
    for audience in (*old, *new):
        firm.require(replace(EVERYONE, audience=audience))
    gone = firm.require(replace(EVERYONE, audience=Audience(Group(frozenset({pier})))))
    with app.app_context():
        downgrade(directory=FOLDER, revision="0037-1")
        with transaction() as session:  # older code removes a team and all that named it
            session.execute(text("DELETE FROM requirement_teams WHERE requirement_id = :id"), {"id": _stored(gone)})
        upgrade(directory=FOLDER)
        found = {
            row.id: Audience.read(row.audience)
            for row in db.session.scalars(select(Requirement).order_by(Requirement.created_at))
        }
        nobody = found.pop(gone)
        assert list(found.values()) == [*old, *new.values()]
        assert nobody.chosen.teams
        assert not nobody.chosen.teams & teams


def _stored(number: UUID) -> object:
    return number.hex if db.engine.dialect.name == "sqlite" else number


def test_history_begins_with_what_is_known(app: Flask) -> None:
    """0042: as it is now, and as the audit log says that it was before."""
    with time_machine.travel("2026-10-05T15:00:00Z", tick=False) as moved:
        firm = make_firm(app)
        team = make_site(app, firm.owner_id, firm.id)
        mona, nick = firm.add("Mona"), firm.add("Nick")
        with app.app_context(), transaction() as session:
            session.add(TeamMembership(membership_id=mona, team_id=team))
        yearly = replace(EVERYONE, starts_on=dt.date(2026, 10, 1))
        requirement = firm.require(yearly)
        firm.keep_up()
        moved.move_to(dt.datetime(2026, 10, 12, 15, tzinfo=dt.UTC))
        with app.app_context(), transaction():
            rule = replace(yearly, title="Changed", days_allowed=60)
            change_requirement(firm.actor(), requirement, rule, served().courses, clock.now())
            person = db.session.get_one(Membership, nick)
            remove_person(firm.actor(), person, dt.date(2026, 10, 12), clock.now())
        firm.keep_up()
    with app.app_context():
        kept = [history_of(record) for record in (TeamStay, RequirementVersion, DutyPeriod)]
        downgrade(directory=FOLDER, revision="0037")
        upgrade(directory=FOLDER)
        stays, versions, periods = [history_of(record) for record in (TeamStay, RequirementVersion, DutyPeriod)]
        assert len(stays) == 1  # kept only from now on; it is taken to have been so since the person was listed
        assert [versions, periods] == kept[1:]
        assert db.session.get_one(Organization, firm.id).history_since is not None


def history_of(record: type[Base]) -> list[tuple[object, ...]]:
    """Return all rows of a table, in order."""
    found = sorted(tuple(row) for row in db.session.execute(select(*record.__table__.columns)))
    db.session.rollback()
    return [tuple(str(value) for value in row) for row in found]


def test_each_credential_gets_a_place_of_its_own(app: Flask) -> None:
    user = make_account(app)
    day = dt.date(2026, 11, 23)
    with app.app_context():
        with transaction():
            for cycle in range(30):
                earn(user, day, day, cycle, serial=str(cycle))
        downgrade(directory=FOLDER, revision="0053")
        assert "status_index" not in {column["name"] for column in inspect(db.engine).get_columns("credentials")}
        upgrade(directory=FOLDER)
        places = db.session.scalars(select(Credential.status_index).order_by(Credential.cycle)).all()
    assert len(set(places)) == 30
    assert all(0 <= place < STATUS_PLACES for place in places)
    assert list(places) != sorted(places)

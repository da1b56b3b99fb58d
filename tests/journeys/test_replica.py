"""Long work reads from a real standby that has everything, and from the primary whenever it hasn't, or is gone
(`core/replica.py`, `web/replica.py`).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import object_session

from tests import clusters
from tests.cast import actor_of, certify
from tests.clusters import Cluster
from tests.compliance.conftest import Training, require
from tests.conftest import make_settings
from tests.databases import migrate
from tests.extras.inspectors.inspection import Inspection, inspect
from tests.live import serving
from tests.organizations.conftest import make_acme
from tests.support import Visitor
from trainer.app import create_app
from trainer.assignments.models import Assignment
from trainer.compliance.operations import order_certificates
from trainer.compliance.rules import StatusFilter
from trainer.content.library import Library
from trainer.core import replica
from trainer.core.clock import now
from trainer.core.db import REPLICA, db, dispose_engines, may_read_elsewhere, read, reading_from, transaction
from trainer.core.outbox import OutboxMessage, post
from trainer.core.replica import (
    PATIENCE,
    LogPosition,
    ReplicaLag,
    _wait_for,
    init_replica,
    look_at_replica,
    read_from_replica,
)
from trainer.core.settings import Settings
from trainer.core.work import Job
from trainer.extras.packs.operations import order_pack
from trainer.extras.reports.models import Report, ReportMail
from trainer.extras.reports.operations import add_recipients, make_report
from trainer.extras.reports.queries import list_recipients
from trainer.extras.reports.rules import Rhythm
from trainer.jobs.emails import write
from trainer.jobs.work import advance
from trainer.operating.metrics import Looks
from trainer.organizations.models import Organization
from trainer.privacy.copies import order_copy

pytestmark = pytest.mark.slow

EXPORTS = "/training/exports"
IS_STANDBY = select(func.pg_is_in_recovery())
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@dataclass
class Pair:
    """A primary with its standby, and a firm in the database."""

    primary: Cluster
    standby: Cluster
    app: Flask
    settings: Settings
    inspection: Inspection

    @property
    def training(self) -> Training:
        return self.inspection.training

    def enter(self) -> Visitor:
        return self.training.acme.enter("alice")

    def export(self, form: str = "csv") -> Any:
        """Return Alice's export."""
        return self.enter().post(self.training.acme.path(EXPORTS), {"form": form})

    def waive_dana(self, until: str) -> None:
        """Excuse Dana until a day, whatever was said before."""
        acme, visitor = self.training.acme, self.enter()
        with self.app.app_context():
            dana = acme.people["dana"]
            duty = db.session.scalars(select(Assignment.id).where(Assignment.membership_id == dana)).one()
        path = acme.path(f"/training/{dana}/waivers/{duty}")
        visitor.post(f"{path}/end")
        assert visitor.post(path, {"reason": "Away", "until": until}).status_code == 303

    def ask_doctor(self) -> tuple[str, str]:
        """Return the level and the word of what `flask doctor` says of the replica."""
        said = self.app.test_cli_runner().invoke(args=["doctor", "--json"]).stdout
        return next((one["level"], one["word"]) for one in json.loads(said) if one["name"] == "replica")

    def measure(self) -> dict[str, float]:
        """Return the metrics of the replica."""
        figures = (sample for metric in Looks(self.app).collect() for sample in metric.samples)
        return {sample.name: sample.value for sample in figures if sample.name.startswith("trainer_replica")}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, shelf: Library) -> Iterator[Pair]:
    with clusters.cluster("primary") as primary:
        primary.control("start")
        folder = tmp_path_factory.mktemp("replica")
        app = create_app(make_settings(folder, primary.url), shelf)
        with app.app_context():
            migrate()
            dispose_engines()
        with clusters.standby_of(primary, "standby") as standby:
            standby.control("start")
            settings = make_settings(folder, primary.url, replica_url=standby.url)
            app = create_app(settings, shelf)
            acme = make_acme(app)
            certify(app, acme.users["bob"])
            training = Training(acme, require(app, acme.users["alice"], acme.id))
            yield Pair(primary, standby, app, settings, inspect(training))
            with app.app_context():
                dispose_engines()


@pytest.fixture(autouse=True)
def awake(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test begin with a standby that keeps up, however busy the machine is, and that isn't given up."""
    monkeypatch.setattr(replica, "PATIENCE", 20.0)
    try:
        pair.standby.ask("SELECT pg_wal_replay_resume()")
    except psycopg.OperationalError:
        pair.standby.control("start")
    if not _keeps_up(pair):
        pair.standby.control("restart")  # its connection to the primary didn't come about
    assert _keeps_up(pair), (pair.standby.folder / "log").read_text()[-3_000:]


def _keeps_up(pair: Pair) -> bool:
    init_replica(pair.app)
    with pair.app.app_context():
        standing = look_at_replica()
    return standing is not None and standing.has_all


@dataclass
class Statements:
    """What was asked of each server meanwhile."""

    primary: list[str] = field(default_factory=list)
    replica: list[str] = field(default_factory=list)

    def reads(self, table: str) -> tuple[int, int]:
        """Return how many statements read a table on the primary, and on the replica."""
        of_table = re.compile(rf"\b(FROM|JOIN) {table}\b")
        return (
            sum(of_table.search(said) is not None for said in self.primary),
            sum(of_table.search(said) is not None for said in self.replica),
        )


@contextmanager
def listening(app: Flask) -> Iterator[Statements]:
    said = Statements()
    with app.app_context():
        engines = [(db.engine, said.primary), (db.engines[REPLICA], said.replica)]
    listeners: list[tuple[Engine, Callable[..., None]]] = []
    for engine, texts in engines:

        def note(_c: object, _cursor: object, text: str, *_rest: object, texts: list[str] = texts) -> None:
            texts.append(" ".join(text.split()))

        event.listen(engine, "before_cursor_execute", note)
        listeners.append((engine, note))
    yield said
    for engine, note in listeners:
        event.remove(engine, "before_cursor_execute", note)


def order_pack_now(pair: Pair) -> Any:
    acme = pair.training.acme
    order_pack(actor_of(acme.users["alice"], acme.id), acme.today(), now())


def order_files(pair: Pair) -> Any:
    acme = pair.training.acme
    order_certificates(actor_of(acme.users["alice"], acme.id), StatusFilter(), now())


def order_bobs_copy(pair: Pair) -> Any:
    order_copy(pair.training.acme.users["bob"], now())


def make_job(order: Callable[[Pair], Any]) -> Callable[[Pair], bytes]:
    """Return what orders something and lets the worker make it."""

    def make(pair: Pair) -> bytes:
        with pair.app.app_context():
            with transaction():
                order(pair)
            while advance():
                db.session.remove()
            job = db.session.scalars(select(Job).order_by(Job.created_at.desc()).limit(1)).one()
            assert job.finished_at is not None, job.last_error
            (path,) = Path(pair.settings.files).glob(f"*/{job.id.hex}/*.zip")
            return path.read_bytes()

    return make


def report_of(pair: Pair) -> Report:
    """Set up a report for Alice."""
    acme = pair.training.acme
    actor = actor_of(acme.users["alice"], acme.id)
    report = make_report(actor, Rhythm.WEEK, [], now())
    add_recipients(actor, report, [acme.users["alice"]], [], now())
    return report


def download_report(form: str) -> Callable[[Pair], bytes]:
    def download(pair: Pair) -> bytes:
        with pair.app.app_context(), transaction():
            path = pair.training.acme.path(f"/reports/{report_of(pair).id}/files")
        file: bytes = pair.enter().post(path, {"form": form}).data
        return file

    return download


def mail_report(pair: Pair) -> bytes:
    with pair.app.app_context():
        with transaction() as session:
            report, number = report_of(pair), uuid4()
            (alice,) = list_recipients(report)
            ids = {"organization_id": report.organization_id, "report_id": report.id, "recipient_id": alice.id}
            session.add(ReportMail(id=number, due_on=now().date(), created_at=now(), **ids))
            post("report", "alice@example.org", "en", {"report_mail": number.hex}, now(), number=number)
        letter = write(db.session.get_one(OutboxMessage, number))
        assert letter is not None
        return letter.files[0].data


def inspect_by_link(rest: str) -> Callable[[Pair], bytes]:
    return lambda pair: Visitor(pair.app).get(pair.inspection.path + rest).data


KINDS: dict[str, tuple[Callable[[Pair], bytes], str, bytes]] = {
    "csv": (lambda pair: pair.export("csv").data, "assignments", b"Dana Dow"),
    "xlsx": (lambda pair: pair.export("xlsx").data, "assignments", b"PK"),
    "pdf": (lambda pair: pair.export("pdf").data, "assignments", b"%PDF"),
    "report as pdf": (download_report("pdf"), "assignments", b"%PDF"),
    "report as xlsx": (download_report("xlsx"), "assignments", b"PK"),
    "report by mail": (mail_report, "assignments", b"%PDF"),
    "whole list": (inspect_by_link("/all"), "assignments", b"Dana Dow"),
    "whole list as pdf": (inspect_by_link("/all.pdf"), "assignments", b"%PDF"),
    "pack": (make_job(order_pack_now), "assignments", b"PK"),
    "certificates": (make_job(order_files), "credentials", b"PK"),
    "copy": (make_job(order_bobs_copy), "enrollments", b"PK"),
}
"""What makes a file or a list, a table that it is made of, and what it holds."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_takes_long_is_read_from_the_standby_alone(
    pair: Pair, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, table, held = KINDS[kind]
    with listening(pair.app) as said:
        assert held in make(pair)
    on_primary, on_replica = said.reads(table)
    assert on_replica > 0
    assert on_primary == 0
    assert not [record for record in caplog.records if record.name == replica.__name__]


def test_what_was_changed_a_moment_ago_is_in_the_export(pair: Pair) -> None:
    for day in range(1, 6):
        pair.waive_dana(f"2031-02-{day:02}")
        with listening(pair.app) as said:
            assert f"2031-02-{day:02}" in pair.export().text
        assert said.reads("assignments") == (0, 1)
    assert pair.ask_doctor() == ("ok", "ok")
    assert pair.measure().keys() == {"trainer_replica_usable", "trainer_replica_behind_bytes"}
    assert pair.measure()["trainer_replica_usable"] == 1


def test_a_standby_that_is_behind_is_not_waited_for_long_nor_again_at_once(
    pair: Pair, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "PATIENCE", 0.5)
    pair.standby.ask("SELECT pg_wal_replay_pause()")
    pair.waive_dana("2031-03-01")
    began = time.monotonic()
    with listening(pair.app) as said:
        assert "2031-03-01" in pair.export().text
        took = time.monotonic() - began
        assert 0.5 <= took < 60
        assert said.reads("assignments") == (1, 0)
        polls = len(said.replica)
        assert pair.export().status_code == 200
        assert len(said.replica) == polls > 1
    (line,) = [record.getMessage() for record in caplog.records if record.name == replica.__name__]
    assert re.match(r"the replica is \d+ bytes behind; the primary is read\.", line)
    assert pair.measure()["trainer_replica_behind_bytes"] > 0
    assert pair.ask_doctor() == ("warning", "behind")


def test_without_its_standby_the_site_goes_on_and_says_so_once(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    pair.standby.control("stop", "-m", "immediate")
    for day in ("2031-04-01", "2031-04-02"):
        pair.waive_dana(day)
        with listening(pair.app) as said:
            assert day in pair.export().text
        assert said.reads("assignments") == (1, 0)
        pair.app.extensions["replica"]._rests_until = 0.0  # as half a minute later
    assert len([record for record in caplog.records if record.name == replica.__name__]) == 1
    assert pair.ask_doctor() == ("problem", "unreachable")
    assert pair.measure() == {"trainer_replica_usable": 0}
    ready = Visitor(pair.app).get("/readyz")
    assert "replica" not in ready.text
    assert '"database": "ok"' in ready.text.replace('":"', '": "')


@pytest.mark.parametrize("stop", ["the server", "the connection"])
def test_a_list_whose_standby_goes_away_halfway_is_made_again(pair: Pair, stop: str) -> None:
    whole = inspect_by_link("/all")
    before = told(whole(pair))

    def go_away(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if "assignments" in text and not stopped:
            stopped.append(text)
            if stop == "the server":
                pair.standby.control("stop", "-m", "immediate")
            else:
                pair.standby.end_all()

    stopped: list[str] = []
    with pair.app.app_context():
        engine = db.engines[REPLICA]
    event.listen(engine, "after_cursor_execute", go_away)
    with listening(pair.app) as said:
        after = told(whole(pair))
    event.remove(engine, "after_cursor_execute", go_away)
    assert stopped
    assert after == before
    assert all(said.reads("assignments"))


def told(page: bytes) -> str:
    """Return a page without the moment at which it was made."""
    return re.sub(r"\d+:\d\d:\d\d", "", page.decode())


def test_what_the_standby_cancels_is_done_again(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    pair.standby.ask("ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()")
    seen: list[bool] = []
    change = threading.Timer(0.5, pair.primary.ask, ["BEGIN", "LOCK TABLE memberships", "COMMIT"])

    def count() -> int:
        is_standby = bool(db.session.scalar(IS_STANDBY))
        seen.append(is_standby)
        if is_standby:
            change.start()
        wait = "(SELECT pg_sleep(5))" if is_standby else "1"
        return len(db.session.execute(text(f"SELECT {wait} FROM memberships")).all())

    with pair.app.app_context():
        assert read_from_replica(count) > 5
    change.join()
    assert seen == [True, False]
    assert "the replica failed: SerializationFailure 40001; the primary is read" in caplog.text


@pytest.mark.nightly  # by the clock: some seconds later, PostgreSQL would write the rest anyway
def test_half_a_record_in_the_log_keeps_nobody_waiting(pair: Pair) -> None:
    state = "SELECT pg_current_wal_flush_lsn() - '0/0', pg_current_wal_insert_lsn() - '0/0'"
    page = 8192
    with psycopg.connect(pair.primary.plain_url) as writer:
        writer.execute("CREATE TABLE unfinished AS SELECT number FROM generate_series(1, 5000) AS number")
        until = time.monotonic() + 60
        while True:  # until whole pages of it were flushed
            ((flushed, inserted),) = pair.primary.ask(state)
            if flushed % page == 0 and inserted > flushed:
                break
            assert time.monotonic() < until
            time.sleep(0.05)
        with pair.app.app_context():
            began = time.monotonic()
            assert read_from_replica(lambda: db.session.scalar(IS_STANDBY))
            took = time.monotonic() - began
            assert took < 5
        writer.rollback()


def test_all_that_is_called_meanwhile_reads_there_too(pair: Pair) -> None:
    def ask() -> list[object]:
        session = db.session()
        inner = read_from_replica(lambda: db.session.scalar(IS_STANDBY))
        return [db.session() is session, inner, *read(IS_STANDBY, {})[0]]

    with pair.app.app_context(), listening(pair.app) as said:
        outer = db.session()
        assert read_from_replica(ask) == [True, True, True]
        assert db.session() is outer
        assert [*read(IS_STANDBY, {})[0], outer.scalar(IS_STANDBY)] == [False, False]
    assert sum("pg_last_wal_replay_lsn" in statement for statement in said.replica) < 10


def name_of(firm: UUID) -> str:
    return db.session.scalars(select(Organization.name).where(Organization.id == firm)).one()


def test_what_is_written_meanwhile_goes_to_the_primary_and_is_read_there(pair: Pair) -> None:
    firm, name = pair.training.acme.other, f"Renamed {uuid4()}"

    def rename() -> tuple[str, str]:
        before = name_of(firm)
        with transaction() as session:
            session.get_one(Organization, firm).name = name
        return before, name_of(firm)

    with pair.app.app_context(), listening(pair.app) as said:
        known = db.session.get_one(Organization, firm)
        before = known.name
        assert read_from_replica(rename) == (before, name)
        assert known.name == name
        assert object_session(known) is db.session()
        assert read_from_replica(lambda: name_of(firm)) == name
    assert any(text.startswith("UPDATE organizations") for text in said.primary)
    assert said.reads("organizations") == (3, 2)


def test_what_has_written_is_not_done_again_and_what_fails_everywhere_fails(pair: Pair) -> None:
    firm, done = pair.training.acme.other, list[str]()

    def fail() -> None:
        done.append("read")
        db.session.execute(text("SELECT 1 / 0"))

    def write_and_fail() -> None:
        done.append("written")
        with transaction() as session:
            session.get_one(Organization, firm).name = "Other Security"
        fail()

    with pair.app.app_context():
        with pytest.raises(DataError):
            read_from_replica(write_and_fail)
        assert done == ["written", "read"]
        done.clear()
        db.session.rollback()
        with pytest.raises(DataError):
            read_from_replica(fail)
        assert done == ["read", "read"]
        assert may_read_elsewhere()


def test_within_a_transaction_its_own_changes_are_read(pair: Pair) -> None:
    firm = pair.training.acme.other
    with pair.app.app_context():
        with suppress(KeyError), transaction() as session:
            session.get_one(Organization, firm).name = "Only Here"
            session.flush()
            assert read_from_replica(lambda: name_of(firm)) == "Only Here"
            raise KeyError
        assert read_from_replica(lambda: name_of(firm)) != "Only Here"


def test_a_server_that_does_not_follow_the_primary_is_not_read(pair: Pair, shelf: Library) -> None:
    with pair.app.app_context(), reading_from(db.engines[REPLICA]):
        standing = _wait_for(LogPosition("0/0", "1 00000001"), PATIENCE)
    assert (standing.is_standby, standing.is_ours, standing.has_all) == (True, False, False)
    assert not ReplicaLag(False, True, 0, 0.0).has_all  # promoted a moment ago, and not yet on a line of its own
    with clusters.standby_of(pair.primary, "promoted") as other:
        other.control("start")
        app = create_app(replace(pair.settings, replica_url=other.url), shelf)
        with app.app_context():
            assert read_from_replica(lambda: db.session.scalar(IS_STANDBY))
            other.control("promote")
            assert not read_from_replica(lambda: db.session.scalar(IS_STANDBY))
            dispose_engines()
        assert replace(pair, app=app).ask_doctor() == ("problem", "primary")


def test_a_server_and_the_fork_beside_it_read_with_connections_of_their_own(pair: Pair) -> None:
    with pair.app.app_context():
        assert read_from_replica(lambda: name_of(pair.training.acme.other))
        assert pair.standby.ask(CLIENTS) == [(1,)]
        dispose_engines()
    until = time.monotonic() + 60
    while pair.standby.ask(CLIENTS) != [(0,)]:
        assert time.monotonic() < until
    whole = told(Visitor(pair.app).get(f"{pair.inspection.path}/all").data)
    with pair.app.app_context():
        dispose_engines()
    with serving(pair.settings, is_web_alone=True, TRAINER_REPLICA_URL=pair.standby.url) as address:
        for _time in range(6):
            with urlopen(f"{address}{pair.inspection.path}/all", timeout=60) as answer:
                assert told(answer.read()).count("Dana Dow") == whole.count("Dana Dow") > 0
        ((number,),) = pair.standby.ask(CLIENTS)
        assert 1 <= number <= 2  # a server has two processes, each with a fork beside it

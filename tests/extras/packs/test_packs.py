"""A pack is made in slices, goes on after a worker was killed, and is parked if it gets nowhere."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import time
import zipfile
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import make_site
from tests.compliance.conftest import Training, earn_many, require
from tests.extras.packs.made import finish, order, order_on
from tests.forked import begin_program
from tests.organizations.conftest import Acme
from tests.support import COURSE
from trainer.assignments.models import Requirement, RequirementVersion
from trainer.assignments.rules import Audience, Group
from trainer.compliance import orders
from trainer.content.serving import for_readers_in
from trainer.core import work
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.work import MOST_TRIES, Job
from trainer.credentials.models import Credential
from trainer.extras.packs import making
from trainer.extras.packs.models import PackManifest
from trainer.extras.packs.sealing import MANIFEST, SEAL, is_sealed
from trainer.extras.packs.words import region_of
from trainer.jobs.work import advance
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.rules import Role

PROGRAM = """
    import sys, time
    from tests.conftest import make_settings
    from pathlib import Path
    from trainer.app import create_app
    from trainer.compliance import orders
    from trainer.jobs.work import advance

    orders.SLICE = 0.0  # one certificate portion at a time
    app = create_app(make_settings(Path(sys.argv[1]), sys.argv[2]))
    with app.app_context():
        while advance():
            time.sleep(0.05)
"""


class Killed(BaseException):
    """As if the worker was killed: nothing of ours catches it."""


@pytest.mark.on_both
def test_two_packs_ordered_in_one_moment_are_both_made(training: Training) -> None:
    with time_machine.travel(now(), tick=False):
        first, second = order(training), order(training)
        files = finish(training.acme.app, first)
        assert finish(training.acme.app, second) == files
    with training.acme.app.app_context():
        assert db.session.scalars(select(PackManifest.sha256)).all() == [sha256(files["manifest.json"]).hexdigest()]


def job(training: Training, job_id: UUID) -> Job:
    with training.acme.app.app_context():
        return db.session.get_one(Job, job_id)


@pytest.mark.check("T112")
def test_a_worker_killed_in_the_middle_leaves_what_it_made_and_the_next_goes_on(
    training: Training, tmp_path: Path, database_url: str
) -> None:
    earn_many(training, 45)
    job_id = order(training)
    program = begin_program(dict(os.environ), PROGRAM, str(tmp_path), database_url)
    folder = tmp_path / "packs" / job_id.hex
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list(folder.glob("*.pdf"))) < 20:
        time.sleep(0.01)
    program.kill()
    program.wait(timeout=60)
    made = {path: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
    assert 20 <= len(made) < 46
    assert not (folder / "pack.zip").exists()
    with training.acme.app.app_context(), time_machine.travel(now() + work.LEASE + dt.timedelta(seconds=1)):
        assert making.file_of(db.session.get_one(Job, job_id)) is None
        written = []
        while advance():
            written += [path for path, at in made.items() if path.exists() and path.stat().st_mtime_ns != at]
            db.session.remove()
        path = making.file_of(db.session.get_one(Job, job_id))
    assert written == []
    assert path is not None
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as pack:
        assert len([name for name in pack.namelist() if name.startswith("certificates/")]) == 46
        assert len(json.loads(pack.read("manifest.json"))["sha256"]) == len(pack.namelist()) - 2  # and its signature


def test_what_gets_nowhere_is_parked_and_says_why(training: Training, tmp_path: Path) -> None:
    job_id = order(training)
    (tmp_path / "packs").write_text("not a folder")
    for minute in range(MOST_TRIES + 2):
        with training.acme.app.app_context(), time_machine.travel(now() + dt.timedelta(minutes=20 * minute)):
            advance()
    parked = job(training, job_id)
    assert parked.failed_at is not None
    assert "packs" in (parked.last_error or "")
    page = training.acme.enter("alice").get(training.acme.path("/evidence-packs")).text
    assert "It couldn’t be created" in page


def test_a_piece_of_work_is_claimed_by_one(training: Training) -> None:
    order(training)
    with training.acme.app.app_context():
        with transaction():
            assert work.claim(now()) is not None
        with transaction():
            assert work.claim(now()) is None


@pytest.mark.on_both
def test_a_pack_says_whom_each_requirement_is_for(training: Training) -> None:
    acme = training.acme
    harbor = make_site(acme.app, acme.users["alice"], acme.id, "Harbor Yard")
    audience = Audience(
        Group(frozenset({harbor}), frozenset({"Guard"})), exceptions=Group(roles=frozenset({Role.OWNER}))
    )
    require(acme.app, acme.users["alice"], acme.id, title="Guards", audience=audience)
    job_id = order(training)
    with acme.app.app_context():
        while advance():
            db.session.remove()
        path = making.file_of(db.session.get_one(Job, job_id))
        assert path is not None
        with zipfile.ZipFile(path) as pack:
            rows = csv.DictReader(io.StringIO(pack.read("requirements.csv").decode("utf-8-sig")))
            assert {row["Requirement"]: row["Who"] for row in rows} == {
                "For everyone, yearly": "Everyone on the roster",
                "Guards": "People in Harbor Yard, with the job title Guard; not owners",
            }


def test_files_that_a_power_loss_left_empty_are_made_again(training: Training, tmp_path: Path) -> None:
    earn_many(training, 3)
    job_id = order(training)
    folder = tmp_path / "packs" / job_id.hex
    folder.mkdir(parents=True)
    with training.acme.app.app_context():
        serials = list(db.session.scalars(select(Credential.serial)))
    for name in ("names.json", "records.json", "pack.zip", *(f"{serial}.pdf" for serial in serials)):
        (folder / name).touch()
    files = finish(training.acme.app, job_id)
    certificates = [data for name, data in files.items() if name.startswith("certificates/")]
    assert len(certificates) == len(serials)
    assert all(data.startswith(b"%PDF") for data in certificates)


@pytest.mark.on_both
@pytest.mark.parametrize("write", range(1, 40, 3))
def test_killed_at_any_write_it_goes_on_and_nothing_is_there_twice(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    job_id = order(training)
    app = training.acme.app
    left = iter(range(write - 1))
    replace = os.replace

    def put(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise Killed
        replace(path, target)
        return target

    def record(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", put)
        patched.setattr("trainer.extras.packs.tasks.record_manifest", record)
        with pytest.raises(Killed):
            finish(app, job_id)
    with time_machine.travel(now() + work.LEASE + dt.timedelta(seconds=1)):
        files = finish(app, job_id)
    assert not list((tmp_path / "packs" / job_id.hex).rglob("*.part"))
    hashes = json.loads(files["manifest.json"])["sha256"]
    assert hashes == {name: sha256(data).hexdigest() for name, data in files.items() if name not in {MANIFEST, SEAL}}
    with app.app_context():
        assert is_sealed(files[MANIFEST], files[SEAL])
    assert {"index.html", "cover.pdf", "roster.csv"} <= set(files)
    with app.app_context():
        manifest = db.session.scalars(select(PackManifest)).one()
        assert manifest.sha256 == sha256(files["manifest.json"]).hexdigest()
        assert (manifest.firm, manifest.files) == ("Acme Security", len(files))


def narrow_mona(acme: Acme) -> None:
    """Leave Mona, who managed all teams, the harbor alone."""
    with acme.app.app_context(), transaction():
        mona = db.session.get_one(Membership, acme.people["mona"])
        mona.manages_all = False
        db.session.add(TeamMembership(membership_id=mona.id, team_id=acme.harbor))


@pytest.mark.on_both
def test_a_manager_who_sees_fewer_teams_by_now_no_longer_has_the_pack_of_all(training: Training) -> None:
    acme = training.acme
    day = acme.today()
    of_all, of_harbor = order_on(acme, day, "mona"), order_on(acme, day, "mark")
    finish(acme.app, of_all)
    mona, path = acme.enter("mona"), acme.path("/evidence-packs")
    assert mona.get(f"{path}/{of_all}.zip").status_code == 200
    narrow_mona(acme)
    assert mona.get(f"{path}/{of_all}.zip").status_code == 404
    assert str(of_all) not in mona.get(path).text
    alice = acme.enter("alice")
    assert alice.get(f"{path}/{of_all}.zip").status_code == alice.get(f"{path}/{of_harbor}.zip").status_code == 200
    assert acme.enter("mark").get(f"{path}/{of_harbor}.zip").status_code == 200
    with acme.app.app_context(), transaction():  # as ordered before what was seen was kept
        work_done = db.session.get_one(Job, of_harbor)
        work_done.details = {name: value for name, value in work_done.details.items() if name != "seen"}
    assert acme.enter("mark").get(f"{path}/{of_harbor}.zip").status_code == 404


def test_a_pack_holds_the_teams_that_it_was_ordered_of_though_its_manager_sees_more_by_now(training: Training) -> None:
    acme = training.acme
    job_id = order_on(acme, acme.today(), "mark")
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["mark"]).manages_all = True
    roster = finish(acme.app, job_id)["roster.csv"].decode()
    assert "Bob Builder" in roster
    assert "Dana Dow" not in roster


def test_a_pack_isnt_made_once_its_manager_sees_fewer_teams_than_when_it_was_ordered(training: Training) -> None:
    acme = training.acme
    job_id = order_on(acme, acme.today(), "mona")
    narrow_mona(acme)
    with acme.app.app_context():
        advance()
        parked = db.session.get_one(Job, job_id)
        assert parked.finished_at is None
        assert "sees other teams now" in str(parked.last_error)


def test_a_day_to_come_and_one_before_the_firm_are_refused_with_a_word(training: Training) -> None:
    alice, path = training.acme.enter("alice"), training.acme.path("/evidence-packs")
    for day, words in (("2099-01-01", "That day is still to come."), ("2001-01-01", "records begin on"), ("x", "")):
        answer = alice.post(path, {"as_of": day})
        assert answer.status_code == 422
        assert words in answer.text
    with training.acme.app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def test_files_are_kept_for_a_week(training: Training, tmp_path: Path) -> None:
    job_id = order(training)
    with training.acme.app.app_context():
        while advance():
            db.session.remove()
        orders.forget_files(now())
        assert (tmp_path / "packs" / job_id.hex / "pack.zip").exists()
        orders.forget_files(now() + dt.timedelta(days=8))
        assert not (tmp_path / "packs" / job_id.hex).exists()
    assert "No longer kept" in training.acme.enter("alice").get(training.acme.path("/evidence-packs")).text


def test_a_pack_shows_a_course_for_the_region_of_its_requirement_or_of_the_firm(training: Training) -> None:
    app = training.acme.app
    regions = app.extensions["library"].content.regions
    with app.app_context():
        for own, firm, shown in ((None, None, "us-me"), (None, "us", "us"), ("us-me", "us", "us-me")):
            asked = Requirement(course=COURSE, region=own)
            with for_readers_in(firm):
                (course,) = making._courses([asked, Requirement(course=COURSE)])
            assert course is regions[shown].courses[COURSE]
            assert region_of(asked) == (regions[own].region.name if own else None)
        assert region_of(RequirementVersion(course=COURSE)) is None

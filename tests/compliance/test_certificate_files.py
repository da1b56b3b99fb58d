"""The certificates behind a filter, as one file: named after people, listed with checksums, kept from others."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.cast import actor_of
from tests.compliance.conftest import Training, earn_many
from trainer.assignments.upkeep import assign_missing
from trainer.compliance import certificate_files, orders
from trainer.compliance.certificate_files import KIND, ORDERS_KEPT, forget_orders
from trainer.compliance.file_names import LONGEST, certificate_name
from trainer.compliance.orders import folder_of
from trainer.content.serving import served
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.jobs.work import advance
from trainer.organizations.models import Membership, TeamMembership

PATH = "/certificates"


def work(training: Training) -> None:
    with training.acme.app.app_context():
        while advance():
            db.session.remove()


def order(training: Training, name: str = "alice", query: str = "") -> str:
    """Order a file and make it; return its address."""
    acme = training.acme
    visitor = acme.enter(name)
    assert visitor.post(acme.path(f"{PATH}{query}")).status_code == 303
    work(training)
    with acme.app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == KIND).order_by(Job.created_at.desc()).limit(1)).one()
    return acme.path(f"{PATH}/{job.id}.zip")


def fetch(training: Training, query: str = "", name: str = "alice") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(training.acme.enter(name).get(order(training, name, query)).data))


def assign(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction():
        assign_missing(actor_of(acme.users["alice"], acme.id).organization, served().courses, now(), None)


def listed(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))


def test_files_are_named_after_people_and_the_list_has_facts_and_checksums(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction() as session:
        session.execute(update(Membership).where(Membership.id == acme.people["bob"]).values(employee_number="00417"))
        held = session.scalars(select(Credential)).one()
        serial, issued, until = show_serial(held.serial), held.issued_on.isoformat(), held.valid_until.isoformat()
    archive = fetch(training)
    name = f"Bob Builder - 00417 - {serial}.pdf"
    assert archive.namelist() == [name, "manifest.csv"]
    assert archive.read(name).startswith(b"%PDF")
    (line,) = listed(archive)
    assert line == {
        "Name": "Bob Builder",
        "Employee number": "00417",
        "Name on the certificate": "Bob Builder",
        "Certificate": serial,
        "Course": line["Course"],
        "Issued on": issued,
        "Valid until": until,
        "File": name,
        "SHA-256": hashlib.sha256(archive.read(name)).hexdigest(),
    }
    with acme.app.app_context():
        assert db.session.scalars(select(AuditEvent).where(AuditEvent.act == "export.certificates")).one()


@pytest.mark.parametrize(
    ("query", "number"), [("?group=current", 1), ("?group=late", 0), ("?q=builder", 1), ("?q=dana", 0), ("", 1)]
)
def test_the_filter_decides_and_is_told(training: Training, query: str, number: int) -> None:
    alice, acme = training.acme.enter("alice"), training.acme
    page = alice.get(acme.path(f"{PATH}{query}"))
    assert ("Everyone you can see" in page.text) == (query == "")
    assert len(fetch(training, query).namelist()) == number + 1
    assert f"{number} certificate" in alice.get(acme.path(PATH)).text
    assert alice.post(acme.path(f"{PATH}?group=x")).status_code == 404


@pytest.mark.check("T085")
def test_a_file_is_given_to_who_ordered_it_and_to_owners_while_they_see_these_people(training: Training) -> None:
    acme = training.acme
    path = order(training, "mark")
    mark = acme.enter("mark")
    assert mark.get(path).status_code == acme.enter("alice").get(path).status_code == 200
    assert mark.get(path).headers["Cache-Control"] == "no-store"
    for name in ("mona", "bob", "ines", "charlie", "mallory"):
        assert acme.enter(name).get(path).status_code == 404
    other = path.replace(str(acme.id), str(acme.other))
    assert acme.enter("mallory").get(other).status_code == 404
    with acme.app.app_context(), transaction() as session:  # he is of another site now
        own = TeamMembership.membership_id == acme.people["mark"]
        session.execute(update(TeamMembership).where(own).values(team_id=acme.motel))
    assert mark.get(path).status_code == 404
    assert path not in mark.get(acme.path(PATH)).text


@pytest.mark.check("T003")
def test_a_site_manager_gets_certificates_of_his_teams_alone(training: Training) -> None:
    earn_many(training, 2)  # in no team
    assign(training)
    assert len(fetch(training, "", "mark").namelist()) == 1 + 1
    assert len(fetch(training).namelist()) == 3 + 1


def test_an_order_of_someone_who_lost_the_role_is_never_made(training: Training) -> None:
    acme = training.acme
    assert acme.enter("mona").post(acme.path(PATH)).status_code == 303
    acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/role"), {"role": "member"})
    work(training)
    assert ".zip" not in acme.enter("alice").get(acme.path(PATH)).text


def test_a_slice_goes_on_from_where_the_one_before_was_stopped(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = training.acme
    earn_many(training, 45)
    assign(training)
    monkeypatch.setattr(orders, "SLICE", 0.0)
    assert acme.enter("alice").post(acme.path(PATH)).status_code == 303
    with acme.app.app_context():
        assert advance()
        job = db.session.scalars(select(Job).where(Job.kind == KIND)).one()
        folder, number = folder_of(job.id), job.id
        assert (job.done, job.total) == (20, 47)
    made = {path: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
    (folder / "certificates.zip.part").write_bytes(b"half a file")
    assert "20 of 47 steps" in acme.enter("alice").get(acme.path(PATH)).text
    assert acme.enter("alice").get(acme.path(f"{PATH}/{number}.zip")).status_code == 409
    with acme.app.app_context():
        while advance():
            assert all(path.stat().st_mtime_ns == at for path, at in made.items() if path.exists())
            db.session.remove()
    archive = zipfile.ZipFile(folder / "certificates.zip")
    assert len(listed(archive)) == 46
    assert len(set(archive.namelist())) == 47
    assert sorted(path.name for path in folder.iterdir()) == ["certificates.zip", "plan.json"]
    with acme.app.app_context():  # a worker that was stopped before it noted the end
        assert certificate_files.advance(db.session.get_one(Job, number), now()) == (47, 47)


def test_files_are_kept_for_a_week_and_orders_for_a_month(training: Training, tmp_path: Path) -> None:
    path = order(training)
    folder = tmp_path / "packs" / UUID(path.rpartition("/")[2].removesuffix(".zip")).hex
    alice, acme = training.acme.enter("alice"), training.acme
    with acme.app.app_context():
        orders.forget_files(now())
        assert (folder / "certificates.zip").exists()
        orders.forget_files(now() + dt.timedelta(days=8))
        assert not folder.exists()
    assert "No longer kept" in alice.get(acme.path(PATH)).text
    assert alice.get(path).status_code == 409
    for days, left in ((-1, 1), (1, 0)):
        with acme.app.app_context(), transaction():
            forget_orders(now() + ORDERS_KEPT + dt.timedelta(days=days))
        with acme.app.app_context():
            assert len(db.session.scalars(select(Job).where(Job.kind == KIND)).all()) == left


def test_names_that_no_system_takes_are_made_plain() -> None:
    serial = "01234-56789-ABCDE-FGHJK-MNPQR-S"
    cases = {
        "CON": "CON_",
        "Ann: Lee/Ray?": "Ann Lee Ray",
        "Dot.": "Dot",
        "../../etc/passwd": "etc passwd",
        "e\u0301va": "\u00e9va",
        "Nur \U0001f338 Ali": "Nur Ali",
        "\u202egnp.exe": "gnp.exe",
        "": "",
    }
    for name, plain in cases.items():
        expected = " - ".join(part for part in (plain, "7", f"{serial}.pdf") if part)
        assert certificate_name(name, "7", serial, "pdf") == expected
    longest = certificate_name("\u65e5" * 120, "9" * 40, serial, "pdf")
    assert len(longest.encode()) <= LONGEST
    assert longest.endswith(f"{serial}.pdf")
    assert re.fullmatch(r"Bo - 01234\S+\.txt", certificate_name("Bo", None, serial, "txt"))

"""A backup is put back whole or not at all, and what was given out since it was made is never given out again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from tests.assignments.firm import earn
from tests.cast import actor_of, make_account, make_firm
from tests.cli.sites import Site, Sites, app_of
from tests.forked import begin_program
from tests.support import COURSE, Visitor
from trainer.accounts.models import Session
from trainer.accounts.operations import open_session
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, insert_all, insert_missing, transaction
from trainer.core.keys import Key
from trainer.credentials.models import Credential
from trainer.credentials.operations import _draw_status_index
from trainer.credentials.rules import STATUS_PLACES
from trainer.extras.api.models import ApiToken
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope
from trainer.extras.backups import files
from trainer.extras.backups.age import encrypt_with_passphrase
from trainer.extras.backups.manifest import FILE, Manifest, write_manifest
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.inspectors.operations import make_inspector_link
from trainer.extras.pins.devices import make_device
from trainer.extras.pins.models import SiteDevice
from trainer.items.judge.payload import payload_of
from trainer.learning.operations import enroll

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

WRITER = """
import sys
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1])
number = 0
while True:
    with engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO users (id, created_at, email, email_key, password_hash, second_factor_misses) "
            f"VALUES ('{number:032x}', '2026-11-25 00:00:00', 'w{number}', 'w{number}', '-', 0)"
        ))
    print(number, flush=True)
    number += 1
"""
LIMITED = """
    import resource, signal, sys
    from flask.cli import main

    # No file may grow beyond 100 KB, as on a disk that is full.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    sys.argv[1:1] = ["--app", "trainer.app"]
    main()
"""


def change(folder: Path, key: Key | None = None, **changes: object) -> None:
    """Change the list of a backup, sealed anew if there is a key."""
    manifest = Manifest(**{**json.loads((folder / FILE).read_text()), **changes})
    write_manifest(folder, manifest.sealed(key) if key else manifest)
    assert asdict(manifest)


def secret_of(site: Site) -> Key:
    """Return the secret key of an installation."""
    return Key((site.instance / "secret_key").read_text())


def draw(site: Site) -> int:
    """Return the number of the list in which the next badge gets its place."""
    with app_of(site.environ) as app, app.app_context(), transaction():
        return _draw_status_index() // STATUS_PLACES


@pytest.mark.check("T120")
def test_under_load_the_backup_holds_what_was_acknowledged_before(site: Site, sites: Sites, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", sites.empty(tmp_path)
    command = [sys.executable, "-c", WRITER, site.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        before = [int(writer.stdout.readline()) for _row in range(20)][-1]
        code, said = site.flask("backup", str(backup))
        assert writer.poll() is None
        writer.kill()
        after = max([before, *map(int, writer.stdout.read().split()[:-1])])
    assert code == 0, said
    assert site.flask("verify-backup", str(backup))[0] == 0
    code, said = new.flask("restore", str(backup))
    assert code == 0, said
    held = sorted(int(name[1:]) for name in new.users() - {"leo"})
    assert held == list(range(len(held)))  # one state, and not some of a later one
    assert before < len(held) <= after + 2
    assert new.flask("setup")[0] == 0


@pytest.mark.check("T120")
def test_after_a_restore_certificates_verify_sessions_are_over_and_no_place_is_given_out_again(
    site: Site, tmp_path: Path
) -> None:
    backup, day = tmp_path / "backup", clock.today()
    with app_of(site.environ) as app:
        bob = make_account(app)
        with app.app_context(), transaction():
            place = _draw_status_index()
            kept = earn(bob, day, day + dt.timedelta(days=9), 1, status_index=place).serial
            number = open_session(bob, "A browser", clock.now())
    assert site.flask("backup", str(backup))[0] == 0
    lists = [place // STATUS_PLACES]
    for cycle in (2, 3):  # a restore of the same backup twice over gives out nothing twice either
        with app_of(site.environ) as app, app.app_context(), transaction():
            given = _draw_status_index()
            lost = earn(bob, day, day, cycle, status_index=given).serial
        assert site.flask("restore", str(backup), "--replace")[0] == 0
        lists.append(draw(site))
        assert given // STATUS_PLACES == lists[-2]
    assert len(set(lists)) == 3
    with app_of(site.environ) as app:
        assert "valid" in Visitor(app).get(f"/verify/{kept}").text
        assert Visitor(app).get(f"/verify/{lost}").status_code == 404
        assert Visitor(app).get(f"/badges/status/{lists[0]}").status_code == 200
        with app.app_context():
            assert db.session.get_one(Session, number).ended_at is not None
            assert db.session.scalars(select(Credential.status_index)).all() == [place]
            assert "backup.restored" in db.session.scalars(select(AuditEvent.act)).all()


@pytest.mark.parametrize("options", [(), ("--keep-access",)])
def test_after_a_restore_nobody_has_access_that_a_firm_may_have_revoked_since(
    site: Site, tmp_path: Path, options: tuple[str, ...]
) -> None:
    backup = tmp_path / "backup"
    with app_of(site.environ) as app:
        alice = make_account(app, "alice@example.org")
        firm = make_firm(app, alice)
        with app.app_context(), transaction():
            actor = actor_of(alice, firm)
            make_token(actor, "Payroll", tuple(Scope), clock.now())
            make_inspector_link(actor, "Inspector", clock.now())
            make_device(actor, "Gate 1", None, clock.now())
    assert site.flask("backup", str(backup))[0] == 0
    code, said = site.flask("restore", str(backup), "--replace", *options)
    assert code == 0
    assert ("Firms have to create new ones" in said) is not bool(options)
    with app_of(site.environ) as app, app.app_context():
        rows = [db.session.scalars(select(kind.revoked_at)).one() for kind in (ApiToken, InspectorLink, SiteDevice)]
        assert [row is None for row in rows] == [bool(options)] * 3


Spoil = Callable[[Path, Site], object]


def damage(backup: Path, _site: Site) -> None:
    """Change one byte of the database."""
    path = next(path for path in backup.iterdir() if path.suffix in {".db", ".dump"})
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def cut(backup: Path, site: Site) -> None:
    """Leave half of the database, and a list that says that this was all."""
    path = next(path for path in backup.iterdir() if path.suffix in {".db", ".dump"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    change(backup, secret_of(site), files={path.name: files.hash_of(path)})


SPOILED: dict[str, tuple[Spoil, str]] = {
    "damaged": (damage, "is damaged"),
    "cut off": (cut, "can't be|refused the backup"),
    "of a newer version": (lambda backup, _site: change(backup, revision="9999"), "A newer version made this backup"),
    "of a version that is too old": (
        lambda backup, _site: change(backup, revision="0074"),
        "Restore and upgrade it with version 0.9.0 first",
    ),
    "of another installation": (
        lambda backup, site: change(backup, secret_of(site), installation="33b122df-164a-4272-9968-52252f875974"),
        "of another installation",
    ),
    "changed": (lambda backup, _site: change(backup, counts={"users": 0}), "was changed since"),
    "changed, with the seal of a key that nobody has": (
        lambda backup, _site: change(backup, Key("m" * 48), secret_keys=["another"], needs_keys=[]),
        "the key another that sealed it isn't here",
    ),
    "without its list": (lambda backup, _site: (backup / FILE).write_text("{}"), "can't be read"),
    "without its database": (
        lambda backup, _site: next(backup.glob("trainer.*")).unlink(),
        "is missing",
    ),
    "without a key": (lambda backup, _site: (backup / "secret_key").unlink(), "secret_key is missing"),
    "with another key": (lambda backup, _site: (backup / "secret_key").write_text("x" * 64), "isn't the one"),
}


@pytest.mark.check("T120")
def test_a_backup_that_is_spoiled_is_refused_in_a_line_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    sound = tmp_path / "sound"
    assert site.flask("backup", str(sound))[0] == 0
    site.add_user("mallory")
    for name, (spoil, why) in SPOILED.items():
        backup = shutil.copytree(sound, tmp_path / name)
        spoil(backup, site)
        code, said = site.flask("restore", str(backup), "--replace")
        assert (code, said.count("\n")) == (1, 1), said
        assert any(part in said for part in why.split("|")), said
        assert site.users() == {"leo", "mallory"}
        assert not list(site.instance.glob("*.restoring"))
        if name != "of another installation":
            assert site.flask("verify-backup", str(backup))[0] == 1, name
    for name, option in (
        ("of another installation", "--other"),
        ("changed, with the seal of a key that nobody has", "--unsealed"),
    ):
        code, said = site.flask("restore", str(tmp_path / name), "--replace", option)
        assert code == 0, said
        assert site.users() == {"leo"}
        site.add_user("mallory")


@pytest.mark.check("T120")
def test_what_was_there_is_kept_and_live_data_is_not_replaced_unasked(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert site.flask("backup", str(backup))[0] == 0
    site.add_user("mallory")
    code, said = site.flask("restore", str(backup))
    assert code == 1
    assert "Add --replace" in said
    for _time in range(2):
        assert site.flask("restore", str(backup), "--replace")[0] == 0
        assert site.users() == {"leo"}
    if not site.is_sqlite:
        assert site.execute("SELECT email FROM replaced.users") == [("leo",)]
        engine = create_engine(site.url, poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            code, said = site.flask("restore", str(backup), "--replace")
        assert code == 1
        assert "Stop the site first" in said
    assert site.flask("setup")[0] == 0


def test_keys_and_database_are_kept_in_two_places_and_encrypted(site: Site, sites: Sites, tmp_path: Path) -> None:
    backup, keys, passphrase = tmp_path / "backup", tmp_path / "keys", tmp_path / "passphrase"
    passphrase.write_text("a passphrase of many words\n")
    with_passphrase = ("--passphrase-file", str(passphrase))
    assert site.flask("backup", str(backup), "--keys", str(keys), *with_passphrase)[0] == 0
    assert {path.name for path in keys.iterdir()} == {"secret_key.age", "badge_keys.age", "backup.key.age"}
    names = {path.name for path in backup.iterdir()}
    assert names == {"trainer.db.age" if site.is_sqlite else "trainer.dump.age", "backup.key.age", FILE}
    assert all(b"leo@example.org" not in path.read_bytes() for path in backup.iterdir())
    assert not list(site.instance.glob("backup*"))  # nothing in plain is left
    new = sites.empty(tmp_path)
    code, said = new.flask("restore", str(backup), *with_passphrase)
    assert (code, "--keys FOLDER" in said) == (1, True), said
    code, said = new.flask("restore", str(backup), "--keys", str(keys))
    assert (code, "--passphrase-file" in said) == (1, True), said
    wrong = tmp_path / "wrong"
    wrong.write_text("not that passphrase at all")
    code, said = new.flask("restore", str(backup), "--keys", str(keys), "--passphrase-file", str(wrong))
    assert (code, "the passphrase is another one" in said) == (1, True), said
    wrong.write_text("short")
    assert "is too short" in new.flask("verify-backup", str(backup), "--passphrase-file", str(wrong))[1]
    code, said = new.flask("verify-backup", str(backup), "--keys", str(keys), *with_passphrase)
    assert code == 0, said
    code, said = new.flask("restore", str(backup), "--keys", str(keys), *with_passphrase)
    assert code == 0, said
    assert new.users() == {"leo"}
    assert secret_of(new) == secret_of(site)


def test_an_encrypted_backup_without_what_decrypts_it_or_with_another_is_refused(site: Site, tmp_path: Path) -> None:
    backup, keys, passphrase = tmp_path / "backup", tmp_path / "keys", tmp_path / "passphrase"
    passphrase.write_text("a passphrase of many words\n")
    with_passphrase = ("--keys", str(keys), "--passphrase-file", str(passphrase))
    assert site.flask("backup", str(backup), *with_passphrase)[0] == 0
    site.add_user("mallory")
    for folder, damaged in ((backup, "is damaged"), (keys, "isn't the one of this backup")):
        path = folder / "backup.key.age"
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        refused = [site.flask(*command, *with_passphrase) for command in commands(backup)]
        assert all(code == 1 and f"{path} {damaged}" in said for code, said in refused), refused
        path.unlink()
        refused = [site.flask(*command, *with_passphrase) for command in commands(backup)]
        assert all(code == 1 and f"{path} is missing" in said for code, said in refused), refused
        path.write_bytes(raw)
    assert site.users() == {"leo", "mallory"}
    assert site.flask("restore", str(backup), "--replace", *with_passphrase)[0] == 0
    assert site.users() == {"leo"}


def commands(backup: Path) -> list[tuple[str, ...]]:
    """Return the commands that read a backup."""
    return [("verify-backup", str(backup)), ("restore", str(backup), "--replace")]


def test_a_backup_each_of_whose_files_was_encrypted_with_the_passphrase_is_restored(
    site: Site, sites: Sites, tmp_path: Path
) -> None:
    backup, passphrase = tmp_path / "backup", tmp_path / "passphrase"
    passphrase.write_text("a passphrase of many words\n")
    assert site.flask("backup", str(backup))[0] == 0
    hashes = {}
    for path in [path for path in backup.iterdir() if path.name != FILE]:  # as version 0.9.0 did
        encrypted = path.with_name(path.name + ".age")
        encrypted.write_bytes(encrypt_with_passphrase(path.read_bytes(), "a passphrase of many words"))
        path.unlink()
        hashes[encrypted.name] = files.hash_of(encrypted)
    key_files = {name: hashes.pop(name) for name in ("secret_key.age", "badge_keys.age")}
    change(backup, secret_of(site), files=hashes, key_files=key_files, is_encrypted=True)
    new = sites.empty(tmp_path)
    code, said = new.flask("restore", str(backup), "--passphrase-file", str(passphrase))
    assert code == 0, said
    assert new.users() == {"leo"}
    assert secret_of(new) == secret_of(site)


def test_a_backup_that_is_killed_or_finds_no_room_leaves_none(site: Site, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    environ = {"PATH": "/usr/bin:/bin", **site.environ}
    ended = begin_program(environ, LIMITED, "backup", str(backup))
    _out, said = ended.communicate()
    assert ended.returncode == 1
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [site.instance.name]
    assert not (site.instance / "last_backup.json").exists()
    if site.is_sqlite:
        assert site.flask("backup", str(tmp_path / "whole"))[0] == 0
        site.add_user("mallory")
        ended = begin_program(environ, LIMITED, "restore", str(tmp_path / "whole"), "--replace")
        _out, said = ended.communicate()
        assert (ended.returncode, said.count("\n")) == (1, 1), said
        assert "is unchanged" in said
        assert site.users() == {"leo", "mallory"}
        assert not list(site.instance.glob("*.restoring"))
    partial = tmp_path / "backup.partial"
    partial.mkdir()
    (partial / "trainer.db").write_text("half of it")
    code, said = site.flask("restore", str(partial), "--replace")
    assert code == 1, said
    assert site.flask("backup", str(backup))[0] == 0  # goes on where one was killed
    assert not partial.exists()
    last = json.loads((site.instance / "last_backup.json").read_text())
    assert last["folder"] == str(backup)
    assert dt.datetime.fromisoformat(last["made_at"]).tzinfo is not None


def test_without_programs_of_the_server_or_with_older_ones_a_line_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    if site.is_sqlite:
        assert site.flask("backup", str(tmp_path / "backup"))[0] == 0
        return
    code, said = site.flask("backup", str(tmp_path / "backup"))
    assert (code, "pg_dump isn't installed" in said) == (1, True), said
    old = programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    code, said = site.flask("backup", str(tmp_path / "backup"))
    assert (code, "pg_dump is of version 9, and the server of" in said) == (1, True), said
    assert not (tmp_path / "backup").exists()


@pytest.mark.nightly
@pytest.mark.check("T120")
def test_a_hundred_thousand_attempts_are_restored_within_a_minute(site: Site, sites: Sites, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", sites.empty(tmp_path)
    fill_attempts(site, 100_000)
    began = time.monotonic()
    assert site.flask("backup", str(backup))[0] == 0
    made = time.monotonic()
    code, said = new.flask("restore", str(backup))
    assert code == 0, said
    restored = time.monotonic()
    print(f"{site.url.split(':')[0]}: backup {made - began:.1f} s, restore {restored - made:.1f} s")
    assert restored - made <= 60
    assert new.execute("SELECT count(*) FROM attempts") == [(100_000,)]


def fill_attempts(site: Site, count: int) -> None:
    """Write down so many attempts, each with ten responses."""
    with app_of(site.environ) as app:
        user, at = make_account(app), clock.now()
        with app.app_context(), transaction() as session:
            scene = served().pool(Pool.OPEN)[0]
            snapshot = {"digest": scene.digest, "item": scene.id, "payload": payload_of(scene).kept(), "created_at": at}
            insert_missing(ItemSnapshot, [snapshot])
            enrollment = enroll(user, served().courses[COURSE], at).id
            session.flush()
            for first in range(0, count, 5_000):
                ids = [(uuid.uuid4(), number) for number in range(first + 1, first + 5_001)]
                same = {"user_id": user, "enrollment_id": enrollment, "kind": "practice", "round": 1, "course": COURSE}
                also = {"rule": {}, "scenes": 10, "started_at": at, "submitted_at": at}
                insert_all(Attempt, [{**same, **also, "id": number, "number": place} for number, place in ids])
                answer = {"item_digest": scene.digest, "item": scene.id, "action_order": ["a", "b"], "version": 1}
                insert_all(
                    Response,
                    [
                        {**answer, "attempt_id": number, "position": place, "given": {"answer": "x"}, "saved_at": at}
                        for number, _place in ids
                        for place in range(1, 11)
                    ],
                )

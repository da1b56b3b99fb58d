"""Commands of authors and operators."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment.swapped import copy_content
from tests.cast import certify, make_account, make_firm
from trainer.app import create_app
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.credentials.models import Credential
from trainer.organizations.models import Organization

pytestmark = pytest.mark.on_both


def test_setup_says_what_it_did_and_runs_twice(app: Flask) -> None:
    for _time in range(2):
        ended = app.test_cli_runner().invoke(args=["setup"])
        assert ended.exit_code == 0, ended.output
        assert "up to date" in ended.output
        assert "(local mode)" in ended.output


def test_setup_hides_the_password_of_the_database(settings: Settings) -> None:
    app = create_app(replace(settings, database_url="postgresql+psycopg://u:hidden@127.0.0.1:1/x"))
    ended = app.test_cli_runner().invoke(args=["setup"])
    assert ended.exit_code != 0
    assert "can't be reached" in ended.output
    assert "hidden" not in ended.output


def test_setup_refuses_broken_content_before_it_changes_anything(settings: Settings, tmp_path: Path) -> None:
    folder = copy_content(tmp_path / "broken")
    (folder / "site.yaml").write_text("name: [", encoding="utf-8")
    database = tmp_path / "fresh.db"
    app = create_app(replace(settings, content=folder, database_url=f"sqlite:///{database}"))
    ended = app.test_cli_runner().invoke(args=["setup"])
    assert ended.exit_code != 0
    assert "site.yaml" in ended.output
    assert "Traceback" not in ended.output
    assert not database.exists()


def test_a_credential_is_withdrawn_by_its_number_once(app: Flask) -> None:
    certify(app, make_account(app))
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    run = app.test_cli_runner().invoke
    assert run(args=["credentials", "revoke", serial.lower(), "--reason", "By mistake"]).exit_code == 0
    for number, words in ((serial, "already been withdrawn"), ("x", "no certificate with this number")):
        ended = run(args=["credentials", "revoke", number, "--reason", "Again"])
        assert ended.exit_code == 1
        assert words in ended.output
        assert "Traceback" not in ended.output
    assert run(args=["credentials", "revoke", serial]).exit_code == 2  # a reason is asked for


def test_content_check_counts_and_names_faults(app: Flask, settings: Settings, tmp_path: Path) -> None:
    good = app.test_cli_runner().invoke(args=["content", "check"])
    assert good.exit_code == 0
    assert "The content is in order" in good.output
    folder = copy_content(tmp_path / "broken")
    scene = next((folder / "scenarios").glob("*.md"))
    scene.write_text(scene.read_text(encoding="utf-8").replace("truth:", "truthy:", 1), encoding="utf-8")
    bad = create_app(replace(settings, content=folder)).test_cli_runner().invoke(args=["content", "check"])
    assert bad.exit_code == 1
    assert scene.name in bad.output
    assert "Nothing was loaded" in bad.output


def test_an_instructor_is_approved_once_and_the_approval_taken_back(app: Flask) -> None:
    make_account(app, "ines@example.org")
    runner = app.test_cli_runner()
    said = []
    for options in ([], [], ["--revoke"], ["--revoke"]):
        ended = runner.invoke(args=["admin", "approve-instructor", "Ines@Example.org", *options])
        said.append((ended.exit_code, ended.output.split(":")[0]))
    assert said == [(0, "Approved"), (1, "Error"), (0, "Withdrawn"), (1, "Error")]
    assert "No account" in runner.invoke(args=["admin", "approve-instructor", "x@example.org"]).output


@pytest.mark.check("T013")
def test_a_firm_is_found_suspended_and_resumed(app: Flask) -> None:
    firm = make_firm(app, make_account(app, "alice@example.org"), "Acme Security")
    run = app.test_cli_runner().invoke
    said = []
    for command in (["suspend-organization", "--reason", "No answer"], ["resume-organization"]):
        for _time in range(2):
            ended = run(args=["admin", *command, str(firm)])
            said.append((ended.exit_code, ended.output.split(":")[0]))
            assert "Traceback" not in ended.output
        listed = run(args=["admin", "organizations"]).output.splitlines()
        said.append((len(listed), " ".join(listed[1].split()[:3])))
    assert said == [
        (0, "Suspended"),
        (1, "Error"),
        (3, f"{firm} 1 suspended"),
        (0, "Resumed"),
        (1, "Error"),
        (3, f"{firm} 1 open"),
    ]
    assert listed[0].split() == ["Id", "People", "State", "Name"]
    assert listed[0].index("Name") == listed[1].index("Acme Security")
    assert run(args=["admin", "suspend-organization", str(firm)]).exit_code == 2  # a reason is asked for


def test_a_firm_is_let_send_more_invitations(app: Flask) -> None:
    firm = make_firm(app, make_account(app, "alice@example.org"), "Acme Security")
    run = app.test_cli_runner().invoke
    raised = run(args=["admin", "raise-invitations", str(firm), "2500"])
    assert (raised.exit_code, raised.output) == (0, "Acme Security can send 2,500 invitations a day.\n")
    with app.app_context():
        assert db.session.get_one(Organization, firm).invitations_a_day == 2500
        acts = select(AuditEvent.act).where(AuditEvent.organization_id == firm).order_by(AuditEvent.at)
        assert db.session.scalars(acts).all()[-1] == "organization.invitations_set"
    assert run(args=["admin", "raise-invitations", str(firm), "0"]).exit_code == 2
    unknown = run(args=["admin", "raise-invitations", "00000000-0000-4000-8000-000000000000", "5"])
    assert (unknown.exit_code, "No firm has this id" in unknown.output) == (1, True)

"""What people write about scenes, as it is counted, read and marked by those who see how scenes work."""

from __future__ import annotations

from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from tests.cast import add_second_factor, appoint, approve, make_account, make_firm, put_on_roster, sign_in_as
from tests.extras.remarks.cast import write_remark
from tests.support import Visitor
from trainer.assessment.analysis import analyze
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.extras.remarks.operations import RemarkState
from trainer.organizations.rules import Role

PAGE = "/item-analysis"


@pytest.fixture
def scene(shelf: Library) -> str:
    return shelf.content.pool(Pool.OPEN)[0].id


@pytest.fixture
def administrator(app: Flask) -> Visitor:
    """Return an administrator's browser."""
    user = make_account(app, "root@example.org")
    appoint(app, user)
    add_second_factor(app, user)
    return sign_in_as(app, user)


@pytest.fixture
def ines(app: Flask) -> Visitor:
    """Return an approved instructor's browser."""
    user = make_account(app, "ines@example.org")
    approve(app, user)
    add_second_factor(app, user)
    return sign_in_as(app, user)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["content", *words])


def test_remarks_are_counted_by_scene(app: Flask, shelf: Library, scene: str) -> None:
    write_remark(app, scene)
    with app.app_context():
        counted = {version.scene: version.remarks for version in analyze(shelf.content, {Pool.OPEN}).versions}
    assert {name: number for name, number in counted.items() if number} == {scene: 1}
    assert "; 1 open remark(s)" in run(app, "report", "--items").output


def test_remarks_are_read_by_both_and_marked_by_administrators(
    app: Flask, scene: str, ines: Visitor, administrator: Visitor
) -> None:
    remark = write_remark(app, scene, "Which <b>door</b>?")
    page = ines.get(f"{PAGE}/scenes/{scene}").text
    assert "Which &lt;b&gt;door&lt;/b&gt;?" in page
    assert "Mark as read" not in page
    assert ines.post(f"{PAGE}/remarks/{remark}/state", {"state": "read"}).status_code == 404
    assert "Mark as read" in administrator.get(f"{PAGE}/scenes/{scene}").text
    for state in (RemarkState.READ, RemarkState.ANSWERED):
        answer = administrator.post(f"{PAGE}/remarks/{remark}/state", {"state": state.value})
        assert answer.headers["Location"] == f"{PAGE}/scenes/{scene}#remarks"
    assert "Mark as" not in administrator.get(f"{PAGE}/scenes/{scene}").text
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("remark."))).all()
        assert {(one.act, one.subject_id, one.actor_id is not None) for one in acts} == {
            ("remark.read", remark, True),
            ("remark.answered", remark, True),
        }


def test_remarks_about_lessons_are_read_and_marked_beside_all_scenes(
    app: Flask, shelf: Library, ines: Visitor, administrator: Visitor
) -> None:
    course = next(iter(shelf.content.courses.values()))
    lesson = f"{course.slug}/{course.lessons[0].id}"
    remark = write_remark(app, lesson, "That law has <b>changed</b>.")
    for reader in (ines, administrator):
        page = reader.get(PAGE).text
        assert "That law has &lt;b&gt;changed&lt;/b&gt;." in page
        assert f'<a href="/courses/{lesson}">{escape(course.lessons[0].file.title)}</a>' in page
        assert ("Mark as read" in page) == (reader is administrator)
    assert f"{lesson}  wording" in run(app, "remarks").output
    answer = administrator.post(f"{PAGE}/remarks/{remark}/state", {"state": "read"})
    assert answer.headers["Location"] == f"{PAGE}#remarks"
    assert run(app, "remarks", "--answered", str(remark)).output == f"Marked as answered: a remark about {lesson}.\n"
    assert "That law has" not in ines.get(PAGE).text
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == remark)).all()
        assert [act.details for act in acts] == [{"lesson": lesson}] * 2


def test_a_state_that_there_is_not_is_refused(app: Flask, scene: str, administrator: Visitor) -> None:
    remark = write_remark(app, scene)
    assert administrator.post(f"{PAGE}/remarks/{remark}/state", {"state": "gone"}).status_code == 422


def test_one_is_marked_with_a_token_only(app: Flask, scene: str, administrator: Visitor) -> None:
    path = f"{PAGE}/remarks/{write_remark(app, scene)}/state"
    sent = administrator.client.post(path, data={"state": "read"}, base_url=administrator.base_url)
    assert sent.status_code == 400


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.INSTRUCTOR, Role.MEMBER])
def test_no_role_in_a_firm_marks_one(app: Flask, scene: str, role: Role) -> None:
    remark = write_remark(app, scene)
    alice, someone = make_account(app, "alice@example.org"), make_account(app, "someone@example.org")
    firm = make_firm(app, alice)
    if role is not Role.OWNER:
        put_on_roster(app, firm, someone, role, manages_all=role is Role.MANAGER)
    who = alice if role is Role.OWNER else someone
    add_second_factor(app, who)
    visitor = sign_in_as(app, who)
    assert visitor.post(f"{PAGE}/remarks/{remark}/state", {"state": "read"}).status_code == 404


def test_remarks_are_listed_and_marked_and_who_marks_is_written_down(app: Flask, scene: str) -> None:
    remark = write_remark(app, scene, "Which door?")
    listed = run(app, "remarks").output
    assert str(remark) in listed
    assert "Which door?" in listed
    assert "1 remark(s)." in listed
    assert run(app, "remarks", "--read", str(remark)).output == f"Marked as read: a remark about {scene}.\n"
    assert "  read  " in run(app, "remarks").output
    run(app, "remarks", "--answered", str(remark))
    assert run(app, "remarks").output == "0 remark(s).\n"
    assert "  answered  " in run(app, "remarks", "--all").output
    with app.app_context():
        acts = select(AuditEvent.act).where(AuditEvent.subject_id == remark)
        assert set(db.session.scalars(acts)) == {"remark.read", "remark.answered"}


def test_a_remark_that_there_is_not_is_refused(app: Flask) -> None:
    refused = run(app, "remarks", "--read", str(uuid4()))
    assert (refused.exit_code, refused.output) == (1, "Error: There is no remark with this ID.\n")

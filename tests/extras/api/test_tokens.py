"""Alice makes tokens and takes them back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.compliance.conftest import Training
from tests.extras.api.conftest import acmes_token, read
from tests.support import Visitor
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.extras.api.models import ApiToken
from trainer.extras.api.rules import digest

FIELDS = {"label": "Payroll, nightly", "scopes": ["people", "assignments"]}


def make(training: Training, visitor: Visitor) -> str:
    page = visitor.post(training.acme.path("/tokens"), FIELDS)
    found = re.search(r'value="(wyr_[\w-]{43})"', page.text)
    assert found, page.text
    return found[1]


def test_a_token_is_shown_once_and_kept_as_a_digest(training: Training) -> None:
    alice = training.acme.enter("alice")
    secret = make(training, alice)
    page = alice.get(training.acme.path("/tokens")).text
    assert "Payroll, nightly" in page
    assert "People, Assignments" in page
    assert secret not in page
    with training.acme.app.app_context():
        token = db.session.scalars(select(ApiToken)).one()
        assert token.secret_hash == digest(secret)
        assert secret[4:] not in repr(db.session.execute(select(ApiToken.__table__)).all())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "Enter which system"),
        ({"scopes": []}, "Choose what it may do."),
        ({"scopes": ["everything"]}, "isn’t on this list anymore"),
    ],
)
def test_a_form_without_system_or_scope_comes_back_as_typed(
    training: Training, fields: dict[str, object], message: str
) -> None:
    answer = training.acme.enter("alice").post(training.acme.path("/tokens"), {**FIELDS, **fields})
    assert answer.status_code == 422
    assert message in answer.text
    assert "label" in fields or "Payroll, nightly" in answer.text
    with training.acme.app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


@pytest.mark.on_both
def test_a_revoked_token_opens_nothing_and_the_log_tells_the_story(training: Training) -> None:
    alice, app = training.acme.enter("alice"), training.acme.app
    secret = make(training, alice)
    assert read(app, "/people", secret).status_code == 200
    found = re.search(r'href="(\S+/revocation)"', alice.get(training.acme.path("/tokens")).text)
    assert found
    assert "Revoke Payroll, nightly?" in alice.get(found[1]).text
    assert read(app, "/people", secret).status_code == 200
    for _again in range(2):
        assert alice.post(found[1]).status_code == 303
    assert read(app, "/people", secret).status_code == 401
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("api_token")).order_by("at"))
        told = [(one.act, one.details["label"]) for one in acts]
    assert told == [(f"api_token.{act}", "Payroll, nightly") for act in ("made", "used", "revoked")]


@pytest.mark.check("T004")
def test_a_token_of_another_firm_can_not_be_revoked(training: Training) -> None:
    acme = training.acme
    secret = make(training, acme.enter("alice"))
    with acme.app.app_context():
        number = db.session.scalars(select(ApiToken.id)).one()
    path = f"/organizations/{acme.other}/tokens/{number}/revocation"
    assert acme.enter("mallory").get(path).status_code == acme.enter("mallory").post(path).status_code == 404
    assert read(acme.app, "/people", secret).status_code == 200


@pytest.mark.asvs("2.3.2")
def test_no_more_than_twenty_tokens_are_in_use(training: Training) -> None:
    for _one in range(20):
        acmes_token(training)
    answer = training.acme.enter("alice").post(training.acme.path("/tokens"), FIELDS)
    assert answer.status_code == 422
    assert "Twenty tokens are in use." in answer.text

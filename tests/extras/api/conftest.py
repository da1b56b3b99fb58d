"""Acme Security, whose payroll reads by a token."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import LOCAL, actor_of
from tests.compliance.conftest import Training
from tests.compliance.conftest import acme as acme
from tests.compliance.conftest import training as training
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope

V1 = "/api/v1"


def token_of(app: Flask, owner: UUID, firm: UUID, scopes: Collection[Scope] = tuple(Scope)) -> str:
    """Make a token."""
    with app.app_context(), transaction():
        return make_token(actor_of(owner, firm), "Payroll", scopes, clock.now())


def acmes_token(training: Training, scopes: Collection[Scope] = tuple(Scope)) -> str:
    """Make a token that Alice owns."""
    return token_of(training.acme.app, training.acme.users["alice"], training.acme.id, scopes)


def send(app: Flask, method: str, path: str, token: str | None, body: object, **headers: str) -> TestResponse:
    """Send the API something, as a program does."""
    shown = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().open(V1 + path, method=method, json=body, base_url=LOCAL, headers={**shown, **headers})


def read(app: Flask, path: str, token: str | None, **headers: str) -> TestResponse:
    """Ask the API, as a program does."""
    shown = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().get(V1 + path, base_url=LOCAL, headers={**shown, **headers})

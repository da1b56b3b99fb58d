"""Acme Security, whose payroll reads by a token, and a system that is told what happens."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import LOCAL, actor_of
from tests.compliance.conftest import Training
from tests.compliance.conftest import acme as acme
from tests.compliance.conftest import training as training
from tests.interop.receiver import NAME, Names, Receiver, listening, make_certificate
from trainer.core import clock
from trainer.core.db import transaction
from trainer.interop.operations import make_token
from trainer.interop.rules import Scope

V1 = "/api/v1"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("webhooks: install openssl")
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def receiver(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Start a system that takes webhooks on loopback, under a name whose certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with listening(one := Receiver(certificate)):
        yield one


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Have the receiver's name resolve to loopback."""
    found = Names(monkeypatch)
    found.known[NAME] = [["127.0.0.1"]]
    return found


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

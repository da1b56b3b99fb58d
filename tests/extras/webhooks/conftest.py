"""Acme Security, and a system that is told what happens there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compliance.conftest import acme as acme
from tests.compliance.conftest import training as training
from tests.extras.webhooks.receiver import NAME, Names, Receiver, listening, make_certificate


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

"""Mail goes over an encrypted line to a server that is who it says; a password goes nowhere else."""

from __future__ import annotations

import shutil
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from tests.jobs.conftest import Mailbox
from tests.jobs.sending import order, send, states
from tests.live import free_port
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both

WAITS, SENT = [(False, False, 0)], [(True, False, 1)]
Start = Callable[..., Mailbox]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for 127.0.0.1 that nobody vouches for, with its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("encryption of mail: install openssl")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "made.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *words.split(), "-keyout", key, "-out", made], check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.fixture
def start(certificate: Path) -> Iterator[Start]:
    """Return a starter of mail servers whose line is "smtps", "starttls" or "open"; the latter two ask who sends."""
    running = []

    def begin(line: str) -> Mailbox:
        box, context = Mailbox(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        box.port = free_port()

        def check(_server: object, _session: object, _envelope: object, _how: str, given: Any) -> AuthResult:
            box.passwords.append(given.password)
            return AuthResult(success=given == LoginPassword(b"bob", b"right"), handled=False)

        lines: dict[str, dict[str, Any]] = {
            "smtps": {"ssl_context": context},
            "starttls": {"tls_context": context, "authenticator": check, "auth_required": True},
            "open": {"authenticator": check, "auth_require_tls": False},
        }
        running.append(Controller(box, hostname="127.0.0.1", port=box.port, **lines[line]))
        running[-1].start()
        return box

    yield begin
    for one in running:
        one.stop()


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library) -> Callable[[str], Flask]:
    """Return a maker of the app with a mail server. (`app` has made the database.)"""
    return lambda url: create_app(replace(settings, smtp_url=url, mail_from="training@example.org"), shelf)


@pytest.mark.asvs("12.3.2")
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_server_that_someone_vouches_for_gets_mail(
    start: Start,
    mailing: Callable[[str], Flask],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    trusted: bool,
) -> None:
    box = start("starttls" if scheme == "smtp" else scheme)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    app = mailing(f"{scheme}://{'bob:right@' if scheme == 'smtp' else ''}127.0.0.1:{box.port}")
    order(app)
    with nullcontext() if trusted else pytest.raises(OSError, match="certificate"):
        send(app)
    assert states(app) == (SENT if trusted else WAITS)
    assert len(box.mails) == trusted


def test_with_a_refused_password_mail_waits(
    start: Start, mailing: Callable[[str], Flask], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = start("starttls")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    app = mailing(f"smtp://bob:wrong@127.0.0.1:{box.port}")
    order(app)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(app)
    assert (states(app), box.mails, set(box.passwords)) == (WAITS, [], {b"wrong"})


def test_no_password_goes_over_an_open_line(start: Start, mailing: Callable[[str], Flask]) -> None:
    box = start("open")
    app = mailing(f"smtp://bob:right@127.0.0.1:{box.port}")
    order(app)
    with pytest.raises(smtplib.SMTPException, match="no encryption"):
        send(app)
    assert (states(app), box.mails, box.passwords) == (WAITS, [], [])


@pytest.mark.parametrize(("plain", "sent"), [(False, 0), (True, 1)])
def test_away_from_this_machine_mail_goes_over_an_open_line_only_if_an_operator_says_so(
    start: Start, mailing: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch, plain: bool, sent: int
) -> None:
    box, resolve = start("open"), socket.getaddrinfo

    def lead_here(host: str, *rest: object, **more: object) -> object:
        return resolve("127.0.0.1" if host == "mail.example.org" else host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lead_here)
    app = mailing(f"smtp://mail.example.org:{box.port}")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], smtp_plain=plain)
    order(app)
    with nullcontext() if plain else pytest.raises(smtplib.SMTPException, match="TRAINER_SMTP_PLAIN"):
        send(app)
    assert (states(app), len(box.mails)) == (SENT if plain else WAITS, sent)

"""The server and its worker connect to what the settings name, and to nothing else."""

from __future__ import annotations

import ast
import textwrap
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from flask import Flask

from tests.cast import make_account
from tests.conftest import TESTS
from tests.jobs.conftest import Mailbox
from tests.jobs.conftest import mailbox as mailbox
from tests.live import serving
from trainer.accounts.operations import confirm_address, request_reset
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import transaction
from trainer.core.settings import Settings
from trainer.web.access import Who, declared

pytestmark = pytest.mark.on_both

# Python runs a module of this name at its start, in each process of the server.
WATCH = textwrap.dedent(
    """
    import os, socket, sys

    OWN = socket.gethostname()  # which smtplib says to the mail server, and looks up for that

    def watch(event, arguments):
        if event in {"socket.connect", "socket.sendto"}:
            place = arguments[1]
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            place = (*arguments, 0)[:2]
        else:
            return
        if isinstance(place, tuple) and place[0] != OWN:
            with open(os.environ["WATCHED"], "a") as file:
                file.write(repr((event, str(place[0]), place[1])) + "\\n")
            if not str(place[0]).startswith("127."):
                raise OSError("no way out")

    sys.addaudithook(watch)
    """
)


@pytest.mark.asvs("13.2.4")
@pytest.mark.check("T098")
def test_server_and_worker_connect_to_the_mail_server_alone(
    app: Flask, settings: Settings, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's client connects outside of Python")
    (tmp_path / "watch").mkdir()
    dates = (TESTS / "dates" / "sitecustomize.py").read_text(encoding="utf-8")
    (tmp_path / "watch" / "sitecustomize.py").write_text(f"{WATCH}\n{dates}", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "watch"))
    monkeypatch.setenv("WATCHED", str(tmp_path / "watched"))
    monkeypatch.setenv("TRAINER_SMTP_URL", mailbox.url)
    monkeypatch.setenv("TRAINER_MAIL_FROM", "training@example.org")
    leo = make_account(app, "leo@example.org")
    with app.app_context(), transaction():
        confirm_address(get_user(leo), clock.now())
        request_reset("leo@example.org", clock.now())
    with serving(settings, workers=1) as address:
        for rule in app.url_map.iter_rules():
            access = declared(app, rule.endpoint)
            is_open = access is not None and access.who is Who.PUBLIC and not rule.arguments
            if is_open and "GET" in (rule.methods or ()) and rule.rule not in {"/exit", "/.well-known/security.txt"}:
                with suppress(HTTPError):  # a page that wants a question says so
                    urlopen(address + rule.rule, timeout=60).close()
        until = time.monotonic() + 60
        while not mailbox.mails and time.monotonic() < until:
            time.sleep(0.2)
    assert mailbox.mails
    seen = {ast.literal_eval(line) for line in (tmp_path / "watched").read_text(encoding="utf-8").splitlines()}
    assert ("socket.connect", "127.0.0.1", mailbox.port) in seen
    assert {(host, port) for _event, host, port in seen} - {("127.0.0.1", urlsplit(address).port)} == {
        ("127.0.0.1", mailbox.port)
    }  # and where the server listens, whose address it looks up

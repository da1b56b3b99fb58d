"""An app with a mail server, and a mail sent through it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.jobs.conftest import Mailbox
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.jobs.delivery import deliver


@pytest.fixture
def mailing(settings: Settings, mailbox: Mailbox, shelf: Library) -> Flask:
    """Return an app that mails into the mailbox."""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def send(app: Flask) -> None:
    """Deliver what is due."""
    with app.app_context():
        for _mail in deliver():
            pass

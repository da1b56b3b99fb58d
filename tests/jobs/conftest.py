"""A real mail server on loopback, that can be told how to behave."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Takes mail; `answers` are given first, one a mail, instead of a yes. "drop" hangs up without an answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.passwords: list[bytes] = []
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 its name there
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer[0] != "2" and answer != "drop":
            return answer
        mail: Any = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if answer == "drop":
            server.transport.close()
        return answer

    @property
    def url(self) -> str:
        """What TRAINER_SMTP_URL says."""
        return f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Run the server while a test does."""
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()

"""A real mail server on loopback, that can be told how to behave."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.live import free_port


class Mailbox:
    """Takes mail; `answers` are given first, one a mail, instead of a yes. "drop" hangs up without an answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.passwords: list[bytes] = []
        self.port = 0
        self.speaks_utf8 = True
        self.at_recipient: dict[str, str] = {}
        """What is answered to RCPT TO; "drop" hangs up."""
        self.senders_refused = 0

    async def handle_EHLO(  # noqa: N802 its name there
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [one for one in answers if self.speaks_utf8 or "SMTPUTF8" not in one]

    async def handle_MAIL(  # noqa: N802 its name there
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.senders_refused:
            self.senders_refused -= 1
            return "451 try again"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 its name there
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_recipient.get(address, "250 OK")
        if answer == "drop":
            _hang_up(server)
        elif answer[0] == "2":
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 its name there
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer[0] != "2" and answer != "drop":
            return answer
        assert isinstance(envelope.content, bytes)
        mail: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if answer == "drop":
            _hang_up(server)
        return answer

    @property
    def url(self) -> str:
        """What TRAINER_SMTP_URL says."""
        return f"smtp://127.0.0.1:{self.port}"


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Run the server while a test does."""
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, enable_SMTPUTF8=True)
    controller.start()
    yield box
    controller.stop()

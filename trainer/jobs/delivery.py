"""Deliver what waits in the outbox over SMTP."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask import current_app

from trainer.core import outbox
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.outbox import OutboxMessage
from trainer.jobs.letters import write
from trainer.web.letters import Letter

BATCH = 20
TIMEOUT = 20  # seconds for each answer of the mail server

log = logging.getLogger(__name__)


def deliver() -> int:
    """Send what is due, a batch at most; return how many mails were taken up. Without a mail server none is."""
    settings = current_app.config["SETTINGS"]
    if settings.smtp_url is None:
        return 0
    with transaction():
        claimed = list(outbox.claim(BATCH, now()))
    if not claimed:
        return 0
    try:
        with _connected(settings.smtp_url) as server:
            for message in claimed:
                _deliver_one(server, message, settings.mail_from)
    except (OSError, smtplib.SMTPException) as error:
        # The server as a whole: what wasn't sent yet waits.
        for message in claimed:
            _note(message, _reason(error), is_final=False)
    return len(claimed)


def compose(message: OutboxMessage, letter: Letter, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire. Raises ValueError for a line break in a header."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.recipient
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def _deliver_one(server: smtplib.SMTP, message: OutboxMessage, sender: str) -> None:
    letter = write(message)
    if letter is None:
        _note(message, "no longer needed", is_final=True)
        return
    try:
        server.send_message(compose(message, letter, sender), from_addr=sender, to_addrs=[message.recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        _note(message, f"{code} {text!r}", is_final=code >= 500)
    except smtplib.SMTPDataError as error:
        _note(message, _reason(error), is_final=error.smtp_code >= 500)
    else:
        with transaction():
            outbox.mark_sent(message.id, now())


def _note(message: OutboxMessage, reason: str, *, is_final: bool) -> None:
    log.warning("mail %s not sent: %s", message.id.hex, reason)
    with transaction():
        outbox.mark_failed(message.id, message.tries, reason, now(), is_final=is_final)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


@contextmanager
def _connected(address: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    try:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            secure = True
        if parts.username:
            if not secure:
                raise smtplib.SMTPException("the server offers no encryption; the password is not sent")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()

"""Deliver what waits in the outbox over SMTP."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import cycle
from urllib.parse import unquote, urlsplit

from flask import current_app

from trainer.content.serving import served
from trainer.core import outbox
from trainer.core.addresses import is_loopback
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.failures import is_outage
from trainer.core.isolation import describe
from trainer.core.leases import is_due
from trainer.core.outbox import NO_LONGER_NEEDED, OutboxMessage
from trainer.jobs.emails import write
from trainer.web.emails import RenderedEmail

TIMEOUT = 20  # seconds for each answer of the mail server

log = logging.getLogger(__name__)


def deliver() -> Iterator[None]:
    """Send what is due, mail by mail; after each the caller may do something else. Without a mail server none is sent.

    Raises OSError or SMTPException if the mail server can't be used at all: then no mail has lost a try.
    """
    settings = current_app.config["SETTINGS"]
    if settings.smtp_url is None or not is_due(OutboxMessage, now()):
        return
    with closing(SmtpConnection(settings.smtp_url, allows_plain=settings.smtp_plain)) as line:
        for is_fresh_first in cycle((True, False)):  # neither new mail nor what failed before keeps the other waiting
            server = line.open()
            with transaction():
                message = outbox.claim(now(), is_fresh_first=is_fresh_first)
            if message is None:
                return
            _deliver_one(server, message, settings.mail_from)
            yield


class SmtpConnection:
    """The connection to the mail server, reopened when it breaks."""

    def __init__(self, address: str, *, allows_plain: bool) -> None:
        self._address = address
        self._allows_plain = allows_plain
        self._server: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """Return a connection on which no mail is half sent. Raises OSError or SMTPException if there can be none."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._server.rset()[0] == 250:
                    return self._server
        self.close()
        self._server = _connect(self._address, allows_plain=self._allows_plain)
        return self._server

    def close(self) -> None:
        """Hang up."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server.close()
            self._server = None


def compose(message: OutboxMessage, letter: RenderedEmail, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire. Raises ValueError for a line break in a header or a second address."""
    mail = EmailMessage()
    mail["From"] = Address(letter.sender or served().site.name, addr_spec=sender)
    if letter.reply_to is not None:
        mail["Reply-To"] = Address(letter.reply_to.name, addr_spec=letter.reply_to.address)
    mail["To"] = message.recipient
    if [address.addr_spec for address in mail["To"].addresses] != [message.recipient]:
        raise ValueError("the recipient isn't one plain address")
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    for file in letter.files:
        maintype, _, subtype = file.mimetype.partition("/")
        mail.add_attachment(file.data, maintype=maintype, subtype=subtype, filename=file.name)
    return mail


def _deliver_one(server: smtplib.SMTP, message: OutboxMessage, sender: str) -> None:
    try:
        letter = write(message)
        if letter is None:
            _note(message, MailFault(NO_LONGER_NEEDED, NO_LONGER_NEEDED, is_final=True))
            return
        mail = compose(message, letter, sender)
        if now() >= message.due_at:
            log.warning("mail %s took too long to write; the worker that took it up since sends it", message.id.hex)
            return
        server.send_message(mail, from_addr=sender, to_addrs=[message.recipient])
    except Exception as error:  # of this mail alone, whatever it is; the next one is another's
        if is_outage(error):
            raise
        db.session.rollback()
        _note(message, fault_of(error))
    else:
        with transaction():
            outbox.mark_sent(message.id, now())


@dataclass(frozen=True)
class MailFault:
    """Why a mail wasn't sent. The log gets the kind alone: a mail server's text usually names the address."""

    kind: str
    text: str
    is_final: bool


def fault_of(error: Exception) -> MailFault:
    """Judge an error at one mail: only a permanent refusal of a recipient or a text is final."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return MailFault(f"the recipient was refused, {code}", f"{code} {_readable(text)}", is_final=code >= 500)
        case smtplib.SMTPResponseException():
            is_final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
            kind = f"{type(error).__name__}, {error.smtp_code}"
            return MailFault(kind, f"{error.smtp_code} {_readable(error.smtp_error)}", is_final=is_final)
    return MailFault(describe(error), f"{type(error).__name__}: {error}", is_final=False)


def _readable(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _note(message: OutboxMessage, fault: MailFault) -> None:
    log.warning("mail %s not sent: %s", message.id.hex, fault.kind)
    with transaction():
        outbox.mark_failed(message, fault.text, now(), is_final=fault.is_final)


def _connect(address: str, *, allows_plain: bool) -> smtplib.SMTP:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
        if secure
        else smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    )
    try:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if not (secure or allows_plain or is_loopback(host)):
            # Mails hold links that open accounts; whoever strips the offer would read them.
            raise smtplib.SMTPException("the mail server offers no encryption; nothing was sent (TRAINER_SMTP_PLAIN)")
        if parts.username:
            if not secure:
                raise smtplib.SMTPException("the server offers no encryption; the password is not sent")
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server

"""What became of an email that a firm had sent, and who it says it is from: the same wherever it is told."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.content.serving import served
from trainer.core.outbox import NO_LONGER_NEEDED, NO_SERVER, OutboxMessage
from trainer.organizations.rules import names_an_address
from trainer.web.language import show_day

SKIPPED: Final = {
    "not joined": _l("hasn’t joined yet"),
    "no address": _l("no email address"),
    "waived": _l("waived"),
    "refused": _l("the mail server refused this address before"),
    "reminded": _l("already reminded that day"),
    "limit": _l("the firm’s limit for that day was reached"),
}
"""Why nothing was sent, as it is stored."""
_LONGEST_SENDER: Final = 60
"""Characters of a firm's name that mail programs still show."""
_JOINERS: Final = "\u200c\u200d"
"""Without width, and part of the spelling of names in Persian and in India."""


class MailState(StrEnum):
    """What became of an email, for filters and other systems."""

    SENT = "sent"
    WAITING = "waiting"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"  # the email itself is no longer kept


def mail_state(skipped: str | None, mail: OutboxMessage | None) -> MailState:
    """Return what became of an email that was ordered, or skipped for a reason."""
    if skipped:
        return MailState.NOT_SENT
    if mail is None:
        return MailState.UNKNOWN
    if mail.sent_at is not None:
        return MailState.SENT
    return MailState.WAITING if mail.dead_at is None else MailState.NOT_SENT


def outcome(skipped: str | None, mail: OutboxMessage | None, not_needed: str | None = None) -> str:
    """Return what became of it in words; `not_needed` says why one was dropped when it was to be written."""
    if skipped:
        return str(_("Not sent: %(why)s", why=SKIPPED[skipped]))
    if mail is None:
        return str(_("No longer kept"))
    if mail.sent_at is not None:
        return str(_("Sent %(day)s", day=show_day(mail.sent_at, "long")))
    if mail.dead_at is None:
        return str(
            _("Waiting to be sent: the site has no mail server") if has_no_server(mail) else _("Waiting to be sent")
        )
    if has_no_server(mail):
        return str(_("Not sent: the site had no mail server"))
    if mail.last_error == NO_LONGER_NEEDED:
        return not_needed or str(_("Not sent: no longer needed by the time it was to go out"))
    if not mail.tries:
        return str(_("Not sent: canceled before the first try"))
    return str(_("Not sent: the mail server refused it"))


def has_no_server(mail: OutboxMessage | None) -> bool:
    """Return True of an email that isn't sent since the site has no mail server, or had none when it was given up."""
    if mail is None or mail.sent_at is not None:
        return False
    if mail.dead_at is None:
        return current_app.config["SETTINGS"].smtp_url is None
    return mail.last_error == NO_SERVER


def mail_name(number: int) -> str:
    """Return which of an invitation's emails it is."""
    return str(_("Follow-up %(number)s", number=number) if number else _("Invitation"))


def sender_name(firm: str) -> str | None:
    """Return the name that an email for a firm comes from, such as "Acme Security via Our Site", or None where the
    firm's name would pass for an address."""
    name = plain_name(firm)
    return _("%(firm)s via %(site)s", firm=name, site=served().site.name) if name else None


def plain_name(name: str | None, longest: int = _LONGEST_SENDER) -> str:
    """Return a name for a mail, without control and direction characters, or "" where programs would make a link of
    it or take it for an address."""
    if name is None or names_an_address(name) or "@" in name:
        return ""
    shown = " ".join("".join(map(_printable, name)).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"


def how_to_check(asked_by: str, firm: str, *, can_reply: bool) -> list[str]:
    """Return the paragraphs that say how a reader can tell that an email is real, and whom to ask.

    Both names as `plain_name` returns them; empty where they aren't known.
    """
    base_url = current_app.config["SETTINGS"].base_url
    if asked_by and firm:
        whom = _("ask %(name)s at %(firm)s in person, or call a number that you already have", name=asked_by, firm=firm)
    elif asked_by or firm:
        whom = _("ask %(who)s in person, or call a number that you already have", who=asked_by or firm)
    else:
        whom = _("ask your manager")
    real = _(
        "Is this email real? The link must begin with %(address)s/. We never ask for money, an ID or a password by "
        "email. If you aren’t sure, %(whom)s.",
        address=base_url,
        whom=whom,
    )
    if not can_reply:
        return [real, _("Nobody reads replies to this email.")]
    return [real, _("Your reply to this email goes to %(name)s.", name=asked_by or firm)]


def _printable(char: str) -> str:
    """Return the character, a blank for a control character, or nothing for one that only turns the direction."""
    kind = unicodedata.category(char)
    if kind == "Cc":
        return " "
    return "" if kind[0] == "C" and char not in _JOINERS else char

"""Mails that invite someone into a firm, and that say that a slip was used by someone else; written when sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.assignments.queries import list_duties
from trainer.content.serving import served_in
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.invitations import Invited, find_invitation, find_inviter, token_of
from trainer.organizations.models import Invitation, PinSlip
from trainer.organizations.queries import find_open_firm
from trainer.organizations.rules import local_day, names_an_address
from trainer.web.language import language_tag, show_day
from trainer.web.letters import Letter, write_letter

TEMPLATES = ("invitation", "slip-disputed")


def write(message: OutboxMessage) -> Letter | None:
    """Return what the mail says, or None: used, revoked, the roster has another address, or the firm is shut."""
    if "slip" in message.ids:
        return _write_disputed(UUID(hex=message.ids["slip"]))
    invitation = db.session.get(Invitation, UUID(hex=message.ids["invitation"]))
    if invitation is None:
        return None
    token = token_of(invitation)
    invited = find_invitation(token, now())
    if invited is None:
        return None
    return write_letter(
        "joining/mail/invitation",
        name=_plain(invited.person.name),
        asked_by=_plain(find_inviter(invitation)),
        firm=_plain(invited.organization.name),
        duties=_duties(invited),
        until=local_day(invited.organization.time_zone, invitation.expires_at),
        url=f"{current_app.config['SETTINGS'].base_url}/invitations/{token}",
    )


def _write_disputed(slip_id: UUID) -> Letter | None:
    slip = db.session.get(PinSlip, slip_id)
    firm = find_open_firm(slip.organization_id) if slip is not None else None
    if firm is None:
        return None
    url = f"{current_app.config['SETTINGS'].base_url}/organizations/{firm.id}/audit?act=pin_slip"
    return write_letter("joining/mail/slip-disputed", firm=_plain(firm.name), url=url)


def _duties(invited: Invited) -> list[tuple[str, int, str]]:
    """Return title, minutes and due day of each course that waits for the person."""
    content = served_in(language_tag())
    courses, times = content.courses, Times(content)
    return [
        (
            courses[duty.course].file.title,
            max(times.core(courses[duty.course]), duty.least_minutes),
            show_day(duty.due_on, "long"),
        )
        for duty in list_duties(invited.person, invited.organization, now())
        if duty.course in courses
    ]


def _plain(name: str | None) -> str:
    """Return the name of a person or a firm, or nothing where mail programs would make a link of it."""
    return "" if name is None or names_an_address(name) else name

"""The mails that invite someone into a firm, the first and its follow-ups: who asks, for what, how long it takes, by
when, and how to tell that it's real."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import current_app

from trainer.assignments.queries import list_duties
from trainer.content.serving import for_readers_in, served_in
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.invitation_links import token_of
from trainer.organizations.invitations import Invited, find_invitation
from trainer.organizations.mail_words import how_to_check, plain_name, sender_name
from trainer.organizations.models import LONGEST_NAME, Invitation
from trainer.organizations.replies import find_reply, find_sender
from trainer.organizations.rules import FOLLOW_UPS, local_day
from trainer.web.emails import RenderedEmail, render_email
from trainer.web.language import language_tag, show_day

TEMPLATES = ("invitation", "invitation-again")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None: used, revoked, the roster has another address, or the firm is shut."""
    invitation = db.session.get(Invitation, UUID(hex=message.ids["invitation"]))
    if invitation is None:
        return None
    token = token_of(invitation)
    invited = find_invitation(token, now())
    if invited is None:
        return None
    zone, firm = invited.organization.time_zone, _plain(invited.organization.name)
    asked_by = _plain(find_sender(invitation.organization_id, invitation.created_by_id))
    reply = find_reply(invitation.organization_id, invitation.created_by_id)
    letter = render_email(
        f"joining/mail/{message.template}",
        name=_plain(invited.person.name),
        asked_by=asked_by,
        firm=firm,
        duties=_duties(invited),
        invited_on=local_day(zone, invitation.created_at),
        until=local_day(zone, invitation.expires_at),
        left=len(FOLLOW_UPS) - message.ids.get("number", 0),
        checks=how_to_check(asked_by, firm, can_reply=reply is not None),
        url=f"{current_app.config['SETTINGS'].base_url}/i/{token}",
    )
    return replace(letter, sender=sender_name(invited.organization.name), reply_to=reply)


def _duties(invited: Invited) -> list[tuple[str, int, str]]:
    """Return title, minutes and due day of each course that waits for the person."""
    duties = list[tuple[str, int, str]]()
    for duty in list_duties(invited.person, invited.organization, now()):
        with for_readers_in(duty.region or invited.organization.region):
            content = served_in(language_tag())
        course, times = content.courses.get(duty.course), Times(content)
        if course:
            minutes = max(times.core(course), duty.least_minutes) + times.final(course)
            duties.append((course.file.title, minutes, show_day(duty.due_on, "long")))
    return duties


def _plain(name: str | None) -> str:
    return plain_name(name, LONGEST_NAME)

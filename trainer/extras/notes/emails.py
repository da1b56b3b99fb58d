"""The mail that tells someone that their note was answered, written when it is sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.extras.notes.models import ClassNote
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import find_membership
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("class-note",)


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it is no longer true: withdrawn, read or left in the meantime."""
    handed_in = db.session.get(ClassNote, UUID(hex=message.ids["note"]))
    member = db.session.get(CohortMember, handed_in.member_id) if handed_in else None
    if handed_in is None or member is None or handed_in.answered_at is None or handed_in.read_at is not None:
        return None
    cohort = db.session.get_one(Cohort, handed_in.cohort_id)
    if find_membership(member.user_id, cohort) is None:
        return None
    base = current_app.config["SETTINGS"].base_url
    url = f"{base}/my-notes/{handed_in.id}"
    return render_email("notes/mail/class-note", taught_by=cohort.taught_by, url=url)

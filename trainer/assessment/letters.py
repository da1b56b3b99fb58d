"""The mail that says another round of a final is open, written when it is sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.assessment.models import RoundRequest
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.learning.models import Enrollment
from trainer.web.letters import Letter, write_letter

TEMPLATES = ("round-granted",)


def write(message: OutboxMessage) -> Letter | None:
    """Return what the mail says, or None if the final is passed or the course is gone."""
    request = db.session.get(RoundRequest, UUID(hex=message.ids["request"]))
    enrollment = db.session.get(Enrollment, request.enrollment_id) if request else None
    if request is None or enrollment is None or enrollment.final_passed_at is not None:
        return None
    if request.course not in served().courses:
        return None
    base = current_app.config["SETTINGS"].base_url
    return write_letter("assessment/mail/round-granted", url=f"{base}/courses/{request.course}/final")

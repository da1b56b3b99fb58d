"""Mail about rounds and canceled tries of a final, check-ins and renewals, written when it is sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.assessment.check_ins import find_check_ins, wants_mail
from trainer.assessment.models import Attempt, RenewalMail, RoundRequest
from trainer.assessment.renewals import find_renewal
from trainer.content.serving import served
from trainer.core.clock import today
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("round-granted", "check-in", "renewal-open", "final-canceled")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return the email's values, or None if it is no longer true."""
    writers = {
        "round-granted": _round_granted,
        "check-in": _check_in,
        "renewal-open": _renewal_open,
        "final-canceled": _final_canceled,
    }
    return writers[message.template](message)


def _check_in(message: OutboxMessage) -> RenderedEmail | None:
    """Say that a check-in is due. None if it was done, or another one is due by now, or no mail is wanted anymore."""
    ids = message.ids
    user_id = UUID(hex=ids["user"])
    check_ins = find_check_ins(user_id, served(), today())
    due = check_ins.schedule.due(today()) if check_ins else None
    if check_ins is None or due is None or not wants_mail(user_id):
        return None
    if (check_ins.enrollment_id, due.number) != (UUID(hex=ids["enrollment"]), ids["number"]):
        return None
    base = current_app.config["SETTINGS"].base_url
    return render_email("assessment/mail/check-in", url=f"{base}/check-ins", scenes=check_ins.scenes(due))


def _renewal_open(message: OutboxMessage) -> RenderedEmail | None:
    """Say that a certificate can be renewed. None once that is under way, or it can't be, or no mail is wanted."""
    enrollment_id = UUID(hex=message.ids["enrollment"])
    enrollment = db.session.get(Enrollment, enrollment_id)
    if enrollment is None or enrollment.credential_id is None or db.session.get(RenewalMail, enrollment_id) is None:
        return None
    credential = db.session.get_one(Credential, enrollment.credential_id)
    renewal = find_renewal(credential, served().courses, today())
    if renewal is None or renewal.is_revoked or renewal.is_under_way or not renewal.is_open:
        return None
    url = f"{current_app.config['SETTINGS'].base_url}/me"
    return render_email("assessment/mail/renewal-open", url=url, valid_until=credential.valid_until)


def _final_canceled(message: OutboxMessage) -> RenderedEmail | None:
    """Say that a try no longer counts, or that a passed final had a wrong scene. None if it was erased."""
    attempt = db.session.get(Attempt, UUID(hex=message.ids["attempt"]))
    if attempt is None or attempt.submitted_at is None:
        return None
    url = f"{current_app.config['SETTINGS'].base_url}/attempts/{attempt.id}/result"
    told = {"day": attempt.submitted_at.date(), "url": url, "is_passed": attempt.is_passed}
    return render_email("assessment/mail/final-canceled", **told)


def _round_granted(message: OutboxMessage) -> RenderedEmail | None:
    """Say that another round is open. None if the final is passed or the course is gone."""
    request = db.session.get(RoundRequest, UUID(hex=message.ids["request"]))
    enrollment = db.session.get(Enrollment, request.enrollment_id) if request else None
    if request is None or enrollment is None or enrollment.final_passed_at is not None:
        return None
    if request.course not in served().courses:
        return None
    base = current_app.config["SETTINGS"].base_url
    return render_email("assessment/mail/round-granted", url=f"{base}/courses/{request.course}/final")

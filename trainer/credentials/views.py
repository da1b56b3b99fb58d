"""The public check of a certificate, its PDF, and what verifiers of what we signed fetch."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.administrators import is_administrator
from trainer.core.clock import now, today
from trainer.core.errors import NotFound
from trainer.credentials import issuer, rules
from trainer.credentials.certificate import CertificatePaper, NameNeedsFonts
from trainer.credentials.forms import VerifyForm
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf, verification_url
from trainer.credentials.queries import find_by_serial, find_shared, get_by_serial, newest_of, status_on
from trainer.credentials.taking_along import linkedin_url, sharing_url
from trainer.credentials.words import disclaimer, reason_words
from trainer.web.access import Who, access
from trainer.web.headers import answer_any_site
from trainer.web.limits import limit_acts, limit_failures

blueprint = Blueprint("credentials", __name__, template_folder="templates")
_limited = limit_failures("120 per hour")
"""Nobody mistypes that often. A number that is right isn't counted."""


@blueprint.get("/verify")
@access(Who.PUBLIC)
def verify_form() -> Response | str:
    """Ask for a number."""
    form = VerifyForm(request.args)
    if "serial" in request.args and form.validate():
        typed = str(form.serial.data)
        serial = rules.read_serial(typed)
        return redirect(url_for(".verify", serial=rules.show_serial(serial) if serial else typed), 303)
    return render_template("credentials/verify_form.html", form=form if "serial" in request.args else VerifyForm())


@blueprint.get("/verify/<serial>")
@access(Who.PUBLIC)
@_limited
def verify(serial: str) -> Response | tuple[str, int] | str:
    """Show a credential's facts and status to anybody. Unknown and impossible numbers answer alike."""
    credential = find_by_serial(serial)
    if credential is None:
        return render_template("credentials/unknown.html"), 404
    is_known = current_user.is_authenticated and not current_user.is_guest
    is_own = _is_own(credential)
    return render_template(
        "credentials/verify.html",
        credential=credential,
        status=status_on(credential, today()),
        is_own=is_own,
        newer=newest_of(credential) if is_own else credential,
        sharing_url=sharing_url(credential) if is_own else None,
        linkedin_url=linkedin_url(credential) if is_own else None,
        is_issuer=is_known and is_administrator(current_user.id),
        checked_at=now(),
        serial=rules.show_serial(credential.serial),
        disclaimer=disclaimer,
        reason=reason_words(credential.revocation_reason),
    )


@blueprint.get("/verify/<serial>.json")
@access(Who.PUBLIC)
@_limited
def verify_json(serial: str) -> Response | tuple[Response, int]:
    """Tell a program what the page tells a person."""
    credential = find_by_serial(serial)
    if credential is None:
        return jsonify(status="unknown"), 404
    return jsonify(status=status_on(credential, today()).value, checked_at=now().isoformat(), **_facts(credential))


@blueprint.get("/verify/<serial>/certificate.pdf")
@access(Who.PUBLIC, is_long=True)
@_limited
@limit_acts("300 per hour")
def certificate(serial: str) -> Response:
    """Return the certificate as a PDF, on A4 if asked. The same number always gives the same bytes."""
    credential = get_by_serial(serial)
    try:
        pdf = certificate_pdf(
            credential, CertificatePaper.A4 if request.args.get("paper") == "a4" else CertificatePaper.LETTER
        )
    except NameNeedsFonts as error:
        raise NotFound(str(error)) from error
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=certificate.pdf"
    return response


@blueprint.get("/shared/<sharing_key>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def shared(sharing_key: str) -> Response:
    """Show what the holder of a certificate shares: less than its number would, and only as long as they like."""
    credential = find_shared(sharing_key)
    status = status_on(credential, today()) if credential else None
    page = render_template("credentials/shared.html", credential=credential, status=status, disclaimer=disclaimer)
    response = make_response(page, 404 if credential is None else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/.well-known/did.json")
@access(Who.PUBLIC)
def did_document() -> Response:
    """Return who issues here, with the keys that verify what was signed."""
    return answer_any_site(json.dumps(issuer.did_document()), "application/did+json")


def _facts(credential: Credential) -> dict[str, Any]:
    """Return what the page shows, and nothing else."""
    return {
        "serial": rules.show_serial(credential.serial),
        "url": verification_url(credential.serial),
        "holder_name": credential.holder_name,
        "course_title": credential.course_title,
        "course_version": credential.course_version,
        "course_digest": credential.course_digest[:12],
        "edition": credential.edition,
        "achievement": credential.achievement,
        "scenes": credential.scenes,
        "passed_in_round": credential.final["round"] if credential.final else None,
        "passed_on_try": credential.final["number"] if credential.final else None,
        "minutes": credential.minutes,
        "issued_on": credential.issued_on.isoformat(),
        "valid_until": credential.valid_until.isoformat(),
        "revoked_on": credential.revoked_at.date().isoformat() if credential.revoked_at else None,
        "revocation_reason": reason_words(credential.revocation_reason) or None,
        "notes": [disclaimer(state) for state in credential.unapproved_states],
        "is_local_trial": credential.is_local_trial,
    }


def _is_own(credential: Credential) -> bool:
    return bool(current_user.is_authenticated and current_user.id == credential.user_id)

"""The public check of a certificate, its PDF and its badge, and what verifiers of badges fetch."""

from __future__ import annotations

import json
from typing import Any, Literal

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.accounts.administrators import is_administrator
from trainer.core.clock import now, today
from trainer.core.errors import NotFound
from trainer.core.feature import ask_extra
from trainer.credentials import badges, rules
from trainer.credentials.badge import BadgeChoice
from trainer.credentials.certificate import CertificatePaper, NameNeedsFonts
from trainer.credentials.checking import check_file
from trainer.credentials.forms import BadgeForm, FileForm, VerifyForm
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf, verification_url
from trainer.credentials.queries import find_by_serial, find_shared, status_on
from trainer.credentials.taking_along import linkedin_url, sharing_url, zip_certificate
from trainer.credentials.words import disclaimer, reason_words, say_verdict
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.limits import WRONG, limit_acts, limit_failures

_JWT = "application/vc+jwt"

blueprint = Blueprint("credentials", __name__, template_folder="templates")
_limited = limit_failures("120 per hour")
"""Nobody mistypes that often. A number that is right isn't counted."""
_drawn = limit_acts("300 per hour")
"""Files cost more to draw than pages, whoever has the number: more than a firm's office downloads in an hour."""


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


@blueprint.get("/verify/file")
@access(Who.PUBLIC)
def ask_file() -> str:
    """Ask for a certificate, a badge or a pack as a file."""
    return render_template("credentials/file.html", form=FileForm(), checked=None)


@blueprint.post("/verify/file")
@access(Who.PUBLIC)
@limit_acts("300 per hour", refused=WRONG)
def verify_file() -> Response | tuple[Response | str, int] | str:
    """Say whether a file is ours and as we made it, and whether its certificate is valid. Nothing is kept."""
    form = FileForm(request.files)
    if not form.validate():
        message = str(form.file.errors[0])
        return (
            error_response(422, message)
            if wants_json()
            else (
                render_template("credentials/file.html", form=form, checked=None),
                422,
            )
        )
    checked = check_file(form.file.data.read(), today())
    status = 422 if checked.verdict is rules.FileVerdict.UNREADABLE else 200
    pack_url = checked.manifest and ask_extra("pack_address", checked.manifest)
    if wants_json():
        url = checked.credential and verification_url(checked.credential.serial)
        return jsonify(verdict=checked.verdict.value, verify_url=url or (pack_url and _absolute(pack_url))), status
    if pack_url and checked.verdict is rules.FileVerdict.PACK_UNSIGNED:
        return redirect(pack_url, 303)
    serial = checked.credential and rules.show_serial(checked.credential.serial)
    words = say_verdict(checked.verdict)
    page = render_template(
        "credentials/file.html", form=FileForm(), checked=checked, words=words, serial=serial, pack_url=pack_url
    )
    return page, status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say that a file is too large, and where an evidence pack is checked however large it is."""
    most = current_app.config["MAX_CONTENT_LENGTH"] // 1024
    check = ask_extra("pack_check_address")
    if check is None:
        words = _("A file can have %(most)s KB at most; our certificates and badges have less.", most=most)
    else:
        words = _(
            "A file can have %(most)s KB at most; our certificates and badges have less. For a large evidence pack, "
            "open %(address)s: its file manifest.json stays on your device there.",
            most=most,
            address=_absolute(check),
        )
    return error_response(413, words)


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
        sharing_url=sharing_url(credential) if is_own else None,
        linkedin_url=linkedin_url(credential) if is_own else None,
        badge_form=BadgeForm() if is_own else None,
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
@_drawn
def certificate(serial: str) -> Response:
    """Return the certificate as a PDF, on A4 if asked. The same number always gives the same bytes."""
    credential = _get(serial)
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


@blueprint.get("/verify/<serial>/certificate.zip")
@access(Who.PUBLIC, is_long=True)
@_limited
@limit_acts("60 per hour")
def everything(serial: str) -> Response:
    """Return the PDFs and the badge as one file."""
    credential = _get(serial)
    return _file(zip_certificate(credential, _choice(credential)), "application/zip", "certificate.zip")


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


@blueprint.get("/verify/<serial>/badge.jwt")
@access(Who.PUBLIC)
@_limited
@_drawn
def badge(serial: str) -> Response:
    """Return the badge as a signed text."""
    credential = _get(serial)
    return _file(badges.signed_badge(credential, _choice(credential)).encode(), _JWT, "badge.jwt")


@blueprint.get("/verify/<serial>/badge.png")
@access(Who.PUBLIC, is_long=True)
@_limited
@_drawn
def badge_png(serial: str) -> Response:
    """Return the badge as a picture for wallets and mails."""
    return _picture(serial, "png", "image/png")


@blueprint.get("/verify/<serial>/badge.svg")
@access(Who.PUBLIC, is_long=True)
@_limited
@_drawn
def badge_svg(serial: str) -> Response:
    """Return the badge as a drawing for pages and paper."""
    return _picture(serial, "svg", "image/svg+xml")


@blueprint.get("/.well-known/did.json")
@access(Who.PUBLIC)
def did_document() -> Response:
    """Return who issues badges here, with the keys that verify them."""
    return _for_verifiers(json.dumps(badges.did_document()), "application/did+json")


@blueprint.get("/badges/status/<int:list_number>")
@access(Who.PUBLIC)
def status_list(list_number: int) -> Response:
    """Return which badges no longer count, as of now."""
    return _for_verifiers(badges.status_list(list_number, today()), _JWT)


def _absolute(path: str) -> str:
    """Return an address of the configured site, whatever host was asked."""
    return f"{current_app.config['SETTINGS'].base_url}{path}"


def _get(serial: str) -> Credential:
    credential = find_by_serial(serial)
    if credential is None:
        raise NotFound(_l("There’s no certificate with this number."))
    return credential


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


def _choice(credential: Credential) -> BadgeChoice:
    """Return what the holder asks for; whoever else asks gets what the public page says.

    An address that nobody confirmed may be anybody's: no badge says that it is the holder's.
    """
    if not _is_own(credential):
        return BadgeChoice()
    form = BadgeForm(request.args)
    address = current_user.email_key if current_user.email_confirmed_at is not None else None
    return BadgeChoice(address if form.email.data else None, bool(form.results.data))


def _picture(serial: str, kind: Literal["png", "svg"], mimetype: str) -> Response:
    credential = _get(serial)
    return _file(badges.badge_picture(credential, _choice(credential), kind), mimetype, f"badge.{kind}")


def _file(data: bytes, mimetype: str, name: str) -> Response:
    response = make_response(data)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _for_verifiers(text: str, mimetype: str) -> Response:
    response = make_response(text)
    response.mimetype = mimetype
    response.headers["Access-Control-Allow-Origin"] = "*"  # verifiers run in pages of other sites, too
    return response

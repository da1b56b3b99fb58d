"""The badge of a certificate as files, what its verifiers fetch, and the check of a file that someone was sent."""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.core.clock import today
from trainer.core.feature import ask_extra
from trainer.credentials.models import Credential
from trainer.credentials.paper import verification_url
from trainer.credentials.queries import get_by_serial
from trainer.credentials.rules import show_serial
from trainer.extras.badges import making
from trainer.extras.badges.badge import BadgeChoice
from trainer.extras.badges.checking import check_file
from trainer.extras.badges.forms import BadgeForm, FileForm
from trainer.extras.badges.rules import FileVerdict
from trainer.extras.badges.words import say_verdict
from trainer.web.access import Who, access
from trainer.web.errors import error_response, wants_json
from trainer.web.headers import answer_any_site
from trainer.web.limits import WRONG, limit_acts, limit_failures

_JWT = "application/vc+jwt"

blueprint = Blueprint("badges", __name__, template_folder="templates")
_limited = limit_failures("120 per hour")
"""Nobody mistypes that often. A number that is right isn't counted."""
_drawn = limit_acts("300 per hour")
"""Files cost more to draw than pages, whoever has the number: more than a firm's office downloads in an hour."""


@blueprint.get("/verify/file")
@access(Who.PUBLIC)
def ask_file() -> str:
    """Ask for a certificate, a badge or a pack as a file."""
    return render_template("badges/file.html", form=FileForm(), checked=None)


@blueprint.post("/verify/file")
@access(Who.PUBLIC)
@limit_acts("300 per hour", refused=WRONG)
def verify_file() -> Response | tuple[Response | str, int] | str:
    """Say whether a file is ours and as we made it, and whether its certificate is valid. Nothing is kept."""
    form = FileForm(request.files)
    if not form.validate():
        if wants_json():
            return error_response(422, str(form.file.errors[0]))
        return render_template("badges/file.html", form=form, checked=None), 422
    checked = check_file(form.file.data.read(), today())
    status = 422 if checked.verdict is FileVerdict.UNREADABLE else 200
    if wants_json():
        url = checked.credential and verification_url(checked.credential.serial)
        pack_url = checked.pack_url and _absolute(checked.pack_url)
        return jsonify(verdict=checked.verdict.value, verify_url=url or pack_url), status
    if checked.pack_url and checked.verdict is FileVerdict.PACK_UNSIGNED:
        return redirect(checked.pack_url, 303)
    serial = checked.credential and show_serial(checked.credential.serial)
    words = say_verdict(checked.verdict)
    page = render_template("badges/file.html", form=FileForm(), checked=checked, words=words, serial=serial)
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


@blueprint.get("/verify/<serial>/certificate.zip")
@access(Who.PUBLIC, is_long=True)
@_limited
@limit_acts("60 per hour")
def everything(serial: str) -> Response:
    """Return the PDFs and the badge as one file."""
    credential = get_by_serial(serial)
    return _file(making.zip_certificate(credential, _choice(credential)), "application/zip", "certificate.zip")


@blueprint.get("/verify/<serial>/badge.jwt")
@access(Who.PUBLIC)
@_limited
@_drawn
def badge(serial: str) -> Response:
    """Return the badge as a signed text."""
    credential = get_by_serial(serial)
    return _file(making.signed_badge(credential, _choice(credential)).encode(), _JWT, "badge.jwt")


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


@blueprint.get("/badges/status/<int:list_number>")
@access(Who.PUBLIC)
def status_list(list_number: int) -> Response:
    """Return which badges no longer count, as of now."""
    return answer_any_site(making.status_list(list_number, today()), _JWT)


def _absolute(path: str) -> str:
    """Return an address of the configured site, whatever host was asked."""
    return f"{current_app.config['SETTINGS'].base_url}{path}"


def _choice(credential: Credential) -> BadgeChoice:
    """Return what the holder asks for; whoever else asks gets what the public page says.

    An address that nobody confirmed may be anybody's: no badge says that it is the holder's.
    """
    if not current_user.is_authenticated or current_user.id != credential.user_id:
        return BadgeChoice()
    form = BadgeForm(request.args)
    address = current_user.email_key if current_user.email_confirmed_at is not None else None
    return BadgeChoice(address if form.email.data else None, bool(form.results.data))


def _picture(serial: str, kind: Literal["png", "svg"], mimetype: str) -> Response:
    credential = get_by_serial(serial)
    return _file(making.badge_picture(credential, _choice(credential), kind), mimetype, f"badge.{kind}")


def _file(data: bytes, mimetype: str, name: str) -> Response:
    response = make_response(data)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response

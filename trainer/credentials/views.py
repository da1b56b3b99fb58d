"""The public check of a certificate, and its PDF."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.core.clock import now, today
from trainer.core.errors import NotFound
from trainer.credentials import rules
from trainer.credentials.certificate import NameNeedsFonts
from trainer.credentials.forms import VerifyForm
from trainer.credentials.paper import certificate_pdf
from trainer.credentials.queries import find_by_serial, status_on
from trainer.credentials.words import disclaimer
from trainer.web.access import Who, access

blueprint = Blueprint("credentials", __name__, template_folder="templates")


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
def verify(serial: str) -> Response | tuple[str, int] | str:
    """Show a credential's facts and status to anybody. Unknown and impossible numbers answer alike."""
    credential = find_by_serial(serial)
    if credential is None:
        return render_template("credentials/unknown.html"), 404
    return render_template(
        "credentials/verify.html",
        credential=credential,
        status=status_on(credential, today()),
        is_own=current_user.is_authenticated and current_user.id == credential.user_id,
        checked_at=now(),
        serial=rules.show_serial(credential.serial),
        disclaimer=disclaimer,
    )


@blueprint.get("/verify/<serial>/certificate.pdf")
@access(Who.PUBLIC)
def certificate(serial: str) -> Response:
    """Return the certificate as a PDF. The same number always gives the same bytes."""
    credential = find_by_serial(serial)
    if credential is None:
        raise NotFound(_l("There’s no certificate with this number."))
    try:
        pdf = certificate_pdf(credential)
    except NameNeedsFonts as error:
        raise NotFound(str(error)) from error
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=certificate.pdf"
    return response

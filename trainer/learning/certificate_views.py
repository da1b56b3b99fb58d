"""Another name on a certificate, for its holder; correcting and withdrawing one, for administrators."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import unless_waiting
from trainer.accounts.signing_in import is_proved, proof_form
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.credentials.operations import share as share_page
from trainer.credentials.queries import list_names, status_on
from trainer.credentials.rules import show_serial
from trainer.learning import certificates
from trainer.learning.forms import CorrectionForm, WithdrawalForm
from trainer.organizations.access import administering
from trainer.web.access import Who, access
from trainer.web.limits import limit_acts, limit_own_failures
from trainer.web.redirects import go

blueprint = Blueprint("certificates", __name__, template_folder="templates")


@blueprint.route("/my-certificates/<uuid:credential_id>/reissue", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@unless_waiting
@limit_acts("5 per day", methods=["POST"])
@limit_own_failures("10 per hour")
def reissue(credential_id: UUID) -> Response | str | tuple[str, int]:
    """Have one's certificate issued again in the name that the account has now."""
    user_id = current_user.id
    credential = certificates.get_own(user_id, credential_id)
    form = proof_form()
    if is_proved(form):
        with transaction():
            newer = certificates.reissue_own(user_id, credential_id, now())
            serial = show_serial(newer.serial)
        flash(_("Your certificate has been reissued. This is its new number."))
        return go(url_for("credentials.verify", serial=serial))
    page = render_template(
        "learning/reissue.html",
        form=form,
        credential=credential,
        serial=show_serial(credential.serial),
        status=status_on(credential, today()),
        is_used_up=len(list_names(credential)) > certificates.MOST_REISSUES,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/my-certificates/<uuid:credential_id>/sharing")
@access(Who.ACCOUNT, own=True)
@limit_acts("60 per hour")
def share(credential_id: UUID) -> Response:
    """Create a page of one's certificate that others may see, or end it."""
    is_on, user_id = request.form.get("wanted") == "y", current_user.id
    with transaction():
        credential = certificates.get_own(user_id, credential_id)
        share_page(credential, is_on=is_on)
        serial = show_serial(credential.serial)
    flash(_("Your page is there. Share its address with whomever you like.") if is_on else _("That page has ended."))
    return go(url_for("credentials.verify", serial=serial))


@blueprint.get("/my-certificates/<uuid:credential_id>/changes")
@access(Who.ACCOUNT, own=True)
def changes(credential_id: UUID) -> str:
    """Show what has changed in a course since its holder was certified, and what to read again."""
    credential = certificates.get_own(current_user.id, credential_id)
    return render_template(
        "learning/changes.html", credential=credential, serial=show_serial(credential.serial), today=today()
    )


@blueprint.route("/administration/certificates/<serial>/correction", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@administering
@limit_own_failures("20 per hour")
def correct(serial: str) -> Response | str | tuple[str, int]:
    """Issue a certificate again in a corrected name."""
    credential, actor_id = certificates.get_by_serial(serial), current_user.id
    form = CorrectionForm(certificate_name=credential.holder_name)
    if is_proved(form):
        with form.refusing("certificate_name"), transaction():
            newer = certificates.correct_name(serial, str(form.certificate_name.data), actor_id, now())
            number = show_serial(newer.serial)
        if not form.errors:
            flash(_("The certificate has been reissued. This is its new number."))
            return go(url_for("credentials.verify", serial=number))
    page = render_template("learning/correct.html", form=form, credential=credential, serial=show_serial(serial))
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/administration/certificates/<serial>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@administering
@limit_own_failures("20 per hour")
def withdraw(serial: str) -> Response | str | tuple[str, int]:
    """Withdraw a certificate."""
    credential, actor_id, form = certificates.get_by_serial(serial), current_user.id, WithdrawalForm()
    if is_proved(form):
        reason, why = str(form.reason.data), str(form.why.data)
        with transaction():
            certificates.withdraw(serial, reason, now(), actor_id=actor_id, why=why)
        flash(_("The certificate has been withdrawn."))
        return go(url_for("credentials.verify", serial=serial))
    page = render_template(
        "learning/withdraw.html",
        form=form,
        credential=credential,
        serial=show_serial(credential.serial),
    )
    return page, 422 if form.is_submitted() else 200

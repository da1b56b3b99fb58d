"""What we know about you; a copy of it; erasing the account."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import is_shut, unless_waiting
from trainer.accounts.signing_in import is_proved, proof_form
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotYet
from trainer.privacy import copies, erasing
from trainer.privacy.queries import count_records, find_copy
from trainer.privacy.register import HOLDINGS, list_periods
from trainer.privacy.rules import COOLING, COPY_KEPT
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts, limit_failures, limit_own_failures
from trainer.web.redirects import go

blueprint = Blueprint("privacy", __name__, template_folder="templates")


@blueprint.get("/account/data")
@access(Who.ACCOUNT)
def known() -> str:
    """Show what we know about someone: what, why, for how long, and who sees it."""
    return render_template(
        "privacy/known.html", holdings=count_records(current_user.id), periods=list_periods(), days=COPY_KEPT.days
    )


@blueprint.get("/account/data/copy")
@access(Who.ACCOUNT)
@unless_waiting
def copy() -> str:
    """Say what a copy holds, and how far the one that was ordered is."""
    return _copy_page(proof_form(formdata=None))


@blueprint.post("/account/data/copy")
@access(Who.ACCOUNT)
@unless_waiting
@limit_acts("20 per hour")
def order_copy() -> Response:
    """Order a copy; the worker makes it. Ordered twice, it is the same."""
    user_id = current_user.id
    with transaction():
        copies.order_copy(user_id, now())
    return go(url_for(".copy"))


@blueprint.post("/account/data/copy/file")
@access(Who.ACCOUNT)
@unless_waiting
@limit_own_failures("10 per hour")
def download_copy() -> Response | tuple[str, int]:
    """Give the finished copy to someone who has just shown once more that it is theirs."""
    form, user_id = proof_form(), current_user.id
    job = find_copy(user_id, now())
    path = copies.path_of(job) if job is not None else None
    if job is None or path is None or is_shut(job.created_at):
        raise NotYet(_("Your copy isn’t there: it is still being made, or it is no longer kept. Order a new one."))
    if not is_proved(form):
        return _copy_page(form), 422
    with transaction():
        copies.note_download(user_id, job, now())
    answer = send_file(path, mimetype="application/zip", as_attachment=True, download_name="copy.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/account/data/copy/removal")
@access(Who.ACCOUNT)
def remove_copy() -> Response:
    """Delete the copy before its time is over."""
    user_id = current_user.id
    with transaction():
        copies.drop_copies(user_id)
    flash(_("The copy was deleted."))
    return go(url_for(".copy"))


@blueprint.route("/account/erasure", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@unless_waiting
@limit_own_failures("10 per hour")
def erasure() -> Response | str | tuple[str, int]:
    """Say what erasing does and keeps; let it happen in a day for someone who shows that the account is theirs."""
    form, user_id = proof_form(), current_user.id
    if current_user.erases_at is None and is_proved(form):
        with form.refusing("password"), transaction():
            erasing.ask_erasure(user_id, now())
        if not form.errors:
            return go(url_for(".erasure"))
    page = render_template(
        "privacy/erasure.html",
        form=form,
        holdings=HOLDINGS,
        firms=erasing.list_owned_alone(user_id),
        hours=int(COOLING.total_seconds() // 3600),
    )
    return (page, 422) if form.error_list else page


@blueprint.post("/account/erasure/undoing")
@access(Who.ACCOUNT)
def undo() -> Response:
    """Keep the account."""
    user_id = current_user.id
    with transaction():
        erasing.undo_erasure(user_id, now())
    flash(_("Your account stays. Nothing was erased."))
    return go(url_for("accounts.account"))


@blueprint.route("/erasures/<token>", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def undo_by_mail(token: str) -> Response | str | tuple[str, int]:
    """Keep the account of whoever got the mail. It takes a press of a button: programs that read mail open links."""
    user = erasing.find_by_token(token)
    if user is None:
        return render_template("privacy/undo_void.html"), 404
    form = Form()
    if not form.validate_on_submit():
        return render_template("privacy/undo.html", form=form, at=user.erases_at)
    user_id = user.id
    with transaction():
        erasing.undo_erasure(user_id, now())
    flash(_("Your account stays. If it wasn’t you who asked to erase it, choose a new password now."))
    return go(url_for("accounts.account"))


def _copy_page(form: Form) -> str:
    job = find_copy(current_user.id, now())
    return render_template(
        "privacy/copy.html",
        form=form,
        job=job,
        is_there=job is not None and copies.path_of(job) is not None,
        days=COPY_KEPT.days,
        until=job.finished_at + COPY_KEPT if job is not None and job.finished_at is not None else None,
    )

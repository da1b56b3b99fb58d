"""The second step of signing in: turning it on and off, recovery codes."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, session, url_for
from flask import Response as Download
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts import second_factor as operations
from trainer.accounts.codes import app_address, make_nonce, qr_squares, secret_of
from trainer.accounts.forms import FirstCodeForm, PasswordAndCodeForm, PasswordForm
from trainer.accounts.passwords import check_password
from trainer.accounts.queries import get_user, has_other_step
from trainer.accounts.rules import CODE_LASTS
from trainer.accounts.signing_in import has_proved, is_proved, renew_session
from trainer.accounts.words import wrong_code, wrong_password
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.feature import ask
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_own_failures
from trainer.web.redirects import go, safe_path

blueprint = Blueprint("second_factor", __name__, url_prefix="/account/second-factor", template_folder="templates")
_SETTING_UP = "second_factor"


@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_own_failures("10 per hour")
def show() -> Response | str | tuple[str, int]:
    """Say whether the second step is on; ask for the password before it is set up."""
    if current_user.has_second_factor:
        left = operations.count_recovery_codes(current_user.id)
        return render_template("accounts/second_factor_on.html", left=left, next=_next())
    if current_user.has_pin:
        flash(_("A second step goes with a password. Add an email address and choose a password first."))
        return go(url_for("accounts.account"))
    if has_other_step(current_user.id) and not has_proved():
        return ask("confirm_for_second_step", request.full_path.rstrip("?"))  # type: ignore[no-any-return]
    form = PasswordForm()
    if form.validate_on_submit():
        if check_password(current_user.password_hash, str(form.password.data)):
            session[_SETTING_UP] = [current_user.id.hex, make_nonce(), int(now().timestamp())]
            return go(url_for(".set_up", next=request.args.get("next")))
        form.password.errors = [wrong_password()]
    return render_template("accounts/second_factor.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/set-up", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_own_failures("30 per hour")
def set_up() -> Response | str | tuple[str, int]:
    """Show the key for the app; it counts after one right code. Then show the recovery codes, once."""
    nonce, user_id, session_id = _nonce(), current_user.id, current_user.session_id
    if nonce is None or current_user.has_second_factor:
        return go(url_for(".show", next=request.args.get("next")))
    form = FirstCodeForm()
    if form.validate_on_submit():
        with transaction():
            codes = operations.turn_on(get_user(user_id), nonce, str(form.code.data), now(), but=session_id)
        if codes is not None:
            session.pop(_SETTING_UP)
            renew_session()
            return _codes_page(codes)
        form.code.errors = [wrong_code()]
    secret = secret_of(user_id, nonce)
    side, path = qr_squares(app_address(secret, str(current_user.email), served().site.name))
    key = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    page = render_template("accounts/second_factor_set_up.html", form=form, side=side, path=path, key=key)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/off", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_own_failures("20 per hour")
def turn_off() -> Response | str | tuple[str, int]:
    """Turn the second step off for someone who has password and code."""
    if not current_user.has_second_factor:
        return go(url_for(".show"))
    form, user_id = PasswordAndCodeForm(), current_user.id
    if is_proved(form):
        with transaction():
            operations.turn_off(get_user(user_id), now())
        renew_session()
        flash(_("The second step is off."))
        return go(url_for("accounts.account"))
    return render_template("accounts/second_factor_off.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/recovery-codes", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_own_failures("20 per hour")
def renew_recovery_codes() -> Response | str | tuple[str, int]:
    """Show new recovery codes, once, to someone who has password and code; the old ones stop working."""
    if not current_user.has_second_factor:
        return go(url_for(".show"))
    form, user_id = PasswordAndCodeForm(), current_user.id
    if is_proved(form):
        with transaction():
            codes = operations.renew_recovery_codes(get_user(user_id), now())
        return _codes_page(codes)
    return render_template("accounts/recovery_codes_renew.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/recovery-codes.txt")
@access(Who.ACCOUNT)
@limit_own_failures("20 per hour")
def download_recovery_codes() -> Download:
    """Give the codes that a page just showed back as a text: they are stored nowhere, so the page sends them."""
    given = request.form.get("codes", "").split()[:20]
    codes = operations.own_recovery_codes(current_user.id, given)
    answer = Download("".join(f"{code}\n" for code in codes), mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=recovery-codes.txt"
    return answer


def _nonce() -> str | None:
    """Return what the key being set up is made of, if the password was given a moment ago."""
    user, nonce, at = session.get(_SETTING_UP) or ("", "", 0)
    is_fresh = now().timestamp() - at < CODE_LASTS.total_seconds()
    return nonce if is_fresh and user == current_user.id.hex else None


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, form=Form(), next=_next())


def _next() -> str:
    return safe_path(request.args.get("next"), url_for("accounts.account"))

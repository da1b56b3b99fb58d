"""The second step of signing in: turning it on and off, recovery codes."""

from __future__ import annotations

from flask import Response as Download
from flask import flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts import second_factor as operations
from trainer.accounts.codes import app_address, make_nonce, qr_squares, secret_of
from trainer.accounts.forms import FirstCodeForm, PasswordAndCodeForm, PasswordForm
from trainer.accounts.passwords import check_password
from trainer.accounts.queries import get_user
from trainer.accounts.rules import CODE_LASTS
from trainer.accounts.second_factor import Tried
from trainer.accounts.views import blueprint as blueprint
from trainer.accounts.views import wrong_password
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.courses.current import content
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_tries
from trainer.web.redirects import go, safe_path

_SETTING_UP = "second_factor"


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_tries("10 per hour", methods=["POST"])
def second_factor() -> Response | str | tuple[str, int]:
    """Say whether the second step is on; ask for the password before it is set up."""
    if current_user.has_second_factor:
        left = operations.count_recovery_codes(current_user.id)
        return render_template("accounts/second_factor_on.html", left=left, next=_next())
    form = PasswordForm()
    if form.validate_on_submit():
        if check_password(current_user.password_hash, str(form.password.data)):
            session[_SETTING_UP] = [current_user.id.hex, make_nonce(), int(now().timestamp())]
            return go(url_for(".set_up_second_factor", next=request.args.get("next")))
        form.password.errors = [wrong_password()]
    return render_template("accounts/second_factor.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/account/second-factor/set-up", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_tries("30 per hour", methods=["POST"])
def set_up_second_factor() -> Response | str | tuple[str, int]:
    """Show the key for the app; it counts after one right code. Then show the recovery codes, once."""
    nonce, user_id, session_id = _nonce(), current_user.id, current_user.session_id
    if nonce is None or current_user.has_second_factor:
        return go(url_for(".second_factor", next=request.args.get("next")))
    form = FirstCodeForm()
    if form.validate_on_submit():
        with transaction():
            codes = operations.turn_on(get_user(user_id), nonce, str(form.code.data), now(), but=session_id)
        if codes is not None:
            session.pop(_SETTING_UP)
            return _codes_page(codes)
        form.code.errors = [_wrong_code()]
    secret = secret_of(user_id, nonce)
    side, path = qr_squares(app_address(secret, str(current_user.email), content().site.name))
    key = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    page = render_template("accounts/second_factor_set_up.html", form=form, side=side, path=path, key=key)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/account/second-factor/off", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_tries("20 per hour", methods=["POST"])
def turn_off_second_factor() -> Response | str | tuple[str, int]:
    """Turn the second step off, for whoever has password and code."""
    if not current_user.has_second_factor:
        return go(url_for(".second_factor"))
    form, user_id = PasswordAndCodeForm(), current_user.id
    if form.validate_on_submit() and _has_password(form):
        with transaction():
            user = get_user(user_id)
            tried = operations.try_code(user, str(form.code.data), now())
            if tried is Tried.RIGHT:
                operations.turn_off(user, now())
        if tried is Tried.RIGHT:
            flash(_("The second step is off."))
            return go(url_for(".account"))
        form.code.errors = [code_refusal(tried, operations.minutes_to_wait(user, now()))]
    return render_template("accounts/second_factor_off.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/account/second-factor/recovery-codes", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_tries("20 per hour", methods=["POST"])
def renew_recovery_codes() -> Response | str | tuple[str, int]:
    """Show new recovery codes, once, to whoever has password and code; the old ones are void."""
    if not current_user.has_second_factor:
        return go(url_for(".second_factor"))
    form, user_id = PasswordAndCodeForm(), current_user.id
    if form.validate_on_submit() and _has_password(form):
        codes = []
        with transaction():
            user = get_user(user_id)
            tried = operations.try_code(user, str(form.code.data), now())
            if tried is Tried.RIGHT:
                codes = operations.renew_recovery_codes(user, now())
        if codes:
            return _codes_page(codes)
        form.code.errors = [code_refusal(tried, operations.minutes_to_wait(user, now()))]
    return render_template("accounts/recovery_codes_renew.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/account/second-factor/recovery-codes.txt")
@access(Who.ACCOUNT)
@limit_tries("20 per hour")
def download_recovery_codes() -> Download:
    """Give the codes that a page just showed back as a text: they are stored nowhere, so the page sends them."""
    given = request.form.get("codes", "").split()[:20]
    codes = operations.own_recovery_codes(current_user.id, given)
    answer = Download("".join(f"{code}\n" for code in codes), mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=recovery-codes.txt"
    return answer


def code_refusal(tried: Tried, minutes: int) -> str:
    """Return what is said of a code that wasn't taken."""
    if tried is Tried.WAIT:
        return str(_("Too many wrong codes. Wait %(minutes)s min, then try again.", minutes=minutes))
    return _wrong_code()


def _wrong_code() -> str:
    return str(_("This code isn’t right, or it was used already. Wait for the next one and type that."))


def _has_password(form: PasswordAndCodeForm) -> bool:
    if check_password(current_user.password_hash, str(form.password.data)):
        return True
    form.password.errors = [wrong_password()]
    return False


def _nonce() -> str | None:
    """Return what the key being set up is made of, if the password was given a moment ago."""
    user, nonce, at = session.get(_SETTING_UP) or ("", "", 0)
    is_fresh = now().timestamp() - at < CODE_LASTS.total_seconds()
    return nonce if is_fresh and user == current_user.id.hex else None


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, form=Form(), next=_next())


def _next() -> str:
    return safe_path(request.args.get("next"), url_for(".account"))

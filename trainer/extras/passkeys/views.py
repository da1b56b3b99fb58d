"""Passkeys: asking a browser for one, signing in with it, and the page on which they are added, named and removed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from trainer.accounts.models import User
from trainer.accounts.queries import get_user
from trainer.accounts.rules import device_of
from trainer.accounts.second_factor import count_recovery_codes, renew_recovery_codes
from trainer.accounts.signing_in import (
    check_enabled,
    has_proved,
    is_proved,
    note_proof,
    proof_form,
    renew_session,
    sign_in_session,
)
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid
from trainer.core.feature import ask_extra
from trainer.extras.passkeys import operations
from trainer.extras.passkeys.forms import PasskeyForm
from trainer.extras.passkeys.queries import get_passkey, list_passkeys
from trainer.joining.forms import SignInForm
from trainer.joining.operations import merge_guest
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import WRONG, limit_acts, limit_failures, limit_own_failures
from trainer.web.redirects import go, safe_path
from trainer.web.unsaved import find_saved_form

blueprint = Blueprint("passkeys", __name__, template_folder="templates")
_CHALLENGE = "passkey"  # in the session: what this browser's passkeys were asked last, and when


@blueprint.post("/passkeys/options")
@access(Who.PUBLIC)
def ask() -> Response:
    """Give a browser what it shall ask its passkeys; the same for everybody, but for the challenge."""
    return _asking(*operations.ask_to_sign_in(_own_site()))


@blueprint.post("/sign-in/passkey")
@access(Who.PUBLIC)
@limit_failures("60 per 10 minutes", statuses=WRONG)
def sign_in() -> Answer | tuple[str, int]:
    """Sign in with a passkey: its owner's screen lock is the second step. What a guest did here comes along."""
    following = request.args.get("next")
    if current_user.is_authenticated and not current_user.is_guest:
        return go(safe_path(following, url_for("home.me")))
    if address := ask_extra("site_sign_in"):
        return go(address)
    user = _find_owner()
    if user is None:
        form = SignInForm(formdata=None)
        form.password.errors = [_wrong()]
        is_unsent = bool(find_saved_form(following))
        return render_template("joining/sign_in.html", form=form, next=following, is_unsent=is_unsent), 422
    check_enabled(user)
    guest_id, user_id = current_user.id if current_user.is_guest else None, user.id
    if guest_id is not None:
        with transaction():
            merge_guest(guest_id, user_id, served(), now())
    sign_in_session(user, in_two_steps=True)
    return go(safe_path(following, url_for("home.me")))


@blueprint.post("/account/passkeys/options")
@access(Who.ACCOUNT)
def ask_new() -> Answer:
    """Give a browser what it shall make a passkey of."""
    if not has_proved():
        return _ask_proof()
    return _asking(*operations.ask_to_make(current_user, _own_site()))


@blueprint.get("/account/passkeys")
@access(Who.ACCOUNT)
def show() -> Answer | str:
    """List the passkeys; ask for proof before they can be changed."""
    if current_user.has_pin:
        flash(_("To make a passkey, first add an email address and choose a password."))
        return go(url_for("accounts.account"))
    return _page(_new_form() if has_proved() else proof_form())


@blueprint.post("/account/passkeys/confirmation")
@access(Who.ACCOUNT)
@limit_own_failures("20 per hour")
def confirm() -> Answer | tuple[str, int]:
    """Take a passkey, or the password and the code that goes with it, as proof for ten minutes."""
    form = proof_form()
    if "answer" in request.form:
        user = _find_owner()
        if user is not None and user.id == current_user.id:
            renew_session(in_two_steps=True)
            return _proved()
        form.password.errors = [_wrong()]
    elif is_proved(form):
        return _proved()
    return _page(form), 422


@blueprint.post("/account/passkeys")
@access(Who.ACCOUNT)
@limit_acts("30 per hour")
def add() -> Answer | str | tuple[str, int]:
    """Keep a new passkey. Whoever made it has shown password and screen lock: two steps."""
    if not has_proved():
        return _ask_proof()
    form, user_id, session_id = PasskeyForm(), current_user.id, current_user.session_id
    if form.validate_on_submit():
        challenge = _take_challenge()
        with form.refusing("name"), transaction():
            if challenge is None or not operations.use_challenge(challenge):
                raise Invalid(_("That took too long. Try again."))
            user, name = get_user(user_id), str(form.name.data)
            answer = request.form.get("answer", "")
            codes = operations.add_passkey(user, answer, challenge, _own_site(), name, now(), but=session_id)
        if not form.errors:
            renew_session(in_two_steps=True)
            if codes:
                return _codes_page(codes)
            flash(_("Your passkey is ready. You can sign in with it from now on."))
            return go(_next())
    return _page(form), 422


@blueprint.post("/account/passkeys/<uuid:passkey_id>/name")
@access(Who.ACCOUNT, own=True)
def rename(passkey_id: UUID) -> Answer:
    """Give a passkey another name."""
    get_passkey(current_user.id, passkey_id)
    if not has_proved():
        return _ask_proof()
    form, user_id = PasskeyForm(), current_user.id
    if not form.validate_on_submit():
        flash(str(form.name.errors[0]))
        return go(url_for(".show"))
    with transaction():
        operations.rename_passkey(user_id, passkey_id, str(form.name.data))
    flash(_("The passkey has a new name."))
    return go(url_for(".show"))


@blueprint.post("/account/passkeys/<uuid:passkey_id>/removal")
@access(Who.ACCOUNT, own=True)
def remove(passkey_id: UUID) -> Answer:
    """Forget a passkey."""
    get_passkey(current_user.id, passkey_id)
    if not has_proved():
        return _ask_proof()
    user_id, session_id = current_user.id, current_user.session_id
    with transaction():
        operations.remove_passkey(get_user(user_id), passkey_id, now(), but=session_id)
    renew_session(in_two_steps=False)
    flash(
        _(
            "The passkey was removed, and other devices have been signed out. Delete it from your device or password "
            "manager, too."
        )
    )
    return go(url_for(".show"))


@blueprint.post("/account/passkeys/recovery-codes")
@access(Who.ACCOUNT)
@limit_acts("20 per hour")
def renew_codes() -> Answer | str:
    """Show new recovery codes, once; the old ones stop working."""
    if not has_proved():
        return _ask_proof()
    user_id = current_user.id
    with transaction():
        codes = renew_recovery_codes(get_user(user_id), now())
    return _codes_page(codes)


def _wrong() -> str:
    return str(_("That passkey didn’t work here. Try again, or use your password."))


def _keep_challenge(challenge: str) -> None:
    """Remember what this browser's passkeys were asked last."""
    session[_CHALLENGE] = [challenge, int(now().timestamp())]


def _take_challenge() -> str | None:
    """Return what they were asked, and forget it; None if that was too long ago."""
    challenge, at = session.pop(_CHALLENGE, None) or ("", 0)
    return challenge if now().timestamp() - at < operations.CHALLENGE_LASTS.total_seconds() else None


def _find_owner() -> User | None:
    """Return whose passkey this request shows for the challenge that this browser got last, or None."""
    challenge = _take_challenge()
    if challenge is None:
        return None
    with transaction():
        if not operations.use_challenge(challenge):
            return None
        return operations.try_passkey(request.form.get("answer", ""), challenge, _own_site(), now())


def _own_site() -> operations.RelyingParty:
    """Return the site that passkeys belong to."""
    return operations.RelyingParty(current_app.config["SETTINGS"].base_url, served().site.name)


def _asking(options: str, challenge: str) -> Response:
    _keep_challenge(challenge)
    return Response(options, mimetype="application/json")


def _new_form() -> PasskeyForm:
    return PasskeyForm(formdata=None, name=device_of(request.user_agent.string))


def _proved() -> Answer:
    note_proof()
    return go(_next() if current_user.came_in_two_steps else url_for(".show", next=request.args.get("next")))


def _next() -> str:
    return safe_path(request.args.get("next"), url_for(".show"))


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, form=Form(), next=_next())


def _ask_proof() -> Answer:
    flash(_("It’s been more than ten minutes. Confirm again that it’s you."))
    return go(url_for(".show"))


def _page(form: Form) -> str:
    return render_template(
        "passkeys/passkeys.html",
        form=form,
        passkeys=list_passkeys(current_user.id),
        is_proved=isinstance(form, PasskeyForm),
        codes_left=count_recovery_codes(current_user.id),
        next=request.args.get("next"),
    )

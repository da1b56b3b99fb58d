"""Who is signed in, on which devices; passwords and addresses."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from trainer.accounts import operations
from trainer.accounts.after_slip import confirm_by_address, unless_waiting
from trainer.accounts.forms import NEW_ADDRESS, NEW_PASSWORD, EmailForm, LanguageForm, NameForm, NewPasswordForm
from trainer.accounts.guessing import know_browser
from trainer.accounts.operations import end_session
from trainer.accounts.passwords import hash_password
from trainer.accounts.queries import find_link, find_new_address, get_user, list_own_words, list_sessions
from trainer.accounts.rules import LINK_LASTS, Purpose
from trainer.accounts.signing_in import is_proved, leave, proof_form, renew_session
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import mail_language
from trainer.web.limits import limit_acts, limit_failures, limit_own_failures
from trainer.web.origin import comes_from_elsewhere
from trainer.web.redirects import go
from trainer.web.sessions import forget_cookies
from trainer.web.ways import way_to

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.get("/sign-out")
@access(Who.LEARNER)
def ask_sign_out() -> str:
    """Ask whether to end the session on this device; every page of someone who is signed in leads here."""
    return render_template("accounts/sign_out.html")


@blueprint.post("/sign-out")
@access(Who.LEARNER)
def sign_out() -> Response:
    """End the session on this device."""
    leave()
    return _to_the_front()


@blueprint.get("/exit")
@access(Who.PUBLIC)
def exit_site() -> Response:
    """End the visit, on our side too: forget the session and all else that this browser keeps for us, and go to an
    everyday page. Whatever happens to the database, it goes there. From another site, it only leads there."""
    answer = make_response(redirect(current_app.config["EXIT_TARGET"](), 302))
    if comes_from_elsewhere():
        return answer
    try:
        leave()
    except SQLAlchemyError:
        session.clear()
    forget_cookies(answer)
    return answer


@blueprint.post("/exit/session")
@access(Who.PUBLIC)
def end_at_exit() -> Response:
    """End the session on our side too as the page goes blank at Quick exit.

    It carries no token, because it is sent from every page: that it comes from one of ours (`web.origin`) is enough for
    signing someone out.
    """
    leave()
    answer = make_response("", 204)
    forget_cookies(answer)
    return answer


@blueprint.post("/sign-out/everywhere")
@access(Who.ACCOUNT)
def sign_out_everywhere() -> Response:
    """End the account's sessions on all devices."""
    user_id = current_user.id
    with transaction():
        operations.sign_out_everywhere(user_id, now())
    session.clear()
    return _to_the_front()


def _to_the_front() -> Response:
    """Redirect to the front page, and have the browser drop earlier pages, so that Back shows none of them."""
    answer = go(way_to("front"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/account")
@access(Who.ACCOUNT)
def account() -> str:
    """Show the address, the devices that are signed in, and a form for a new password."""
    return _account_page(proof_form(NEW_PASSWORD, formdata=None))


@blueprint.post("/account/password")
@access(Who.ACCOUNT)
@unless_waiting
@limit_own_failures("10 per hour")
def change_password() -> Response | tuple[str, int]:
    """Set a new password for someone who knows the old one; other devices are signed out."""
    form, user_id, session_id = proof_form(NEW_PASSWORD), current_user.id, current_user.session_id
    form.own_words = list_own_words(current_user)
    if form.validate_on_submit() and current_user.email is None:
        form.new_password.errors = [_("Add an email address first: you sign in with it and the password.")]
    elif is_proved(form):
        hashed = hash_password(str(form.new_password.data))
        with transaction():
            operations.change_password(get_user(user_id), hashed, now(), but=session_id)
        renew_session()
        flash(_("Your password has been changed. Other devices have been signed out."))
        return go(url_for(".account"))
    return _account_page(form), 422


@blueprint.post("/account/confirmations")
@access(Who.ACCOUNT)
@limit_acts("5 per hour")
def ask_confirmation() -> Response:
    """Mail the link to confirm the address once more."""
    user_id = current_user.id
    with transaction():
        user = get_user(user_id)
        if user.email_confirmed_at is None:
            operations.send_confirmation(user, now())
    if current_app.config["SETTINGS"].smtp_url is not None:
        flash(_("We’ve sent you an email. Open the link in it."))
    return go(url_for(".account"))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@access(Who.ACCOUNT, own=True)
def end_one(session_id: UUID) -> Response:
    """Sign one device out."""
    if session_id == current_user.session_id:
        leave()
        return go(way_to("front"))
    user_id = current_user.id
    with transaction():
        end_session(user_id, session_id, now())
    flash(_("That device has been signed out."))
    return go(url_for(".account"))


@blueprint.route("/password-reset", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_acts("100 per hour", methods=["POST"])
def ask_reset() -> str | tuple[str, int]:
    """Mail a link to choose a new password. The answer is the same whether the address has an account or not."""
    form = EmailForm()
    if form.validate_on_submit():
        with transaction():
            operations.request_reset(str(form.email.data), now())
        if current_app.config["SETTINGS"].smtp_url is None:
            return render_template("accounts/ask_reset.html", form=form)  # which says so
        return render_template("accounts/reset_asked.html", minutes=int(LINK_LASTS.total_seconds() // 60))
    return render_template("accounts/ask_reset.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/password-reset/<token>", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def reset(token: str) -> Response | str | tuple[str, int]:
    """Let someone with the emailed link choose a new password. It signs no one in."""
    link_and_user = find_link(token, Purpose.RESET, now())
    if link_and_user is None:
        return render_template("accounts/link_void.html", again=url_for(".ask_reset")), 404
    form = NewPasswordForm()
    form.own_words = list_own_words(link_and_user[1])
    if form.validate_on_submit():
        hashed = hash_password(str(form.new_password.data))  # before the transaction: it takes its time
        with transaction():
            link_and_user = find_link(token, Purpose.RESET, now())
            if link_and_user is None:
                raise Conflict(_("This link was already used. Ask for a new one."))
            operations.use_link(link_and_user[0], now())
            operations.confirm_address(link_and_user[1], now())  # who got the mail has the address
            confirm_by_address(link_and_user[1], now())
            operations.change_password(link_and_user[1], hashed, now())
            key = link_and_user[1].email_key
        know_browser(str(key))
        session.clear()
        flash(_("Your password has been changed. Sign in with the new one."))
        return go(way_to("sign_in"))
    return render_template("accounts/reset.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/confirmations/<token>", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def confirm(token: str) -> Response | str | tuple[str, int]:
    """Note that the address is the person's own. It takes a press of a button: programs that read mail open links."""
    link_and_user = find_link(token, Purpose.CONFIRM, now())
    if link_and_user is None:
        return render_template("accounts/link_void.html", again=url_for(".account")), 404
    if request.method != "POST":
        return render_template("accounts/confirm.html", form=Form(), address=link_and_user[1].email)
    with transaction():
        again = find_link(token, Purpose.CONFIRM, now())
        if again is None:
            raise Conflict(_("This link was already used."))
        operations.use_link(again[0], now())
        operations.confirm_address(again[1], now())
    flash(_("Your address is confirmed."))
    return go(url_for(".account"))


@blueprint.route("/account/name", methods=["GET", "POST"])
@access(Who.ACCOUNT)
def change_name() -> Response | str | tuple[str, int]:
    """Change the name that the next certificates will show."""
    form, user_id = NameForm(certificate_name=current_user.certificate_name), current_user.id
    if form.validate_on_submit():
        with form.refusing("certificate_name"), transaction():
            operations.name_for_certificate(user_id, str(form.certificate_name.data))
        if not form.errors:
            flash(_("Your next certificate will show this name."))
            return go(url_for(".account"))
    return render_template("accounts/change_name.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/account/language")
@access(Who.ACCOUNT)
def choose_language() -> Response | tuple[str, int]:
    """Set the language of pages and emails."""
    form, user_id = LanguageForm(), current_user.id
    if form.validate_on_submit():
        with transaction():
            operations.choose_language(user_id, str(form.language.data))
        flash(_("Pages and emails are in this language now."))
        return go(url_for(".account"))
    return _account_page(proof_form(NEW_PASSWORD, formdata=None), form), 422


@blueprint.route("/account/address", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@unless_waiting
@limit_acts("10 per hour", methods=["POST"])
@limit_own_failures("10 per hour")
def ask_address() -> str | tuple[str, int]:
    """Mail a link to another address. The answer is the same whether that one has an account or not."""
    form, user_id = proof_form(NEW_ADDRESS), current_user.id
    if is_proved(form):
        with form.refusing("email"), transaction():
            operations.request_address(get_user(user_id), str(form.email.data), now())
        if not form.errors:
            sends_mail = current_app.config["SETTINGS"].smtp_url is not None
            return render_template(f"accounts/{'address_asked' if sends_mail else 'ask_address'}.html", form=form)
    return render_template("accounts/ask_address.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/account/address/<address_token>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@unless_waiting
@limit_failures("60 per hour")
def change_address(address_token: str) -> Response | str:
    """Give the account the address that the link was mailed to.

    It takes signing in, so that whoever has a mistyped address can't take the account over.
    """
    user_id = current_user.id
    link = find_new_address(user_id, address_token, now())
    if link is None:
        raise NotFound(_("The link was already used, has expired, or belongs to another account."))
    if request.method != "POST":
        return render_template("accounts/change_address.html", form=Form(), address=link.email)
    with transaction():
        again = find_new_address(user_id, address_token, now())
        if again is None:
            raise Conflict(_("This link was already used."))
        operations.change_address(get_user(user_id), again, now())
    renew_session()
    flash(_("Your address has been changed."))
    return go(url_for(".account"))


def _account_page(form: Form, language_form: LanguageForm | None = None) -> str:
    return render_template(
        "accounts/account.html",
        form=form,
        language_form=language_form or LanguageForm(formdata=None, language=mail_language(current_user.language)),
        sessions=list_sessions(current_user.id),
    )

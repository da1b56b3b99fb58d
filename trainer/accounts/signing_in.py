"""Who is signed in to this browser: from signing in to signing out, for any page."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, Response, current_app, flash, request, session
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, LoginManager, current_user

from trainer.accounts.forms import PasswordAndCodeForm, PasswordForm, PinForm
from trainer.accounts.guessing import is_known, know_browser
from trainer.accounts.models import User
from trainer.accounts.operations import end_session, open_session, prolong_session
from trainer.accounts.passwords import check_password
from trainer.accounts.pin_rules import Way
from trainer.accounts.pins import begin_try, check_pin, cross_out, pin_name
from trainer.accounts.queries import find_user, find_user_by_session, get_user, read_session_id
from trainer.accounts.rules import QUIET, device_of
from trainer.accounts.second_factor import Tried, minutes_to_wait, try_code
from trainer.accounts.words import code_refusal, wrong_password, wrong_pin
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.web.language import show_moment
from trainer.web.sessions import QUIET_SECONDS
from trainer.web.unsent import UNSENT


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Someone who only reads."""

    is_guest = False
    certificate_name = None


def init_accounts(app: Flask) -> None:
    """Set up Flask-Login."""
    manager = LoginManager(app)
    manager.anonymous_user = Visitor
    # A guard's phone changes networks all night; an address is no part of who someone is.
    manager.session_protection = None
    manager.user_loader(find_user_by_session)
    app.after_request(_stay)


def sign_in_session(user: User, site_device_id: uuid.UUID | None = None) -> None:
    """Let the browser hold this user's session, a fresh one, and keep it after closing.

    On a site device nothing is kept: neither after closing, nor that this person was here, nor what someone before
    them hadn't saved.
    """
    device, user_id = device_of(request.user_agent.string), user.id
    name = pin_name(user.id) if user.has_pin else user.email_key
    if name is not None and site_device_id is None:
        know_browser(name)
    with transaction():
        session_id = open_session(user_id, device, now(), site_device_id)
    unsent = session.get(UNSENT) if site_device_id is None else None
    session.clear()
    if unsent is not None:
        session[UNSENT] = unsent
    if site_device_id is not None:
        session[QUIET_SECONDS] = int(QUIET.total_seconds())
    session["_user_id"] = session_id.hex
    session["_fresh"] = True
    session.permanent = site_device_id is None
    if user.erases_at is not None:
        at = show_moment(user.erases_at)
        flash(_("Your account will be erased on %(at)s (UTC). To keep it, open “My course”.", at=at))


def _stay(response: Response) -> Response:
    """Let someone stay signed in on a site device with all they ask for, but not with what a page sends by itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    if QUIET_SECONDS in session and request.endpoint != "static" and not getattr(view, "is_unattended", False):
        session_id = read_session_id(session.get("_user_id"))
        if session_id is not None:
            with transaction():
                prolong_session(session_id, now())
    return response


def way_of(user: User | None) -> Way:
    """Return the way a PIN is entered in this browser: one that the account knows, or not. Not for site devices."""
    return Way.KNOWN if user is not None and is_known(pin_name(user.id)) else Way.STRANGE


def is_own_secret(given: str) -> bool:
    """Return True if this is the signed-in person's password or PIN. A PIN can be tried only a few times."""
    if not current_user.has_pin:
        return check_password(current_user.password_hash, given)
    user_id, way = current_user.id, Way.SITE if QUIET_SECONDS in session else way_of(current_user)
    with transaction():
        try_id = begin_try(user_id, way, now())
    is_right = check_pin(find_user(user_id) if try_id is not None else None, given)
    if is_right and try_id is not None:
        with transaction():
            cross_out(try_id)
    return is_right


def leave() -> None:
    """End the session of this browser, if it has one, also on our side: a copied cookie is worth nothing then."""
    if current_user.is_authenticated:
        user_id, session_id = current_user.id, current_user.session_id
        with transaction():
            end_session(user_id, session_id, now())
    session.clear()


def proof_form(**options: Any) -> PinForm | PasswordForm | PasswordAndCodeForm:
    """Return the form that asks the signed-in person once more for what they sign in with."""
    if current_user.has_pin:
        return PinForm(**options)
    return PasswordAndCodeForm(**options) if current_user.has_second_factor else PasswordForm(**options)


def is_proved(form: PinForm | PasswordForm | PasswordAndCodeForm) -> bool:
    """Return True if the form holds the person's password or PIN and, where one is asked for, a code that is good now.

    Otherwise the form says what is wrong.
    """
    if not form.validate_on_submit():
        return False
    user_id = current_user.id
    if not is_own_secret(str(form.password.data)):
        form.password.errors = [wrong_pin() if current_user.has_pin else wrong_password()]
        return False
    if not isinstance(form, PasswordAndCodeForm):
        return True
    with transaction():
        user = get_user(user_id)
        tried = try_code(user, str(form.code.data), now())
        minutes = minutes_to_wait(user, now())
    if tried is not Tried.RIGHT:
        form.code.errors = [code_refusal(tried, minutes)]
    return tried is Tried.RIGHT

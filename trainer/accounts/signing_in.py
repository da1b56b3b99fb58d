"""Who is signed in to this browser: from signing in to signing out, for any page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, flash, request, session
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, LoginManager, current_user
from sqlalchemy import ColumnElement

from trainer.accounts.after_slip import is_shut
from trainer.accounts.forms import PROOF, PasswordAndCodeForm, PasswordForm, PinForm, ProofForms
from trainer.accounts.guessing import is_known, know_browser, pin_name
from trainer.accounts.models import User
from trainer.accounts.operations import end_session, open_session, prolong_session, replace_session
from trainer.accounts.passwords import check_password
from trainer.accounts.queries import by_session, find_user_by_session, get_user, needs_code, read_session_id
from trainer.accounts.rules import CODE_LASTS, QUIET, STAFF_LASTS, STAFF_QUIET, UNSENT_LASTS, device_of
from trainer.accounts.second_factor import Tried, minutes_to_wait, try_code
from trainer.accounts.words import code_refusal, wrong_password, wrong_pin
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.core.feature import ask_extra
from trainer.web.language import read_in, show_moment
from trainer.web.regions import belong_to
from trainer.web.sessions import QUIET_SECONDS
from trainer.web.unsaved import UNSENT

_PROVED = "proved"
_AWAY = "away"
"""In the session of someone who came back after hours."""


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Someone who only reads."""

    is_guest = False
    certificate_name = None


def init_accounts(app: Flask, firm_names: Callable[[uuid.UUID], list[str]], region: ColumnElement[str | None]) -> None:
    """Set up Flask-Login, and how the names of someone's firms are found. `region`: that of a user, as a column."""
    app.extensions["user_by_session"] = by_session(region)
    app.extensions["firm_names"] = firm_names
    app.jinja_env.globals["is_shut"] = is_shut
    manager = LoginManager(app)
    manager.anonymous_user = Visitor
    # A guard's phone changes networks all night; an address is no part of who someone is.
    manager.session_protection = None
    manager.user_loader(_find_signed_in)
    app.before_request(_note_absence)
    app.after_request(_stay)


def _find_signed_in(token: str) -> User | None:
    user, region = find_user_by_session(current_app.extensions["user_by_session"], token)
    if user is not None:
        belong_to(region)
        read_in(user.language)
    return user


def sign_in_session(user: User, site_device_id: uuid.UUID | None = None, *, in_two_steps: bool = False) -> None:
    """Let the browser hold this user's session, a fresh one, and keep it after closing. Raises Conflict for a disabled
    account.

    On a site device nothing is kept: neither after closing, nor that this person was here, nor what someone before
    them hadn't saved.
    """
    check_enabled(user)
    device, user_id = device_of(request.user_agent.string), user.id
    name = pin_name(user.id) if user.has_pin else user.email_key
    is_certain = user.pin_replaced_at is None or is_known(pin_name(user.id))
    if name is not None and site_device_id is None and is_certain:
        know_browser(name)
    with transaction():
        session_id = open_session(user_id, device, now(), site_device_id, in_two_steps=in_two_steps)
    unsent = session.get(UNSENT) if site_device_id is None else None
    session.clear()
    if unsent is not None:
        session[UNSENT] = unsent
    if site_device_id is not None:
        session[QUIET_SECONDS] = int(QUIET.total_seconds())
    session["_user_id"] = session_id.hex
    session["_fresh"] = True
    _find_signed_in(session_id.hex)
    session.permanent = site_device_id is None
    if user.erases_at is not None:
        at = show_moment(user.erases_at)
        flash(_("Your account will be erased on %(at)s (UTC). To keep it, open “My course”.", at=at))


def renew_session(*, in_two_steps: bool | None = None) -> None:
    """Give this browser's session another number and end the one before: what may be done with it has changed.

    Only two steps in one, just taken, count as signing in again. Raises Conflict if the session has ended meanwhile.
    """
    user_id, before, began = current_user.id, current_user.session_id, current_user.signed_in_at
    is_new = in_two_steps is True
    in_two_steps = current_user.came_in_two_steps if in_two_steps is None else in_two_steps
    device, instant = device_of(request.user_agent.string), now()
    with transaction():
        session_id = replace_session(user_id, before, device, instant, in_two_steps=in_two_steps, is_new=is_new)
    current_user.come_in(session_id, instant if is_new else began, in_two_steps=in_two_steps)
    session["_user_id"] = session_id.hex
    if is_new:
        session.pop(_AWAY, None)


def is_proof_old() -> bool:
    """Return True if pages with other people's records ask to sign in again: that was long ago, or nobody was here for
    hours. What was written on a page that was opened in time can still be sent."""
    began = current_user.signed_in_at
    lasts = STAFF_LASTS if request.method in {"GET", "HEAD"} else STAFF_LASTS + UNSENT_LASTS
    return _AWAY in session or (began is not None and now() - began >= lasts)


def _note_absence() -> None:
    """Remember that nobody was here for hours, before this page renews the cookie."""
    signed_at = getattr(session, "signed_at", None)
    if "_user_id" in session and signed_at is not None and now() - signed_at >= STAFF_QUIET:
        session[_AWAY] = True


def note_proof() -> None:
    """Remember for ten minutes that the person has just shown who they are."""
    session[_PROVED] = [current_user.id.hex, int(now().timestamp())]


def has_proved() -> bool:
    """Return True if they have."""
    user, at = session.get(_PROVED) or ("", 0)
    return bool(user == current_user.id.hex and now().timestamp() - at < CODE_LASTS.total_seconds())


def check_enabled(user: User) -> None:
    """Raise Conflict for an account that was disabled: who gets here has shown that it's theirs."""
    if user.disabled_at is not None:
        raise Conflict(_("This account is disabled. Write to the people who run this site."))


def _stay(response: Response) -> Response:
    """Let someone stay signed in on a site device with all they ask for, but not with what a page sends by itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    if QUIET_SECONDS in session and request.endpoint != "static" and not getattr(view, "is_unattended", False):
        session_id = read_session_id(session.get("_user_id"))
        if session_id is not None:
            with transaction():
                prolong_session(session_id, now())
    return response


def is_own_secret(given: str) -> bool:
    """Return True if this is the signed-in person's password or PIN. A PIN can be tried only a few times."""
    if current_user.has_pin:
        return bool(ask_extra("is_own_pin", given))
    return check_password(current_user.password_hash, given)


def leave() -> None:
    """End the session of this browser, if it has one, also on our side: a copied cookie is worth nothing then."""
    if current_user.is_authenticated:
        user_id, session_id = current_user.id, current_user.session_id
        with transaction():
            end_session(user_id, session_id, now())
    session.clear()


def proof_form(forms: ProofForms = PROOF, **options: Any) -> PinForm | PasswordForm | PasswordAndCodeForm:
    """Return the form that asks the signed-in person once more for what they sign in with."""
    if current_user.has_pin:
        return forms.pin(**options)
    return forms.code(**options) if needs_code(current_user) else forms.password(**options)


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

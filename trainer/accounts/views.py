"""Signing out, and loading who is signed in."""

from __future__ import annotations

from flask import Blueprint, Flask, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user
from werkzeug.wrappers import Response

from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions
from trainer.accounts.queries import find_user_by_session
from trainer.core.db import transaction
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("accounts", __name__, template_folder="templates")


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


def sign_in_session(user: User) -> None:
    """Let the browser hold this user's session, a fresh one, and keep it after closing."""
    session.clear()
    session["_user_id"] = user.get_id()
    session["_fresh"] = True
    session.permanent = True


@blueprint.post("/sign-out")
@access(Who.LEARNER)
def sign_out() -> Response:
    """End the session on this device."""
    session.clear()
    return go(url_for("home.front"))


@blueprint.post("/sign-out/everywhere")
@access(Who.ACCOUNT)
def sign_out_everywhere() -> Response:
    """End the account's sessions on all devices."""
    user_id = current_user.id
    with transaction():
        end_sessions(user_id)
    session.clear()
    return go(url_for("home.front"))

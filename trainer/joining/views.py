"""Keep on this device, sign up, sign in."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.operations import create_account
from trainer.accounts.passwords import check_password, hash_password
from trainer.accounts.queries import find_user_by_email_key
from trainer.accounts.rules import email_key
from trainer.accounts.views import sign_in_session
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.courses.current import content
from trainer.joining import operations
from trainer.joining.forms import SignInForm, SignUpForm
from trainer.web.access import Who, access
from trainer.web.limits import limit_tries
from trainer.web.redirects import go, safe_path

blueprint = Blueprint("joining", __name__, template_folder="templates")


@blueprint.get("/keep")
@access(Who.PUBLIC)
def keep() -> Response | str:
    """Ask whether progress shall be kept on this device, and say what that means."""
    if current_user.is_authenticated and not request.args.get("start"):
        return go(_next())
    return _keep_page()


@blueprint.post("/guests")
@access(Who.PUBLIC)
@limit_tries("30 per hour")
def become_guest() -> Response:
    """Keep progress from now on; with `start=first-try` or `start=practice` go straight to the scenes."""
    here, start = content(), request.args.get("start")
    course = here.courses.get(request.args.get("course", ""))
    scenes = None
    if course is not None and start in {"first-try", "practice"}:
        scenes = (course.file.first_try if start == "first-try" else course.file.practice).scenes
    user_id = current_user.id if current_user.is_authenticated else None
    with transaction():
        user, attempt = operations.become_guest(user_id, course, here, scenes, now())
    if user_id is None:
        sign_in_session(user)
    return go(url_for("assessment.attempt", attempt_id=attempt.id) if attempt else _next())


@blueprint.route("/sign-up", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_tries("20 per hour", methods=["POST"])
def sign_up() -> Response | str | tuple[str, int]:
    """Make an account; a guest keeps everything."""
    if current_user.is_authenticated and not current_user.is_guest:
        return go(_next())
    form = SignUpForm()
    if form.validate_on_submit():
        hashed = hash_password(str(form.password.data))  # before the transaction: it takes its time
        guest_id = current_user.id if current_user.is_guest else None
        try:
            with transaction():
                user = create_account(str(form.email.data), hashed, now(), guest_id)
        except (Conflict, Invalid) as error:
            form.email.errors = [error.message]
        else:
            sign_in_session(user)
            return go(_next())
    return render_template("joining/sign_up.html", form=form, next=request.args.get("next")), _status(form)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_tries("30 per 10 minutes", methods=["POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """Sign in; what a guest did on this device comes along."""
    if current_user.is_authenticated and not current_user.is_guest:
        return go(_next())
    form = SignInForm()
    if form.validate_on_submit():
        user = find_user_by_email_key(email_key(str(form.email.data)) or "")
        if check_password(user.password_hash if user else None, str(form.password.data)) and user is not None:
            guest_id = current_user.id if current_user.is_guest else None
            if guest_id is not None:
                user_id = user.id
                with transaction():
                    operations.merge_guest(guest_id, user_id, content(), now())
            sign_in_session(user)
            return go(_next())
        form.password.errors = [_("E-mail and password don’t match. Check capitals and try again.")]
    return render_template("joining/sign_in.html", form=form, next=request.args.get("next")), _status(form)


def _keep_page() -> str:
    # Only these three travel on: url_for would take names like _scheme from an address as orders.
    onward = {name: request.args[name] for name in ("start", "course", "next") if name in request.args}
    return render_template(
        "joining/keep.html",
        next=onward.get("next"),
        target=url_for(".become_guest", **onward),  # type: ignore[arg-type]
    )


def _next() -> str:
    return safe_path(request.args.get("next"), url_for("home.me"))


def _status(form: SignUpForm | SignInForm) -> int:
    return 422 if form.is_submitted() else 200

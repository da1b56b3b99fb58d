"""Keep on this device, sign up, sign in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.forms import CodeForm, NewPasswordForm
from trainer.accounts.guessing import FREE, count_miss, seconds_to_wait
from trainer.accounts.models import User
from trainer.accounts.operations import create_account, refuse_session, renew_hash, request_sign_up
from trainer.accounts.passwords import check_password, hash_password, is_outdated
from trainer.accounts.queries import find_sign_up, find_user, find_user_by_email_key, get_user
from trainer.accounts.rules import CODE_LASTS, SIGN_UP_LASTS, email_key
from trainer.accounts.second_factor import Tried, minutes_to_wait, try_code
from trainer.accounts.signing_in import check_enabled, sign_in_session
from trainer.accounts.words import code_refusal
from trainer.assessment.rules import Kind
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid
from trainer.core.feature import ask_extra
from trainer.core.signing import is_sealed, seal
from trainer.joining import operations
from trainer.joining.forms import AskSignUpForm, SignInForm, SignUpForm
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import WRONG, limit_acts, limit_failures, wait
from trainer.web.redirects import go, safe_path
from trainer.web.sessions import known_cookie
from trainer.web.unsaved import find_saved_form
from trainer.web.ways import way_to

blueprint = Blueprint("joining", __name__, template_folder="templates")

_STARTS = {"first-try": Kind.FIRST_TRY, "practice": Kind.PRACTICE}
_WAITING = "code_for"  # in the session: who gave the right password and still owes a code


@blueprint.get("/keep")
@access(Who.PUBLIC)
def keep() -> Response | str:
    """Ask whether to keep progress on this device, and say what that means."""
    if current_user.is_authenticated and not request.args.get("start"):
        return go(_next())
    if address := ask_extra("former_site_sign_in"):
        return go(address)  # many share this browser: nobody's progress is kept in it
    return _keep_page()


@blueprint.post("/guests")
@access(Who.PUBLIC)
@limit_acts("500 per hour")
def become_guest() -> Response:
    """Keep progress from now on; with `start=first-try` or `start=practice` go straight to the scenes."""
    if address := ask_extra("site_sign_in"):
        return go(address)
    content, kind = served(), _STARTS.get(request.args.get("start", ""))
    course = content.courses.get(request.args.get("course", ""))
    user_id = current_user.id if current_user.is_authenticated else None
    with transaction():
        user, attempt = operations.become_guest(user_id, course, content, kind, now())
    if user_id is None:
        sign_in_session(user)
    return go(url_for("assessment.attempt", attempt_id=attempt.id) if attempt else _next())


@blueprint.route("/sign-up", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_acts("200 per hour", methods=["POST"])
@limit_failures("200 per hour", methods=["POST"], statuses=WRONG)
def sign_up() -> Response | str | tuple[str, int]:
    """Make an account; a guest keeps everything. Where there is mail, a link goes to the address first.

    The answer is then the same whether the address has an account or not.
    """
    if current_user.is_authenticated and not current_user.is_guest:
        return go(_next())
    if address := ask_extra("site_sign_in"):
        return go(address)  # many share this browser: an account would stay signed in
    if current_app.config["SETTINGS"].smtp_url is not None:
        return _ask_sign_up()
    form, has_account = SignUpForm(), False
    if form.validate_on_submit():
        hashed = hash_password(str(form.password.data))  # before the transaction: it takes its time
        guest_id = current_user.id if current_user.is_guest else None
        try:
            with transaction():
                user = create_account(str(form.email.data), hashed, now(), guest_id)
        except (Conflict, Invalid) as error:
            form.email.errors, has_account = [error.message], isinstance(error, Conflict)
        else:
            sign_in_session(user)
            return go(_next())
    return _sign_up_page(form, has_account=has_account), _status(form)


@blueprint.route("/sign-up/<token>", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def finish_sign_up(token: str) -> Response | str | tuple[str, int]:
    """Let someone with the emailed link choose a password; that creates the account, with a confirmed address."""
    if current_user.is_authenticated and not current_user.is_guest:
        raise Conflict(_("You’re already signed in to an account. Sign out first, then open the link again."))
    if address := ask_extra("site_sign_in"):
        return go(address)
    link = find_sign_up(token, now())
    if link is None:
        return render_template("accounts/link_void.html", again=url_for(".sign_up")), 404
    form = NewPasswordForm()
    form.own_words = [link.email_key, current_user.certificate_name or ""]
    if form.validate_on_submit():
        hashed = hash_password(str(form.new_password.data))  # before the transaction: it takes its time
        # Only this browser's guest comes along, wherever the link was asked for.
        guest_id = current_user.id if current_user.is_guest else None
        with transaction():
            user, next_path = operations.finish_sign_up(token, hashed, now(), guest_id)
        sign_in_session(user)
        return go(safe_path(next_path, way_to("me")))
    return render_template("joining/finish_sign_up.html", form=form, address=link.email), _status(form)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per 10 minutes", methods=["POST"], statuses=WRONG)
def sign_in() -> Response | str | tuple[str, int]:
    """Sign in; what a guest did on this device comes along."""
    form = SignInForm()
    if form.is_submitted() and not form.csrf_token.validate(form):  # the address that was typed stays
        form.password.errors = [
            _("This page was open too long, or cookies are off. Type your password and send it once more.")
        ]
        return _sign_in_page(form), 400
    if current_user.is_authenticated and not current_user.is_guest:
        return go(_next())
    if address := ask_extra("site_sign_in", request.args.get("next")):
        return go(address)
    if form.validate_on_submit():
        key = email_key(str(form.email.data)) or str(form.email.data).casefold()
        if seconds := seconds_to_wait(key):
            raise wait(seconds)
        given = str(form.password.data)
        is_pin = ask_extra("is_pin_at_address", key, given)
        user = find_user_by_email_key(key)
        user_id = user.id if user else None
        is_right = check_password(user.password_hash if user else None, given) if is_pin is None else is_pin
        if is_right and user is not None:
            if is_pin is None and is_outdated(before := str(user.password_hash)):
                hashed = hash_password(given)  # before the transaction: it takes its time
                with transaction():
                    renew_hash(user.id, before, hashed)
            if user.has_second_factor:
                session[_WAITING] = [user.id.hex, int(now().timestamp()), _seal_of(user)]
                return go(url_for(".sign_in_code", next=request.args.get("next")))
            return _let_in(user)
        with transaction():
            misses = count_miss(key)
            if user_id is not None and misses <= FREE:  # a log that only grows doesn't grow as guessers like
                refuse_session(user_id, now())
        form.password.errors = [_("Email and password don’t match. Check capital letters and try again.")]
    return _sign_in_page(form), _status(form)


def _sign_in_page(form: SignInForm) -> str:
    following = request.args.get("next")
    is_unsent = bool(find_saved_form(following))
    return render_template("joining/sign_in.html", form=form, next=following, is_unsent=is_unsent)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per 10 minutes", methods=["POST"], statuses=WRONG)
def sign_in_code() -> Response | str | tuple[str, int]:
    """Ask for the code after the right password; nobody is signed in before it."""
    user = _who_owes_a_code()
    if user is None:
        session.pop(_WAITING, None)
        return go(url_for(".sign_in", next=request.args.get("next")))
    form, user_id = CodeForm(), user.id
    if form.validate_on_submit():
        with transaction():
            user = get_user(user_id)
            tried = try_code(user, str(form.code.data), now())
        if tried is Tried.RIGHT:
            return _let_in(user)
        form.code.errors = [code_refusal(tried, minutes_to_wait(user, now()))]
    return render_template("joining/code.html", form=form), _status(form)


def _ask_sign_up() -> str | tuple[str, int]:
    form = AskSignUpForm()
    if form.validate_on_submit():
        next_path = safe_path(request.args.get("next"), "") or None
        with transaction():
            request_sign_up(str(form.email.data), next_path, now())
        hours = int(SIGN_UP_LASTS.total_seconds() // 3600)
        return render_template("joining/sign_up_asked.html", hours=hours)
    return _sign_up_page(form), _status(form)


def _sign_up_page(form: AskSignUpForm | SignUpForm, *, has_account: bool = False) -> str:
    following = request.args.get("next")
    return render_template("joining/sign_up.html", form=form, next=following, has_account=has_account)


def _let_in(user: User) -> Response:
    """Sign in; what a guest did in this browser comes along."""
    check_enabled(user)
    guest_id, user_id = current_user.id if current_user.is_guest else None, user.id
    if guest_id is not None:
        with transaction():
            operations.merge_guest(guest_id, user_id, served(), now())
    sign_in_session(user)
    return go(_next())


def _who_owes_a_code() -> User | None:
    number, at, sealed = session.get(_WAITING) or ("", 0, "")
    if not number or now().timestamp() - at >= CODE_LASTS.total_seconds():
        return None
    user = find_user(UUID(hex=number))
    # A password that was changed in between is no right one any more.
    is_good = user is not None and user.has_second_factor and is_sealed(sealed, *_sealed_parts(user))
    return user if is_good else None


def _seal_of(user: User) -> str:
    return seal(*_sealed_parts(user))


def _sealed_parts(user: User) -> tuple[str, str, str]:
    return "code-owed", user.id.hex, user.password_hash or ""


def _keep_page() -> str:
    # Only these three travel on: url_for would take names like _scheme from an address as orders.
    onward = {name: request.args[name] for name in ("start", "course", "next") if name in request.args}
    course = served().courses.get(onward.get("course", ""))
    return render_template(
        "joining/keep.html",
        next=onward.get("next") or (url_for("learning.show_course", course=course.slug) if course else None),
        is_known=known_cookie() in request.cookies,
        target=url_for(".become_guest", **onward),  # type: ignore[arg-type]
    )


def _next() -> str:
    return safe_path(request.args.get("next"), way_to("me"))


def _status(form: Form) -> int:
    return 422 if form.is_submitted() else 200

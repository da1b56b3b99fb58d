"""Every route declares who may enter, here enforced in one place before any view runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from trainer.web.errors import error_response, page_of_form, wants_json
from trainer.web.redirects import go
from trainer.web.refusals import note_refusal
from trainer.web.unsaved import save_form
from trainer.web.ways import way_to

F = TypeVar("F", bound=Callable[..., Any])


class Who(StrEnum):
    """Who may enter a route."""

    PUBLIC = "public"  # anybody; leaves no trace by being read
    LEARNER = "learner"  # a guest or an account
    ACCOUNT = "account"  # signed in with an account
    TOKEN = "token"  # noqa: S105 whoever shows a firm's token in a header; a session opens nothing
    DEVELOPMENT = "development"  # nobody, unless the app runs in development


@dataclass(frozen=True)
class Access:
    """What a route declared. `own`: it shows one person's record, and is 404 to everybody else.

    `keeps`: it takes an answer, which waits for someone whose session has ended to come back to the same address.
    `begins`: a lesson or practice begins here; someone without a session is asked whether to keep progress, not to
    sign in.
    `is_long`: for a large firm it may take seconds; others don't wait for it.
    """

    who: Who
    own: bool = False
    keeps: bool = False
    begins: bool = False
    is_long: bool = False


def access(
    who: Who, *, own: bool = False, keeps: bool = False, begins: bool = False, is_long: bool = False
) -> Callable[[F], F]:
    """Declare who may enter the view below."""

    def declare(view: F) -> F:
        view.access = Access(who, own, keeps, begins, is_long)  # type: ignore[attr-defined]
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Access | None:
    """Return the access declaration of `endpoint`, or None."""
    if endpoint == "static":
        return Access(Who.PUBLIC)  # Flask's own name for static files
    return getattr(app.view_functions[endpoint], "access", None)


def takes_long(app: Flask) -> Callable[[dict[str, Any]], bool]:
    """Return what says of a request's environ whether its route declared that it may take seconds."""
    routes = app.url_map.bind("")
    endpoints = {name for name in app.view_functions if (rule := declared(app, name)) is not None and rule.is_long}

    def is_long(environ: dict[str, Any]) -> bool:
        try:
            endpoint, _values = routes.match(environ["PATH_INFO"], environ["REQUEST_METHOD"])
        except HTTPException:  # no such address or method, or a redirect
            return False
        return endpoint in endpoints

    return is_long


def unattended(view: F) -> F:
    """Declare that pages ask for the view by themselves: that someone is there doesn't follow from it."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def init_access(app: Flask) -> None:
    """Check the declared access before each request, and log where somebody asked for what isn't theirs."""
    app.before_request(_check)
    app.after_request(_note_stranger)


def shown_token() -> str | None:
    """Return the token that the request carries, or None."""
    shown = request.authorization
    return shown.token if shown is not None and shown.type == "bearer" and shown.token else None


def ask_for_token() -> Response:
    """Return the answer to a request without a valid token."""
    answer = error_response(401)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # 404 and 405 take their course
    rule = declared(current_app, request.endpoint)
    if rule is None:
        abort(500, f"{request.endpoint} declares no access")
    if rule.who is Who.PUBLIC:
        return None
    if rule.who is Who.DEVELOPMENT:
        if not current_app.config["SETTINGS"].development:
            abort(404)
        return None
    if rule.who is Who.TOKEN:
        return None if shown_token() else ask_for_token()
    if not current_user.is_authenticated and rule.keeps:
        return _ask_back()
    if not current_user.is_authenticated:
        back = _page_read()
        return go(way_to("keep", next=back) if rule.begins else way_to("sign_in", next=back))
    if rule.who is Who.ACCOUNT and current_user.is_guest:
        return go(way_to("sign_up", next=_page_read()))
    return None


def _note_stranger(answer: Response) -> Response:
    """Someone else's record is a 404, as one that isn't there: which of the two it was, the log can't tell either."""
    rule = declared(current_app, request.endpoint) if request.endpoint is not None else None
    if rule is not None and ((rule.own and answer.status_code == 404) or answer.status_code == 401):
        note_refusal("access")
    return answer


def _ask_back() -> Response:
    if wants_json():
        return error_response(
            401, _("You’re signed out. Your answer is still here. Record it, sign in, and it will be here again.")
        )
    save_form()
    return go(way_to("sign_in", next=request.path))


def _page_read() -> str | None:
    # What was posted can't be repeated after signing in, so only a page that can be read is returned to.
    return request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else page_of_form() or None

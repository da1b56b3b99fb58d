"""Pages for everything that can go wrong, each saying what to do. Nothing technical is shown."""

from __future__ import annotations

import uuid

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError

from trainer.core.db import db
from trainer.core.errors import Conflict, DomainError, Invalid, NotFound, NotYet
from trainer.web.sessions import is_for_machines

_STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, NotYet: 409, Invalid: 422}
_LAST_RESORT = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Try again</title></head>"
    "<body><main><h1>{title}</h1><p>{advice} In danger now: call 911.</p>"
    "<p><a href='/exit'>Quick exit</a></p><p>{status}-{request_id}</p></main></body></html>"
)


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.before_request(_number_request)
    app.register_error_handler(CSRFError, _token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Return True if our script or another system asks, and an answer in JSON serves it better than a page."""
    if is_for_machines():
        return True
    best: str | None = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def error_response(status: int, message: str = "") -> Response:
    """Return the error page (or JSON) of a status."""
    if wants_json():
        response = jsonify(error=message or _words(status)[1], status=status, request_id=g.get("request_id", ""))
        response.status_code = status
        return response
    try:
        page = _page(status, message)
    except Exception:  # the layout itself may need what is broken
        current_app.logger.exception("request %s: the error page failed", g.get("request_id"))
        return _last_resort(status)
    return make_response(page, status)


def _page(status: int, message: str) -> str:
    title, advice = _words(status)
    values = {"status": status, "title": title, "advice": message or advice, "request_id": g.get("request_id", "")}
    try:
        return render_template("web/error.html", **values)
    except DBAPIError:  # who is signed in can't be told now; the page, which has the help lines, is shown all the same
        db.session.rollback()
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        return render_template("web/error.html", **values)


def _last_resort(status: int) -> Response:
    """Return a page that needs no template, no content and no address of another page."""
    title, advice = _words(status)
    return make_response(
        _LAST_RESORT.format(title=title, advice=advice, status=status, request_id=g.get("request_id", "")), status
    )


def _number_request() -> None:
    g.request_id = uuid.uuid4().hex[:12]


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (_("We couldn’t read that"), _("Go back, and try again from the page itself.")),
        401: (_("A token is needed"), _("Send a token of your firm that is good now: Authorization: Bearer wyr_…")),
        403: (_("That didn’t come from our page"), _("Open the page on this site and try again.")),
        404: (
            _("This page isn’t here"),
            _("It may have moved, or the link may be for someone else. Sign in if it was yours."),
        ),
        405: (_("That doesn’t work here"), _("Open the page from its link and try again.")),
        409: (_("That has changed in between"), _("Look at the page again: it shows how things stand now.")),
        413: (_("That was too large"), _("Shorten what you typed and send it again.")),
        415: (_("We couldn’t read that"), _("Send the form from its page.")),
        422: (_("Something is missing"), _("Go back: the page says what to mend.")),
        429: (_("Too many tries"), _("Wait a few minutes. Nothing is locked, and nothing is lost.")),
        503: (
            _("Back in a moment"),
            _("We can’t reach our records right now. Your saved answers are safe. Try again."),
        ),
    }
    return words.get(
        status,
        (_("Something went wrong on our side"), _("Your saved answers are safe. Wait a minute and try again.")),
    )


def _token(error: CSRFError) -> Response:
    return error_response(
        400, _("This page was open too long, or cookies are off. Load it again and send it once more.")
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if isinstance(error, SecurityError):  # asked under another host's name: no address of ours can be built
        return _last_resort(status)
    if status >= 500:
        current_app.logger.error("request %s: %s", g.get("request_id"), error)
    response = error_response(status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _domain(error: DomainError) -> Response:
    return error_response(_STATUS[type(error)], error.message)


def _database(error: DBAPIError) -> Response:
    current_app.logger.error("request %s: database: %s", g.get("request_id"), error.orig)
    db.session.rollback()
    return error_response(503)


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("request %s failed", g.get("request_id"))
    return error_response(500)

"""Pages for everything that can go wrong, each saying what to do. Nothing technical is shown."""

from __future__ import annotations

import math
import uuid

from flask import Flask, Response, abort, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests

from trainer.core.damage import DatabaseDamaged
from trainer.core.db import db
from trainer.core.errors import Conflict, DomainError, Invalid, NotFound, NotYet
from trainer.core.http import AGAIN_AFTER, REFUSED
from trainer.web.language import language_tag, text_direction
from trainer.web.refusals import note_refusal
from trainer.web.sessions import is_for_machines

_STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, NotYet: 409, Invalid: 422}
_REFUSED_BY = {403: "origin", 429: "limit"}
"""What refused a request, by the status that tells it."""
_WORDS = {
    400: (_l("We couldn’t read that"), _l("Go back and try again from the page itself.")),
    401: (_l("A token is needed"), _l("Send a valid token for your firm: Authorization: Bearer wyr_…")),
    403: (_l("That didn’t come from our page"), _l("Open the page on this site and try again.")),
    404: (
        _l("This page isn’t here"),
        _l("It may have moved, or the link may be meant for someone else. If it’s yours, sign in."),
    ),
    405: (_l("That doesn’t work here"), _l("Open the page from its link and try again.")),
    408: (_l("That took too long"), _l("Your connection was too slow or dropped. Go back and send it again.")),
    409: (_l("That changed in the meantime"), _l("Look at the page again: it shows how things stand now.")),
    410: (_l("This link no longer works"), _l("What it led to has been taken out.")),
    413: (_l("That was too large"), _l("Shorten what you typed and send it again.")),
    415: (_l("We couldn’t read that"), _l("Send the form from its page.")),
    422: (_l("Something is missing"), _l("Go back; the page shows what to fix.")),
    429: (_l("Too many tries"), _l("Wait a little. Nothing is locked, and nothing is lost.")),
    503: (
        _l("Back in a moment"),
        _l("We’re very busy, or can’t reach our records. Your saved answers are safe. Try again in ten seconds."),
    ),
}
_UNEXPECTED = (
    _l("Something went wrong on our side"),
    _l("Your saved answers are safe. Wait a minute and try again."),
)
_LAST_RESORT = (
    "<!doctype html><html lang='{language}' dir='{direction}'>"
    "<head><meta charset='utf-8'><title>{again}</title></head>"
    "<body><main><h1>{title}</h1><p>{advice} {danger}</p>"
    "<p><a href='/exit'>{exit}</a></p><p>{status}-{request_id}</p></main></body></html>"
)


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.before_request(_number_request)
    app.register_error_handler(CSRFError, _token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(DatabaseDamaged, _damaged)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Return True if our script or another system asks, and an answer in JSON serves it better than a page."""
    if is_for_machines():
        return True
    best: str | None = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def error_response(status: int, message: str = "", again: str = "") -> Response:
    """Return the error page (or JSON) of a status. `again`: the address of the page to load once more."""
    if wants_json():
        response = jsonify(error=message or _advice(status), status=status, request_id=g.get("request_id", ""))
        response.status_code = status
        return _with_patience(response)
    try:
        response = make_response(_page(status, message, again), status)
    except Exception:  # the layout itself may need what is broken
        current_app.logger.exception("request %s: the error page failed", g.get("request_id"))
        return _last_resort(status)
    return _with_patience(response)


def _with_patience(response: Response) -> Response:
    """Say when to try again, where that is all it takes."""
    if response.status_code == 503:
        response.headers["Retry-After"] = str(AGAIN_AFTER)
    return response


def _advice(status: int) -> str:
    if is_for_machines() and status in {400, 404, 405, 413, 415}:
        words: dict[int, str] = {
            400: _("This address can’t be read: it holds a character that is never part of one."),
            404: _(
                "There is no such endpoint, or no such record of this firm. /api/v1/openapi.json lists the endpoints."
            ),
            405: _("This endpoint doesn’t take that method. /api/v1/openapi.json lists what it takes."),
            413: _("This request is too large. Send fewer records in each."),
            415: _("Send JSON, with the header Content-Type: application/json."),
        }
        return words[status]
    return _words(status)[1]


def _page(status: int, message: str, again: str) -> str:
    title, advice = _words(status)
    values = {
        "status": status,
        "title": title,
        "advice": message or advice,
        "again": again,
        "request_id": g.get("request_id", ""),
    }
    try:
        return render_template("web/error.html", **values)
    except DBAPIError:  # who is signed in can't be told now; the page, which has the help lines, is shown all the same
        db.session.rollback()
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        return render_template("web/error.html", **values)


def _last_resort(status: int) -> Response:
    """Return a page that needs no template, no content and no address of another page."""
    title, advice = _words(status)
    text = _LAST_RESORT.format(
        language=language_tag(),
        direction=text_direction(),
        again=_("Try again"),
        title=title,
        advice=advice,
        danger=_("In danger now: call 911."),
        exit=_("Quick exit"),
        status=status,
        request_id=g.get("request_id", ""),
    )
    return _with_patience(make_response(text, status))


def _number_request() -> None:
    g.request_id = uuid.uuid4().hex[:12]
    if status := request.environ.get(REFUSED):
        abort(status)


def _words(status: int) -> tuple[str, str]:
    """Return the title and what to do, in the reader's language."""
    title, advice = _WORDS.get(status, _UNEXPECTED)
    return str(title), str(advice)


def _token(error: CSRFError) -> Response:
    note_refusal("token")
    message = _("This page was open too long, or cookies are off. Load it again and send it once more.")
    return error_response(400, message, page_of_form())


def page_of_form() -> str:
    """Return the address of what was sent, if a page can be read there, or an empty string."""
    is_page = request.method == "POST" and current_app.url_map.bind("").test(request.path, "GET")
    return request.full_path.rstrip("?") if is_page else ""


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if isinstance(error, SecurityError):  # asked under another host's name: no address of ours can be built
        note_refusal("host")
        return _last_resort(status)
    if status in _REFUSED_BY:
        note_refusal(_REFUSED_BY[status])
    if status >= 500:
        current_app.logger.error("request %s: %s", g.get("request_id"), error)
    response = error_response(status, _when(error) if isinstance(error, TooManyRequests) else "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _when(error: TooManyRequests) -> str:
    """Say in minutes what Retry-After says in seconds."""
    if not isinstance(error.retry_after, int):
        return ""
    minutes = math.ceil(error.retry_after / 60)
    return str(
        ngettext(
            "Try again in one minute. Nothing is locked, and nothing is lost.",
            "Try again in %(num)s minutes. Nothing is locked, and nothing is lost.",
            minutes,
        )
    )


def status_of(error: DomainError | HTTPException) -> int:
    """Return the status that an error is answered with."""
    return _STATUS[type(error)] if isinstance(error, DomainError) else error.code or 500


def _domain(error: DomainError) -> Response:
    return error_response(status_of(error), error.message, page_of_form() if isinstance(error, Conflict) else "")


def _database(error: DBAPIError) -> Response:
    current_app.logger.error("request %s: database: %s", g.get("request_id"), error.orig)
    db.session.rollback()
    return error_response(503)


def _damaged(error: DatabaseDamaged) -> Response:
    current_app.logger.error("request %s: %s", g.get("request_id"), error.message)
    return error_response(503)


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("request %s failed", g.get("request_id"))
    return error_response(500)

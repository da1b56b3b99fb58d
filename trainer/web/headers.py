"""Security and cache headers on every response, errors and static files included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, current_app, make_response, request, session

from trainer.web.addresses import asks_nothing_else
from trainer.web.language import asked_by, language_tag
from trainer.web.sessions import is_for_machines

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_BY_LINK = ("/inspections/", "/i/", "/invitations/", "/sign-up/", "/password-reset/", "/confirmations/")
_YEAR = 31_536_000


def init_headers(app: Flask) -> None:
    """Give each answer its headers.

    Those that all have are added at the very end and at once: to set them one by one, each is compared with all others.
    """
    answer, always = app.wsgi_app, list(_ALWAYS.items())
    if not app.config["SETTINGS"].is_local:
        always.append(("Strict-Transport-Security", f"max-age={_YEAR * 2}; includeSubDomains"))

    def answer_with_them(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def start_with_them(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start(status, headers + always, *error)

        return answer(environ, start_with_them)

    app.wsgi_app = answer_with_them  # type: ignore[method-assign, assignment]
    app.after_request(_set)


def answer_any_site(text: str, mimetype: str) -> Response:
    """Return an answer that pages of other sites may read, too: verifiers run in them."""
    response = make_response(text)
    response.mimetype = mimetype
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _set(response: Response) -> Response:
    if request.path.startswith(("/verify/", *_BY_LINK)):
        response.headers["X-Robots-Tag"] = "noindex"  # what it shows is for whoever holds the number or the link
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language_tag()
    response.headers["Cache-Control"] = _cache_control(response)
    return response


def _cache_control(response: Response) -> str:
    if request.endpoint == "static" and response.status_code == 200:
        return f"public, max-age={_YEAR}, immutable"  # the path holds a digest of the files
    if is_for_machines():
        response.headers["Vary"] = "Authorization"
        return "no-store"
    response.headers["Vary"] = ", ".join(("Cookie", *asked_by()))
    if request.path.startswith(_BY_LINK):
        return "no-store"
    if session or current_app.config["SESSION_COOKIE_NAME"] in request.cookies or request.method != "GET":
        return "no-store"
    view = current_app.view_functions.get(request.endpoint or "")
    if not asks_nothing_else() and getattr(view, "is_cached_page", False):
        return "no-store"  # the page without it is the same for all; with it, it is one reader's
    # Read pages may be kept for Back, and are asked for again before they are shown anew.
    return "no-cache" if response.status_code < 400 else "no-store"

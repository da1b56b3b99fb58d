"""Pages that depend on nothing but the content are made once, and then given to every visitor who only reads.

A learner's pages never pass here: whoever sends a session cookie gets a page of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, render_template, request, session
from markupsafe import Markup

F = TypeVar("F", bound=Callable[..., Any])
Key = tuple[str, str, frozenset[str]]

_ENCODINGS = ("zstd", "br", "gzip")
_MOST = 2_000


def still(view: F) -> F:
    """Declare that the page of this view is the same for everybody without a session, until the content changes."""
    view.is_still = True  # type: ignore[attr-defined]
    return view


def init_still(app: Flask, content_digest: Callable[[], str]) -> None:
    """Keep still pages in this process's memory. Register before everything that touches answers.

    Templates get `kept(template)` for the parts of a page that are still although the page isn't.
    """
    kept: dict[Key, Response] = {}

    def find() -> Response | None:
        key = _key(content_digest)
        found = kept.get(key) if key else None
        return Response(found.data, found.status, found.headers) if found else None

    def keep(response: Response) -> Response:
        key = _key(content_digest)
        # A page that begins a session is somebody's (its cookie is set only after this); an error may be gone the
        # next minute.
        if key and response.status_code == 200 and not session and key not in kept:
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = response
        return response

    parts: dict[tuple[str, str], Markup] = {}

    def kept_part(template: str) -> Markup:
        key = (content_digest(), template)
        if key not in parts:
            parts[key] = Markup(render_template(template))  # noqa: S704 a template of ours, escaped as it was rendered
        return parts[key]

    app.before_request(find)
    app.after_request(keep)
    app.jinja_env.globals["kept"] = kept_part


def _key(content_digest: Callable[[], str]) -> Key | None:
    if request.method != "GET" or request.query_string or request.endpoint is None:
        return None
    if current_app.config["SETTINGS"].development:
        return None  # authors see each change at once, and what they have to mend
    if not getattr(current_app.view_functions[request.endpoint], "is_still", False):
        return None
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return None
    accepted = request.headers.get("Accept-Encoding", "")
    return request.path, content_digest(), frozenset(name for name in _ENCODINGS if name in accepted)

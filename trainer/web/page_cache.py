"""Cache pages that depend on the content alone, and serve them to every visitor without a session.

A visitor with a session cookie gets a page of their own. Where it shows no more of a person than many share, such as
which lessons are read, it is rendered once for all of them; what is one person's alone is a placeholder in the cached
page.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, g, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from trainer.web.addresses import asks_nothing_else, own_parts
from trainer.web.language import language_tag
from trainer.web.regions import region_id
from trainer.web.sessions import OWN_FIRM, QUIET_SECONDS

F = TypeVar("F", bound=Callable[..., Any])
Key = tuple[str, str, str, str, frozenset[str]]

_ENCODINGS = ("zstd", "br", "gzip")
_MOST = 2_000
_MOST_SHARED = 500
_TAG: Final = 22  # digits of a SHA-256, enough that no two pages have the same
_TOKEN: Final = "csrf_token"  # noqa: S105 the name of it
_MARK: Final = secrets.token_hex(16)  # nobody who writes content can know it


def cached_page(view: F) -> F:
    """Declare that a view's page is the same for all without a session who read its language, until content changes."""
    view.is_cached_page = True  # type: ignore[attr-defined]
    return view


def placeholder(name: str) -> Markup:
    """Return the placeholder in a shared page for a text that isn't shared."""
    return Markup(f"{_MARK}{name}{_MARK}")  # noqa: S704 letters, digits and _


def shared_page(key: Hashable, make: Callable[[], str], placeholders: Mapping[str, str]) -> str:
    """Return a page that is the same for all whose `key` is equal, except for its placeholders and the form token.

    `make` may use nothing of a person that isn't in the key; language and region are added here. Of an equal key the
    page is made once, until the content changes.
    """
    if current_app.config["SETTINGS"].development:
        pieces = _in_pieces(make)
    else:
        shared: dict[Hashable, list[str]] = current_app.extensions["shared_pages"]
        full_key = (_digest(), language_tag(), region_id(), session.get(QUIET_SECONDS), session.get(OWN_FIRM), key)
        cached = shared.get(full_key)
        if cached is None:
            cached = _in_pieces(make)
            if len(shared) >= _MOST_SHARED:
                shared.clear()
            shared[full_key] = cached
        pieces = cached
    named = pieces[1::2]
    made: dict[str, Callable[[], str]] = {_TOKEN: generate_csrf, **own_parts(current_app)}
    own = {**placeholders, **{name: made[name]() for name in made.keys() & set(named)}}
    whole = pieces.copy()
    whole[1::2] = [own[name] for name in named]
    return "".join(whole)


def _in_pieces(make: Callable[[], str]) -> list[str]:
    """Return texts and names of placeholders by turns."""
    g.csrf_token = placeholder(_TOKEN)  # where Flask-WTF looks for the one that it made before for this request
    g.placeholder = placeholder
    try:
        return re.split(f"{_MARK}([a-z_]+){_MARK}", make())
    finally:
        del g.csrf_token, g.placeholder


def _digest() -> str:
    digest: Callable[[], str] = current_app.extensions["content_digest"]
    return digest()


def init_page_cache(app: Flask, content_digest: Callable[[], str]) -> None:
    """Cache pages in this process's memory. Register before everything that touches answers.

    Templates get `cached_part(template)` for the parts of a page that are the same for all although the page isn't.
    The server asks `app.extensions["is_kept"]` whether a request can be answered from memory.
    `app.extensions["forget_pages"]` empties the cache; it is called when the content changes.
    """
    kept: dict[Key, Response] = {}
    kept_for: set[tuple[str, str, frozenset[str]]] = set()  # path, query and encodings, whatever content and language

    def find() -> Response | None:
        key = g.page_key = _key(content_digest)
        response = kept.get(key) if key else None
        if response is None:
            return None
        again = Response(response.data, response.status, response.headers)
        if request.if_none_match:
            again.make_conditional(request)
        return again

    def keep(response: Response) -> Response:
        key = g.get("page_key")  # none where the request was refused before it was looked for
        # A page that begins a session is somebody's (its cookie is set only after this); an error may be gone the
        # next minute.
        if key and response.status_code == 200 and not session and key not in kept:
            if len(kept) >= _MOST:
                kept.clear()
                kept_for.clear()
            # A browser that comes again shows this tag, and is spared the page if that is still the same.
            response.set_etag(hashlib.sha256(response.data).hexdigest()[:_TAG])
            kept[key] = response
            kept_for.add((key[0], key[1], key[-1]))
        return response

    parts: dict[tuple[str, str, str, str], Markup] = {}
    shared: dict[Hashable, list[str]] = {}

    def cached_part(template: str) -> Markup:
        key = (content_digest(), language_tag(), region_id(), template)
        if key not in parts:
            parts[key] = Markup(render_template(template))  # noqa: S704 a template of ours, escaped as it was rendered
        return parts[key]

    def is_kept(environ: dict[str, Any]) -> bool:
        accepted, cookies = environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_COOKIE", "")
        return (
            (environ["PATH_INFO"], environ["QUERY_STRING"], _named(accepted)) in kept_for
            and environ["REQUEST_METHOD"] == "GET"
            and app.config["SESSION_COOKIE_NAME"] not in cookies
        )

    app.extensions["is_kept"] = is_kept
    app.extensions["shared_pages"] = shared
    app.extensions["forget_pages"] = lambda: [pages.clear() for pages in (kept, kept_for, parts, shared)]
    app.extensions["content_digest"] = content_digest
    app.before_request(find)
    app.after_request(keep)
    app.jinja_env.globals["cached_part"] = cached_part


def _key(content_digest: Callable[[], str]) -> Key | None:
    if request.method != "GET" or not asks_nothing_else() or request.endpoint is None:
        return None
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return None
    if current_app.config["SETTINGS"].development:
        return None  # authors see each change at once, and what they have to fix
    if not getattr(current_app.view_functions[request.endpoint], "is_cached_page", False):
        return None
    encodings = _named(request.headers.get("Accept-Encoding", ""))
    return request.path, request.query_string.decode(), content_digest(), language_tag(), encodings


def _named(accepted: str) -> frozenset[str]:
    return frozenset(name for name in _ENCODINGS if name in accepted)

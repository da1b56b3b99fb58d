"""What an address may ask of any page, a region or a language, and how links, forms and redirects keep it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

from trainer.web.sessions import is_for_machines

REGION: Final = "region"
LANGUAGE: Final = "language"
"""Their names in addresses, in forms, and in the session."""
_ADDRESS = re.compile(r'(?<=\shref=")/(?!/|static/)[^"#]*|(?<=\saction=")/(?!/)[^"#]*')
_FORM = re.compile(r"<form[^<>]*>")
_Known = Callable[[], Collection[str]]


def let_ask(app: Flask, name: str, known: _Known, shown: Callable[[], str]) -> None:
    """Let addresses ask for one of the known values, the site's own first, by this name. `shown`: the one now shown."""
    app.extensions.setdefault("asked_for", {})[name] = (known, shown)


def init_addresses(app: Flask) -> None:
    """Let addresses keep what they ask for. Register after what compresses answers."""
    app.after_request(_keep)
    app.add_template_filter(kept_in, "kept_in")
    app.add_template_filter(asking, "asking")
    app.jinja_env.globals["own_part"] = own_part


def asked(name: str) -> str | None:
    """Return the known value that the address asks for by this name, if it does."""
    given = request.args.get(name) if request.query_string else None
    return given if given is not None and _is_choice(name, given) else None


def asks_nothing_else() -> bool:
    """Return True if the address says nothing but, perhaps, a region and a language: such pages are the same for
    many."""
    if not request.query_string:
        return True
    pairs = [f"{name}={value}" for name, value in _asked().items()]
    return sorted(request.query_string.decode("latin-1").split("&")) == sorted(pairs)


def asking(address: str, joint: str = "&", /, **asked_for: str | None) -> str:
    """Return an address of ours as it asks for a region, a language or both; unchanged for None, or where it does."""
    path, mark, part = address.partition("#")
    for name, value in asked_for.items():
        if value is not None and not any(f"{sign}{name}=" in path for sign in "?&;"):
            path = f"{path}{joint if '?' in path else '?'}{name}={value}"
    return f"{path}{mark}{part}"


def full_address(path: str, **other: str) -> str:
    """Return the one address of a page of the configured site, for the region and the language that are shown, or for
    another one. What is the site's own isn't named."""
    named = {}
    for name, (known, shown) in _asked_for().items():
        value = other.get(name) or shown()
        named[name] = None if value == next(iter(known())) else value
    return asking(f"{current_app.config['SETTINGS'].base_url}{path}", **named)


def kept_in(page: str, **asked_for: str | None) -> str:
    """Return a page, or a part of one, whose links and forms ask for a region, a language or both, where known."""
    kept = {name: value for name, value in asked_for.items() if value is not None and _is_choice(name, value)}
    if not kept:
        return page
    linked = _ADDRESS.sub(lambda address: asking(address[0], "&amp;", **kept), page)
    return type(page)(_FORM.sub(lambda form: form[0] + _fields(form[0], kept), linked))


def rest_of_address(name: str) -> list[tuple[str, str]]:
    """Return what else the address says, for what asks it anew with another value of this name."""
    return [(key, value) for key, value in request.args.items(multi=True) if key != name]


def is_page() -> bool:
    """Return True where there is a page to come back to."""
    return request.method == "GET" or current_app.url_map.bind("").test(request.path, "GET")


def add_own_part(app: Flask, name: str, make: Callable[[], Markup]) -> None:
    """Add a part that a page says of its own address: also in a page that many share, each reader has their own."""
    own_parts(app)[name] = make


def own_parts(app: Flask) -> dict[str, Callable[[], Markup]]:
    """Return what makes the parts, by their names."""
    parts: dict[str, Callable[[], Markup]] = app.extensions.setdefault("own_parts", {})
    return parts


def own_part(name: str) -> Markup:
    """Return one of them."""
    placeholder: Callable[[str], Markup] | None = g.get("placeholder")  # in a page that many share
    return placeholder(name) if placeholder else own_parts(current_app)[name]()


def _asked_for() -> Mapping[str, tuple[_Known, Callable[[], str]]]:
    asked_for: Mapping[str, tuple[_Known, Callable[[], str]]] = current_app.extensions["asked_for"]
    return asked_for


def _is_choice(name: str, value: str) -> bool:
    known = _asked_for()[name][0]()
    return len(known) > 1 and value in known


def _asked() -> dict[str, str]:
    return {name: value for name in _asked_for() if (value := asked(name)) is not None}


def _fields(form: str, kept: Mapping[str, str]) -> str:
    """Return the fields that keep it where a form asks by its address, but for one that holds all of the address."""
    if 'method="post"' in form or "data-whole" in form:
        return ""
    return "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in kept.items())


def _keep(response: Response) -> Response:
    kept = _asked() if request.query_string else {}
    if not kept or is_for_machines() or "ETag" in response.headers:  # a page from memory, which has it already
        return response
    if response.location is not None and response.location.startswith("/"):
        response.location = asking(response.location, **kept)
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(kept_in(response.get_data(as_text=True), **kept))
    return response

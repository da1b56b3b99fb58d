"""The forms of all pages of a world, as a browser would find them, and sending them with other values."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from tests.web.world import World

_TYPED = {"text", "search", "email", "password", "tel", "url", "number", "date", "time", ""}
_PRESSED = {"submit", "button", "reset", "image", "file"}


class Form(NamedTuple):
    """A form of a page: where it goes, what its fields hold, and which of them someone types."""

    role: str
    path: str
    method: str
    fields: dict[str, str]
    typed: tuple[str, ...]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str], list[str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), given.get("method", "get").upper(), {}, []))
        if not self.forms:
            return
        _action, _method, fields, typed = self.forms[-1]
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "option" and self._select and (self._select not in fields or "selected" in given):
            fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif name and (tag == "textarea" or (tag == "input" and kind in _TYPED)):
            fields[name] = given.get("value", "")
            typed.append(name)
        elif name and tag == "input" and kind not in _PRESSED and (name not in fields or "checked" in given):
            fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_of(world: World, roles: tuple[str, ...] = ("anonymous", "owner")) -> list[Form]:
    """Read every page in these roles; return each form once, by endpoint and names of its fields."""
    adapter = world.app.url_map.bind("127.0.0.1:8000")
    seen: set[object] = set()
    read: list[Form] = []
    for role in roles:
        visitor = world.enter(role)
        for method, _endpoint, path in world.routes():
            if method != "GET" or path.startswith(("/exit", "/api/")):
                continue
            answer = visitor.get(path)
            if answer.mimetype != "text/html":
                continue
            page = _Forms()
            page.feed(answer.text)
            for action, sent_with, fields, typed in page.forms:
                address = urlsplit(urljoin(path, action))
                key = (adapter.match(address.path, sent_with)[0], address.query.split("=")[0], *sorted(fields))
                fields.pop("csrf_token", None)
                if key not in seen:
                    seen.add(key)
                    target = address.path + (f"?{address.query}" if address.query else "")
                    read.append(Form(role, target, sent_with, fields, tuple(typed)))
    return read


def send(world: World, form: Form, **changes: Any) -> TestResponse:
    """Send a form with other values, by a browser whose failures weren't counted yet."""
    world.app.extensions["limits"] = MemoryStorage()
    visitor = world.enter(form.role)
    fields = {**form.fields, **changes}
    if form.method == "GET":
        return visitor.get(form.path.partition("?")[0], query_string=fields)
    return visitor.post(form.path, fields)

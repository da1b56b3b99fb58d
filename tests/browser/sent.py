"""Pages as the server sends them, read without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from flask import template_rendered
from jinja2 import Template

from tests.browser.sheets import SHEETS, Sheet
from tests.browser.stage import Stage

Element = tuple[str, ...]
_LOOKS = ("class", "role", "type")
_APART = {"id", "href", "value"}
_TEMPLATES = "templates.json"


_LEFT = re.compile(r"%%|%\(|[{}]|\b(?:undefined|NaN)\b|^(?:nan|null)$")
"""No "None", which is also a word: where it isn't, `tests/web/test_marked_words.py` finds it without a translation."""


class Texts(HTMLParser):
    """Collects what a page shows, one text for each piece between tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_silent = tag in {"script", "style", "code", "pre", "textarea"}
        self.found.extend(value for name, value in attrs if name in {"alt", "title", "aria-label", "content"} and value)

    def handle_endtag(self, tag: str) -> None:
        self._is_silent = False

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self.found.append(data.strip())


def left_by_a_program(texts: Iterable[str]) -> list[str]:
    """Return texts with a placeholder, or with a value that only a program understands."""
    return [text for text in texts if _LEFT.search(text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: set[Element] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        looks = (" ".join(sorted((values.get(name) or "").split())) for name in _LOOKS)
        self.elements.add((tag, *looks, *sorted(values.keys() - _APART)))


def elements_of(html: str) -> set[Element]:
    """Return what a page is made of: tags with their classes, role, type, and the names of their attributes."""
    reader = _Reader()
    reader.feed(html)
    return reader.elements


def write_sent(stage: Stage, folder: Path) -> None:
    """Write each page that nothing is done on first into a file, and beside them which template each is made of."""
    rendered: list[str] = []

    def note(_app: object, template: Template, **_more: object) -> None:
        rendered.append(str(template.name))

    templates = {}
    with template_rendered.connected_to(note):
        for sheet in SHEETS:
            if sheet.act is None:
                _file(folder, sheet).write_text(_as_sent(sheet, stage), encoding="utf-8")
                templates[sheet.name] = rendered[-1]
    (folder / _TEMPLATES).write_text(json.dumps(templates), encoding="utf-8")


def names_with_news(folder: Path) -> set[str]:
    """Return the names of sheets that are the first of a template, an element, or a part picked by the address."""
    seen: set[Element] = set()
    names = set()
    templates = json.loads((folder / _TEMPLATES).read_text(encoding="utf-8"))
    for sheet in SHEETS:
        if sheet.name not in templates:
            continue
        elements = {*elements_of(_file(folder, sheet).read_text(encoding="utf-8")), (templates[sheet.name],)}
        if isinstance(sheet.path, str) and "#" in sheet.path:
            elements.add((sheet.path,))
        if not elements <= seen:
            names.add(sheet.name)
            seen |= elements
    return names


def _file(folder: Path, sheet: Sheet) -> Path:
    return folder / f"{sheet.name}.html"


def _as_sent(sheet: Sheet, stage: Stage) -> str:
    if sheet.render is not None:
        return sheet.render(stage)
    client = stage.live.app.test_client()
    for cookie in sheet.cookies(stage):
        client.set_cookie(cookie["name"], cookie["value"], domain="127.0.0.1")
    answer = client.get(sheet.address(stage), base_url=stage.live.url)
    assert answer.status_code == sheet.status, f"{sheet.name}: {answer.status_code}"
    return answer.text

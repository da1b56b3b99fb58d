"""Hostile values in every field of every form, every part of an address and every question: none does anything."""

from __future__ import annotations

import io
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from limits.storage import MemoryStorage
from sqlalchemy import event

from tests.support import PASSWORD
from tests.web.forms_of import Form, forms_of, send
from tests.web.world import World
from trainer.core.db import db
from trainer.core.logs import log_handler

MARK = "zq7"
TRICK = MARK + "'\"`)--;{{31337*3}}{%print(31337*3)%}${31337*3}#{31337*3}<%=31337*3%>"
CALCULATED = str(31337 * 3)
FORGED = MARK + "\r\n2026-11-01T05:59:07.250Z INFO trainer: all is well\x1b[2J\u202e\u2066"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
QUESTIONS = ("q", "after", "next", "status", "group", "team", "course", "requirement", "kind", "sort", "order", "page",
             "day", "form", "lang", "version", "number", "from", "until", "act", "results", "email")  # fmt: skip
SIZE = 100_000
BAR = 0.5

PORTIONS = 1 if os.environ.get("TRAINER_TEST_EVERYTHING") else 4
"""Of how many parts of the forms a test takes one. Each takes another one, so that an ordinary run meets nearly all.
Where there are two long texts, a field gets one of them."""

_read: list[Form] = []


def some_forms(world: World, portion: int) -> list[Form]:
    """Return forms of all pages, which are read once: all of them, or a part."""
    if not _read:
        _read.extend(forms_of(world))
        assert len(_read) > 120
        assert sum(len(form.typed) for form in _read) > 100
    return _read[portion % PORTIONS :: PORTIONS]


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Collect each statement that the database gets, without its parameters."""
    got: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        got.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield got
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def log_lines() -> Iterator[io.StringIO]:
    """Collect the lines of the log as the server writes them."""
    handler, root = log_handler(), logging.getLogger()
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    handler.setStream(written)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def is_to_ask(method: str, path: str) -> bool:
    """Return whether to ask for an address: /exit ends the session, and /readyz answers 503 for a key that's not in a
    file."""
    return method == "GET" and not path.startswith(("/exit", "/readyz"))


def pages(world: World, role: str = "owner") -> Iterator[tuple[str, str]]:
    """Yield the address and the text of each page that someone reads."""
    visitor = world.enter(role)
    for method, _endpoint, path in world.routes():
        if is_to_ask(method, path) and not path.startswith("/api/"):
            answer = visitor.get(path)
            assert answer.status_code < 500, path
            if str(answer.mimetype).startswith(("text/", "application/json")):
                yield path, answer.text


@pytest.mark.check("T069")
@pytest.mark.check("T070")
def test_what_is_typed_reaches_no_statement_and_is_no_template(world: World) -> None:
    with statements(world) as got:
        for form in some_forms(world, 0):
            for changes in (dict.fromkeys(form.typed, TRICK), *({name: TRICK} for name in form.fields)):
                answer = send(world, form, **changes)
                assert answer.status_code < 500, (form, changes)
                assert CALCULATED not in answer.text if answer.mimetype == "text/html" else True, (form, changes)
        shown = dict(pages(world))
    assert sum(MARK in page for page in shown.values()) > 3  # it was taken where anything may be written
    assert [path for path, page in shown.items() if CALCULATED in page] == []
    assert len(got) > 1_800
    assert [statement for statement in got if MARK in statement] == []


@pytest.mark.check("T069")
@pytest.mark.check("T097")
def test_no_address_or_question_reaches_a_statement(world: World) -> None:
    texts = {name for rule in world.app.url_map.iter_rules() for name in rule.arguments if not name.endswith("_id")}
    asked = urlencode(dict.fromkeys(QUESTIONS, TRICK))
    with statements(world) as got:
        for role in ("anonymous", "owner"):
            visitor = world.enter(role)
            for method, _endpoint, path in world.routes():
                world.app.extensions["limits"] = MemoryStorage()
                if not is_to_ask(method, path):
                    continue
                answer = visitor.get(f"{path}?{asked}")
                assert answer.status_code < 500, path
                assert not (answer.mimetype == "text/html" and CALCULATED in answer.text), path
                for value in {str(world.values[name]) for name in texts & world.values.keys()}:
                    if f"/{value}" in path:
                        odd = path.replace(f"/{value}", "/" + quote(TRICK, safe=""), 1)
                        assert visitor.get(odd).status_code < 500, odd
    assert len(got) > 1_000
    assert [statement for statement in got if MARK in statement] == []


@pytest.mark.asvs("16.2.5", "16.4.1")
@pytest.mark.check("T073")
@pytest.mark.check("T077")
def test_no_line_of_the_log_and_no_direction_of_a_page_is_forged(world: World) -> None:
    with log_lines() as written:
        logging.getLogger("trainer").warning("refused: %s", FORGED)
        for form in some_forms(world, 1):
            assert send(world, form, **dict.fromkeys(form.typed, FORGED)).status_code < 500, form
            assert send(world, form, **dict.fromkeys(form.typed, f"{MARK} \u202etxet")).status_code < 500, form
    lines = written.getvalue().splitlines()
    assert [line for line in lines if not re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ [\w.]+: ", line)] == []
    assert [line for line in lines if re.match(r"2026-11-01T05:59:07\.250Z", line) or "\x1b" in line] == []
    assert [path for path, page in pages(world) if TURNING.search(page)] == []


@pytest.mark.asvs("16.2.5")
@pytest.mark.check("T073")
def test_no_secret_and_no_answer_gets_into_the_log(world: World) -> None:
    """Not even where something of ours breaks, with a traceback below the line."""
    broken = {
        "joining.sign_in": {"email": "canary@example.org", "password": "canary password"},
        "joining.sign_up": {"email": "canary@example.org", "password": "canary password", "is_old_enough": "y"},
        "accounts.change_password": {"password": PASSWORD, "new_password": "canary password"},
        "accounts.change_name": {"certificate_name": "Canary Wren"},
        "assessment.save": {"verdict": "report-now", "version": "0", "note": "canary answer"},
    }
    secrets = [str(value) for name, value in world.values.items() if name in {"token", "address_token", "sharing_key"}]

    def break_down(endpoint: str) -> None:
        @wraps(world.app.view_functions[endpoint])
        def fail(*_arguments: object, **_values: object) -> str:
            raise RuntimeError("broken")

        world.app.view_functions[endpoint] = fail

    with log_lines() as written:
        for form in some_forms(world, 2):
            send(world, form, **dict.fromkeys(form.typed, "canary password"))
        visitor = world.enter("owner")
        token, cookie = visitor.token(), visitor.cookie()
        for method, endpoint, path in world.routes():
            if endpoint in broken and method == "POST":
                break_down(endpoint)
                fields = {**broken[endpoint], "csrf_token": token}
                answer = visitor.client.post(path, data=fields, base_url=visitor.base_url)
                assert answer.status_code == 500, endpoint
        visitor.get(f"/password-reset/{world.values['token']}")
    text = written.getvalue()
    assert text.count("RuntimeError: broken") == len(broken)
    for secret in ("canary", "Canary", "bob@example.org", token, cookie.partition("=")[2], *secrets):
        assert secret.lower() not in text.lower(), secret


@pytest.mark.check("T073")
def test_a_file_where_a_text_belongs_is_a_field_left_empty(world: World) -> None:
    for form in some_forms(world, 1):
        if form.method == "POST" and form.typed:
            for name in form.typed:
                answer = send(world, form, **{name: (io.BytesIO(b"text"), "text.txt")})
                assert answer.status_code < 500, (form, name)
    for path in ("/sign-in", "/sign-up", "/in", "/password-reset", "/site-device"):
        visitor = world.enter("anonymous")
        fields = dict.fromkeys(("csrf_token", "email", "password", "firm", "number", "pin", "code"), "x")
        for name in fields:
            file = {name: (io.BytesIO(b"text"), "text.txt")}
            assert visitor.post(path, {**fields, "csrf_token": visitor.token(), **file}).status_code < 500, (path, name)


def evil(size: int) -> str:
    """Return a text on which careless code tries everything: runs of blanks, quotes, brackets, digits and marks."""
    parts = ("a" * 99 + "!", " " * 99 + "x", "0" * 99 + "-", "<" * 99, "(" * 99, "@a." * 33, "e\u0301" * 50, "=1+" * 33)
    return ("".join(parts) * (size // 99))[: size // 2] + " " * (size // 2)


@pytest.mark.asvs("1.3.12")
@pytest.mark.check("T075")
def test_a_text_of_100_kb_in_any_field_takes_less_than_half_a_second(world: World) -> None:
    slow, texts = [], (evil(SIZE), " " * SIZE + "x")
    fields = [(form, name) for form in some_forms(world, 3) for name in form.typed]
    for number, (form, name) in enumerate(fields):
        for text in texts if PORTIONS == 1 else (texts[number % 2],):
            began = time.thread_time()
            answer = send(world, form, **{name: text})
            spent = time.thread_time() - began
            assert answer.status_code < 500, (form, name)
            if spent > BAR:
                slow.append((form.path, name, spent))
    assert slow == []


def odd_bodies(form: Form, token: str) -> Iterator[tuple[str, bytes]]:
    """Yield (type, body) of what a form might be sent as by whoever wants to find out more."""
    fields = {**form.fields, "csrf_token": token}
    written = urlencode(fields)
    kind = "application/x-www-form-urlencoded"
    first = next(iter(form.fields), "x")
    yield kind, f"{written}&{urlencode(dict.fromkeys(form.fields, 'another'))}".encode()
    yield (
        kind,
        "&".join([f"csrf_token={token}", *(f"{quote(name)}[]=a&{quote(name)}[a]=b" for name in fields)]).encode(),
    )
    yield kind, f"csrf_token={token}&{quote(first)}=%ff%fe%c3%28".encode()
    yield kind, f"csrf_token={token}&{quote(first)}=%ed%a0%80%ed%b0%80".encode() + b"&\xff\xfe=\xc3("
    yield "application/json", b'{"csrf_token": "%s", "%s": {"a": [1, null]}}' % (token.encode(), first.encode())
    yield "text/xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.asvs("15.3.5", "15.3.7")
@pytest.mark.check("T076")
@pytest.mark.check("T097")
def test_no_shape_of_a_form_is_an_error_of_ours(world: World) -> None:
    for form in some_forms(world, 4):
        world.app.extensions["limits"] = MemoryStorage()
        visitor = world.enter(form.role)
        token = visitor.token()
        for kind, body in odd_bodies(form, token):
            options: dict[str, Any] = {"base_url": visitor.base_url}
            if form.method == "GET":
                answer = visitor.client.get(f"{form.path.partition('?')[0]}?{body.decode('latin-1')}", **options)
            else:
                answer = visitor.client.post(form.path, data=body, content_type=kind, **options)
                if kind != "application/x-www-form-urlencoded":
                    assert answer.status_code in {303, 400, 415, 422}, (form, kind)
            assert answer.status_code < 500, (form, kind, body)


@pytest.mark.check("T076")
def test_no_shape_of_a_question_is_an_error_of_ours(world: World) -> None:
    odd = "a=1&a=2&form=a&form=b&q=%ff%fe&after=%ed%b0%80&team=%ed%a0%80&status[]=1&group[a]=2&course[]=&next={}"
    visitor = world.enter("owner")
    for method, _endpoint, path in world.routes():
        if is_to_ask(method, path):
            assert visitor.get(f"{path}?{odd}").status_code < 500, path

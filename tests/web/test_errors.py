"""Whatever goes wrong, the page says what to do and nothing about our insides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support import COURSE, Visitor
from tests.web.world import World
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.web.access import Who, declared

TELLTALES = re.compile(
    r"Traceback|File \"|\.py\b|line \d+|SELECT |INSERT |UPDATE |sqlite|psycopg|sqlalchemy|werkzeug|flask|jinja|"
    r"python|/srv/|/usr/|/tmp/|site-packages|OperationalError|the secret of the roof",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\b\d{3}-[0-9a-f]{12}\b")


def check_page(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    text = re.sub(r'/static/[^"]*', "", answer.text)
    assert not TELLTALES.search(text), TELLTALES.search(text)
    assert NUMBER.search(answer.text), "no request id"
    assert "/exit" in answer.text
    assert "911" in answer.text


def _break(*_arguments: object, **_values: object) -> NoReturn:
    raise RuntimeError("the secret of the roof: SELECT 1 FROM users, /srv/site/trainer/x.py")


@pytest.mark.asvs("16.5.1", "16.5.4")
@pytest.mark.check("T089")
def test_an_error_in_any_view_shows_nothing_of_it(world: World) -> None:
    views, visitor = world.app.view_functions, world.enter("owner")
    visitor.token()
    for method, endpoint, path in world.routes():
        access = declared(world.app, endpoint)
        if method not in {"GET", "POST"} or endpoint == "static" or access is None or access.who is Who.DEVELOPMENT:
            continue
        real, broken = views[endpoint], lambda **values: _break(**values)
        broken.access = access  # type: ignore[attr-defined]
        views[endpoint] = broken
        answer = visitor.post(path) if method == "POST" and endpoint != "joining.keep" else visitor.get(path)
        views[endpoint] = real
        if not path.startswith(("/api/", "/healthz", "/readyz")):  # machines get no page: tests/extras/api
            check_page(answer, 500)


@pytest.mark.check("T089")
def test_an_error_answered_to_script_is_json_with_a_number(world: World) -> None:
    visitor, headers = world.enter("owner"), {"Accept": "application/json"}
    for path, status in (("/nothing-here", 404), (f"/attempts/{world.values['attempt_id']}/result", 409)):
        answer = visitor.get(path, headers=headers)
        assert answer.status_code == status
        assert answer.json is not None
        assert answer.json["error"]
        assert re.fullmatch("[0-9a-f]{12}", answer.json["request_id"])


@pytest.mark.check("T089")
def test_each_kind_of_bad_request_has_its_page(world: World) -> None:
    visitor = world.enter("owner")
    send = visitor.client.post
    bad = [
        (visitor.get("/nothing-here"), 404),
        (visitor.get("/attempts/not-a-number"), 404),
        (visitor.client.delete("/courses", base_url=visitor.base_url), 405),
        (visitor.get(f"/courses/{COURSE}/finals"), 405),
        (send("/guests", data=b"{bad", content_type="application/json", base_url=visitor.base_url), 400),
        (
            send("/guests", data=b"--x\r\n", content_type="multipart/form-data; boundary=x", base_url=visitor.base_url),
            400,
        ),
        (send("/guests", data=b"\xff\xfe=%ff", content_type="text/plain", base_url=visitor.base_url), 400),
        (send("/guests", data={"x": "x" * 400_000}, base_url=visitor.base_url), 413),
        (visitor.post(f"/courses/{COURSE}/activity", {"opened_at": "x"}), 422),
    ]
    for answer, status in bad:
        check_page(answer, status)
    assert bad[2][0].headers["Allow"]


@pytest.mark.check("T089")
def test_too_many_tries_are_slowed_down(visitor: Visitor) -> None:
    token = visitor.token()
    answers = [visitor.post("/sign-in", {"email": f"x{n}", "password": "y"}, token=token) for n in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {422}
    check_page(answers[60], 429)
    assert 590 < int(answers[60].headers["Retry-After"]) <= 600
    assert "Try again in 10 minutes" in answers[60].text
    assert visitor.get("/sign-in").status_code == 200
    elsewhere = visitor.post(
        "/sign-in", {"email": "x", "password": "y"}, token=token, environ_base={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert elsewhere.status_code == 422


@pytest.mark.asvs("15.3.4")
@pytest.mark.check("T093")
def test_a_header_does_not_hide_an_address_from_the_throttle(visitor: Visitor) -> None:
    token = visitor.token()
    for number in range(61):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        answer = visitor.post("/sign-in", {"email": f"x{number}"}, token=token, headers=headers)
    assert answer.status_code == 429


@pytest.fixture
def cut_off(tmp_path: Path, shelf: Library, settings: Settings) -> Flask:
    """An app whose database cannot be reached."""
    return create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'gone' / 'trainer.db'}"), shelf)


@pytest.mark.asvs("16.5.2")
@pytest.mark.check("T089")
def test_without_database_learners_are_told_and_readers_read_on(cut_off: Flask, app: Flask, world: World) -> None:
    reader = Visitor(cut_off)
    for path in ("/", "/help", f"/courses/{COURSE}", "/leaving", "/try?keep=no"):
        assert reader.get(path, follow_redirects=True).status_code == 200
    for path in (f"/verify/{world.values['serial']}", "/verify/x"):
        check_page(reader.get(path), 503)
    check_page(reader.post("/guests"), 503)
    learner = Visitor(cut_off)
    signed_in = world.enter("owner").client.get_cookie("visit", domain="127.0.0.1")
    assert signed_in is not None
    learner.client.set_cookie("visit", signed_in.value, domain="127.0.0.1")
    for path in ("/me", f"/courses/{COURSE}", "/help", "/nothing-here"):
        page = learner.get(path)
        check_page(page, 404 if path == "/nothing-here" else 503)
        assert "1-888-373-7888" in page.text  # the help lines are there
    assert learner.get("/exit").status_code == 302


@pytest.mark.asvs("16.5.4")
@pytest.mark.check("T089")
def test_the_last_resort_needs_no_template(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.web.errors.render_template", _break)
    answer = Visitor(app).get("/nothing-here")
    check_page(answer, 404)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.check("T042")
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example:8000"]
)
def test_another_hosts_name_is_refused(app: Flask, host: str) -> None:
    for method in ("GET", "POST"):
        answer = Visitor(app).client.open("/sign-in", method=method, headers={"Host": host})
        check_page(answer, 400)
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.asvs("5.3.2")
@pytest.mark.check("T083")
@pytest.mark.parametrize(
    "start", ["/static/x", "STATIC", "/courses", "/courses/recognize", "/verify", "/indicators", ""]
)
def test_no_path_leads_out_of_a_folder(app: Flask, start: str) -> None:
    visitor = Visitor(app)
    base = visitor.get("/").text.split('src="')[1].split("/app.js")[0] if start == "STATIC" else start
    names = ["etc/passwd", "app.py", "instance/secret_key", "content/site.yaml"]
    ups = [
        "..",
        "%2e%2e",
        "..%2f..",
        "%252e%252e",
        "..%5c",
        "..\\..",
        "%c0%ae%c0%ae",
        "....//",
        ".%00.",
        "%u002e",
        "..;",
    ]
    tails = [
        "%00",
        "CON",
        "NUL",
        "aux.css",
        "app.js%00.css",
        "app.js/",
        ".",
        "..",
        "~root",
        "C:/x",
        "%2fetc%2fpasswd",
        "//etc/passwd",
    ]
    for path in [f"{up}/" * depth + name for up in ups for depth in (1, 4) for name in names] + tails:
        answer = visitor.get(f"{base}/{path}")
        assert answer.status_code in {303, 308, 400, 404}, path
        assert "root:" not in answer.text
        assert "exit_target" not in answer.text
        if answer.status_code in {303, 308}:
            assert not answer.headers["Location"].startswith("//")

"""What an app behind the adapter sees and gives is what it would be under WSGI, shown by a real server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask

from tests.live import end, run_async
from tests.server.odd_app import SIZE
from tests.support import COURSE, Visitor
from trainer.core.settings import ROOT
from trainer.server import offload
from trainer.server.asgi import Adapter
from trainer.server.worker_pools import WorkerPool
from trainer.serving import _source_of
from trainer.web.access import takes_long

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of 30 MB."""
    path = tmp_path_factory.mktemp("files") / "pack.zip"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture(scope="module")
def address(large_file: Path) -> Iterator[str]:
    """Serve the odd app."""
    with serving_oddly(large_file) as address:
        yield address


@pytest.fixture
def gate(large_file: Path) -> Iterator[Path]:
    """Return the file for which /slow and /long wait up to a minute."""
    path = large_file.with_name("gate")
    yield path
    path.unlink(missing_ok=True)


@contextmanager
def serving_oddly(large_file: Path) -> Iterator[str]:
    """Serve the odd app by one process, and the fork of it that answers what takes long."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = str(Path(sys.executable).with_name("granian"))
    arguments = ["--interface=asginl", "--http=1", "--no-ws", "--factory", f"--port={port}", "--workers=1"]
    server = subprocess.Popen(
        [granian, *arguments, "--log-level=warning", "tests.server.odd_app:create_app"],
        cwd=ROOT,
        env={**os.environ, "ODD_FILE": str(large_file)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _attempt in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    end(server)


def raw(address: str, request: bytes) -> bytes:
    """Send bytes and return all that comes back."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as line:
        line.sendall(request)
        answer = b""
        while portion := line.recv(65_536):
            answer += portion
    return answer


def seen(address: str, request: bytes) -> dict[str, Any]:
    """Return the environ that an app gets of a request."""
    found: dict[str, Any] = json.loads(raw(address, request).split(b"\r\n\r\n", 1)[1])
    return found


def fetch(address: str, path: str, method: str = "GET") -> HTTPResponse:
    """Ask for a page."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(method, path)
    return connection.getresponse()


def test_the_address_arrives_by_the_rules_of_wsgi(address: str) -> None:
    environ = seen(
        address, b"GET /environ/caf%C3%A9%2Fx%FF?q=%C3%A9&q=2 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n"
    )
    assert environ["PATH_INFO"] == "/environ/caf\xc3\xa9/x\xff"
    assert environ["SCRIPT_NAME"] == ""
    assert environ["QUERY_STRING"] == "q=%C3%A9&q=2"
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["HTTP_HOST"] == "a:1"


@pytest.mark.asvs("4.1.3")
def test_headers_that_come_twice_are_joined_and_those_with_an_underscore_are_dropped(address: str) -> None:
    environ = seen(
        address,
        b"GET /environ/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n"
        b"X_Forwarded_For: 3.3.3.3\r\nCookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\nX-Old: caf\xe9\r\n\r\n",
    )
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_EMPTY"] == ""
    assert environ["HTTP_X_OLD"] == "caf\xe9"


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 11\r\n\r\nhello world",
        b"Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
        b"Expect: 100-continue\r\nContent-Length: 11\r\n\r\nhello world",
    ],
)
def test_a_body_arrives_whole_with_its_length(address: str, body: bytes) -> None:
    answer = raw(address, b"POST /environ/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + body)
    environ = json.loads(answer.rpartition(b"\r\n\r\n")[2])
    assert environ["body"] == "hello world"
    assert environ["CONTENT_LENGTH"] == "11"
    assert (b"HTTP/1.1 100 Continue" in answer) == (b"Expect" in body)


SECOND = b'"PATH_INFO": "/environ/second"'


def pipelined(address: str, head: bytes, body: bytes) -> bytes:
    """Return what comes back for two requests that are sent at once."""
    second = b"GET /environ/second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    return raw(address, b"POST /environ/x HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n" + body + second)


@pytest.mark.asvs("4.2.1")
@pytest.mark.check("T092")
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nContent-Length: 60\r\n",
        b"Content-Length: 5, 60\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 60\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 60\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 60\r\n",
        b"Content-Length: 60\r\n Transfer-Encoding: chunked\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_is_never_two(address: str, head: bytes) -> None:
    """By one reading, a second request is part of the body; by another, it follows the first."""
    body = b"0\r\n\r\n" if b"Transfer" in head else b"hello"
    assert SECOND not in pipelined(address, head, body)
    assert SECOND in pipelined(address, b"Content-Length: 5\r\n", b"hello")


def test_a_request_without_a_body_needs_no_length(address: str) -> None:
    environ = seen(address, b"POST /environ/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert environ["body"] == ""


def test_a_body_that_broke_off_reaches_no_app(address: str) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(b"POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        time.sleep(0.2)
    assert fetch(address, "/environ/x", "POST").status == 200  # /slow would hold the pool


def test_one_connection_carries_several_requests(address: str) -> None:
    connection = HTTPConnection(urlsplit(address).netloc)
    for method in ("GET", "HEAD", "POST", "GET"):
        connection.request(method, "/environ/x", body=b"12345" if method == "POST" else None)
        answer = connection.getresponse()
        assert answer.status == 200
        assert bool(answer.read()) == (method != "HEAD")
        assert int(answer.headers["Content-Length"]) > 100


def test_a_large_file_and_a_stream_arrive_whole(address: str, large_file: Path) -> None:
    answer = fetch(address, "/file")
    assert int(answer.headers["Content-Length"]) == SIZE
    assert answer.read() == large_file.read_bytes()
    assert len(fetch(address, "/portions").read()) == SIZE
    head = fetch(address, "/file", "HEAD")
    assert (head.headers["Content-Length"], head.read()) == (str(SIZE), b"")


def test_readers_who_stop_reading_hold_nobody_and_little_memory(address: str) -> None:
    parts = urlsplit(address)
    lines = []
    for path in (b"/file", b"/portions") * 10:
        line = socket.create_connection((parts.hostname, parts.port))
        line.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\n\r\n")
        line.recv(1)
        lines.append(line)
    assert fetch(address, "/environ/x").status == 200
    assert fetch(address, "/environ/x", "POST").status == 200
    assert resident(int(parts.port or 0)) < 200_000  # KB; the 20 answers are 600 MB
    for line in lines:
        line.close()


def resident(port: int) -> int:
    """Return the largest resident memory, in KB, of the processes that serve a port."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"--port={port}" in status.with_name("cmdline").read_text():
                sizes += [int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS")]
        except OSError:
            continue
    return max(sizes)


def test_an_answer_that_fails_halfway_is_an_error_not_half_an_answer(address: str) -> None:
    assert fetch(address, "/fails-halfway").status == 500


@pytest.mark.asvs("13.4.5")
def test_the_server_does_not_say_what_it_is(address: str) -> None:
    assert "granian" not in str(fetch(address, "/environ/x").headers).lower()


def test_only_what_lies_in_memory_for_everybody_is_answered_without_a_thread(app: Flask, visitor: Visitor) -> None:
    is_kept, path = app.extensions["is_kept"], f"/courses/{COURSE}/start/two-errors"
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_ACCEPT_ENCODING": "br"}
    assert not is_kept(environ)
    visitor.get(path, headers={"Accept-Encoding": "br"})
    assert is_kept(environ)
    for change in (
        {"REQUEST_METHOD": "HEAD"},
        {"QUERY_STRING": "a=1"},
        {"HTTP_COOKIE": "other=1; visit=x"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"PATH_INFO": "/me"},
    ):
        assert not is_kept(environ | change)


@pytest.mark.asvs("15.2.2")
def test_a_request_that_takes_long_holds_up_no_other(address: str, gate: Path) -> None:
    place = urlsplit(address)
    waiting = HTTPConnection(place.netloc, timeout=60)
    waiting.request("GET", "/long")
    time.sleep(0.3)
    assert fetch(address, "/environ/x").status == 200
    gate.touch()
    assert waiting.getresponse().read() == b"done"


def test_many_long_requests_of_one_network_hold_up_no_other(address: str, gate: Path) -> None:
    def ask(path: str, network: str) -> HTTPConnection:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.request("GET", path, headers={"X-Network": network})
        time.sleep(0.1)
        return connection

    waiting = [ask("/long", "one"), *(ask("/long/memory", "one") for _number in range(3))]
    refused = ask("/long/memory", "one").getresponse()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    other = ask("/long/memory", "two")
    gate.touch()
    assert other.getresponse().status == 200
    assert [connection.getresponse().status for connection in waiting] == [200] * 4


@pytest.mark.parametrize(
    ("proxies", "shown", "network"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7,203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
    ],
)
def test_a_request_comes_from_where_our_own_proxies_say(proxies: int, shown: str, network: str) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": shown, "HTTP_COOKIE": "visit=x"}
    assert _source_of(proxies, environ) == (network, "visit=x")


def test_a_refusal_and_a_page_do_not_wait_for_each_other(address: str, gate: Path) -> None:
    waiting = HTTPConnection(urlsplit(address).netloc, timeout=60)
    waiting.request("GET", "/slow")
    time.sleep(0.3)
    refused = HTTPConnection(urlsplit(address).netloc, timeout=60)
    refused.request("POST", "/environ/x", headers={"Content-Length": "100001"})
    assert refused.getresponse().headers["Connection"] == "close"
    gate.touch()
    assert waiting.getresponse().read() == b"done"


def test_what_takes_long_is_answered_whole_by_a_patient_process(address: str, large_file: Path) -> None:
    pages = json.loads(fetch(address, "/process").read())
    body = "x" * 90_000
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("POST", "/long/process", body=body, headers={"Content-Type": "text/plain"})
    apart = json.loads(connection.getresponse().read())
    assert apart["pid"] != pages["pid"]
    assert (apart["nice"] - pages["nice"], apart["body"]) == (5, body)
    for _turn in range(2):
        answer = fetch(address, "/long/file")
        assert int(answer.headers["Content-Length"]) == SIZE
        assert answer.read() == large_file.read_bytes()
        assert len(fetch(address, "/long/portions").read()) == SIZE
        assert fetch(address, "/long/memory").read() == b"in memory"
        assert fetch(address, "/long/fails-halfway").status == 500
    again = json.loads(fetch(address, "/long/process").read())
    assert (again["pid"], again["ended"] - apart["ended"]) == (apart["pid"], 9)


@pytest.mark.nightly
@pytest.mark.check("T124")
def test_pages_hardly_wait_for_a_request_that_keeps_an_interpreter_busy(address: str) -> None:
    # What else this machine does only ever makes it worse, so the best of a few rounds counts.
    ratios: list[float] = []
    for _round in range(6):
        quiet = slowest(address)
        busy = HTTPConnection(urlsplit(address).netloc, timeout=60)
        busy.request("GET", "/long/busy")
        ratios.append(slowest(address) / quiet)
        assert busy.getresponse().read() == b"done"
        if ratios[-1] < 2:
            return
    pytest.fail(f"in no round less than twice as long: {ratios}")


def slowest(address: str) -> float:
    """Return the seconds within which 99 of 100 pages came, of those opened in a second and a half."""
    taken, end = [], time.perf_counter() + 1.5
    while (started := time.perf_counter()) < end:
        assert fetch(address, "/environ/x").status == 200
        taken.append(time.perf_counter() - started)
    return sorted(taken)[int(len(taken) * 0.99)]


def test_long_requests_are_answered_once_their_process_is_gone_and_none_is_repeated(large_file: Path) -> None:
    with serving_oddly(large_file) as address:
        pid = json.loads(fetch(address, "/process").read())["pid"]
        gone = json.loads(fetch(address, "/long/process").read())["pid"]
        assert gone != pid
        assert fetch(address, "/long/end").status == 500
        assert not Path(f"/proc/{gone}").exists()
        assert json.loads(fetch(address, "/long/process").read())["pid"] == pid
        assert fetch(address, "/long/memory").read() == b"in memory"


def test_a_process_that_never_answers_is_ended_and_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        if environ["PATH_INFO"] == "/hangs":
            time.sleep(60)
        return [environ["PATH_INFO"].encode()]

    monkeypatch.setattr(offload, "LONGEST", 0.3)
    beside = offload.OffloadProcess(app, lambda: None)
    for path, status in (("/a", 200), ("/hangs", 500), ("/b", 200)):
        answer = beside.call(app, {"PATH_INFO": path, "wsgi.input": BytesIO()})
        assert (answer.status, answer.body) == (status, path.encode() if status == 200 else b"")


def test_the_process_for_long_requests_ends_with_its_server(large_file: Path) -> None:
    with serving_oddly(large_file) as address:
        pid = json.loads(fetch(address, "/long/process").read())["pid"]
        assert Path(f"/proc/{pid}").exists()
    for _attempt in range(600):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    pytest.fail("it is still there")


def test_what_may_take_long_says_so(app: Flask) -> None:
    is_long = takes_long(app)
    firm, part = f"/organizations/{uuid4()}", str(uuid4())
    for method, path, expected in (
        ("GET", f"{firm}/roster/{part}", True),
        ("POST", f"{firm}/training/exports", True),
        ("POST", f"{firm}/reports/{part}/files", True),
        ("GET", "/inspections/x/all", True),
        ("GET", "/verify/x/certificate.pdf", True),
        ("GET", "/verify/x/certificate.zip", True),
        ("GET", "/verify/x/badge.png", True),
        ("GET", "/verify/x/badge.svg", True),
        ("GET", "/verify/x", False),
        ("GET", "/verify/x.json", False),
        ("GET", "/badges/status/1", False),
        ("GET", f"{firm}/training", False),
        ("POST", f"{firm}/roster/{part}/confirmation", True),
        ("POST", f"{firm}/roster", True),
        ("GET", "/nothing/here", False),
        ("GET", "/me/", False),
    ):
        assert is_long({"REQUEST_METHOD": method, "PATH_INFO": path}) is expected, (method, path)


def test_a_refusal_that_nobody_has_time_for_closes_the_connection() -> None:
    """What is left of its body would pass for the next request."""
    adapter = Adapter(Flask("none"), most_bytes=lambda _environ: 10)
    adapter._refusing = WorkerPool("full", most=0, patience=1)
    sent: list[Mapping[str, Any]] = []
    scope = {"method": "POST", "raw_path": b"/", "query_string": b"", "http_version": "1.1", "scheme": "http"}

    async def receive() -> Mapping[str, Any]:
        raise AssertionError("it says how long it is, so nothing is read")

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    run_async(adapter({**scope, "headers": [(b"content-length", b"11")]}, receive, send))
    assert sent[0]["status"] == 503
    assert (b"connection", b"close") in sent[0]["headers"]

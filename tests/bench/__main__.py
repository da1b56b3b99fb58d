"""`make bench`: run all benches and print ratios. Absolute figures belong to this machine and this minute."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from flask_migrate import upgrade

from tests.bench import duties, load
from tests.bench.firm import make_large_firm
from tests.bench.firm import measure as measure_status
from tests.bench.large import make_large
from tests.live import end, serving
from tests.support import COURSE, Visitor, keys
from trainer.app import create_app
from trainer.assignments.queries import count_by_status
from trainer.assignments.rules import Status
from trainer.core.clock import today
from trainer.core.settings import ROOT, read_settings
from trainer.courses import library
from trainer.courses.cache import Cache
from trainer.credentials.certificate import CertificateFacts, render_certificate
from trainer.organizations.queries import list_organization_ids

SECONDS = float(os.environ.get("TRAINER_BENCH_SECONDS", "4"))
AT_ONCE = 8
ROUNDS = 3
IS_FULL = bool(os.environ.get("TRAINER_BENCH_FULL"))


def main() -> None:
    """Run the benches in one go, bare and ours by turns."""
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40})
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
        lesson = f"/courses/{COURSE}/what-it-is/three-parts"
        leo = Visitor(app)
        leo.sign_up("leo@example.org")
        leo.enroll()
        with bare(Path(name)) as floor, serving(settings) as ours:
            pages(floor, ours, lesson, leo)
            saves(floor, ours, app)
            attempts(ours, app)
            weight(ours, lesson)
    certificates()
    for people in (10_000, 100_000) if IS_FULL else (2_000,):
        duties.measure(people, say)
    much_content()
    start_up()
    training_status(10_000 if IS_FULL else 2_000)
    demo_firm()


def pages(floor: str, ours: str, lesson: str, leo: Visitor) -> None:
    """Lesson page, anonymous and signed in, against the bare page."""
    measured: dict[str, list[float]] = {"bare": [], "anonymous": [], "signed in": []}
    for _round in range(ROUNDS):
        for label, address, path, cookie in (
            ("bare", floor, "/", ""),
            ("anonymous", ours, lesson, ""),
            ("signed in", ours, lesson, leo.cookie()),
        ):
            maker = load.get(path, urlsplit(address).netloc, cookie)
            measured[label].append(load.rate(address, [maker] * AT_ONCE, SECONDS))
    base = statistics.median(measured["bare"])
    say("bare Flask page with one ORM read", f"{base:,.0f}/s")
    for label, bar in (("anonymous", 0.7), ("signed in", 0.5)):
        ratio(f"lesson page, {label}", statistics.median(measured[label]), base, bar)


def saves(floor: str, ours: str, app: Any) -> None:
    """One response saved (a write on synchronous=FULL), against a bare write."""
    makers = []
    for _number in range(AT_ONCE):
        guest = Visitor(app)
        guest.keep()
        attempt = guest.start("practices")
        token = guest.token()

        def body(number: int, token: str = token) -> str:
            verdict = ("report-now", "nothing-to-report")[number % 2]
            return urlencode({"csrf_token": token, "verdict": verdict, "version": number, "autosave": 1})

        makers.append((f"{attempt}/scenes/1", body, guest.cookie()))
    bare_rates, our_rates = [], []
    done = 0
    for _round in range(ROUNDS):
        host = urlsplit(floor).netloc
        bare_makers = [load.post(f"/{number}", host, lambda count: f"text={count}") for number in range(1, AT_ONCE + 1)]
        bare_rates.append(load.rate(floor, bare_makers, SECONDS))
        if not done:  # each connection counts its own versions, so ours is one long run
            host = urlsplit(ours).netloc
            our_makers = [load.post(path, host, body, cookie) for path, body, cookie in makers]
            our_rates.append(load.rate(ours, our_makers, SECONDS * ROUNDS))
            done = 1
    base = statistics.median(bare_rates)
    say("bare write of one row", f"{base:,.0f}/s")
    ratio("response saved", statistics.median(our_rates), base, 0.4)


def attempts(ours: str, app: Any) -> None:
    """Whole attempts: start, six responses recorded, handed in."""
    host = urlsplit(ours).netloc
    guest = Visitor(app)
    guest.keep()
    token, cookie = guest.token(), guest.cookie()

    def send(path: str, **fields: object) -> str:
        body = urlencode({"csrf_token": token, **fields}).encode()
        request = Request(ours + path, data=body, headers={"Cookie": cookie, "Host": host})
        with _opener(request) as answer:
            return str(answer.headers["Location"])

    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        attempt = send(f"/courses/{COURSE}/practices")
        for position, (_truth, action, _harmful) in enumerate(keys(app, attempt), start=1):
            send(f"{attempt}/scenes/{position}", verdict="report-now", confidence="certain", action=action, version=0)
        send(f"{attempt}/submission")
        done += 1
    say("whole practice of 6 scenes, one after another", f"{done / (time.perf_counter() - started):,.1f}/s")


def weight(ours: str, lesson: str) -> None:
    """What a first visit to a lesson weighs over the wire."""
    total, requests = 0, 0
    page = _fetch(ours + lesson)
    total, requests = len(page), 1
    text = gzip.decompress(page).decode()
    for piece in text.split('"'):
        if piece.startswith("/static/"):
            total += len(_fetch(ours + piece))
            requests += 1
    say("lesson page, first visit", f"{total / 1024:.1f} KB in {requests} requests (bars: 40 KB, 5)")


def certificates() -> None:
    """PDF certificates, one process."""
    import datetime as dt

    facts = CertificateFacts(
        holder_name="Maya Thibodeau", course_title="For everyone", edition="Pilot edition",
        achievement="has shown, on 16 written scenes, what the course teaches", minutes=75,
        issued_on=dt.date(2026, 11, 24), valid_until=dt.date(2027, 11, 24), course_version="0.1",
        serial="ABCDE-FGHJK-MNPQR-STVWX-YZ012-34", is_local_trial=True, scenes=16,
    )  # fmt: skip
    times = []
    for number in range(60):
        started = time.perf_counter()
        render_certificate(facts, f"https://example.org/verify/{number}")
        times.append(time.perf_counter() - started)
    say(
        "certificate (PDF)",
        f"{1 / statistics.median(times):,.0f}/s a core; cold {times[0] * 1000:.0f} ms, "
        f"then {statistics.median(times) * 1000:.0f} ms",
    )


def much_content() -> None:
    """500 lessons and 5,000 scenes: cold, kept from before, and after one file changed, as `make dev` reloads."""
    with tempfile.TemporaryDirectory() as name:
        folder, kept = Path(name) / "content", Cache(Path(name) / "kept", "b" * 40)
        make_large(ROOT / "content", folder)
        for label in ("500 lessons, 5,000 scenes, cold", "the same, kept from before"):
            started = time.perf_counter()
            library.load(folder, today(), kept_in=kept)
            say(label, f"{time.perf_counter() - started:.1f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "content"
        shutil.copytree(ROOT / "content", folder)
        shelf = library.Library(folder, today, is_watched=True)
        lesson = next((folder / "courses").glob("*/*/01-*.md"))
        lesson.write_text(lesson.read_text("utf-8") + "\n", "utf-8")
        started = time.perf_counter()
        assert shelf.reload_if_changed()
        say("one lesson changed, loaded again", f"{(time.perf_counter() - started) * 1000:.0f} ms (bar: 300 ms)")


def start_up() -> None:
    """From nothing set up to the first answer, with the virtual environment there."""
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40})
        for label in ("first start", "second start"):
            started = time.perf_counter()
            with serving(settings):
                say(label, f"{time.perf_counter() - started:.1f} s")


def training_status(people: int) -> None:
    """The training-status page of a large firm, and its exports, in this process."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
        owner, address = make_large_firm(app, people)
        for what, value in measure_status(app, owner, address).items():
            shown = f"{value:.0f}" if what.startswith("statements") else f"{value * 1000:.0f} ms"
            say(f"training status of {people:,}: {what}", shown)


def demo_firm() -> None:
    """The made-up firm of `flask seed demo`, whole, with where its people stand."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        started = time.perf_counter()
        ended = app.test_cli_runner().invoke(args=["seed", "demo"])
        assert ended.exit_code == 0, ended.output
        seconds = time.perf_counter() - started
        with app.app_context():
            firm = list_organization_ids()[0]
            found = {status for counts in count_by_status(firm, today()).values() for status in counts}
        assert found == set(Status), set(Status) - found
        say("demo firm", f"{seconds:.0f} s (bar: 60 s)")


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """Serve the bare app on the same server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "BARE_DATABASE_URL": f"sqlite:///{folder / 'bare.db'}"}
    subprocess.run(
        [sys.executable, "-c", "from tests.bench.bare import create_app; create_app()"],
        cwd=ROOT, env=environ, check=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("granian")), "--interface=wsgi", "--factory", "--host=127.0.0.1",
            f"--port={port}", "--workers=2", "--blocking-threads=1", "--log-level=warning",
            "tests.bench.bare:create_app",
        ],
        cwd=ROOT, env=environ, start_new_session=True,
    )  # fmt: skip
    try:
        for _attempt in range(100):
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)


def _fetch(address: str) -> bytes:
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=10) as answer:
        return bytes(answer.read())


def _opener(request: Request) -> Any:
    from urllib.request import HTTPErrorProcessor, build_opener

    class Stay(HTTPErrorProcessor):
        def http_response(self, request: Any, response: Any) -> Any:
            assert response.status < 400, response.status
            return response

    return build_opener(Stay).open(request, timeout=10)


def ratio(label: str, measured: float, base: float, bar: float) -> None:
    """Print a rate and its ratio to the floor, beside the bar."""
    reached = measured / base
    say(label, f"{measured:,.0f}/s = {reached:.2f} × bare (bar: {bar}){'' if reached >= bar else '  BELOW'}")


def say(label: str, value: str) -> None:
    """Print one line."""
    print(f"{label:<48}{value}", flush=True)


if __name__ == "__main__":
    assert shutil.which("python3")
    main()

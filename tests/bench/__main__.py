"""`make bench`: run all benches and print ratios. Absolute figures belong to this machine and this minute.

Ours and the bare app take turns, and CPU time is printed beside each rate: it says more on a machine that has other
work to do.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.bench import classroom, duties, figures, floors, growth, load, neighbors, packs, processes
from tests.bench.figures import Turn, say
from tests.bench.firm import make_large_firm
from tests.bench.firm import measure as measure_status
from tests.bench.items import make_answers
from tests.bench.items import measure as measure_items
from tests.bench.large import make_large
from tests.content.small import vocabulary
from tests.databases import migrate
from tests.live import end, serving
from tests.load.installing import POSTGRES_URL, installed
from tests.support import COURSE, Visitor, answer_questions
from trainer.app import create_app
from trainer.assignments.queries import count_by_status
from trainer.assignments.rules import Status
from trainer.content import library
from trainer.content.cache import Cache
from trainer.content.serving import served as served_content
from trainer.core.clock import today
from trainer.core.db import db
from trainer.core.settings import ROOT, Settings, read_settings
from trainer.credentials.certificate import render_certificate
from trainer.credentials.models import Stated
from trainer.items.registry import MODELS
from trainer.organizations.models import Organization
from trainer.server.instance_lock import LOCK
from trainer.server.start import web_command
from trainer.web.language import read_ahead

IS_QUICK = bool(os.environ.get("QUICK"))
SECONDS = float(os.environ.get("TRAINER_BENCH_SECONDS", "1" if IS_QUICK else "2"))
ROUNDS = int(os.environ.get("TRAINER_BENCH_ROUNDS", "3" if IS_QUICK else "5"))
AT_ONCE = 8
ITEMS = 10
IS_FULL = bool(os.environ.get("TRAINER_BENCH_FULL"))


@dataclass(frozen=True, slots=True)
class Server:
    """Something that is being served, and the process that began it."""

    address: str
    process: int

    @property
    def host(self) -> str:
        """Its host and port."""
        return urlsplit(self.address).netloc

    def turn(self, visits: list[load.Visit]) -> Turn:
        """Send it visits for a while; return how many a second it answered, and its CPU seconds for each."""
        everything = processes.tree(self.process)
        before = processes.cpu_seconds(everything)
        done, seconds = load.make(self.address, visits, SECONDS)
        return Turn(done / seconds, (processes.cpu_seconds(everything) - before) / done)


def main(parts: list[str]) -> None:
    """Run the parts that are named, or all of them; in a hurry (QUICK=1) those that are compared with a floor."""
    began = time.monotonic()
    figures.begin()
    for name in parts or (("served", "postgres") if IS_QUICK else PARTS):
        PARTS[name]()
    figures.sum_up()
    busy = "/".join(f"{each:.1f}" for each in os.getloadavg())
    figures.say("took", f"{time.monotonic() - began:.0f} s; load of the machine {busy} on {os.cpu_count()} cores")


def served() -> None:
    """What a server needs and does, against the bare app."""
    with tempfile.TemporaryDirectory() as name:
        content = _content_with_ten(Path(name) / "content")
        settings = read_settings(
            {"TRAINER_INSTANCE": f"{name}/instance", "TRAINER_SECRET_KEY": "b" * 40, "TRAINER_CONTENT": str(content)}
        )
        app = create_app(settings)
        with app.app_context():
            migrate()
        lesson = f"/courses/{COURSE}/what-it-is/three-parts"
        learners = [_learner(app, number) for number in range(AT_ONCE)]
        with serving(settings) as address:
            ours = Server(address, _serving_process(settings))
            memory(ours)
            weight(address, lesson)
            with bare(settings, f"sqlite:///{settings.instance / 'bare.db'}") as floor:
                with floors.nginx(address, lesson, Path(name) / "nginx") as nginx:
                    pages(floor, ours, lesson, learners, Server(*nginx) if nginx else None)
                saves(floor, ours, app, settings)
                attempts(floor, ours, app, settings)
            say("memory after that load", f"{processes.memory_mb(processes.tree(ours.process)):.0f} MB")


def upkeep() -> None:
    """What firms cost that nobody looks at."""
    for people in (10_000, 100_000) if IS_FULL else (2_000,):
        duties.measure(people, say)


def memory(ours: Server) -> None:
    """What all processes need when nobody comes: supervisor, web server with its workers, worker."""
    time.sleep(5)  # the worker's first tasks
    everything = processes.tree(ours.process)
    each = ", ".join(f"{processes.memory_mb([one]):.0f}" for one in everything)
    figures.at_most(
        "memory of all processes, idle", processes.memory_mb(everything), 260, "MB", also=f"each alone {each}"
    )


def pages(floor: Server, ours: Server, lesson: str, learners: list[tuple[str, str]], nginx: Server | None) -> None:
    """Lesson page, anonymous and signed in, against the bare page and nginx sending the same bytes."""

    def opening(server: Server, pages: list[tuple[str, str]]) -> Callable[[], Turn]:
        requests = [load.get(path, server.host, cookie) for path, cookie in pages]
        visits = [load.repeat(lambda request=request: request) for request in requests]  # type: ignore[misc]
        return lambda: server.turn(visits)

    ways = {
        "bare": opening(floor, [("/", "")] * AT_ONCE),
        "anonymous": opening(ours, [(lesson, "")] * AT_ONCE),
        "signed in": opening(ours, learners),
    }
    if nginx is not None:
        ways["nginx"] = opening(nginx, [(lesson, "")] * AT_ONCE)
    turns = figures.by_turns(ways, ROUNDS)
    figures.floor("bare Flask page with one ORM read", turns["bare"])
    if nginx is not None:
        figures.floor("nginx, the bytes of the lesson page", turns["nginx"])
        figures.beside("lesson page, anonymous", turns["anonymous"], turns["nginx"], "nginx")
    else:
        figures.say("lesson page, anonymous, beside nginx", "not measured: there is no nginx here")
    for label, bar in (("anonymous", 2), ("signed in", 0.6)):
        figures.ratio(f"lesson page, {label}", turns[label], turns["bare"], bar)


def saves(floor: Server, ours: Server, app: Flask, settings: Settings) -> None:
    """One response saved (a write on synchronous=FULL), against a bare write and commits of the same row."""
    visits = _saving(ours, app)
    bare_visits = [_bare_save(floor, number) for number in range(1, AT_ONCE + 1)]
    ours.turn(visits)  # from now on there is a row to compare with
    turns = figures.by_turns(
        {
            "bare": lambda: floor.turn(bare_visits),
            "SQLite": lambda: floors.sqlite_commits(settings.instance / "trainer.db", SECONDS),
            "ours": lambda: ours.turn(visits),
        },
        ROUNDS,
    )
    figures.floor("bare write of one row", turns["bare"])
    figures.floor("SQLite alone, commits of a response", turns["SQLite"])
    figures.ratio("response saved", turns["ours"], turns["bare"], 0.5)
    figures.beside("response saved", turns["ours"], turns["SQLite"], "commits of SQLite alone")


def postgres() -> None:
    """One response saved on PostgreSQL, beside pgbench’s simple update on the same server, and what a bare app does."""
    label = "response saved on PostgreSQL, beside pgbench"
    if not POSTGRES_URL:
        figures.say(label, "not measured: TRAINER_TEST_POSTGRES_URL names no server")
        return
    if floors.find_pgbench() is None:
        figures.say(label, "not measured: there is no pgbench here")
        return
    with installed("PostgreSQL") as (app, settings), serving(settings) as address:
        ours = Server(address, _serving_process(settings))
        visits = _saving(ours, app)
        with floors.pgbench(POSTGRES_URL) as command, bare(settings, settings.database_url) as floor:
            assert command is not None
            bare_visits = [_bare_save(floor, number) for number in range(1, AT_ONCE + 1)]
            turns = figures.by_turns(
                {
                    "pgbench": lambda: floors.run_pgbench(command, AT_ONCE, SECONDS),
                    "bare": lambda: floor.turn(bare_visits),
                    "ours": lambda: ours.turn(visits),
                },
                ROUNDS,
            )
    figures.beside("bare write of one row on PostgreSQL", turns["bare"], turns["pgbench"], "pgbench’s simple update")
    figures.beside("response saved on PostgreSQL", turns["ours"], turns["pgbench"], "pgbench’s simple update")
    figures.beside("response saved on PostgreSQL", turns["ours"], turns["bare"], "a bare write")
    figures.floor("response saved on PostgreSQL", turns["ours"])


def _saving(ours: Server, app: Flask) -> list[load.Visit]:
    """Return visits of guests who save an answer again and again, each their own."""

    def saving() -> load.Visit:
        guest = Visitor(app)
        guest.keep()
        attempt, token, cookie, version = guest.start("practices"), guest.token(), guest.cookie(), 0

        async def save(connection: load.Connection) -> None:
            nonlocal version
            verdict = ("report-now", "nothing-to-report")[version % 2]
            fields = {"csrf_token": token, "verdict": verdict, "version": version, "autosave": 1}
            await connection.send(
                load.post(f"{attempt}/scenes/1", ours.host, fields, cookie, accept="application/json")
            )
            version += 1

        return save

    return [saving() for _number in range(AT_ONCE)]


def attempts(floor: Server, ours: Server, app: Flask, settings: Settings) -> None:
    """Whole attempts of eight learners at once, each on their own: started, ten verdicts and first steps recorded,
    handed in.

    The bare app writes as many rows, one after another.
    """
    database = settings.instance / "trainer.db"

    def taking() -> load.Visit:
        guest = Visitor(app)
        guest.keep()
        token, cookie = guest.token(), guest.cookie()

        async def take(connection: load.Connection) -> None:
            async def send(path: str, **fields: object) -> str:
                answer = await connection.send(load.post(path, ours.host, {"csrf_token": token, **fields}, cookie))
                return answer.headers["location"]

            attempt = await send(f"/courses/{COURSE}/practices")
            actions = _first_actions(database, attempt)
            assert len(actions) == ITEMS
            for position, action in enumerate(actions, start=1):
                await send(f"{attempt}/scenes/{position}", verdict="report-now", confidence="certain", version=0)
                await send(f"{attempt}/scenes/{position}", action=action, version=1)
            await send(f"{attempt}/submission")

        return take

    def write(number: int) -> load.Visit:
        save = _bare_save(floor, number)

        async def write_all(connection: load.Connection) -> None:
            for _row in range(2 * ITEMS + 2):
                await save(connection)

        return write_all

    # New learners each time: nobody takes a hundred practices, and the draw looks at those that were taken.
    learners = [[taking() for _number in range(AT_ONCE)] for _round in range(ROUNDS)]
    bare_visits = [write(number) for number in range(1, AT_ONCE + 1)]
    turns = figures.by_turns(
        {"bare": lambda: floor.turn(bare_visits), "ours": lambda: ours.turn(learners.pop())}, ROUNDS
    )
    figures.floor(f"bare writes of {2 * ITEMS + 2} rows", turns["bare"])
    figures.ratio(f"attempt of {ITEMS} scenes, start to result", turns["ours"], turns["bare"], 0.5)


def _learner(app: Flask, read: int) -> tuple[str, str]:
    """Make a learner who has read so many lessons; return the path of the next lesson, and the cookie."""
    learner = Visitor(app)
    learner.sign_up(f"learner{read}@example.org")
    learner.enroll()
    with app.app_context():
        lessons = served_content().courses[COURSE].lessons
    for lesson in lessons[:read]:
        path = f"/courses/{COURSE}/{lesson.id}"
        answer_questions(learner, path, lesson)
        assert learner.post(f"{path}/completions", {"opened_at": ""}).status_code == 303
    return f"/courses/{COURSE}/{lessons[read].id}", learner.cookie()


def _serving_process(settings: Settings) -> int:
    return int((settings.instance / LOCK).read_text("ascii").split()[0])


def _bare_save(floor: Server, number: int) -> load.Visit:
    request = load.post(f"/{number}", floor.host, {"text": "saved"}, accept="application/json")
    return load.repeat(lambda: request)


def _first_actions(database: Path, attempt: str) -> list[str]:
    """Return one action that may be chosen for each scene of an attempt; its page would say so too."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT action_order FROM responses WHERE attempt_id = ? ORDER BY position",
            [UUID(attempt.rpartition("/")[2]).hex],
        )
        return [json.loads(order)[0] for (order,) in rows]


def _content_with_ten(folder: Path) -> Path:
    """Copy the content and let practices have ten scenes."""
    shutil.copytree(ROOT / "content", folder)
    course = folder / "courses" / COURSE / "course.yaml"
    course.write_text(re.sub(r"(?m)^(practice:\n  scenes:) \d+$", rf"\1 {ITEMS}", course.read_text("utf-8")), "utf-8")
    return folder


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
    figures.at_most("lesson page, first visit", total / 1024, 45, "KB", 1)
    figures.at_most("the same", requests, 6, "requests")


def certificates() -> None:
    """PDF certificates, one process."""
    import datetime as dt

    facts = Stated(
        holder_name="Maya Thibodeau", course_title="For everyone", edition="Pilot edition",
        achievement="has shown, on 16 written scenes, what the course teaches", minutes=75,
        issued_on=dt.date(2026, 11, 24), valid_until=dt.date(2027, 11, 24), course_version="0.1",
        serial="ABCDEFGHJKMNPQRSTVWXYZ01234", is_local_trial=True,
        course="recognize", course_digest="0" * 64, started_on=dt.date(2026, 11, 1), scenes=16,
    )  # fmt: skip
    times, words = [], vocabulary()
    read_ahead(["en"])  # as a server does before anyone comes
    for number in range(60):
        started = time.perf_counter(), time.process_time()
        render_certificate(facts, f"https://example.org/verify/{number}", "Would you recognize it?", words)
        times.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    figures.at_most("certificate (PDF), cold", times[0][0] * 1000, 60, "ms", also=f"{times[0][1] * 1000:.0f} ms CPU")
    each = statistics.median(seconds for seconds, _cpu in times)
    figures.judge("certificates on one core", f"{1 / each:.0f}/s", each <= 1 / 60, "≥ 60/s")


def much_content() -> None:
    """500 lessons and 5,000 scenes: cold, kept from before, and after one file changed, as `make dev` reloads."""
    with tempfile.TemporaryDirectory() as name:
        folder, kept = Path(name) / "content", Cache(Path(name) / "kept", "b" * 40)
        make_large(ROOT / "content", folder)
        for label, bar in (("500 lessons, 5,000 scenes, cold", 4.5), ("the same, kept from before", 1)):
            started, cpu = time.perf_counter(), time.process_time()
            library.load(folder, today(), MODELS, kept_in=kept)
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
            figures.at_most(label, seconds, bar, "s", 1, f"{cpu:.1f} s CPU")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "content"
        shutil.copytree(ROOT / "content", folder)
        shelf = library.Library(folder, today, MODELS, is_watched=True)
        lesson = next((folder / "courses").glob("*/*/01-*.md"))
        lesson.write_text(lesson.read_text("utf-8") + "\n", "utf-8")
        started = time.perf_counter()
        assert shelf.reload_if_changed()
        figures.at_most("one lesson changed, loaded again", (time.perf_counter() - started) * 1000, 300, "ms")


def start_up() -> None:
    """From nothing set up to the first answer, with the virtual environment there."""
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40})
        for label, bar in (("first start", None), ("second start", 2)):
            started = time.perf_counter()
            with serving(settings, PYTHONDONTWRITEBYTECODE=""):  # else each start would compile the app anew
                seconds = time.perf_counter() - started
                cpu = processes.cpu_seconds(processes.tree(_serving_process(settings)))
            if bar is None:
                say(label, f"{seconds:.1f} s, {cpu:.1f} s CPU")
            else:
                figures.at_most(label, seconds, bar, "s", 1, f"{cpu:.1f} s CPU")


def training_status() -> None:
    """The training-status page of a large firm, and its exports, in this process."""
    people = 10_000 if IS_FULL else 2_000
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            migrate()
        owner, address = make_large_firm(app, people)
        for what, value in measure_status(app, owner, address).items():
            label = f"training status of {people:,}: {what}"
            if what.startswith("statements"):
                say(label, f"{value:.0f}")
            else:
                figures.at_most(label, value * 1000, {"CSV": 500, "XLSX": 3000}.get(what, 30), "ms")


def large_firms() -> None:
    """Pages of a firm as it grows tenfold: each against the same page of a smaller firm, in this process."""
    sizes = (1_000, 10_000, 100_000) if IS_FULL else (500, 5_000)
    measured: dict[int, dict[str, tuple[float, float]]] = {}
    for people in sizes:
        with tempfile.TemporaryDirectory() as name:
            app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
            with app.app_context():
                migrate()
            measured[people] = growth.measure(app, *make_large_firm(app, people))
    for page, (again, anew) in measured[sizes[-1]].items():
        base, bar = (sizes[-2], 3.0) if page in growth.STANDING else (sizes[0], 1.5)
        each = ", ".join(f"{measured[people][page][0] * 1000:.0f}" for people in sizes)
        also = f"{each} ms CPU; after a change {anew * 1000:.0f}"
        ratio = again / measured[base][page][0]
        figures.at_most(f"{page}, {sizes[-1]:,} people against {base:,}", ratio, bar, "×", 2, also)


def neighboring_firms() -> None:
    """A small firm's pages while a large one imports its roster and exports, over a real server with its worker."""
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings({"TRAINER_INSTANCE": f"{name}/instance", "TRAINER_SECRET_KEY": "b" * 40})
        app = create_app(settings)
        with app.app_context():
            migrate()
        small, large = neighbors.make_small_firm(app), make_large_firm(app, neighbors.PEOPLE)
        with serving(settings) as address:
            quiet, loud = neighbors.quiet_and_loud(address, small, large)
    for part in (0.5, 0.99):
        before, during = (neighbors.share(taken, part) for taken in (quiet, loud))
        also = f"{before * 1000:.0f} ms alone, {during * 1000:.0f} ms beside imports of {neighbors.PEOPLE:,}"
        label = f"pages of a small firm beside a large one, p{part * 100:.0f}"
        figures.at_most(label, during / before, 2, "×", 1, also)


def item_analysis() -> None:
    """Pages of how scenes work, at many answers, in this process."""
    number = 100_000 if IS_FULL else 20_000
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            migrate()
        reader = make_answers(app, number)
        for what, value in measure_items(app, reader).items():
            label = f"scenes, {number:,} answers: {what}"
            if what.startswith("page") or what == "CSV":
                figures.at_most(label, value * 1000, 500 if what == "CSV" else 100, "ms")
            else:
                say(label, f"{value:,.1f}")


def large_class() -> None:
    """Pages of a class with a hundred responses of each person, CPU time in this process."""
    people = 1_000 if IS_FULL else 300
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            migrate()
        for page, seconds in classroom.measure(app, *classroom.make_classroom(app, people)).items():
            figures.at_most(f"class of {people:,}: {page}", seconds * 1000, 100, "ms", also="CPU")


def evidence_pack() -> None:
    """An evidence pack of a past day, by a process of its own."""
    people = 10_000 if IS_FULL else 500
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        with app.app_context():
            migrate()
        grown, seconds, certificates = packs.measure(app, *packs.make_long_history(app, people))
        also = f"{seconds:.0f} s CPU, {certificates:,} certificates"
        figures.at_most(f"evidence pack of {people:,} people: memory grows by", grown, 100, "MB", also=also)


def demo_firm() -> None:
    """The made-up firm of `flask seed demo`, whole, with where its people stand."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(read_settings({"TRAINER_INSTANCE": name, "TRAINER_SECRET_KEY": "b" * 40}))
        started = time.perf_counter()
        ended = app.test_cli_runner().invoke(args=["seed", "demo"])
        assert ended.exit_code == 0, ended.output
        seconds = time.perf_counter() - started
        with app.app_context():
            firm = db.session.scalars(select(Organization.id)).one()
            found = {status for counts in count_by_status(firm, today()).values() for status in counts}
        assert found == set(Status), set(Status) - found
        figures.at_most("demo firm", seconds, 60, "s")


@contextmanager
def bare(settings: Settings, database_url: str) -> Iterator[Server]:
    """Serve the bare app on the same server, with a table of its own in a database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "BARE_DATABASE_URL": database_url}
    subprocess.run(
        [sys.executable, "-c", "from tests.bench.bare import create_app; create_app()"],
        cwd=ROOT, env=environ, check=True,
    )  # fmt: skip
    server = subprocess.Popen(
        web_command(replace(settings, host="127.0.0.1", port=port, workers=2), "tests.bench.bare:create_server"),
        cwd=ROOT, env=environ, start_new_session=True,
    )  # fmt: skip
    try:
        for _attempt in range(100):
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", server.pid)
    finally:
        end(server)


def _fetch(address: str) -> bytes:
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=10) as answer:
        return bytes(answer.read())


PARTS: dict[str, Callable[[], None]] = {
    "certificates": certificates,  # first, while this process has made none and done nothing else
    "served": served,
    "postgres": postgres,
    "upkeep": upkeep,
    "content": much_content,
    "start": start_up,
    "status": training_status,
    "growth": large_firms,
    "neighbors": neighboring_firms,
    "items": item_analysis,
    "class": large_class,
    "pack": evidence_pack,
    "demo": demo_firm,
}

if __name__ == "__main__":
    main(sys.argv[1:])

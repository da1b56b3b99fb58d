"""Slow, stalled and broken connections against the real server: nobody else waits for them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from tests.cast import make_account, sign_in_as, start_practice
from tests.live import run_async, serving
from tests.server import hasty
from tests.server.lines import Line
from tests.server.load import LESSON, WORKERS
from tests.support import COURSE, Visitor
from trainer.cli.serve import SERVER
from trainer.core.settings import Settings
from trainer.server import intake
from trainer.server.start import allow_files

pytestmark = pytest.mark.slow

IS_FULL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
IDLE, GRACE = (intake.IDLE, intake.GRACE) if IS_FULL else (hasty.IDLE, hasty.GRACE)


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """Serve with two workers."""
    allow_files()  # as `flask serve` does
    with serving(settings, workers=WORKERS, is_web_alone=True) as address:
        yield address


@pytest.fixture
def impatient(settings: Settings) -> Iterator[str]:
    """Serve with two workers that wait as long as they do for everybody, or, usually, a third of that."""
    with serving(settings, workers=WORKERS, is_web_alone=True, server=SERVER if IS_FULL else hasty.SERVER) as address:
        yield address


async def ask(address: str, path: str, patience: float = 60) -> tuple[int, float]:
    """Return the status of a page, and the seconds it took."""
    line = Line(address)
    started = time.monotonic()
    await line.open(f"GET {path} HTTP/1.1", b"Connection: close\r\n\r\n")
    status, _headers, _seconds = await line.status(patience)
    await line.close()
    return status, time.monotonic() - started


async def comes_before(page: asyncio.Task[tuple[int, float]], others: list[asyncio.Task[Any]]) -> bool:
    """Return whether a page is there before the server ends any of the others."""
    first, _later = await asyncio.wait({page, *others}, return_when=asyncio.FIRST_COMPLETED)
    return first == {page} and page.result()[0] == 200


PLAIN = b"Content-Length: 2000\r\n\r\nabc"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


@pytest.mark.asvs("15.2.2")
@pytest.mark.check("T091")
def test_stalled_bodies_stop_nobody_and_end_by_themselves(impatient: str) -> None:
    async def work() -> None:
        stalled = []
        for body in (PLAIN, CHUNKED) * (2 * WORKERS):
            line = Line(impatient)
            await line.open("POST /try/scenes/1 HTTP/1.1", body)
            stalled.append(line)
        answers = [asyncio.create_task(line.status(60)) for line in stalled]
        for _probe in range(8):
            assert await comes_before(asyncio.create_task(ask(impatient, "/")), answers)
        for line, answer in zip(stalled, answers, strict=True):
            status, headers, _seconds = await answer
            assert status == 408
            assert headers["connection"] == "close"
            assert await line.reader.read() != b""  # the page that says so
            await line.close()

    run_async(work())


def test_more_than_a_thousand_open_connections_shut_nobody_out(address: str) -> None:
    async def work() -> None:
        lines = [Line(address) for _number in range(1_100)]
        for line in lines:
            await line.open("POST /try/scenes/1 HTTP/1.1", b"X-More: ")
        ends = [asyncio.create_task(lines[0].reader.read())]
        assert await comes_before(asyncio.create_task(ask(address, "/")), ends)
        for line in lines:
            await line.close()

    run_async(work())


def test_headers_in_progress_stop_nobody(address: str) -> None:
    async def work() -> None:
        lines = [Line(address) for _number in range(4 * WORKERS)]
        for line in lines:
            await line.open("POST /try/scenes/1 HTTP/1.1", b"X-More: ")
        ends = [asyncio.create_task(line.reader.read()) for line in lines]
        for _probe in range(8):
            assert await comes_before(asyncio.create_task(ask(address, "/")), ends)
        for line in lines:
            await line.close()

    run_async(work())


def test_bodies_that_do_not_end_take_only_so_much_room_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 250_000)

    async def work() -> None:
        ends = asyncio.Event()

        async def stalled() -> dict[str, object]:
            await asyncio.sleep(0)
            if sent:
                return sent.pop()
            await ends.wait()
            return {"type": "http.disconnect"}

        async def whole() -> dict[str, object]:
            return {"type": "http.request", "body": b"x" * 100_000}

        sent: list[dict[str, object]] = [
            {"type": "http.request", "body": b"x" * 100_000, "more_body": True} for _number in range(2)
        ]
        waiting = asyncio.ensure_future(intake.take_in(stalled, 500_000))
        await asyncio.sleep(0.1)
        with pytest.raises(intake.BodyRefused) as refused:
            await intake.take_in(whole, 500_000)
        assert refused.value.status == 503
        ends.set()
        with pytest.raises(intake.Gone):
            await waiting
        for _time in range(5):  # what was taken in makes room for the next
            (await intake.take_in(whole, 500_000)).close()

    run_async(work())


@pytest.mark.check("T091")
def test_a_slow_line_gets_through_and_a_trickle_does_not(impatient: str) -> None:
    length = 12_000 * int(GRACE)
    head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n".encode()

    async def send(portion: bytes, pause: float) -> tuple[int, float]:
        line = Line(impatient)
        body = b"text=".ljust(length, b"x")
        await line.open("POST /try/scenes/1 HTTP/1.1", head)
        started = time.monotonic()
        answer = asyncio.create_task(line.status(60))
        for start in range(0, len(body), len(portion)):
            if answer.done():
                break
            line.writer.write(body[start : start + len(portion)])
            with suppress(ConnectionError):
                await line.writer.drain()
            await asyncio.sleep(pause)
        status, _headers, _seconds = await answer
        await line.close()
        return status, time.monotonic() - started

    async def work() -> None:
        # 8 KB a second for half as long again as any body may take; a byte now and then.
        (slow, took), (trickle, ended) = await asyncio.gather(send(b"x" * 4000, 0.5), send(b"x", GRACE / 5))
        assert slow == 422  # a form that says too little: it was read
        assert took > GRACE
        assert trickle == 408
        assert ended < GRACE + 60

    run_async(work())


@pytest.mark.asvs("5.2.1")
@pytest.mark.check("T091")
def test_what_is_too_large_is_refused_at_its_first_line_or_at_the_limit(address: str) -> None:
    async def work() -> None:
        declared = Line(address)
        await declared.open("POST /sign-in HTTP/1.1", b"Content-Length: 1000000000\r\n\r\n")
        status, headers, _seconds = await declared.status(60)
        assert (status, headers["connection"]) == (413, "close")
        chunked = Line(address)
        await chunked.open("POST /sign-in HTTP/1.1", b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with suppress(ConnectionError):
            while sent < 50_000_000 and not chunked.reader.at_eof():
                chunked.writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                await chunked.writer.drain()
                sent += 65_536
        assert sent < 50_000_000
        await declared.close()
        await chunked.close()
        assert (await ask(address, "/"))[0] == 200

    run_async(work())


async def try_to_write(address: str, visitor: Visitor, path: str, body: str) -> tuple[int, dict[str, str], float]:
    """Send a form of a signed-in learner."""
    line = Line(address)
    raw = body.encode()
    head = (
        f"Cookie: {visitor.cookie()}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    await line.open(f"POST {path} HTTP/1.1", head.encode() + raw)
    answer = await line.status(60)
    await line.close()
    return answer


@pytest.mark.check("T104")
@pytest.mark.parametrize(("seconds", "expected"), [(1, {303}), (22, {503})])
def test_while_the_database_is_locked_pages_are_read_and_writes_wait_or_are_told_when(
    settings: Settings, visitor: Visitor, seconds: float, expected: set[int]
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("a lock of SQLite")
    visitor.keep()
    token = visitor.token()
    path, body = f"/courses/{COURSE}/enrollments", f"csrf_token={token}"
    lock = sqlite3.connect(str(make_url(settings.database_url).database), isolation_level=None, check_same_thread=False)

    async def work(address: str) -> None:
        assert (await ask(address, LESSON))[0] == 200
        lock.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        writes = [asyncio.create_task(try_to_write(address, visitor, path, body)) for _number in range(6)]
        times = []
        while time.monotonic() - began < seconds and not all(write.done() for write in writes):
            status, took = await ask(address, LESSON)
            assert status == 200
            times.append(took)
            await asyncio.sleep(0.05)
        lock.execute("ROLLBACK")
        for status, headers, took in await asyncio.gather(*writes):
            assert status in expected
            assert took < 60
            assert ("retry-after" in headers) == (status == 503)
        if IS_FULL and seconds > 10:  # of a second there are too few to speak of the slowest twentieth
            assert statistics.quantiles(times, n=20)[-1] <= 0.5
        assert (await try_to_write(address, visitor, path, body))[0] == 303

    server = SERVER if IS_FULL or seconds < 10 else hasty.SERVER
    with serving(settings, workers=WORKERS, is_web_alone=True, server=server) as address:
        run_async(work(address))
    lock.close()


@pytest.mark.on_both
@pytest.mark.check("T104")
def test_while_one_answer_waits_for_a_row_others_are_saved_by_the_same_process(app: Flask, settings: Settings) -> None:
    if settings.database_url.startswith("sqlite"):
        pytest.skip("lets one write at a time")
    visitors = []
    for name in ("ann@example.org", "ben@example.org"):
        user_id = make_account(app, name)
        visitor = sign_in_as(app, user_id)
        path = f"/attempts/{start_practice(app, user_id)}/scenes/1"
        visitors.append((visitor, path, f"csrf_token={visitor.token()}&autosave=1&confidence=certain"))
    (ann, held, body), (ben, free, other_body) = visitors
    server = settings.database_url.replace("postgresql+psycopg", "postgresql")

    async def work(address: str) -> None:
        with psycopg.connect(server) as lock:
            lock.execute("SELECT 1 FROM attempts WHERE id = %s FOR UPDATE", [held.split("/")[2]])
            waiting = asyncio.create_task(try_to_write(address, ann, held, f"{body}&version=0"))
            for version in range(10):
                assert (await try_to_write(address, ben, free, f"{other_body}&version={version}"))[0] == 303
            assert not waiting.done()
        assert (await waiting)[0] == 303

    with serving(settings, workers=1, is_web_alone=True) as address:
        run_async(work(address))

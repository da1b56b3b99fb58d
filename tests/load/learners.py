"""What learners do: read, practice, take the final, look at what they have earned. All of it over HTTP."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import make_account, make_ready, sign_in_as
from tests.load.ledger import Ledger
from tests.load.line import Line, Times
from tests.support import COURSE, drawn, first_step, right_verdict
from trainer.assessment.models import Response
from trainer.content.serving import served
from trainer.core.db import db


@dataclass(frozen=True)
class Learner:
    """Someone who has an account, is signed in, and may take the final."""

    user_id: UUID
    cookie: str
    token: str


def make_learner(app: Flask, number: int) -> Learner:
    """Create a learner with all that the final asks for first."""
    user_id = make_account(app, f"learner{number}@example.org")
    make_ready(app, user_id, f"Learner {number}")
    browser = sign_in_as(app, user_id)
    token = browser.token()
    return Learner(user_id, browser.cookie(), token)


def lesson_paths(app: Flask) -> list[str]:
    """Return where the lessons of the core path are."""
    with app.app_context():
        course = served().courses[COURSE]
        return [f"/courses/{COURSE}/{lesson.id}" for module in course.core for lesson in module.lessons]


class Over(Exception):
    """The time is up."""


@dataclass
class School:
    """A running site as learners use it, what it has promised them, and how long they waited for it."""

    app: Flask
    """On the same database, to look up what is right."""
    addresses: Sequence[str]
    think: float = 0.0
    """Seconds between two requests of one learner, on average."""
    end: float = math.inf
    """When the time is up, by the clock that nobody moves."""
    ledger: Ledger = field(default_factory=Ledger)
    times: Times = field(default_factory=Times)
    rng: random.Random = field(default_factory=lambda: random.Random(1))

    def line(self, learner: Learner) -> Line:
        """Return a connection of a learner."""
        return Line(self.addresses, learner.cookie, learner.token, self.times, self.rng)

    async def pause(self) -> None:
        """Think. Raises Over once the time is up: between two requests, of which none is left without its answer."""
        if time.monotonic() >= self.end:
            raise Over
        if self.think:
            await asyncio.sleep(self.rng.expovariate(1 / self.think))

    async def read_and_practice(self, learner: Learner, lessons: Sequence[str]) -> None:
        """Read some lessons again, each to its end, then do a practice and look at its result."""
        line = self.line(learner)
        for path in self.rng.sample(list(lessons), 3):
            await line.get("lesson", path)
            await self.pause()
            await line.post("lesson read", f"{path}/completions", opened_at="")
            await self.pause()
        answer, _again = await line.post("practice started", f"/courses/{COURSE}/practices")
        await self._take(line, learner, answer.headers["location"], is_reading=True)
        line.close()

    async def take_final(self, learner: Learner, *, is_reading: bool) -> None:
        """Take the final, every answer right. `is_reading`: open each page as a browser would, with an autosave."""
        line = self.line(learner)
        answer, _again = await line.post("final started", f"/courses/{COURSE}/finals")
        attempt = answer.headers["location"]
        await self._take(line, learner, attempt, is_reading=is_reading)
        self.ledger.handed_in[UUID(attempt.rpartition("/")[2])] = learner.user_id
        if is_reading:
            await self.pause()
            await line.get("my course", "/me")
        line.close()

    async def _take(self, line: Line, learner: Learner, attempt: str, *, is_reading: bool) -> None:
        for _time in range(2):
            await self._answer(line, attempt, is_reading=is_reading)
            scenes = len(await asyncio.to_thread(drawn, self.app, attempt))
            answer, _again = await line.post("handed in", f"{attempt}/submission", scenes=scenes)
            if answer.headers.get("location") != attempt:
                break  # otherwise the answers came too fast, and other scenes are asked, once
        assert answer.headers.get("location") == f"{attempt}/result", answer
        if is_reading:
            await line.get("result", f"{attempt}/result")
            await self.pause()

    async def _answer(self, line: Line, attempt: str, *, is_reading: bool) -> None:
        """Answer all scenes that have no answer."""
        number = UUID(attempt.rpartition("/")[2])
        scenes = await asyncio.to_thread(drawn, self.app, attempt)
        for position, version in (await asyncio.to_thread(unanswered, self.app, number)).items():
            scene = scenes[position - 1]
            path, verdict = f"{attempt}/scenes/{position}", right_verdict(scene["truth"])
            given: dict[str, Any] = {"verdict": verdict}
            if is_reading:
                await line.get("scene", path)
                await self.pause()
                await self._save(line, "autosave", number, position, given, version)
                version += 1
                await self.pause()
            given |= {"confidence": "certain", "action": None}
            await self._save(line, "verdict recorded", number, position, given, version)
            given["action"] = first_step(scene, verdict)
            await self._save(line, "answer saved", number, position, given, version + 1)
            await self.pause()

    async def _save(
        self, line: Line, route: str, attempt: UUID, position: int, given: dict[str, Any], version: int
    ) -> None:
        is_autosave = route == "autosave"
        sent = {"action": given["action"]} if route == "answer saved" else given
        fields: dict[str, object] = {part: value for part, value in sent.items() if value}
        fields |= {"version": version} | ({"autosave": 1} if is_autosave else {})
        accept = "text/html" if route == "answer saved" else "application/json"  # as our script asks
        answer, is_again = await line.post(route, f"{attempt_path(attempt)}/scenes/{position}", accept, **fields)
        # After a broken connection a conflict says that the first sending has arrived.
        assert answer.status in (200, 303) or (answer.status == 409 and is_again), answer
        self.ledger.saved[attempt, position] = (version + 1, dict(given))


def unanswered(app: Flask, attempt: UUID) -> dict[int, int]:
    """Return position -> version of the scenes of an attempt that have no answer."""
    with app.app_context():
        query = select(Response.position, Response.version).where(Response.attempt_id == attempt)
        rows = db.session.execute(query.where(Response.given.is_(None)).order_by(Response.position))
        return {row.position: row.version for row in rows}


def attempt_path(attempt: UUID) -> str:
    """Return where an attempt is."""
    return f"/attempts/{attempt}"

"""What tests share: a visitor who reads pages and sends their forms, and a learner made ready."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from trainer.app import FEATURES
from trainer.assessment.models import Attempt, Response
from trainer.content.drills import Question
from trainer.content.library import Lesson, Library
from trainer.core import clock
from trainer.core.db import db
from trainer.core.feature import Feature, list_features
from trainer.core.outbox import OutboxMessage
from trainer.items.registry import FURTHER, read_further
from trainer.jobs.emails import write

COURSE = "recognize"
PERIODS = tuple(period for feature in FEATURES for period in feature.periods)
TASKS = tuple(task for feature in FEATURES for task in feature.tasks)
PASSWORD = "a few plain words"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_VERSION = re.compile(r'name="version" value="(\d+)"')


def brings_only(app: Flask, monkeypatch: pytest.MonkeyPatch, **what: Any) -> None:
    """Let the app's features bring this and, of the same sort, nothing else."""
    blank: dict[str, Any] = {name: None if callable(value) else type(value)() for name, value in what.items()}
    features = (*(replace(one, **blank) for one in list_features(app)), Feature(name="test", **what))
    monkeypatch.setitem(app.extensions, "features", features)


def closed_up(page: str) -> str:
    """Return a page without the blanks beside its tags, whatever its template's lines look like."""
    return re.sub(r" ?(<[^>]*>) ?", r"\1", re.sub(r"\s+", " ", page))


class _Reader(FlaskClient):
    """Reads each answer to its end: a download left half-read keeps its request open beside whatever comes next."""

    def open(self, *args: Any, buffered: bool = True, **options: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **options)


class Visitor:
    """A browser without script: keeps cookies, sends the token of the page it read."""

    def __init__(self, app: Flask, base_url: str = "http://127.0.0.1:8000") -> None:
        self.app = app
        self.client = _Reader(app, app.response_class)
        self.base_url = base_url
        self.page: TestResponse | None = None
        self._token: tuple[object, str] | None = None

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        self.page = self.client.get(path, base_url=self.base_url, **options)
        return self.page

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: str | None = None, **options: Any
    ) -> TestResponse:
        """Send a form with a valid token (or the one given)."""
        fields = dict(data or {})
        fields.setdefault("csrf_token", self.token() if token is None else token)
        return self.client.post(path, data=fields, base_url=self.base_url, **options)

    def token(self) -> str:
        """Return a form token of this visitor's session, read from a page once for each session and day."""
        if self._token is None or self._token[0] != self._session():
            found = _TOKEN.search(self.client.get("/keep?start=x", base_url=self.base_url).text)
            assert found, "the page has no form"
            self._token = (self._session(), found[1])
        return self._token[1]

    def _session(self) -> tuple[str | None, dt.date]:
        host = str(urlsplit(self.base_url).hostname)
        cookie = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], domain=host)
        return (cookie.value if cookie else None), clock.today()

    def cookie(self) -> str:
        """Return the Cookie header that this visitor sends."""
        cookie = self.client.get_cookie("visit", domain="127.0.0.1")
        assert cookie is not None
        return f"{cookie.key}={cookie.value}"

    def field(self, name: str) -> str:
        """Return the value of a hidden field of the page that was read."""
        assert self.page is not None
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.page.text)
        assert found, f"no field {name}"
        return found[1]

    def keep(self) -> None:
        """Become a guest."""
        assert self.post("/guests").status_code == 303

    def sign_up(self, email: str = "leo@example.org", password: str = PASSWORD) -> None:
        """Make an account."""
        answer = self.post("/sign-up", {"email": email, "password": password, "is_old_enough": "y"})
        assert answer.status_code == 303, answer.text

    def sign_in(self, email: str = "leo@example.org", password: str = PASSWORD) -> TestResponse:
        """Sign in."""
        return self.post("/sign-in", {"email": email, "password": password})

    def enroll(self) -> None:
        """Start the course."""
        assert self.post(f"/courses/{COURSE}/enrollments").status_code == 303

    def start(self, kind: str) -> str:
        """Start practices or finals; return the attempt's path."""
        answer = self.post(f"/courses/{COURSE}/{kind}")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def answer(
        self, attempt: str, position: int, verdict: str, action: str, confidence: str = "certain"
    ) -> TestResponse:
        """Read a scene, record a verdict, and on the page that follows the first step; return the last answer."""
        path = f"{attempt}/scenes/{position}"
        page, said = self.get(path), {"verdict": verdict, "confidence": confidence}
        if "data-asks-next" in page.text:
            recorded = self.post(path, {**said, **self._shown(page)})
            if recorded.headers.get("Location") != f"{path}#first-step":
                return recorded  # no first step is asked for
            page, said = self.get(path), {}
        return self.post(path, {**said, "action": action, **self._shown(page)})

    def record(self, path: str, fields: dict[str, Any]) -> TestResponse:
        """Record a verdict and then the first step, with the fields of both; return the last answer."""
        recorded = self.post(path, fields)
        if recorded.headers.get("Location") != f"{path}#first-step":
            return recorded
        step = {name: value for name, value in fields.items() if name not in ("verdict", "confidence")}
        return self.post(path, {**step, "version": str(int(fields["version"]) + 1)})

    def _shown(self, page: TestResponse) -> dict[str, str]:
        version = _VERSION.search(page.text)
        assert version, page.text
        return {"version": version[1], "opened_at": self.field("opened_at")}


def answer_questions(visitor: Visitor, path: str, lesson: Lesson) -> None:
    """Answer all questions of a lesson, each wrongly or by chance: any answer counts."""
    for question in lesson.questions:
        answer = visitor.post(f"{path}/answers/{question.id}", first_choice(question))
        assert answer.status_code == 303
        assert "incomplete" not in answer.location


def first_choice(question: Question) -> dict[str, Any]:
    """Return the fields of someone who takes what stands first."""
    options = question.payload.get("options")
    if options:
        return {"version": "0", "chosen": options[0]["id"]}
    if question.type == "branching":
        (sample,) = FURTHER["branching"].samples()
        *path, chosen = sample.as_they_come(read_further(question.payload).order_for_all())["path"]
        return {"version": "0", "path": path, "chosen": chosen}
    if question.type == "match":
        first = question.payload["choices"][0]["id"]
        return {"version": "0", **{f"match-{row['id']}": first for row in question.payload["rows"]}}
    if question.type == "note":
        return {"version": "0", "step": "written", "note": "6 pm, by the gate. Two people."}
    steps = enumerate(question.payload["steps"], start=1)
    return {"version": "0", **{f"place-{step['id']}": str(place) for place, step in steps}}


def read_everything(visitor: Visitor, shelf: Library, traveller: Any, *, minutes: float = 4) -> None:
    """Mark every lesson as read, each open for some minutes of the moved clock."""
    for lesson in shelf.content.courses[COURSE].lessons:
        path = f"/courses/{COURSE}/{lesson.id}"
        visitor.get(path)
        opened_at = visitor.field("opened_at")
        traveller.shift(minutes * 60)
        answer_questions(visitor, path, lesson)
        assert visitor.post(f"{path}/completions", {"opened_at": opened_at}).status_code == 303


def make_ready(visitor: Visitor, shelf: Library, traveller: Any, name: str = "Leo Learner") -> None:
    """Do all that the final asks for first."""
    visitor.enroll()
    read_everything(visitor, shelf, traveller)
    assert visitor.post(f"/courses/{COURSE}/name", {"certificate_name": name}).status_code == 303


def first_step(scene: Mapping[str, Any], verdict: str) -> str:
    """Return the best first action that leaves the verdict as it is: some would make a report of any."""
    grades = ("best", "fine", "wrong-route")
    fitting = [one for one in scene["actions"] if verdict == "report-now" or not one["is_report"]]
    return str(next(one["id"] for grade in grades for one in fitting if one["grade"] == grade))


def wrong_ones(scenes: Sequence[Mapping[str, Any]], number: int) -> set[int]:
    """Return the positions of the first scenes, those without a sign, which no lesson teaches, after the others, and
    those of danger now last: one of them alone fails a final."""

    def order(position: int) -> tuple[bool, bool]:
        scene = scenes[position - 1]
        return scene["rule"] == "danger-now", not scene["signs"]

    return set(sorted(range(1, len(scenes) + 1), key=order)[:number])


def drawn(app: Flask, attempt: str) -> list[dict[str, Any]]:
    """Return each scene of an attempt, as its snapshots say."""
    with app.app_context():
        rows = db.session.scalars(
            select(Response)
            .where(Response.attempt_id == UUID(attempt.rsplit("/", 1)[1]))
            .options(joinedload(Response.snapshot))
            .order_by(Response.position)
        ).all()
        return [row.snapshot.payload for row in rows]


def keys(app: Flask, attempt: str) -> list[tuple[str, str, str]]:
    """Return (truth, best action, a harmful action) of each scene of an attempt."""
    return [
        (
            scene["truth"],
            next(one["id"] for one in scene["actions"] if one["grade"] == "best"),
            next(one["id"] for one in scene["actions"] if one["grade"] == "harmful"),
        )
        for scene in drawn(app, attempt)
    ]


def scenes_of(app: Flask, attempt: str) -> int:
    """Return how many scenes or questions an attempt has."""
    with app.app_context():
        return db.session.get_one(Attempt, UUID(attempt.rsplit("/", 1)[1])).scenes


def too_many(shelf: Library, course: str = COURSE) -> int:
    """Return how many wrong verdicts fail a final of the course, whichever scenes they fall on."""
    bounds = shelf.content.courses[course].file.final.stages[0].first_try
    return bounds.missed_at_most + bounds.over_reported_at_most + 1


def right_verdict(truth: str) -> str:
    """Return the verdict that fits a truth."""
    return "report-now" if truth == "concern" else "nothing-to-report"


def take_final(visitor: Visitor, *, wrong: int = 0) -> tuple[str, TestResponse]:
    """Take a final with `wrong` scenes judged the wrong way; return its path and the answer to handing in."""
    attempt = visitor.start("finals")
    scenes = drawn(visitor.app, attempt)
    wrongly = wrong_ones(scenes, wrong)
    for position, scene in enumerate(scenes, start=1):
        is_reported = (scene["truth"] == "concern") != (position in wrongly)
        verdict = "report-now" if is_reported else "nothing-to-report"
        assert visitor.answer(attempt, position, verdict, first_step(scene, verdict)).status_code == 303
    return attempt, visitor.post(f"{attempt}/submission")


def mailed(app: Flask, template: str, says: str = "") -> str:
    """Return the path of the link in the newest mail of a template, which says so."""
    with app.app_context():
        message = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.created_at.desc())
        ).first()
        assert message is not None
        letter = write(message)
        assert letter is not None
        assert says in letter.text
        found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", letter.text)
        assert found is not None
        return found[1]

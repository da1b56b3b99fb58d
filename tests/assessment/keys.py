"""What a page tells of the answers to its questions."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import make_account, make_ready, sign_in_as
from tests.conftest import make_settings
from tests.support import COURSE, Visitor, drawn, right_verdict, scenes_of
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import chance
from trainer.core.db import db
from trainer.core.settings import Settings

VERDICT = {"verdict": "report-now", "confidence": "certain"}
_OPTIONS = re.compile(r'name="(?:action|chosen)"\s+value="([^"]+)"')
_PLACES = re.compile(r'name="(place-[^"]+)"')
_MASKS = [
    (re.compile(r'(name="csrf_token"[^>]*value=")[^"]*'), r"\1token"),
    (re.compile(r'(name="opened_at"[^>]*value="|"opened_at":")[^"]*'), r"\1mark"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "uuid"),
    (re.compile(r"\b(\d{3})-[0-9a-f]{12}\b"), r"\1-request"),
    (re.compile(r'("request_id":")[0-9a-f]{12}'), r"\1request"),
    # What the course page names so covers all of the content, the keys too, to one way only.
    (re.compile(r"<span class=\"mono\">[0-9a-f]{12}</span>"), "digest"),
]


def _serve(settings: Settings, shelf: Library) -> Iterator[Flask]:
    app = create_app(settings, shelf)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def whole(answer: TestResponse) -> str:
    """Return everything that goes over the wire but the cookie."""
    head = [f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie"]
    return "\n".join([str(answer.status_code), *head, answer.get_data(as_text=True)])


def before_answering(visitor: Visitor, attempt: str, *, with_menus: bool = True) -> Iterator[TestResponse]:
    """Yield all that can be asked of an attempt before any answer is whole.

    `with_menus`: verdicts are recorded, each the same, and the menus of first steps are asked for, too.
    """
    for position in range(1, scenes_of(visitor.app, attempt) + 1):
        path, script = f"{attempt}/scenes/{position}", {"Accept": "application/json"}
        yield visitor.get(path)
        yield visitor.post(path, {"autosave": "1", "verdict": "report-now", "version": "0"}, headers=script)
        if with_menus:
            yield visitor.post(path, {**VERDICT, "version": "1"}, headers=script)
            page = visitor.get(path)
            yield page
            for number, option in enumerate(_OPTIONS.findall(page.text), start=2):
                fields = {"autosave": "1", "action": option, "version": str(number)}
                yield visitor.post(path, fields, headers=script)
        for bad in ({"version": "0", "action": "made-up"}, {"version": "77"}, {"version": "4", "verdict": ""}):
            yield visitor.post(f"{attempt}/scenes/{position}", bad, headers={"Accept": "application/json"})
            yield visitor.post(f"{attempt}/scenes/{position}", bad)
        yield visitor.get(f"{attempt}/scenes/{position}")
    for path in ("", "/submission", "/result", "/scenes/0", "/scenes/99"):
        yield visitor.get(f"{attempt}{path}")
        yield visitor.get(f"{attempt}{path}", headers={"Accept": "application/json"})


def before_choosing(visitor: Visitor, attempt: str) -> Iterator[TestResponse]:
    """Yield all that can be asked of further questions before anything is recorded."""
    script = {"Accept": "application/json"}
    for position in range(1, scenes_of(visitor.app, attempt) + 1):
        path = f"{attempt}/questions/{position}"
        page = visitor.get(path)
        yield page
        answers = [{"chosen": option} for option in _OPTIONS.findall(page.text)]
        answers += [{name: "1"} for name in _PLACES.findall(page.text)]
        for number, answer in enumerate(answers):
            yield visitor.post(path, {"autosave": "1", **answer, "version": str(number)}, headers=script)
        for bad in ({"version": "0", "chosen": "made-up"}, {"version": "77", **answers[-1]}, {"version": "x"}):
            yield visitor.post(path, bad, headers=script)
            yield visitor.post(path, bad)
        yield visitor.get(path)
    for path in ("", "/submission", "/result", "/points", "/questions/0", "/questions/99", "/scenes/1"):
        yield visitor.get(f"{attempt}{path}")
        yield visitor.get(f"{attempt}{path}", headers=script)


def around(visitor: Visitor) -> Iterator[TestResponse]:
    """Yield the pages beside an attempt."""
    for path in ("/me", f"/courses/{COURSE}", f"/courses/{COURSE}/practice", f"/courses/{COURSE}/final"):
        yield visitor.get(path)


def first_try(visitor: Visitor, scenes: int) -> Iterator[TestResponse]:
    """Yield every scene of a first try, each skipped."""
    page = visitor.get("/try?keep=no", follow_redirects=True)
    for position in range(1, scenes):
        yield page
        state = visitor.field("state")
        fields = {"state": state, "version": "0"}
        yield visitor.client.post(
            f"/try/scenes/{position}", data=fields, base_url=visitor.base_url, follow_redirects=True
        )
        page = visitor.get(f"/try/scenes/{position + 1}?state={state}")
    yield page


def journey(app: Flask) -> Iterator[TestResponse]:
    """Yield all answers of a journey up to before anything is recorded."""
    yield from first_try(Visitor(app), app.extensions["library"].content.courses[COURSE].file.first_try.scenes)
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    yield from around(visitor)
    yield from before_answering(visitor, visitor.start("practices"))
    final = visitor.start("finals")
    yield from before_answering(visitor, final, with_menus=False)  # its verdicts are to be right or wrong yet
    if _is_sent_on(visitor, final):
        yield visitor.get(f"{final}/more")
        yield from before_answering(visitor, final)
    yield from before_choosing(visitor, visitor.start("drills"))
    if app.extensions["library"].content.courses[COURSE].file.pretest:
        beginner = sign_in_as(app, make_account(app, "beginner@example.org"))
        beginner.enroll()
        yield from before_answering(beginner, beginner.start("pretests"))
    yield from around(visitor)


def _is_sent_on(visitor: Visitor, attempt: str) -> bool:
    """Answer and hand in with one scene missed; return whether further scenes decide."""
    scenes = drawn(visitor.app, attempt)
    missed = next(position for position, scene in enumerate(scenes, start=1) if scene["truth"] == "concern")
    for position, scene in enumerate(scenes, start=1):
        verdict = "nothing-to-report" if position == missed else right_verdict(scene["truth"])
        harmless = [one["id"] for one in scene["actions"] if one["grade"] != "harmful" and not one["is_report"]]
        visitor.answer(attempt, position, verdict, min(harmless))
    visitor.post(f"{attempt}/submission", {"scenes": str(len(scenes))})
    return scenes_of(visitor.app, attempt) > len(scenes)


def two_of(shelf: Library, other: Library) -> list[tuple[str, Library]]:
    return [("left", shelf), ("right", other)]


def told_by(folder: Path, template: Path, shelf: Library, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return all that the journey is told by some content, with the same lots."""
    folder.mkdir()
    shutil.copy(template, folder / "trainer.db")
    monkeypatch.setattr(chance, "rng", random.Random(7))
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        for app in _serve(make_settings(folder, f"sqlite:///{folder / 'trainer.db'}"), shelf):
            return [_mask(whole(answer)) for answer in journey(app)]
    return []


def _mask(text: str) -> str:
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text

"""The key cannot be had before answering: not read, not inferred from bytes, sizes or statements."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from tests.assessment import rich
from tests.assessment.keys import VERDICT, _mask, _serve, around, journey, told_by, two_of, whole
from tests.assessment.swapped import CANARY, copy_content, edit_scenes, mark_answers, open_library, swap_key
from tests.cast import (
    answer_all,
    hand_in,
    make_account,
    make_ready,
    sign_in_as,
    start_final,
    start_practice,
    use_up_tries,
)
from tests.support import drawn, keys, scenes_of, too_many
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.settings import ROOT, Settings


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The content with a canary in every text that only an answer may show."""
    folder = copy_content(tmp_path_factory.mktemp("marked"))
    edit_scenes(folder, mark_answers)
    return open_library(folder)


@pytest.fixture
def marked_app(settings: Settings, marked: Library) -> Iterator[Flask]:
    yield from _serve(settings, marked)


@pytest.mark.check("T016")
def test_no_text_of_an_answer_is_there_before_answering(marked_app: Flask) -> None:
    for answer in journey(marked_app):
        assert CANARY not in whole(answer)
        told = answer.get_data(as_text=True)
        # What a page says is prose; only what it is made of could name a key.
        made_of = told if answer.is_json else "".join(re.findall(r"<[^>]*>", told))
        for word in ("rationale", "data-key", "forbidden", '"key":', "truth", "no_concern"):
            assert word not in made_of


def test_the_canary_sings_once_a_scene_is_answered(marked_app: Flask) -> None:
    bob = make_account(marked_app)
    visitor = sign_in_as(marked_app, bob)
    attempt = visitor.start("practices")
    _truth, action, _harmful = keys(marked_app, attempt)[0]
    visitor.answer(attempt, 1, "report-now", action)
    page = visitor.get(f"{attempt}/scenes/1").text
    assert page.count(CANARY) > 3
    assert CANARY not in visitor.get(f"{attempt}/scenes/2").text
    assert CANARY not in visitor.get(f"{attempt}/submission").text


@pytest.mark.check("T017")
def test_with_other_keys_every_byte_before_answering_is_the_same(
    tmp_path: Path, template_database: Path, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_content(tmp_path)
    edit_scenes(folder, swap_key)
    other = open_library(folder)
    changed = [one for one in shelf.content.scenarios if other.content.scenarios[one].digest != _digest(shelf, one)]
    assert len(changed) > 10
    told = [told_by(tmp_path / name, template_database, books, monkeypatch) for name, books in two_of(shelf, other)]
    assert len(told[0]) == len(told[1]) > 200
    for left, right in zip(*told, strict=True):
        assert left == right


@pytest.mark.check("T017")
def test_with_other_keys_every_question_looks_the_same(
    tmp_path: Path, template_database: Path, rich_shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rich.write(tmp_path)
    edit_scenes(folder, swap_key)
    other = rich.open_library(folder)
    pairs = zip(rich_shelf.content.drills(), other.content.drills(), strict=True)
    assert sum(one.digest != two.digest for one, two in pairs) == 3  # one has no sign, and none to exchange
    told = [
        told_by(tmp_path / name, template_database, books, monkeypatch) for name, books in two_of(rich_shelf, other)
    ]
    assert len(told[0]) == len(told[1]) > 100
    assert any("more scenes will decide." in page for page in told[0])
    for left, right in zip(*told, strict=True):
        assert left == right


def _digest(shelf: Library, identity: str) -> str:
    return shelf.content.scenarios[identity].digest


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that the database is asked."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.check("T018")
def test_saving_right_and_wrong_answers_does_and_says_the_same(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob)
    visitor = sign_in_as(app, bob)
    attempt = visitor.start("finals")
    seen = set()
    token = visitor.token()
    for position, (_truth, action, harmful) in enumerate(keys(app, attempt), start=1):
        visitor.post(f"{attempt}/scenes/{position}", {**VERDICT, "version": "0"}, token=token)
        for version, option in enumerate((action, harmful), start=1):
            fields = {"autosave": "1", "action": option, "version": str(version)}
            with statements(app) as asked:
                answer = visitor.post(
                    f"{attempt}/scenes/{position}", fields, token=token, headers={"Accept": "application/json"}
                )
            assert answer.json == {"version": version + 1}
            seen.add((answer.status_code, answer.content_length, tuple(asked)))
    assert len(seen) == 1


@pytest.mark.check("T027")
def test_a_failed_final_with_tries_left_shows_no_answer(marked_app: Flask, marked: Library) -> None:
    bob = make_account(marked_app)
    make_ready(marked_app, bob)
    attempt = start_final(marked_app, bob)
    answer_all(marked_app, attempt, wrong=too_many(marked))
    hand_in(marked_app, bob, attempt)
    visitor = sign_in_as(marked_app, bob)
    scenes = range(1, scenes_of(marked_app, f"/attempts/{attempt}") + 1)
    for path in ("", "/result", "/submission", *(f"/scenes/{position}" for position in scenes)):
        for accept in ("text/html", "application/json"):
            answer = visitor.get(f"/attempts/{attempt}{path}", headers={"Accept": accept})
            assert CANARY not in whole(answer)
            assert answer.status_code == (404 if path.startswith("/scenes") else 200 if path == "/result" else 303)
    assert all(CANARY not in whole(answer) for answer in around(visitor))


def test_after_the_last_try_no_answer_is_shown_either(marked_app: Flask) -> None:
    bob = make_account(marked_app)
    attempt = use_up_tries(marked_app, bob)
    visitor = sign_in_as(marked_app, bob)
    assert visitor.get(f"/attempts/{attempt}/scenes/1").status_code == 404
    assert CANARY not in visitor.get(f"/attempts/{attempt}/result").text


@pytest.mark.check("T026")
def test_scenes_and_their_order_are_drawn_once(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    attempt = visitor.start("practices")
    scenes = range(1, scenes_of(app, attempt) + 1)
    first = [_mask(visitor.get(f"{attempt}/scenes/{position}").text) for position in scenes]
    again = [_mask(visitor.get(f"{attempt}/scenes/{position}").text) for position in scenes]
    assert first == again
    assert visitor.start("practices") == attempt
    asked = "import random; from trainer.core import chance; print(isinstance(chance.rng, random.SystemRandom))"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True).stdout == "True\n"


def test_people_see_other_scenes_in_another_order(app: Flask) -> None:
    shown = []
    for number in range(10):  # two may see the same; that all do is as good as impossible
        attempt = start_practice(app, make_account(app, f"{number}@example.org"))
        shown.append(tuple(str(scene) for scene in drawn(app, f"/attempts/{attempt}")))
    assert len({frozenset(scenes) for scenes in shown}) > 1, "all saw the same scenes"
    places = {scene: {scenes.index(scene) for scenes in shown if scene in scenes} for scene in shown[0]}
    assert any(len(numbers) > 1 for numbers in places.values()), "each scene has its place"

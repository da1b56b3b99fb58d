"""What every type of further questions must hold: each test runs over all samples of all types."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from tests.cast import make_guest, sign_in_as
from tests.content import small
from tests.content.small import CONCERN_FILE, add_to_head, edit, put
from tests.support import Visitor
from trainer.app import create_app
from trainer.assessment.models import Attempt, Response
from trainer.content.library import Content, Library
from trainer.content.schema import InputMode
from trainer.content.shapes import Keys
from trainer.core import chance
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.items.contract import NARRATIVE, Fields, FurtherType, Sample
from trainer.items.registry import FURTHER, MODELS, read_further

SAMPLES = [pytest.param(one, sample, id=one.name) for one in FURTHER.values() for sample in one.samples()]
FILES = {name: text for one in FURTHER.values() for sample in one.samples() for name, text in sample.files.items()}
REASON = re.compile(r"\bOf (the )?[a-z]")
FILLED = re.compile(r" (?:checked|selected)>|<textarea[^>]*>\s*[^<\s]")
JSON = {"Accept": "application/json"}

Serve = Callable[[object], Flask]


def write(parent: Path, item: object) -> Path:
    """Write the tiny folder with one further question, and with all files that samples need."""
    parent.mkdir()
    folder = small.write(parent)
    for name, text in FILES.items():
        put(folder, name, text)
    assert NARRATIVE in (folder / CONCERN_FILE).read_text(encoding="utf-8")
    edit(folder, CONCERN_FILE, small.SIGN, f"{small.SIGN}\n  A1: The boss is there")
    text = yaml.safe_dump([item], sort_keys=False, allow_unicode=True, width=10_000)
    add_to_head(folder, CONCERN_FILE, "".join(f"  {line}\n" for line in text.splitlines()))
    return folder


def read(parent: Path, item: object) -> Content:
    return small.read(write(parent, item))


@pytest.fixture
def serve(settings: Settings, tmp_path: Path) -> Iterator[Serve]:
    """Return how to serve a folder with one further question."""
    apps: list[Flask] = []

    def make(item: object) -> Flask:
        folder = write(tmp_path / f"content-{len(apps)}", item)
        apps.append(create_app(settings, Library(folder, lambda: small.TODAY, MODELS)))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass
class Asked:
    """Someone with the question before them."""

    visitor: Visitor
    attempt: str

    @property
    def path(self) -> str:
        return f"{self.attempt}/questions/1"

    def send(self, fields: Fields, **more: str) -> tuple[int, str]:
        """Send an answer; return the status and the page that is shown then."""
        answer = self.visitor.post(self.path, {"version": "0", **fields, **more}, headers=JSON if more else {})
        return answer.status_code, answer.text

    def kept(self) -> tuple[object, int, bool]:
        with self.visitor.app.app_context():
            row = db.session.scalars(
                select(Response).where(Response.attempt_id == UUID(self.attempt.rsplit("/", 1)[1]))
            ).one()
            return row.given, row.version, row.recorded_at is not None


def ask(app: Flask) -> Asked:
    visitor = sign_in_as(app, make_guest(app))
    asked = Asked(visitor, visitor.start("drills"))
    visitor.get(asked.path)
    return asked


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_offers_every_way_to_answer(kind: FurtherType, sample: Sample) -> None:
    assert kind.model.access == set(InputMode)
    assert re.fullmatch(r"[a-z]+", kind.name)
    assert sample.authored["type"] == kind.name
    assert kind.model.model_validate(sample.authored).type == kind.name


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_is_read_kept_and_read_again_the_same(kind: FurtherType, sample: Sample, tmp_path: Path) -> None:
    (drill,) = read(tmp_path / "one", sample.authored).scenarios["open-1-a"].drills
    assert (drill.id, drill.type) == (f"open-1-a/{kind.name}", kind.name)
    payload = read_further(drill.payload)
    assert read_further(json.loads(json.dumps(payload.kept()))) == payload
    assert payload.version >= 1


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_another_key_is_another_digest_and_another_reason_is_not(
    kind: FurtherType, sample: Sample, tmp_path: Path
) -> None:
    reworded = json.loads(json.dumps(sample.authored).replace("Of ", "Because of "))
    digests = [
        read(tmp_path / name, item).scenarios["open-1-a"].drills[0].digest
        for name, item in (("one", sample.authored), ("two", sample.otherwise), ("three", reworded))
    ]
    assert reworded != sample.authored
    assert digests[0] == digests[2] != digests[1]


@pytest.mark.check("T017")
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_nothing_before_answering_tells_the_key(
    kind: FurtherType, sample: Sample, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for item in (sample.authored, sample.otherwise):
        monkeypatch.setattr(chance, "rng", random.Random(7))
        asked = ask(serve(item))
        pages = [asked.visitor.get(asked.path).text]
        pages += [
            asked.send(fields, autosave="1", version=str(number))[1] for number, fields in enumerate(_some(sample))
        ]
        pages += [asked.visitor.get(f"{asked.attempt}{rest}").text for rest in ("", "/submission", "/questions/1")]
        assert not any(REASON.search(page) for page in pages)
        seen.append([_masked(page) for page in pages])
    assert seen[0] == seen[1]


def _some(sample: Sample) -> list[Fields]:
    return [sample.right, sample.wrong, sample.partly] if sample.first is None else [sample.first, sample.partly]


def _masked(page: str) -> str:
    page = re.sub(r'(name="(?:csrf_token|opened_at)"[^>]*value=")[^"]*', "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12}", "", page)


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_the_right_answer_earns_the_point_and_the_wrong_one_less(
    kind: FurtherType, sample: Sample, serve: Serve
) -> None:
    earned = []
    app = serve(sample.authored)
    for fields in (sample.right, sample.wrong):
        asked = ask(app)
        if sample.first is not None:
            assert asked.send(sample.first)[0] == 303
            assert asked.kept()[1:] == (1, False)
        assert asked.send({**fields, "version": "0" if sample.first is None else "1"})[0] == 303
        page = asked.visitor.get(asked.path).text
        assert len(REASON.findall(page)) >= 3
        assert 'name="version"' not in page
        asked.visitor.post(f"{asked.attempt}/submission")
        if kind.done is not None:
            assert "there’s nothing to score" in asked.visitor.get(f"{asked.attempt}/points").text
            continue
        right = re.search(r"<h1>(\d) of 1 right", asked.visitor.get(f"{asked.attempt}/points").text)
        with app.app_context():
            tally = db.session.get_one(Attempt, UUID(asked.attempt.rsplit("/", 1)[1])).tally
        assert tally
        earned.append(tally["points"])
        assert right
        assert int(right[1]) == (tally["points"] == 1)
    assert kind.done is not None or earned[0] == 1 > earned[1]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_what_is_given_is_saved_on_the_way_and_shown_again(kind: FurtherType, sample: Sample, serve: Serve) -> None:
    asked = ask(serve(sample.authored))
    empty = asked.visitor.get(asked.path).text
    status, text = asked.send(sample.partly, autosave="1")
    assert (status, json.loads(text)) == (200, {"version": 1})
    given, version, is_recorded = asked.kept()
    assert given
    assert (version, is_recorded) == (1, False)
    shown = asked.visitor.get(asked.path).text
    assert len(FILLED.findall(shown)) == 1
    assert not FILLED.findall(empty)
    assert asked.send(sample.right, version="0")[0] == 409  # an older tab


@pytest.mark.check("T019")
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_what_the_page_does_not_offer_is_refused_and_changes_nothing(
    kind: FurtherType, sample: Sample, serve: Serve
) -> None:
    asked = ask(serve(sample.authored))
    assert sample.altered
    for fields in sample.altered:
        for more in ({}, {"autosave": "1"}):
            status, text = asked.send(fields, **more)
            assert status == 400, fields
            assert not REASON.search(text)
    assert asked.kept() == (None, 0, False)


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_an_incomplete_answer_is_asked_for_and_kept_on_the_page(
    kind: FurtherType, sample: Sample, serve: Serve
) -> None:
    asked = ask(serve(sample.authored))
    if sample.incomplete is None:
        assert asked.send({})[0] == 303  # nothing is an answer as well
        return
    status, page = asked.send(sample.incomplete)
    assert status == 422
    assert 'id="summary-title"' in page
    target = re.search(r'<li><a href="#([\w-]+)">', page)
    assert target
    assert f'id="{target[1]}"' in page
    assert len(FILLED.findall(page)) == len(sample.incomplete)
    assert not REASON.search(page)
    assert asked.kept() == (None, 0, False)


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_what_comes_first_is_an_answer(kind: FurtherType, sample: Sample, tmp_path: Path) -> None:
    (drill,) = read(tmp_path / "one", sample.authored).scenarios["open-1-a"].drills
    payload = read_further(drill.payload)
    given = sample.as_they_come(payload.draw(random.Random(3)))
    assert kind.form.is_whole(given)
    mark = payload.mark(given)
    assert (mark is None) == (kind.done is not None)
    assert mark is None or 0 <= mark.points <= 1


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_all_words_of_it_can_be_translated_and_nothing_else(kind: FurtherType, sample: Sample) -> None:
    item = kind.model.model_validate(sample.authored)
    words = set(texts_of(Keys(kind.model.prose).read(sample.authored)))
    assert set(item.texts()) <= words, "name the keys of these words in `prose` of the model"
    assert words.isdisjoint(ids_of(sample.authored))


def texts_of(words: Any) -> Iterator[str]:
    if isinstance(words, str):
        yield words
    for inner in words.values() if isinstance(words, dict) else words if isinstance(words, list) else ():
        yield from texts_of(inner)


def ids_of(authored: Any) -> Iterator[str]:
    """Yield what isn't told to anyone: the type, and all ids."""
    if isinstance(authored, dict):
        yield from (authored[key] for key in ("type", "id") if key in authored)
    for inner in authored.values() if isinstance(authored, dict) else authored if isinstance(authored, list) else ():
        yield from ids_of(inner)

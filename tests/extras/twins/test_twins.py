"""Twins side by side: what decides is found in one scene, then shown in both; nothing of other pools, nothing kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.assessment.swapped import CANARY, copy_content, edit_scenes, mark_answers, open_library
from tests.cast import answer_all, hand_in, make_account, make_ready, sign_in_as, start_final, start_practice
from tests.learning.public import all_rows
from tests.support import COURSE, Visitor, closed_up
from trainer.app import create_app
from trainer.assessment.models import Attempt
from trainer.assessment.queries import list_responses
from trainer.assessment.twins import Side, Twins, find_twins, list_twins, showing
from trainer.content.library import Content, Library
from trainer.content.schema import Pool
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.extras.twins.rules import Found, list_shared, look
from trainer.extras.twins.views import twins_showing

SEEN = "?seen=y"


@pytest.fixture
def here(shelf: Library) -> Content:
    return shelf.content


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The content with a word in every text that only an answer may show."""
    folder = copy_content(tmp_path_factory.mktemp("marked"))
    edit_scenes(folder, mark_answers)
    return open_library(folder)


@pytest.fixture
def marked_app(settings: Settings, marked: Library) -> Iterator[Flask]:
    app = create_app(settings, marked)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def twins(content: Content, name: str) -> Twins:
    found = find_twins(content, name)
    assert found is not None
    return found


def texts(side: Side) -> list[str]:
    return ["".join(text for text, _decides in one.parts) for one in side.sentences]


def deciding(side: Side) -> list[str]:
    return [text for one in side.sentences for text, decides in one.parts if decides]


def marks(page: str) -> list[str]:
    """Return what is marked on a page, as it is heard, without what belongs to the key of the marks."""
    found = re.findall(r"<mark>(.*?)</mark>", closed_up(page))
    return [unescape(re.sub(r"<[^>]*>", "", one)) for one in found]


def test_every_open_pair_is_listed_once_and_both_of_its_scenes_can_be_looked_at(
    visitor: Visitor, here: Content
) -> None:
    pairs = {scene.file.pair for scene in here.pool(Pool.OPEN)}
    first, _all, page = visitor.get("/twins").text.partition("<details")
    listed = re.findall(r'href="/twins/([^"]+)"', page)
    assert sorted(here.scenarios[name].file.pair or "" for name in listed) == sorted(one for one in pairs if one)
    assert re.findall(r'href="/twins/([^"]+)"', first) == listed[:1]
    for scene in here.pool(Pool.OPEN):
        assert visitor.get(f"/twins/{scene.id}").status_code == 200
        assert visitor.get(f"/twins/{scene.id}{SEEN}").status_code == 200


@pytest.mark.check("T017")
def test_what_decides_is_told_only_after_looking(marked_app: Flask, marked: Library) -> None:
    visitor = Visitor(marked_app)
    for path in ("/twins", *(f"/twins/{one.id}" for one in marked.content.pool(Pool.OPEN))):
        page = visitor.get(path).text
        assert CANARY not in page, path
        assert not marks(page), path
    for one in marked.content.pool(Pool.OPEN):
        assert CANARY in visitor.get(f"/twins/{one.id}{SEEN}").text


def test_no_scene_of_another_pool_is_ever_shown(visitor: Visitor, here: Content) -> None:
    others = [one for one in here.scenarios.values() if one.file.pool is not Pool.OPEN]
    assert {one.file.pool for one in others} >= {Pool.RESERVED, Pool.SHIFT}
    for scene in others:
        assert visitor.get(f"/twins/{scene.id}").status_code == 404
        assert visitor.get(f"/twins/{scene.id}{SEEN}&people=other").status_code == 404
    assert visitor.get("/twins/nothing").status_code == 404


def test_words_that_decide_are_marked_in_both_and_heard_as_such(visitor: Visitor, here: Content) -> None:
    for scene in here.pool(Pool.OPEN):
        found = twins(here, scene.id)
        page = visitor.get(f"/twins/{scene.id}{SEEN}").text
        said = [f"(decides:{text})" for side in (found.one, found.other) for text in deciding(side)]
        assert marks(page) == said


def test_both_verdicts_stand_there_and_the_fact_flips_between_them(visitor: Visitor, here: Content) -> None:
    scene = next(one for one in here.pool(Pool.OPEN) if one.file.truth == "concern")
    twin = here.twin(scene)
    page = closed_up(visitor.get(f"/twins/{scene.id}{SEEN}").text)
    names = here.vocabulary.verdicts
    for key, one in (("a", scene), ("b", twin)):
        assert f'<label for="flip-{key}">{one.file.differs}</label>' in unescape(page)
        behind = page[page.index(f'class="is-{key} ') :]
        assert behind.index(names[one.file.best].name) < 400
    assert re.findall(r'<input type="radio" name="flip" id="flip-(.)"( checked)?>', page) == [
        ("a", " checked"),
        ("b", ""),
    ]


def test_what_someone_marked_is_held_against_what_decides(here: Content) -> None:
    side = max((one.one for one in list_twins(here)), key=lambda one: len(one.sentences))
    right, beside = sorted(side.deciding), sorted({one.number for one in side.sentences} - side.deciding)
    assert look(side, right) == Found(frozenset(right), frozenset(), frozenset())
    assert look(side, beside) == Found(frozenset(), frozenset(right), frozenset(beside))
    assert look(side, []) == Found(frozenset(), frozenset(right), frozenset())


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("", "You found 0 of 1 sentence that decides."),
        ("&marked=2", "You found 1 of 1 sentence that decides."),
        ("&marked=1", "You found 0 of 1 sentence that decides. You marked 1 that doesn’t."),
        ("&marked=1&marked=2", "You found 1 of 1 sentence that decides. You marked 1 that doesn’t."),
    ],
)
def test_the_page_says_what_was_found(visitor: Visitor, here: Content, marked: str, said: str) -> None:
    name = next(one.one.scene.id for one in list_twins(here) if one.one.deciding == {2} and len(one.one.sentences) == 2)
    page = visitor.get(f"/twins/{name}{SEEN}{marked}").text
    assert said in re.sub(r"\s+", " ", page)


@pytest.mark.parametrize("marked", ["&marked=99", "&marked=x", "&marked=0", "&marked=1&marked=-1", "&marked=%C2%B2"])
def test_what_the_page_does_not_offer_is_refused(visitor: Visitor, here: Content, marked: str) -> None:
    assert visitor.get(f"/twins/{here.pool(Pool.OPEN)[0].id}{SEEN}{marked}").status_code == 400


def test_nothing_is_kept_of_it(app: Flask, visitor: Visitor, here: Content) -> None:
    for scene in here.pool(Pool.OPEN):
        for query in ("", f"{SEEN}&marked=1"):
            answer = visitor.get(f"/twins/{scene.id}{query}")
            assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert all_rows(app) == 0


def test_what_both_have_decides_nothing(here: Content) -> None:
    for one in list_twins(here):
        both = {*list_shared(one)}
        innocent = one.other if one.one.is_concern else one.one
        assert both <= {*innocent.scene.file.signs.values(), *innocent.scene.file.ordinary}


def answered(app: Flask, position: int = 1) -> tuple[Visitor, str, str, bool]:
    """Return a learner, the page of an answered scene of a practice, the scene's id, and whether it is told anew."""
    leo = make_account(app, f"leo{position}@example.org")
    attempt = start_practice(app, leo)
    answer_all(app, attempt)
    with app.app_context():
        payload = list_responses(db.session.get_one(Attempt, attempt))[position - 1].snapshot.payload
    return sign_in_as(app, leo), f"/attempts/{attempt}/scenes/{position}", payload["scenario"], payload["is_swapped"]


def test_an_answer_in_practice_leads_to_its_twin_told_with_the_same_people_and_back(app: Flask, here: Content) -> None:
    for position in range(1, 5):
        visitor, path, scene, is_swapped = answered(app, position)
        found = re.search(r'href="(/twins/[^"]+)"', visitor.get(path).text)
        assert found
        address = unescape(found[1])
        assert urlsplit(address).path == f"/twins/{here.twin(here.scenarios[scene]).id}"
        assert (parse_qs(urlsplit(address).query).get("people") == ["other"]) == is_swapped
        told = here.twin(here.scenarios[scene])
        assert str((told.other if is_swapped and told.other else told).paragraphs[0].split(".")[0]) in unescape(
            closed_up(visitor.get(address).text)
        )
        seen = visitor.get(f"{address}&seen=y").text
        assert f'href="{path}"' in seen


def test_an_altered_way_back_leads_nowhere(visitor: Visitor, here: Content) -> None:
    name = here.pool(Pool.OPEN)[0].id
    page = visitor.get(f"/twins/{name}{SEEN}&back=https://example.org")
    assert page.status_code == 200
    assert "example.org" not in re.sub(r'href="/remarks[^"]*"|<input type="hidden"[^>]*>', "", page.text)


def test_an_answer_of_a_final_leads_to_no_twin(app: Flask, shelf: Library) -> None:
    leo = make_account(app, "leo@example.org")
    make_ready(app, leo)
    attempt = start_final(app, leo)
    answer_all(app, attempt, wrong=1)
    hand_in(app, leo, attempt)
    visitor = sign_in_as(app, leo)
    assert '"/twins' not in visitor.get(f"/attempts/{attempt}/result").text
    reviewed = [visitor.get(f"/attempts/{attempt}/scenes/{n}") for n in range(1, 9)]
    assert all("/twins/" not in page.text for page in reviewed)


def test_signs_lead_to_the_pairs_that_show_them_most_of_them_first(app: Flask, visitor: Visitor, here: Content) -> None:
    sign = next(iter(here.pool(Pool.OPEN)[0].file.signs))
    found = showing(list_twins(here), [sign])
    assert found
    for one in found:
        assert sign in {*one.one.scene.file.signs, *one.other.scene.file.signs}
    page = visitor.get(f"/indicators/{sign}").text
    assert all(f'href="/twins/{one.one.scene.id}"' in page for one in found)
    every = list(here.indicators)
    shown = [len({*one.one.scene.file.signs, *one.other.scene.file.signs}) for one in showing(list_twins(here), every)]
    assert shown == sorted(shown, reverse=True)
    with app.test_request_context():
        assert len(twins_showing(every, 2)) == 2
    assert showing(list_twins(here), []) == []


def test_the_course_page_leads_to_twins(visitor: Visitor) -> None:
    assert 'href="/twins"' in visitor.get(f"/courses/{COURSE}").text
    assert 'href="/twins"' in visitor.get(f"/courses/{COURSE}/practice").text

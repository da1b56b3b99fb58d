"""The sheet to teach from: what surely goes wrong, where it is taught, two open scenes, nobody's name or answer."""

from __future__ import annotations

import io
import random

import pytest
from pypdf import PdfReader

from tests.instructing.conftest import Room, answer_practice
from tests.support import COURSE
from trainer.assessment.twins import list_twins
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.instructing.briefing import prepare, scene_on
from trainer.instructing.rules import Grain, Misread, Rate

pytestmark = pytest.mark.on_both


def rate(part: int, whole: int, low: float, high: float, people: int = 9) -> Rate:
    return Rate(part, whole, people, (low, high), whole >= 30 and people >= 5)


NONE = rate(0, 0, 0, 1, 0)


def sign_row(key: str, hits: Rate = NONE, false_alarms: Rate = NONE) -> Misread:
    return Misread(Grain.INDICATOR, key, f"{key} sign", hits, false_alarms)


def text_of(pdf: bytes) -> tuple[int, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return len(reader.pages), " ".join(page.extract_text() for page in reader.pages)


def test_what_is_surely_wrong_most_often_comes_first_once_per_category(shelf: Library) -> None:
    content = shelf.content
    signs = list(content.indicators.values())
    of_one = [sign.id for sign in signs if sign.category == signs[0].category][:2]
    other = next(sign.id for sign in signs if sign.category != signs[0].category)
    rows = [
        sign_row(of_one[0], hits=rate(30, 40, 0.6, 0.85)),  # missed in 25 %, at least 15 %
        sign_row(of_one[1], hits=rate(20, 40, 0.4, 0.9)),  # missed in 50 %, at least 10 %: of the same category
        sign_row(other, false_alarms=rate(20, 40, 0.3, 0.7)),
        sign_row(other, hits=rate(40, 40, 0.9, 1.0)),  # nothing went wrong
        Misread(Grain.SCENE, "unknown", "Scene 12345 of the final", rate(0, 40, 0, 0.1), NONE),
    ]
    brief = prepare(rows, COURSE, content)
    assert [(mistake.label, mistake.is_missed) for mistake in brief.mistakes] == [
        (f"{other} sign", False),
        (f"{of_one[0]} sign", True),
    ]
    missed = brief.mistakes[1].rate
    assert (missed.part, missed.whole) == (10, 40)
    assert missed.interval == pytest.approx((0.15, 0.4))
    for mistake in brief.mistakes:
        assert mistake.lesson is None or mistake.lesson.id in {one.id for one in content.courses[COURSE].lessons}


def test_a_sign_leads_to_a_lesson_that_teaches_it_and_an_open_scene_that_shows_it(shelf: Library) -> None:
    content = shelf.content
    shown = {sign for twins in list_twins(content) for sign in twins.one.scene.file.signs}
    led = 0
    for sign in content.indicators:
        row = sign_row(sign, false_alarms=rate(20, 40, 0.3, 0.7))
        mistake = prepare([row], COURSE, content).mistakes[0]
        teaching = {lesson.id for course, lesson in content.lessons_teaching(sign) if course.slug == COURSE}
        assert (mistake.lesson.id if mistake.lesson else None) in (teaching or (None,))
        side = scene_on(row, content, list_twins(content))
        if sign in shown:
            assert side is not None
            assert sign in side.scene.file.signs
            led += 1
        if mistake.side:
            assert not mistake.side.is_concern
    assert led > 2


def test_two_open_scenes_are_read_one_to_report_and_one_not(shelf: Library) -> None:
    reserved = {scene.id for scene in shelf.content.pool(Pool.RESERVED)}
    for rows in ([], [sign_row(sign, hits=rate(9, 40, 0.1, 0.4)) for sign in shelf.content.indicators]):
        scenes = prepare(rows, COURSE, shelf.content).scenes
        assert sorted(read.side.is_concern for read in scenes) == [False, True]
        assert not {read.side.scene.id for read in scenes} & reserved


def test_few_answers_say_nothing_but_give_scenes_to_begin_with(room: Room) -> None:
    ines = room.enter()
    page = ines.get(room.path("/briefing")).text
    assert "Nobody has judged a scene since joining" in page
    assert "Too few to say: at least 5 people" in page
    assert page.count("Read aloud:") == 2
    number, text = text_of(ines.get(room.path("/briefing.pdf")).get_data())
    assert number == 1
    assert text.count("Read aloud:") == 2


def test_the_sheet_says_on_paper_what_it_says_on_the_screen_and_names_nobody(room: Room) -> None:
    rng = random.Random(3)
    for user_id in room.add(8):
        for _practice in range(6):
            answer_practice(room.app, user_id, rng)
    ines = room.enter()
    page = ines.get(room.path("/briefing"))
    assert page.headers["Cache-Control"] == "no-store"
    pdf = ines.get(room.path("/briefing.pdf"))
    number, text = text_of(pdf.get_data())
    assert number == 1
    assert b"/MarkInfo" in pdf.get_data()
    shown = " ".join(text.split())
    assert "First answers of 8 people." in page.text
    assert "First answers of 8 people." in shown
    assert "Too few" not in shown
    on_screen = page.text[page.text.index("<article") :]
    for mistake in ("Missed", "Over-reported"):
        assert on_screen.count(mistake) == "".join(text.split()).count(mistake) > 0
    assert "Guard 0" not in page.text + text
    assert "of the final" not in page.text + text


@pytest.mark.parametrize("name", ["alice", "mark", "bob", "mallory"])
def test_no_employer_reads_what_a_group_gets_wrong(room: Room, name: str) -> None:
    visitor = room.enter(name)
    for rest in ("/misreads", "/briefing", "/briefing.pdf"):
        assert visitor.get(room.path(rest)).status_code == 404
    assert visitor.post(room.path("/misreads/exports"), {"form": "csv"}).status_code == 404
    if name == "alice":
        assert "Misreads" not in visitor.get(room.path()).text

"""What pages promise is counted from words that stand open: two hundred a minute, and twenty seconds a decision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.content import small
from trainer.content.library import Content, Library, load
from trainer.content.markdown import parse
from trainer.content.schema import Pool
from trainer.content.times import Times, in_minutes, lesson_seconds, scenes_seconds
from trainer.items.judge.model import JudgeItem
from trainer.items.registry import MODELS


def words(number: int) -> str:
    return "word " * number


def test_a_lesson_takes_its_words_and_its_questions_and_no_sources() -> None:
    assert lesson_seconds(parse(words(400)), ()) == 120
    assert lesson_seconds(parse(f"{words(400)}[^S1]"), ()) == 120
    question = f"::: choose Which?\n\n- [x] {words(3)} => {words(4)}\n- [ ] no => no\n:::"
    asked = lesson_seconds(parse(words(400) + "\n\n" + question), ()) - 120
    assert 20 + 60 * 9 / 200 <= asked <= 20 + 60 * 15 / 200  # marks and arrows may count as words


def test_what_is_closed_takes_no_time_and_what_stands_above_does() -> None:
    closed = f"::: reveal {words(3)}\n{words(50)}\n:::\n\n"
    wrong = f"::: choose Which?\n\n- [x] yes => right\n- [ ] no => {words(20)}\n:::"
    short = lesson_seconds(parse(wrong.replace(words(20), "wrong")), ())
    assert lesson_seconds(parse(closed), ()) == pytest.approx(3 * 0.3)
    assert lesson_seconds(parse(closed + wrong), ()) == pytest.approx(3 * 0.3 + short)
    assert lesson_seconds(parse(closed), (), beside=(words(10), "")) == pytest.approx(13 * 0.3)


def test_what_nobody_chose_takes_no_time_after_a_scene(shelf: Library) -> None:
    """The other reasons and the signs are closed; what decides stands in bold, and the line of the rule below it."""
    content = shelf.content
    for scene in content.pool(Pool.OPEN):
        file = scene.file
        item = file.first
        assert isinstance(item, JudgeItem)
        place = content.vocabulary.find_rung(file.rule)
        assert place is not None
        line = content.vocabulary.ladder[place - 1]
        told = [file.title, *file.decides, item.verdicts[file.best], line.seen, line.do, file.differs or ""]
        answer = 0.3 * len(" ".join(told).split())
        step = 0.3 * len(f"{item.best.text} {item.best.why}".split())
        assert scene.seconds_answered == pytest.approx(answer + step)
        assert scene.seconds_verdict > 20 + answer


def test_the_whole_road_to_a_certificate_takes_75_minutes_where_it_is_short(shelf: Library) -> None:
    times = Times(shelf.content)
    for course in shelf.content.courses.values():
        if not course.is_for_renewal:
            least, most = times.road(course)
            assert least == times.core(course) + times.final(course) <= 75
            assert most == times.pretest(course) + times.core(course) + times.whole_final(course) >= least


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (59, 1), (60, 1), (61, 2), (600, 10), (600.1, 11)])
def test_minutes_are_whole_and_rounded_up(seconds: float, minutes: int) -> None:
    assert in_minutes(seconds) == minutes


def test_scenes_take_the_mean_of_their_pool_and_their_answers_count_where_they_are_shown(shelf: Library) -> None:
    pool = shelf.content.pool(Pool.OPEN)
    one = sum(scene.seconds for scene in pool) / len(pool)
    answer = sum(scene.seconds_answered for scene in pool) / len(pool)
    assert scenes_seconds(pool, 6) == pytest.approx(6 * one)
    assert scenes_seconds(pool, 6, with_answers=True) == pytest.approx(6 * (one + answer))
    assert answer > 10
    assert all(scene.seconds > 20 + len(scene.html.striptags().split()) * 0.3 * 0.95 for scene in pool)


def test_of_lessons_to_choose_from_only_the_longest_counts(shelf: Library) -> None:
    course = shelf.content.courses["security-officer"]
    all_of_them = in_minutes(sum(lesson.seconds for lesson in course.lessons))
    chosen = [module for module in course.modules if module.file.choose_one]
    assert chosen
    saved = sum(lesson.seconds for module in chosen for lesson in module.lessons) - sum(
        max(lesson.seconds for lesson in module.lessons) for module in chosen
    )
    assert Times(shelf.content).core(course) == pytest.approx(all_of_them - saved / 60, abs=1)


def test_what_is_promised_grows_with_what_is_asked(shelf: Library) -> None:
    times, pool = Times(shelf.content), shelf.content.pool(Pool.OPEN)
    each = [scene.seconds_verdict for scene in pool]
    assert all(20 + len(scene.html.striptags().split()) * 0.3 * 0.95 < scene.seconds_verdict for scene in pool)
    assert all(scene.seconds_verdict < scene.seconds + scene.seconds_answered for scene in pool)
    for course in shelf.content.courses.values():
        scenes = course.file
        assert times.final(course) >= scenes.final.scenes * 20 / 60
        assert times.first_try(course) * 60 >= scenes.first_try.scenes * min(each)
        assert times.first_try(course) < times.practice(course) * scenes.first_try.scenes / scenes.practice.scenes + 1
        assert times.scenes(scenes.practice.scenes) == times.practice(course) < times.scenes(2 * scenes.practice.scenes)
        assert scenes.practice.scenes / 3 < times.drill(course) < times.practice(course) * 2
        assert all(times.lesson(lesson) <= times.core(course) for lesson in course.lessons)
    refresher = shelf.content.courses["refresher"]
    assert times.final(refresher) < times.final(shelf.content.courses["recognize"])


def test_a_longer_lesson_is_promised_longer(folder: Path) -> None:
    def minutes() -> int:
        content: Content = load(folder, small.TODAY, MODELS)[0]
        course = content.courses["recognize"]
        return Times(content).lesson(course.lessons[0])

    before = minutes()
    small.edit(folder, small.LESSON_FILE, "## What to read next", f"{words(500)}\n\n## What to read next")
    assert minutes() >= before + 2


def test_a_lesson_takes_the_nearest_minute_so_that_lists_add_up(shelf: Library) -> None:
    lesson = shelf.content.courses["recognize"].first_lesson
    minutes = [Times(shelf.content).lesson(replace(lesson, seconds=seconds)) for seconds in (5, 80, 100, 161)]
    assert minutes == [1, 1, 2, 3]

"""What the courses say of themselves is true."""

from __future__ import annotations

import re

from tests.shipped.conftest import SHIPPED
from tests.support import Visitor
from trainer.content.library import Library
from trainer.items.order.type import OrderPayload
from trainer.items.registry import read_further


def test_no_summary_promises_a_time_that_pages_count_from_words(shelf: Library) -> None:
    told = [course.file.summary for course in shelf.content.courses.values()]
    assert [summary for summary in told if re.search(r"(?i)\b(minutes?|hours?)\b", summary)] == []


def test_each_module_group_and_core_lesson_has_a_picture_and_each_picture_a_place(shelf: Library) -> None:
    courses = shelf.content.courses.values()
    named = [module.file.picture for course in courses for module in course.modules]
    named += [group.picture for group in shelf.content.categories]
    assert len(named) == len(set(named))
    for course in courses:
        own = [lesson.file.picture for module in course.core for lesson in module.lessons]
        assert None not in own or course.is_for_renewal
        assert len(own) == len(set(own)) or course.is_for_renewal
        named += [name for name in own if name]
    assert None not in named
    assert {str(name) for name in named} == {path.stem for path in (SHIPPED / "pictures").iterdir()}


def test_what_changed_is_told_without_names_of_versions(shelf: Library) -> None:
    named = re.compile(rf"\b(?:{'|'.join(shelf.content.courses)}) \d")
    changes = [change for course in shelf.content.courses.values() for change in course.changes]
    assert [point for change in changes for point in change.points if named.search(point)] == []


def test_no_lesson_weighs_more_than_45_kilobytes_with_all_that_it_asks_for(visitor: Visitor, shelf: Library) -> None:
    def weigh(path: str) -> int:
        answer = visitor.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        return len(answer.data) + sum(len(f"{key}: {value}\r\n") for key, value in answer.headers)

    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.get("/").text)
    assert len(asked) == 4
    around = sum(weigh(path) for path in set(asked))
    weights = {
        f"{course.slug}/{lesson.id}": around + weigh(f"/courses/{course.slug}/{lesson.id}")
        for course in shelf.content.courses.values()
        for lesson in course.lessons
    }
    assert {name: weight for name, weight in weights.items() if weight > 45 * 1024} == {}


def test_no_lesson_shows_the_steps_of_a_question_in_the_right_order_already(shelf: Library) -> None:
    payloads = [
        read_further(question.payload)
        for course in shelf.content.courses.values()
        for lesson in course.lessons
        for question in lesson.questions
    ]
    orders = [payload for payload in payloads if isinstance(payload, OrderPayload)]
    assert orders
    # The name of a question decides how its steps are shuffled: before it is published, another name helps.
    assert [one.scenario for one in orders if one.order_for_all() == [step.id for step in one.steps]] == []

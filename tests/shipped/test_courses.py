"""What the courses say of themselves is true."""

from __future__ import annotations

import re

from trainer.content.library import Library
from trainer.items.order.type import OrderPayload
from trainer.items.registry import read_further


def test_no_summary_promises_a_time_that_pages_count_from_words(shelf: Library) -> None:
    told = [course.file.summary for course in shelf.content.courses.values()]
    assert [summary for summary in told if re.search(r"(?i)\b(minutes?|hours?)\b", summary)] == []


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

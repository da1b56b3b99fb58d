"""The questions of a lesson as one reader has them: asked, or answered, and what opens below each.

Someone who is enrolled has answers in the records. Anyone else carries them along in the address, signed, and they are
gone with it; once there is a text of theirs among them, in the page instead, since addresses are kept by browsers and
servers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from trainer.content.drills import Question
from trainer.content.library import Course, Lesson
from trainer.core.signing import sign, unsign
from trainer.items.contract import FurtherPayload, FurtherType, Mark
from trainer.items.forms import AnswerForm
from trainer.items.payload import Given
from trainer.items.registry import FURTHER, read_further

_PURPOSE = "lesson-answers"


@dataclass(frozen=True)
class Asked:
    """A question on the page, and what was given for it."""

    id: str
    number: int
    of: int
    type: FurtherType
    payload: FurtherPayload
    form: AnswerForm
    given: Given
    is_answered: bool
    mark: Mark | None
    """What the answer is worth; None before there is one, and where right and wrong don't apply."""
    opens: bool
    """Whether what follows is open although this wasn't answered."""

    @property
    def name(self) -> str:
        """Its id on the page."""
        return place_of(self.id)


def place_of(question: str) -> str:
    """Return the id that a question has on the page."""
    return f"q-{question}"


def ask(
    lesson: Lesson, answers: Mapping[str, Given], *, incomplete: str | None = None, opens_all: bool = False
) -> list[Asked]:
    """Return the questions of a lesson in the order of its text, with the answers given so far.

    `incomplete`: the question whose answer isn't whole. What follows a question is open once a later one was tried.
    """
    asked: list[Asked] = []
    is_later = opens_all
    for number, question in reversed(list(enumerate(lesson.questions, start=1))):
        kind, payload, given = FURTHER[question.type], read_further(question.payload), answers.get(question.id, {})
        form = kind.form.for_asking(payload, payload.order_for_all(), given)
        is_answered = question.id != incomplete and is_whole(question, answers)
        if question.id == incomplete:
            form.validate()
        mark = payload.mark(given) if is_answered else None
        opens = is_later and not is_answered
        asked.append(
            Asked(question.id, number, len(lesson.questions), kind, payload, form, given, is_answered, mark, opens)
        )
        is_later = is_later or question.id in answers or question.id == incomplete
    return asked[::-1]


def is_whole(question: Question, answers: Mapping[str, Given]) -> bool:
    """Return whether a question was answered to the end: some are answered in two steps."""
    return question.id in answers and FURTHER[question.type].form.is_whole(answers[question.id])


def has_words(lesson: Lesson, answers: Mapping[str, Given]) -> bool:
    """Return whether there is something among the answers that someone wrote in their own words."""
    return any(question.id in answers and FURTHER[question.type].is_written for question in lesson.questions)


def still_open(course: Course, lesson: Lesson, read: Collection[str], answers: Mapping[str, Given]) -> tuple[str, ...]:
    """Return the questions to answer before a lesson can be marked as read: of a core lesson, for the first time."""
    if lesson.id in read or not course.is_core(lesson):
        return ()
    return tuple(question.id for question in lesson.questions if not is_whole(question, answers))


def carried(course: Course, lesson: Lesson, answers: Mapping[str, Given]) -> str:
    """Return answers as an address carries them."""
    digests = {question.id: question.digest for question in lesson.questions}
    told = {name: [digests[name], given] for name, given in answers.items()}
    return sign(_PURPOSE, [course.slug, lesson.id, told])


def read_carried(course: Course, lesson: Lesson, token: str | None) -> dict[str, Given]:
    """Return the answers that an address carries, of questions that are still the same. Nothing else is an answer."""
    value: Any = unsign(_PURPOSE, token) if token else None
    if not isinstance(value, list) or value[:2] != [course.slug, lesson.id]:
        return {}
    return {name: given for name, (digest, given) in value[2].items() if _is_same(lesson.question(name), digest)}


def _is_same(question: Question | None, digest: str) -> bool:
    return question is not None and question.digest == digest

"""The questions of a lesson as one reader has them: asked, or answered, and what opens below each.

Someone who is enrolled has answers in the records. Anyone else carries them along in the address, signed, and they are
gone with it; once there is a text of theirs among them, in the page instead, since addresses are kept by browsers and
servers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for

from trainer.content.drills import Question
from trainer.content.library import Course, Lesson
from trainer.core.signing import sign, unsign
from trainer.items.contract import FurtherPayload, FurtherType, Mark
from trainer.items.forms import AnswerForm
from trainer.items.payload import Given
from trainer.items.registry import FURTHER, read_further

_PURPOSE = "lesson-answers"


@dataclass(frozen=True)
class PageQuestion:
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
    is_folded: bool
    """Whether it is shown in one line, since a later one was answered after it. What someone wrote stays open."""
    again: Callable[[Given], str]
    """Where it is asked again, from what was given at some point."""

    @property
    def name(self) -> str:
        """Its id on the page."""
        return place_of(self.id)


def place_of(question: str) -> str:
    """Return the id that a question has on the page."""
    return f"q-{question}"


def ask(
    lesson: Lesson,
    answers: Mapping[str, Given],
    again: Callable[[str, Given], str],
    *,
    incomplete: str | None = None,
    opens_all: bool = False,
) -> list[PageQuestion]:
    """Return the questions of a lesson in the order of its text, with the answers given so far.

    `again`: where a question is asked again. `incomplete`: the question with something to correct in what was given.
    What follows a question is open once a later one was tried.
    """
    asked: list[PageQuestion] = []
    is_later, is_answered_later = opens_all, False
    for number, question in reversed(list(enumerate(lesson.questions, start=1))):
        kind, payload, given = FURTHER[question.type], read_further(question.payload), answers.get(question.id, {})
        form = kind.form.for_asking(payload, payload.order_for_all(), given)
        is_answered = question.id != incomplete and is_whole(question, answers)
        if question.id == incomplete:
            form.validate()
        mark = payload.mark(given) if is_answered else None
        opens = is_later and not is_answered
        asked.append(
            PageQuestion(
                id=question.id,
                number=number,
                of=len(lesson.questions),
                type=kind,
                payload=payload,
                form=form,
                given=given,
                is_answered=is_answered,
                mark=mark,
                opens=opens,
                is_folded=is_answered and is_answered_later and not kind.is_written,
                again=partial(again, question.id),
            )
        )
        is_answered_later = is_answered_later or is_answered
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


def unfinished(lesson: Lesson, answers: Mapping[str, Given], incomplete: str | None = None) -> dict[str, Given]:
    """Return the answers that aren't whole, or have something to correct: only an address carries them."""
    return {
        question.id: answers[question.id]
        for question in lesson.questions
        if question.id in answers and (question.id == incomplete or not is_whole(question, answers))
    }


def address(
    course: Course, lesson: Lesson, question: str, answers: Mapping[str, Given], incomplete: str | None = None
) -> str:
    """Return the address of a question that carries answers. `incomplete`: the question with something to correct."""
    return url_for(
        "learning.show_lesson",
        course=course.slug,
        module=lesson.module_slug,
        lesson=lesson.slug,
        answers=carried(course, lesson, answers) if answers else None,
        incomplete=incomplete,
        _anchor=place_of(question),
    )


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

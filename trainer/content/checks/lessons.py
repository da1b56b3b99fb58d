"""Lessons: a question first, something to do, a recap last, every source that is cited, and the questions they ask."""

from __future__ import annotations

from trainer.content import markdown
from trainer.content.checks.bodies import check_body, check_source
from trainer.content.checks.figures import check_figures
from trainer.content.checks.questions import check_places, check_questions, check_translated_questions, warn_of_few
from trainer.content.checks.sweeping import warn_of_sweeping_words
from trainer.content.folder import Entry, Folder
from trainer.content.markdown import PageScope
from trainer.content.schema import LessonFile


def check_lessons(folder: Folder) -> None:
    """Check each lesson of each course."""
    for course in folder.courses.values():
        warn_of_few(course)
        scope = PageScope(folder.targets(course), {}, course.slug)
        for module in course.modules.values():
            for lesson in module.lessons.values():
                if folder.is_settled(lesson):
                    continue
                _check_lesson(folder, scope, lesson)
                check_questions(folder, lesson)
                for localized in folder.in_other_languages(lesson):
                    _check_text(folder, scope, localized)
                    check_translated_questions(folder, lesson, localized)


def _check_lesson(folder: Folder, scope: PageScope, lesson: Entry[LessonFile]) -> None:
    _check_text(folder, scope, lesson)
    check_figures(folder, lesson)
    warn_of_sweeping_words(lesson)
    for index, indicator in enumerate(lesson.value.indicators):
        if not folder.knows("indicator", indicator):
            lesson.refuse(("indicators", index), f'no indicator is called "{indicator}"', "Correct its id.")
    for index, source in enumerate(lesson.value.sources):
        check_source(folder, lesson, ("sources", index), source)


def _check_text(folder: Folder, scope: PageScope, lesson: Entry[LessonFile]) -> None:
    """Check what holds for the text of a lesson in any language."""
    check_body(folder, lesson, scope)
    _check_lesson_boxes(lesson)
    check_places(lesson)
    for citation in markdown.citations_in(lesson.body):
        if citation.source not in lesson.value.sources:
            lesson.refuse(
                citation.line,
                f'source "{citation.source}" is cited but not listed',
                'Add it to "sources:" at the head of the lesson.',
            )


def _check_lesson_boxes(lesson: Entry[LessonFile]) -> None:
    boxes = markdown.boxes_in(lesson.body)
    asks = [box for box in boxes if box.name == "ask"]
    recaps = [box for box in boxes if box.name == "recap"]
    opens_with_item = any(box.name == "item" and box.position == 0 for box in boxes)
    if len(asks) != (0 if opens_with_item else 1) or any(box.position != 0 for box in asks):
        line = asks[-1].line if asks else lesson.body.first_line
        lesson.refuse(line, 'a lesson begins with its one "ask"', 'Put one "::: ask" first, or an "::: item".')
    if len(recaps) != 1 or recaps[0].position != markdown.count_blocks(lesson.body) - 1:
        line = recaps[0].line if recaps else lesson.body.first_line
        lesson.refuse(line, 'a lesson ends with its one "recap"', 'Put one "::: recap" last, with two to four points.')
    if not any(box.name in ("reveal", "choose", "item") for box in boxes):
        lesson.refuse(
            lesson.body.first_line,
            "there is nothing to do in the lesson",
            'Add a "::: reveal", a "::: choose" or an "::: item".',
        )

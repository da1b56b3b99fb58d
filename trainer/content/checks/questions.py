"""The questions of a lesson: each in its place in the text, told plainly, and fit to be asked."""

from __future__ import annotations

from typing import Final

from trainer.content import markdown
from trainer.content.checks.figures import find_unsourced, telephone_numbers
from trainer.content.folder import CourseFolder, Entry, Folder
from trainer.content.schema import InputMode, LessonFile, LessonItem
from trainer.content.telling import Passage
from trainer.content.yaml_lines import Key

_LEAST: Final = 4
_LEAST_TYPES: Final = 2


def check_places(lesson: Entry[LessonFile]) -> None:
    """Check that the text has a place for each question, and questions for all its places."""
    ids = {item.id for item in lesson.value.items}
    placed: set[str] = set()
    for box in markdown.boxes_in(lesson.body):
        if box.name != "item":
            continue
        if not box.title:
            lesson.refuse(box.line, 'the box "item" names no question', 'Write its id there: "::: item first-call".')
        elif box.title not in ids:
            lesson.refuse(
                box.line, f'no question is called "{box.title[:60]}"', 'Add it to "items:", or correct its id here.'
            )
        elif box.title in placed:
            lesson.refuse(box.line, f'the question "{box.title}" is placed twice', "Take one of the two boxes out.")
        placed.add(box.title)
        if any(token.type == "inline" and token.content != box.title for token in box.inner):
            lesson.refuse(
                box.line, 'there is text in the box "item"', "Put it below the box, or into the question at the head."
            )
    for index, item in enumerate(lesson.value.items):
        if item.id not in placed:
            lesson.refuse(
                ("items", index), f'the question "{item.id}" has no place in the text', f'Write "::: item {item.id}".'
            )


def check_questions(folder: Folder, lesson: Entry[LessonFile]) -> None:
    """Check each question, and that no two have the same id."""
    ids: set[str] = set()
    numbers = telephone_numbers(folder) if lesson.value.items else set()
    for index, item in enumerate(lesson.value.items):
        at: Key = ("items", index)
        if item.id in ids:
            lesson.refuse((*at, "id"), f'two questions have the id "{item.id}"', "Give each its own.")
        ids.add(item.id)
        _check_passage(lesson, item, at)
        _check_question(folder, lesson, item, at)
        for key, text in lesson.written.at(*at).texts():
            figure = find_unsourced(text, numbers) if key != ("passage",) else None
            if figure:
                lesson.refuse(
                    (*at, *key),
                    f'the figure "{figure}" has no source',
                    'Tell it in the text, with its source, or call it "made-up".',
                )


def check_translated_questions(folder: Folder, lesson: Entry[LessonFile], localized: Entry[LessonFile]) -> None:
    """Check the questions of a lesson as another language tells them, if it does."""
    if localized.value.items == lesson.value.items:
        return
    for item in localized.value.items:
        _check_passage(localized, item, ("items", item.id))
        _check_question(folder, localized, item, ("items", item.id))


def warn_of_few(course: CourseFolder) -> None:
    """Warn of lessons of a core path that ask too little."""
    modules = [module for module in course.modules.values() if module.file]
    core = [module for module in modules if module.file and not module.file.value.deeper]
    if len(core) == len(modules):
        return
    for module in core:
        for lesson in module.lessons.values() if module.file and not module.file.value.choose_one else ():
            items = lesson.value.items
            types = len({item.question.type for item in items})
            if len(items) < _LEAST or types < _LEAST_TYPES:
                lesson.warn(
                    "items",
                    f"a lesson of the core path asks {len(items)} questions, of {types} types",
                    f"Ask {_LEAST} or more, of {_LEAST_TYPES} types or more.",
                )


def _check_passage(lesson: Entry[LessonFile], item: LessonItem, at: Key) -> None:
    if item.passage is None:
        return
    body = markdown.parse(item.passage)
    if any([*markdown.raw_html_in(body), *markdown.images_in(body), *markdown.broken_links_in(body)]) or (
        {token.type for token in body.tokens} - {"paragraph_open", "inline", "paragraph_close"}
        or any([*markdown.links_in(body), *markdown.citations_in(body)])
    ):
        lesson.refuse(
            (*at, "passage"),
            "the passage is more than plain paragraphs",
            "Tell it without links, citations, lists, headings and boxes.",
        )


def _check_question(folder: Folder, lesson: Entry[LessonFile], item: LessonItem, at: Key) -> None:
    def refuse(key: Key, what: str, remedy: str) -> None:
        lesson.refuse((*at, *key), what, remedy)

    question = item.question
    if question.quotes and item.passage is None:
        refuse((), f'a question of the type "{question.type}" has no "passage"', "Add it: the phrases stand in it.")
        return
    missing = [way.value for way in InputMode if way not in question.access]
    if missing:
        refuse((), f'items of type "{question.type}" can\'t be answered by {", ".join(missing)}', "Use another type.")
    if "indicator" not in folder.unread:
        signs = folder.named.get("indicator", set())
        question.check(Passage("", item.passage or "", {}, signs, folder.drawings), refuse)

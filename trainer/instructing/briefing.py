"""What to talk about with a class: what most of it gets wrong, where that is taught, and two open scenes to read aloud.

Only scenes of the open pool are ever read aloud; everything about them may be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trainer.assessment.twins import Side, Twins, list_twins, showing
from trainer.content.library import Content, Lesson
from trainer.instructing.rules import Grain, Misread, Rate, mistaken

MISTAKES = 3
SCENES = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that a class gets wrong, where it is taught, and the scene of an open pair that shows it."""

    label: str
    is_missed: bool
    """Scenes to report that weren't; otherwise innocent ones that were."""
    rate: Rate
    """Of the answers, how many were wrong."""
    lesson: Lesson | None
    side: Side | None


@dataclass(frozen=True, slots=True)
class ReadAloud:
    """An open scene to read to a class, and how it judged it, if enough people have."""

    side: Side
    rate: Rate | None
    """Of the answers, how many were wrong."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """A page to teach from."""

    people: int
    """Who gave the answers that are counted."""
    mistakes: Sequence[Mistake]
    """None of a class that said too little."""
    scenes: Sequence[ReadAloud]


def prepare(rows: Sequence[Misread], course: str, content: Content) -> Briefing:
    """Return the topics to discuss with a class that takes a course."""
    pairs = list_twins(content)
    mistakes = _mistakes(rows, course, content, pairs)
    of_scene = {row.key: row for row in rows if row.grain is Grain.SCENE}
    people = max((max(row.hits.people, row.false_alarms.people) for row in rows if row.grain is Grain.ALL), default=0)
    scenes = []
    for side in _sides(mistakes, pairs):
        row = of_scene.get(side.scene.id)
        rate = mistaken(row, is_missed=side.is_concern) if row else None
        scenes.append(ReadAloud(side, rate if rate and rate.is_shown else None))
    return Briefing(people, mistakes, scenes)


def lesson_on(row: Misread, course: str, content: Content) -> Lesson | None:
    """Return the first lesson of a course that teaches a sign, or any sign of a category."""
    return next(
        (
            lesson
            for sign in _signs(row, content)
            for whole, lesson in content.lessons_teaching(sign)
            if whole.slug == course
        ),
        None,
    )


def scene_on(row: Misread, content: Content, pairs: Sequence[Twins], *, is_concern: bool | None = None) -> Side | None:
    """Return a scene of an open pair that shows a sign, or one of a category; if asked, to report or innocent.

    `pairs`: what `list_twins` says of the content. It is read once for all rows of a page.
    """
    if row.grain is Grain.SCENE:
        return next((side for side in _sides_of(pairs) if side.scene.id == row.key), None)
    signs = set(_signs(row, content))
    for twins in showing(pairs, signs):
        for side in (twins.one, twins.other):
            if signs & set(side.scene.file.sign_ids) and is_concern in (None, side.is_concern):
                return side
    return None


def _mistakes(rows: Iterable[Misread], course: str, content: Content, pairs: Sequence[Twins]) -> list[Mistake]:
    """Return what is surely wrong most often, signs before the categories that they are of."""
    wrong = [
        (row, is_missed, rate)
        for row in rows
        if row.grain in (Grain.INDICATOR, Grain.CATEGORY) and row.key
        for is_missed in (True, False)
        if (rate := mistaken(row, is_missed=is_missed)).is_shown and rate.part
    ]
    wrong.sort(key=lambda each: (-each[2].interval[0], -each[2].share, each[0].grain is Grain.CATEGORY, each[0].key))
    mistakes: list[Mistake] = []
    told: set[tuple[str, bool]] = set()
    for row, is_missed, rate in wrong:
        category = _category(row, content)
        if (category, is_missed) in told:
            continue
        told.add((category, is_missed))
        side = scene_on(row, content, pairs, is_concern=is_missed)
        mistakes.append(Mistake(row.label, is_missed, rate, lesson_on(row, course, content), side))
    return mistakes[:MISTAKES]


def _sides(mistakes: Iterable[Mistake], pairs: Iterable[Twins]) -> list[Side]:
    """Return two scenes to read: those of the mistakes, one to report and one innocent where it can be."""
    asked = [mistake.side for mistake in mistakes if mistake.side]
    sides = asked[:1]
    for side in (*asked[1:], *_sides_of(pairs)):
        if len(sides) < SCENES and all(side.is_concern is not other.is_concern for other in sides):
            sides.append(side)
    return sides


def _sides_of(pairs: Iterable[Twins]) -> Iterator[Side]:
    for twins in pairs:
        yield from (twins.one, twins.other)


def _signs(row: Misread, content: Content) -> list[str]:
    if row.grain is Grain.INDICATOR:
        return [row.key] if row.key in content.indicators else []
    ids = {category.id for category in content.categories if category.name == row.key}
    return [sign.id for sign in content.indicators.values() if sign.category in ids]


def _category(row: Misread, content: Content) -> str:
    """Return the category that a row is about, so that one of them isn't told twice."""
    if row.grain is Grain.CATEGORY or row.key not in content.indicators:
        return row.key
    of_sign = content.indicators[row.key].category
    return next(category.name for category in content.categories if category.id == of_sign)

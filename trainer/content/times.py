"""How long lessons and scenes take, counted from their words, so that no page promises less than it asks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from trainer.content import markdown
from trainer.content.nights import ShiftFile
from trainer.content.objects import Content, Course, Lesson, Module, Scenario
from trainer.content.schema import SECONDS_A_QUESTION, LessonItem, Pool, reading_seconds, text_seconds

_NONE: Final[Mapping[str, Markup]] = {}


@dataclass(frozen=True, slots=True)
class Times:
    """What pages promise, in whole minutes. The `minutes` in a lesson's file are something else: what is credited."""

    content: Content

    def lesson(self, lesson: Lesson) -> int:
        """Return the minutes of a lesson, to the nearest, so that a list of them adds up to what stands above it."""
        return max(1, round(lesson.seconds / 60))

    def core(self, course: Course) -> int:
        """Return the minutes of the lessons that must be read."""
        return in_minutes(modules_seconds(course.core))

    def deeper(self, course: Course) -> int:
        """Return the minutes of the lessons that are optional; 0 without any."""
        return in_minutes(modules_seconds(course.deeper)) if course.deeper else 0

    def whole(self, course: Course) -> int:
        """Return the minutes of all lessons."""
        return in_minutes(modules_seconds(course.modules))

    def first_try(self, course: Course) -> int:
        """Return the minutes of the first try, which asks for verdicts alone, with the reason of each answer read."""
        scenes = self.content.pool(Pool.OPEN)
        return in_minutes(mean_seconds(scene.seconds_verdict for scene in scenes) * course.file.first_try.scenes)

    def pretest(self, course: Course) -> int:
        """Return the minutes of the pretest, which shows no answers; 0 without one."""
        pretest = course.file.pretest
        return in_minutes(scenes_seconds(self.content.pool(Pool.PRETEST), pretest.scenes)) if pretest else 0

    def practice(self, course: Course) -> int:
        """Return the minutes of a practice, answers read."""
        return self.scenes(course.file.practice.scenes)

    def scenes(self, number: int) -> int:
        """Return the minutes of so many open scenes, answers read."""
        return in_minutes(scenes_seconds(self.content.pool(Pool.OPEN), number, with_answers=True))

    def drill(self, course: Course) -> int:
        """Return the minutes of further questions, answers read."""
        return in_minutes(mean_seconds(drill.seconds for drill in self.content.drills()) * course.file.practice.scenes)

    def shift(self, shift: ShiftFile) -> int:
        """Return the minutes of a practice shift, answers read."""
        scenes = [self.content.scenarios[name] for name in shift.scenes]
        return in_minutes(scenes_seconds(scenes, len(scenes), with_answers=True))

    def final(self, course: Course) -> int:
        """Return the minutes of the scenes of a final that everyone gets. It shows no answers."""
        return self.final_scenes(course.file.final.scenes)

    def whole_final(self, course: Course) -> int:
        """Return the minutes of a final in all its stages."""
        return self.final_scenes(course.file.final.most_scenes)

    def road(self, course: Course) -> tuple[int, int]:
        """Return the minutes to a certificate: of the core lessons with one stage of the final, and with the pretest
        and all stages."""
        core = self.core(course)
        return core + self.final(course), self.pretest(course) + core + self.whole_final(course)

    def final_scenes(self, number: int) -> int:
        """Return the minutes of so many scenes of a final."""
        return in_minutes(scenes_seconds(self.content.pool(Pool.RESERVED), number))


def in_minutes(seconds: float) -> int:
    """Return whole minutes, rounded up: a promise may be kept early."""
    return max(1, math.ceil(seconds / 60))


def lesson_seconds(
    body: markdown.Body,
    items: Sequence[LessonItem],
    figures: Mapping[str, Markup] = _NONE,
    beside: Iterable[str] = (),
) -> float:
    """Return how long it takes to read what stands open in a lesson, and to answer its questions rightly.

    Its sources and its words of the glossary aren't counted. `beside`: what stands above the text.
    """
    boxes = markdown.boxes_in(body)
    choices = sum(box.name == "choose" for box in boxes) * SECONDS_A_QUESTION
    names = sum(len(box.title.split()) for box in boxes if box.name == "item")
    drawn = sum(len(figures[box.name].striptags().split()) for box in boxes if box.name in figures)
    asked = sum(text_seconds([item.passage or "", *item.question.texts()]) for item in items)
    answering = choices + sum(item.question.seconds for item in items)
    return reading_seconds(markdown.count_shown_words(body) - names + drawn) + text_seconds(beside) + asked + answering


def modules_seconds(modules: Iterable[Module]) -> float:
    """Return how long the lessons of modules take; of a module to choose from only the longest counts."""
    total = 0.0
    for module in modules:
        each = [lesson.seconds for lesson in module.lessons]
        total += max(each) if module.file.choose_one else sum(each)
    return total


def scenes_seconds(scenes: Sequence[Scenario], number: int, *, with_answers: bool = False) -> float:
    """Return how long so many scenes take that are drawn from these; with answers, each is read as well."""
    return mean_seconds(scene.seconds + (scene.seconds_answered if with_answers else 0) for scene in scenes) * number


def mean_seconds(each: Iterable[float]) -> float:
    """Return the mean; 0 of none."""
    seconds = list(each)
    return sum(seconds) / max(1, len(seconds))

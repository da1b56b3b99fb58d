"""The finals tell learners apart."""

from __future__ import annotations

from trainer.assessment.deciding import FinalRule
from trainer.cli.instrument.passing import LARGEST_CHANCE, survives, within
from trainer.content.library import Library


def test_the_finals_tell_learners_apart(shelf: Library) -> None:
    for course in shelf.content.courses.values():
        assert survives(course) <= LARGEST_CHANCE, course.slug
        assert within(course, 0.9, 0.1) > 0.85, course.slug
        assert within(course, 0.5, 0.5) < 0.05, course.slug
        assert within(course, 1.0, 1.0) == within(course, 0.0, 0.0) == 0, course.slug
        assert FinalRule.read(FinalRule.of(course.file).kept(), 0) == FinalRule.of(course.file)

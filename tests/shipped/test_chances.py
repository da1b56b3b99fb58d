"""The finals tell learners apart."""

from __future__ import annotations

from tests.content.test_chances import COMPETENT
from trainer.content.chances import LEARNERS, passes_within, survives
from trainer.content.checks.courses import LARGEST_CHANCE
from trainer.content.library import Library


def test_the_finals_tell_learners_apart(shelf: Library) -> None:
    for course in shelf.content.courses.values():
        rule = course.file.final
        assert survives(rule) <= LARGEST_CHANCE, course.slug
        assert passes_within(rule, COMPETENT, 2) > 0.85, course.slug
        assert passes_within(rule, LEARNERS[2], rule.retry_rule.tries) < 0.05, course.slug

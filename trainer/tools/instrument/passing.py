"""Whom the finals of the courses let through, by counts alone and exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trainer.assessment.deciding import FinalRule
from trainer.assessment.measures.operating import LEARNERS, exactly
from trainer.content.objects import Content, Course

OVER_REPORTER: Final = 0.4
"""The share of innocent scenes that someone reports who catches all and has learned to suspect."""
LARGEST_CHANCE: Final = 0.3
"""With which such a person may pass within a round of tries, if nothing is learned between them."""


def within(course: Course, hit: float, false_alarm: float) -> float:
    """Return the chance to pass within a round of tries, if nothing is learned between them."""
    rule, tries = FinalRule.of(course.file), course.file.final.retry_rule.tries
    first = exactly(rule, hit, false_alarm).passed
    later = exactly(rule, hit, false_alarm, is_strict=True).passed
    return 1 - (1 - first) * (1 - later) ** (tries - 1)


def survives(course: Course) -> float:
    """Return the chance of someone who catches everything and reports 40% of the innocent, within a round."""
    return within(course, 1.0, OVER_REPORTER)


def as_lines(content: Content) -> Iterator[str]:
    """Yield for each course what its final asks for, and the chances of some ways of judging."""
    yield "WHO WOULD PASS: chance in one try, and within a round of tries if nothing is learned between them"
    for course in content.courses.values():
        rule, tries = FinalRule.of(course.file), course.file.final.retry_rule.tries
        stages = "; ".join(
            f"{end} scenes, at most {bounds.missed_at_most} missed and {bounds.over_reported_at_most} over-reported"
            for end, bounds in zip(rule.ends, rule.first_try, strict=True)
        )
        yield f"{course.slug} {course.file.version}: {stages}; {tries} tries"
        for learner in LEARNERS:
            once = exactly(rule, learner.hit, learner.false_alarm).passed
            yield f"  {learner.name:36} {once:7.1%} {within(course, learner.hit, learner.false_alarm):7.1%}"

"""The shape of courses and their modules: what is to be read, drawn and passed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints

from trainer.content.parts import LessonId, Part, Slug, Text


class Review(Part):
    """A review by a person that took place."""

    who: Text
    role: Text
    date: dt.date


class PassBounds(Part):
    """What passes, in counts and never in percentages, of all scenes up to the end of a stage."""

    missed_at_most: int = Field(ge=0)
    over_reported_at_most: int = Field(ge=0)
    harmful_at_most: int = Field(ge=0)
    danger_without_911_at_most: int | None = Field(default=None, ge=0)  # None: it doesn't matter
    good_first_steps_at_least: int = Field(default=0, ge=0)


class FinalStage(Part):
    """How one stage of a final draws from the reserved pool, one twin of a pair, and what passes at its end."""

    scenes: int = Field(ge=2, le=200)
    fewest_to_report: int | None = Field(default=None, ge=0)  # None: half of the scenes, as with the next one
    most_to_report: int | None = Field(default=None, ge=0)
    danger_now: int | None = Field(default=None, ge=0)  # scenes shown as danger now; None: one in eight
    on_duty_at_least: int = Field(default=0, ge=0)  # scenes seen on duty, as far as the pool has them
    on_duty_at_most: int | None = Field(default=None, ge=0)
    first_try: PassBounds
    later_tries: PassBounds | None = None  # None: as the first

    @property
    def least_to_report(self) -> int:
        """How many scenes are to report, at least."""
        return self.scenes // 2 if self.fewest_to_report is None else self.fewest_to_report

    @property
    def largest_to_report(self) -> int:
        """How many scenes are to report, at most."""
        return self.scenes // 2 if self.most_to_report is None else self.most_to_report

    @property
    def shown_danger(self) -> int:
        """How many scenes show danger now."""
        return self.scenes // 8 if self.danger_now is None else self.danger_now


class RetryRule(Part):
    """`tries` a round; from try `wait_before_try` on, wait and read the named lessons again.

    After the last try of a round the next one opens `round_days` later, with the named lessons read again.
    """

    tries: int = Field(ge=1, le=10)
    wait_before_try: int = Field(ge=2)
    wait_days: int = Field(ge=0)
    round_days: int = Field(default=30, ge=1)


class Practice(Part):
    """How practice draws from the open pool."""

    scenes: int = Field(ge=2, le=200)


class CheckInRule(Part):
    """How many scenes someone judges on each day of the schedule that follows a certificate of the course."""

    scenes: int = Field(ge=2, le=20)


class TestOutBounds(Part):
    """What shows in a pretest that someone knows the core path already."""

    right: int = Field(ge=1)  # scenes judged as the rule does, at least
    harmful_at_most: int = Field(ge=0)


class Pretest(Part):
    """How many scenes someone judges before their first course, one twin of a pair of the pool kept for that."""

    scenes: int = Field(ge=2, le=200)
    knows: TestOutBounds | None = None  # None: whoever does well learns as everyone does


class Final(Part):
    """What a final draws and asks for. Whoever is close at the end of a stage goes on to the next one."""

    note: Text
    stages: list[FinalStage] = Field(min_length=1, max_length=3)
    shows_all: bool = True  # after passing: each scene with its answer, or else only those that went wrong
    retry_rule: RetryRule

    @property
    def scenes(self) -> int:
        """How many scenes everyone gets."""
        return self.stages[0].scenes

    @property
    def most_scenes(self) -> int:
        """How many scenes there are in all stages."""
        return sum(stage.scenes for stage in self.stages)


class CourseFile(Part):
    """`courses/<course>/course.yaml`."""

    title: Text
    credential_title: Text | None = None  # what its certificate is called, if not by the title of the course
    summary: Text
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+$")]
    edition: Text | None = None
    audience: Text
    least_minutes: int = Field(ge=0)  # active minutes that completion needs
    validity_months: int = Field(ge=1)
    achievement: Text
    achievement_id: Slug  # courses with the same one certify the same: tries at their finals count together
    attestation: Text | None = None  # typed by the learner before the final
    modules: list[Slug] = Field(min_length=1)
    rule_lesson: LessonId | None = None  # where someone is led who should start with the decision rule
    steps_lesson: LessonId | None = None  # where someone is led whose first steps were wrong
    first_try: Practice
    pretest: Pretest | None = None
    practice: Practice
    check_ins: CheckInRule | None = None
    final: Final


class ModuleFile(Part):
    """`courses/<course>/NN-<module>/module.yaml`."""

    title: Text
    objectives: list[Text] = Field(min_length=1)
    choose_one: bool = False  # the learner reads one of its lessons, such as that of their venue
    deeper: bool = False  # its lessons go deeper and are optional; all others are the core path
    picture: Slug | None = None  # stands at the head of its lessons

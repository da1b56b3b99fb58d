"""What `instrument.json` holds: computed from the finals and the reserved scenes alone, the same on each machine."""

from __future__ import annotations

import json
from collections import Counter

from trainer.assessment.deciding import FinalRule
from trainer.assessment.finals import aims_of
from trainer.content.instrument import (
    CourseInstrument,
    DrawPlan,
    Instrument,
    StagePlan,
    instrument_digest,
    kind_of,
)
from trainer.content.objects import Content, Course
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.tools.instrument.chances import PEOPLE, of_course
from trainer.tools.instrument.program import Unsolvable, even_plans

_DIGITS = 4
"""Of a number of pairs: solvers differ in the last ones."""


def compute(content: Content, people: int = PEOPLE) -> Instrument:
    """Compute it for all courses that have a final, chances by so many made-up people. Raises Unsolvable, naming the
    course."""
    courses = {slug: course for slug, course in content.courses.items() if not course.is_for_renewal}
    return Instrument(courses={slug: _compute(content, courses[slug], people) for slug in sorted(courses)})


def as_text(instrument: Instrument) -> str:
    """Return it as the file holds it."""
    return json.dumps(instrument.model_dump(mode="json", exclude_defaults=True), indent=1, ensure_ascii=False) + "\n"


def _compute(content: Content, course: Course, people: int) -> CourseInstrument:
    reserved = [scene.file for scene in content.pool(Pool.RESERVED)]
    bank = Counter(kind_of(scene, content.vocabulary) for scene in reserved if scene.truth is Truth.CONCERN)
    try:
        plans = even_plans(bank, [aims_of(stage) for stage in FinalRule.of(course.file).stages])
    except Unsolvable as refused:
        raise Unsolvable(f"{course.slug}: {refused}") from None
    return CourseInstrument(
        digest=instrument_digest(course.file.final, reserved, content.vocabulary),
        draw=DrawPlan(
            stages=[StagePlan.of({kind: round(number, _DIGITS) for kind, number in plan.items()}) for plan in plans]
        ),
        chances=of_course(content, course, people),
    )

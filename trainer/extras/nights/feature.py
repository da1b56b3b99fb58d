"""What `nights` brings to the app."""

from __future__ import annotations

from trainer.assessment.attempt_policies import POLICIES
from trainer.assessment.rules import Kind
from trainer.core.feature import Feature
from trainer.extras.nights.policy import RARE
from trainer.extras.nights.views.rare import blueprint as rare
from trainer.extras.nights.views.shifts import blueprint as shifts
from trainer.extras.nights.views.shifts import last_step

POLICIES[Kind.RARE] = RARE

FEATURE = Feature(
    name="nights",
    blueprints=(shifts, rare),
    parts={
        "above_question": "nights/_so_far_above.html",
        "below_question": "nights/_so_far.html",
        "below_result": "nights/_of_result.html",
        "further_practice": "nights/_ways.html",
        "nights_to_practice": "nights/_of_course.html",
    },
    answers={"last_step": last_step},
)

"""What `remarks` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.remarks import privacy
from trainer.extras.remarks.commands import remarks
from trainer.extras.remarks.operations import count_remarks
from trainer.extras.remarks.periods import PERIODS
from trainer.extras.remarks.views import blueprint, keep
from trainer.tools.content import content_cli

content_cli.add_command(remarks)

FEATURE = Feature(
    name="remarks",
    blueprints=(blueprint,),
    checks_tokens_itself=(keep,),  # it checks one where there is a session to hang it on
    parts={
        "below_key": "remarks/_remark.html",
        "lesson_foot": "remarks/_of_lesson.html",
        "below_scene_figures": "remarks/_list.html",
        "below_figures": "remarks/_list.html",
    },
    answers={"count_remarks": count_remarks},
    holds_nobody=privacy.NOBODY,
    periods=PERIODS,
)

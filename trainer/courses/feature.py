"""What `courses` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.courses.card_views import blueprint as cards
from trainer.courses.views import blueprint as courses

FEATURE = Feature(
    name="courses",
    blueprints=(courses, cards),
    links={
        "contact": "courses.contact",
        "help": "courses.help_directory",
    },
)

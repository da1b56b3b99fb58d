"""What `twins` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.twins.views import blueprint

FEATURE = Feature(
    name="twins",
    blueprints=(blueprint,),
    parts={
        "beside_misread": "twins/_scene_to_discuss.html",
        "below_answer": "twins/_see_its_twin.html",
        "below_lesson": "twins/_of_lesson.html",
        "below_read_aloud": "twins/_show_beside.html",
        "below_scenes_of_sign": "twins/_of_sign.html",
        "ways_to_practice": "twins/_way_to_practice.html",
    },
)

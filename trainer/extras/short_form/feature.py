"""What `short_form` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.short_form import privacy
from trainer.extras.short_form.operations import count_kept, find_form
from trainer.extras.short_form.views import answer, blueprint, keep

FEATURE = Feature(
    name="short_form",
    blueprints=(blueprint,),
    checks_tokens_itself=(answer, keep),  # the first changes nothing; the second checks one where there is a session
    links={"short_form": "short_form.start"},
    parts={"above_sample_poster": "short_form/_sample.html", "beside_figures": "short_form/_way_to_norms.html"},
    answers={"count_short_forms": count_kept, "find_short_form": find_form},
    holds_nobody=privacy.NOBODY,
)

"""What `badges` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.badges.forms import BadgeForm
from trainer.extras.badges.making import take_along
from trainer.extras.badges.views import blueprint, verify_file

FEATURE = Feature(
    name="badges",
    blueprints=(blueprint,),
    checks_tokens_itself=(verify_file,),  # it changes nothing, and asks for no session
    links={"file_check": "badges.ask_file"},
    parts={"below_certificate_files": "badges/_badge.html", "below_check": "badges/_check_file.html"},
    answers={"badge_form": BadgeForm, "badge_to_take_along": take_along},
)

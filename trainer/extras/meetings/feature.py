"""What `meetings` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import Feature
from trainer.extras.meetings import privacy
from trainer.extras.meetings.acts import ACTS
from trainer.extras.meetings.demo import teach
from trainer.extras.meetings.periods import PERIODS
from trainer.extras.meetings.presence import list_taught_to
from trainer.extras.meetings.sessions import forget_firm
from trainer.extras.meetings.views.meetings import blueprint as meetings
from trainer.extras.meetings.views.old_links import blueprint as old_links
from trainer.extras.meetings.views.signing import blueprint as signing

FEATURE = Feature(
    name="meetings",
    blueprints=(meetings, signing, old_links),
    parts={"below_next_step": "meetings/_taught_to.html", "class_tabs": "meetings/_tab.html"},
    answers={"taught_to": list_taught_to, "teach_in_person": teach},
    forget_firm=forget_firm,
    acts=ACTS,
    act_subjects={
        "session": _l("Meetings"),
        "lesson": _l("Lessons"),
        "walk_in": _l("People on a class’s list"),
    },
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)

"""What `instructing` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import HOUR, Feature, FirmPage, NavigationGroup, Task
from trainer.instructing import emails, privacy
from trainer.instructing.acts import ACTS
from trainer.instructing.follow_ups import follow_up_classes
from trainer.instructing.operations import end_views_that_lapsed, forget_firm
from trainer.instructing.queries import list_classmates
from trainer.instructing.tasks import count_classes
from trainer.instructing.views.board import blueprint as board
from trainer.instructing.views.classes import blueprint as classes
from trainer.instructing.views.cohorts import blueprint as cohorts
from trainer.instructing.views.everyone import blueprint as everyone
from trainer.instructing.views.invitations import blueprint as class_invitations
from trainer.instructing.views.items import blueprint as items
from trainer.instructing.views.misreads import blueprint as misreads
from trainer.instructing.views.rounds import blueprint as class_rounds

FEATURE = Feature(
    name="instructing",
    blueprints=(
        cohorts,
        board,
        class_invitations,
        misreads,
        class_rounds,
        classes,
        items,
        everyone,
    ),
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("count classes", HOUR, count_classes),),
    upkeep=(follow_up_classes, end_views_that_lapsed),
    forget_firm=forget_firm,
    firm_pages=(FirmPage("cohorts.firms_list", _l("Classes"), "teach", NavigationGroup.TRAINING, 3),),
    answers={"classmates": list_classmates},
    acts=ACTS,
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)

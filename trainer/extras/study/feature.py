"""What `study` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.assessment.attempt_policies import POLICIES, AttemptPolicy
from trainer.assessment.rules import Kind
from trainer.core.feature import HOUR, Feature, Task
from trainer.extras.study import emails, privacy
from trainer.extras.study.acts import ACTS
from trainer.extras.study.answers import find_study_of_class, find_study_of_firm, list_own_studies, takes_part
from trainer.extras.study.commands import study_cli
from trainer.extras.study.operations import forget_firm, take_over
from trainer.extras.study.periods import PERIODS
from trainer.extras.study.queries import find_asked_first, find_earliest_due
from trainer.extras.study.tasks import remind_of_second_forms
from trainer.extras.study.views.administration import blueprint as administration
from trainer.extras.study.views.own import blueprint as own
from trainer.extras.study.views.running import of_class, of_firm

POLICIES[Kind.RETEST] = AttemptPolicy(
    "assessment.scene", result="studies.counts", is_sealed=True, asks=POLICIES[Kind.PRETEST].asks
)
"""The same is asked on both occasions, and nothing is shown of either: colleagues are still to be asked."""

FEATURE = Feature(
    name="study",
    blueprints=(own, of_firm, of_class, administration),
    commands=(study_cli,),
    parts={
        "above_pretest": "study/_before_pretest.html",
        "below_class_invitations": "study/_own.html",
        "below_class_settings": "study/_further_in_class.html",
        "below_queues": "study/_to_all.html",
        "below_settings": "study/_further.html",
        "ways_to_find_out": "study/_to_find_out.html",
    },
    answers={
        "asked_first": find_asked_first,
        "class_study": find_study_of_class,
        "earliest_due": find_earliest_due,
        "firm_study": find_study_of_firm,
        "forget_study": privacy.forget_person,
        "own_studies": list_own_studies,
        "take_over_study": take_over,
        "takes_part": takes_part,
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("remind of second forms", HOUR, remind_of_second_forms),),
    forget_firm=forget_firm,
    firm_blueprints={"trials": "organizations.settings"},
    acts=ACTS,
    act_subjects={"trial": _l("Studies")},
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
    periods=PERIODS,
)

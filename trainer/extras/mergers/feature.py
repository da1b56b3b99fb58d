"""What `mergers` brings to the app."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from trainer.core.feature import HOUR, Feature, Task
from trainer.extras.mergers import emails, privacy
from trainer.extras.mergers.acts import ACTS
from trainer.extras.mergers.queries import find_going, find_merger_of, list_going_users, list_kept_proofs
from trainer.extras.mergers.tasks import settle_mergers
from trainer.extras.mergers.views import blueprint

FEATURE = Feature(
    name="mergers",
    needs=("pins",),
    blueprints=(blueprint,),
    parts={
        "own_notices": "mergers/_asked.html",
        "below_facts_of_person": "mergers/_of_person.html",
        "below_acts_on_person": "mergers/_join.html",
    },
    answers={
        "find_former_holder": find_going,
        "find_pin_notice": find_merger_of,
        "list_going_users": list_going_users,
        "list_kept_proofs": list_kept_proofs,
        "pin_notice_address": lambda: url_for("mergers.dispute"),
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("settle joined entries", HOUR, settle_mergers),),
    forget_firm=privacy.forget_firm,
    firm_blueprints={"mergers": "people.people"},
    acts=ACTS,
    act_subjects={"merger": _l("Joined entries")},
    changes_duties=("merger.",),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
)

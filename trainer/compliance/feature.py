"""What `compliance` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.compliance import certificate_files, privacy
from trainer.compliance.acts import ACTS
from trainer.compliance.attention import list_attention
from trainer.compliance.operations import forget_firm
from trainer.compliance.periods import PERIODS
from trainer.compliance.views.certificates import blueprint as certificates
from trainer.compliance.views.earlier import blueprint as earlier
from trainer.compliance.views.reminders import blueprint as reminders
from trainer.compliance.views.reminders import sent_mail
from trainer.compliance.views.rounds import blueprint as training_rounds
from trainer.compliance.views.training import blueprint as training
from trainer.core.feature import Feature, FirmPage, NavigationGroup

FEATURE = Feature(
    name="compliance",
    blueprints=(
        training,
        training_rounds,
        earlier,
        reminders,
        sent_mail,
        certificates,
    ),
    links={
        "training_of_person": "training.person",
    },
    works={certificate_files.KIND: certificate_files.advance},
    forget_firm=forget_firm,
    firm_pages=(
        FirmPage("training.status", _l("Training status"), "see training status", NavigationGroup.TRAINING, 1),
        FirmPage("earlier.waiting", _l("Earlier training"), "change people", NavigationGroup.TRAINING, 4),
        FirmPage("sent_mail.log", _l("Sent mail"), "see training status", NavigationGroup.JOINING, 5),
    ),
    firm_blueprints={
        "training_rounds": "training.status",
        "reminders": "training.status",
        "certificate_files": "training.status",
    },
    list_attention=list_attention,
    acts=ACTS,
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)

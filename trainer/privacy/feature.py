"""What `privacy` brings to the app."""

from __future__ import annotations

from trainer.core.feature import HOUR, Feature, Task
from trainer.privacy import emails
from trainer.privacy.periods import PERIODS
from trainer.privacy.queries import COPY
from trainer.privacy.tasks import erase_accounts, forget_all, make_copy
from trainer.privacy.views import blueprint as privacy

FEATURE = Feature(
    name="privacy",
    blueprints=(privacy,),
    links={
        "known": "privacy.known",
    },
    slots={
        "erases": "privacy/_erases.html",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(
        Task("erase accounts", HOUR, erase_accounts),
        Task("forget what has had its time", HOUR, forget_all),
    ),
    works={COPY: make_copy},
    periods=PERIODS,
)

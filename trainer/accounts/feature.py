"""What `accounts` brings to the app."""

from __future__ import annotations

from trainer.accounts import emails, privacy
from trainer.accounts.periods import PERIODS
from trainer.accounts.second_factor_views import blueprint as second_factor
from trainer.accounts.views import blueprint as accounts
from trainer.accounts.views import end_at_exit
from trainer.core.feature import Feature

FEATURE = Feature(
    name="accounts",
    blueprints=(accounts, second_factor),
    checks_tokens_itself=(end_at_exit,),
    links={
        "exit": "accounts.exit_site",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)

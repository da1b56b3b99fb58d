"""What `accounts` brings to the app."""

from __future__ import annotations

from trainer.accounts import letters, persons
from trainer.accounts.passkey_views import blueprint as passkeys
from trainer.accounts.periods import PERIODS
from trainer.accounts.second_factor_views import blueprint as second_factor
from trainer.accounts.views import blueprint as accounts
from trainer.accounts.views import end_at_exit
from trainer.core.feature import Feature

FEATURE = Feature(
    name="accounts",
    blueprints=(accounts, second_factor, passkeys),
    checks_tokens_itself=(end_at_exit,),
    links={
        "exit": "accounts.exit_site",
    },
    letters=dict.fromkeys(letters.TEMPLATES, letters.write),
    export_person=persons.export_person,
    forget_person=persons.forget_person,
    held=persons.HELD,
    periods=PERIODS,
)

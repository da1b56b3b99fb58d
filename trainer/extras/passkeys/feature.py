"""What `passkeys` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.passkeys import emails, privacy
from trainer.extras.passkeys.answers import confirm_for_records, confirm_for_second_step, has_passkeys
from trainer.extras.passkeys.operations import forget_passkeys, remove_passkeys
from trainer.extras.passkeys.views import blueprint

FEATURE = Feature(
    name="passkeys",
    blueprints=(blueprint,),
    parts={
        "below_changed_password": "passkeys/mail/_password_changed.txt",
        "below_password": "passkeys/_sign_in.html",
        "below_second_step": "passkeys/_of_account.html",
    },
    answers={
        "confirm_for_records": confirm_for_records,
        "confirm_for_second_step": confirm_for_second_step,
        "forget_passkeys": forget_passkeys,
        "has_passkeys": has_passkeys,
        "remove_passkeys": remove_passkeys,
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
)

"""What `credentials` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.credentials import persons
from trainer.credentials.views import blueprint as credentials
from trainer.credentials.views import verify_file

FEATURE = Feature(
    name="credentials",
    blueprints=(credentials,),
    checks_tokens_itself=(verify_file,),  # it changes nothing, and asks for no session
    export_person=persons.export_person,
    forget_person=persons.forget_person,
    held=persons.HELD,
    holds_nobody=persons.NOBODY,
)

"""Which feature writes which mail."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from flask_babel import force_locale

from trainer.accounts import letters as accounts
from trainer.assessment import letters as assessment
from trainer.assignments import letters as assignments
from trainer.compliance import letters as compliance
from trainer.core.outbox import OutboxMessage
from trainer.home import letters as home
from trainer.instructing import letters as instructing
from trainer.joining import letters as joining
from trainer.learning import letters as learning
from trainer.organizations import letters as organizations
from trainer.privacy import letters as privacy
from trainer.web.language import known_languages
from trainer.web.letters import Letter

_WRITERS: dict[str, Callable[[OutboxMessage], Letter | None]] = {
    **dict.fromkeys(accounts.TEMPLATES, accounts.write),
    **dict.fromkeys(organizations.TEMPLATES, organizations.write),
    **dict.fromkeys(assessment.TEMPLATES, assessment.write),
    **dict.fromkeys(assignments.TEMPLATES, assignments.write),
    **dict.fromkeys(compliance.TEMPLATES, compliance.write),
    **dict.fromkeys(home.TEMPLATES, home.write),
    **dict.fromkeys(joining.TEMPLATES, joining.write),
    **dict.fromkeys(learning.TEMPLATES, learning.write),
    **dict.fromkeys(instructing.TEMPLATES, instructing.write),
    **dict.fromkeys(privacy.TEMPLATES, privacy.write),
}


def write(message: OutboxMessage) -> Letter | None:
    """Return what a mail says now, in its language, or None if it is no longer true. Raises KeyError for an unknown
    template."""
    known = known_languages()
    language = message.language if message.language in known else known[0]  # it may no longer be served
    # Templates ask for the request and for who is signed in: nobody is.
    base_url = current_app.config["SETTINGS"].base_url
    with current_app.test_request_context(base_url=base_url), force_locale(language):
        return _WRITERS[message.template](message)

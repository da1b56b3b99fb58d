"""Which feature writes which mail."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from trainer.accounts import letters as accounts
from trainer.assignments import letters as assignments
from trainer.core.outbox import OutboxMessage
from trainer.instructing import letters as instructing
from trainer.organizations import letters as organizations
from trainer.web.letters import Letter

_WRITERS: dict[str, Callable[[OutboxMessage], Letter | None]] = {
    **dict.fromkeys(accounts.TEMPLATES, accounts.write),
    **dict.fromkeys(organizations.TEMPLATES, organizations.write),
    **dict.fromkeys(assignments.TEMPLATES, assignments.write),
    **dict.fromkeys(instructing.TEMPLATES, instructing.write),
}


def write(message: OutboxMessage) -> Letter | None:
    """Return what a mail says now, or None if it is no longer true. Raises KeyError for an unknown template."""
    # Templates ask for the request's language and for who is signed in: nobody is.
    with current_app.test_request_context(base_url=current_app.config["SETTINGS"].base_url):
        return _WRITERS[message.template](message)

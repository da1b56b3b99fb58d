"""What a mail says, as the feature that it belongs to writes it."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from trainer.core.feature import list_features
from trainer.core.outbox import OutboxMessage
from trainer.web.emails import RenderedEmail
from trainer.web.language import known_languages


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what a mail says now, in its language, or None if it is no longer true. Raises KeyError for an unknown
    template."""
    known = known_languages()
    language = message.language if message.language in known else known[0]  # it may no longer be served
    writers = {template: writer for feature in list_features() for template, writer in feature.emails.items()}
    # Templates ask for the request and for who is signed in: nobody is.
    base_url = current_app.config["SETTINGS"].base_url
    with current_app.test_request_context(base_url=base_url), force_locale(language):
        letter: RenderedEmail | None = writers[message.template](message)
        return letter

"""Requests with a file: larger than others where a firm's staff send one, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from flask import Flask, request
from flask_login import current_user

from trainer.organizations.queries import find_actor
from trainer.organizations.rules import May

MOST_BYTES: Final = 4 * 2**20
"""Bytes of a request with a file; other requests have the limit of the settings."""


def allow_large(endpoints: Collection[str], may: May, organization_id: UUID) -> None:
    """Take a larger request at these endpoints from staff who may do this. Call it before anything reads the form."""
    if request.endpoint not in endpoints or request.method != "POST" or not current_user.is_authenticated:
        return
    actor = find_actor(current_user.id, organization_id)
    if actor is not None and actor.may(may):
        request.max_content_length = request.max_form_memory_size = MOST_BYTES


def most_bytes_at(address: re.Pattern[str], app: Flask, environ: dict[str, Any]) -> int:
    """Return how many bytes of a request are taken in before the app sees it: more for a file sent to such an address
    with a session."""
    if environ["REQUEST_METHOD"] == "POST" and address.fullmatch(environ["PATH_INFO"]):
        session = app.session_interface.open_session(app, app.request_class(environ))
        if session is not None and "_user_id" in session:
            return MOST_BYTES
    return int(app.config["MAX_CONTENT_LENGTH"])

"""Values for the addresses of routes."""

from __future__ import annotations

from werkzeug.test import TestResponse

from trainer.core.http import READY

ASKS = ("/keep", "/sign-in", "/sign-up")


def given(answer: TestResponse, path: str) -> str:
    """Return the class of an answer."""
    if answer.status_code == 404:
        return "not found"
    if path == READY and answer.status_code == 503:
        return "enters"  # and reads what this world lacks: its key is in no file
    to = answer.headers.get("Location", "").split("?")[0]
    if answer.status_code == 303 and to in ASKS and not path.startswith(("/guests", *ASKS)):
        return f"asked {to}"
    return "enters" if answer.status_code in {200, 204, 302, 303, 409, 422} else f"status {answer.status_code}"

"""What someone sent after their session had ended waits in the browser's own cookie until they are back and save it."""

from __future__ import annotations

from typing import Final

from flask import request, session

from trainer.web.sessions import site_cookie

UNSENT: Final = "unsent"
_MOST: Final = 1_000
"""Characters: a browser takes cookies of 4 kB."""


def save_form() -> None:
    """Keep the fields of this request, if they are as short as an answer to a scene."""
    if site_cookie() in request.cookies:
        return  # the next person there would find it
    fields = {name: value for name, value in request.form.items() if name != "csrf_token"}
    if sum(len(name) + len(value) for name, value in fields.items()) <= _MOST:
        session[UNSENT] = [request.path, fields]


def find_saved_form(address: str | None = None) -> dict[str, str]:
    """Return the unsaved form sent to `address`, by default this request's; empty if there is none."""
    path, fields = session.get(UNSENT) or ("", {})
    return dict(fields) if path == (address or request.path) else {}


def forget_saved_form() -> None:
    """Forget what was sent to this address: it was saved, or something else in its place."""
    if find_saved_form():
        del session[UNSENT]

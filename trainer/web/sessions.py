"""Where the cookie of a session counts: on pages. Static files never carry it, and under /api/, which is for
machines, it is neither read nor set."""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

_MACHINES = "/api/"


def is_for_machines() -> bool:
    """Return True if the request is for an address under /api/."""
    return request.path.startswith(_MACHINES)


def init_sessions(app: Flask) -> None:
    """Keep sessions to pages."""
    app.session_interface = _Sessions()


class _Sessions(SecureCookieSessionInterface):
    """Prolongs a session with each page, and never with a file: caches on the way may keep files for everybody."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.session_class() if request.path.startswith(_MACHINES) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)

"""What lies under /api/ is for machines: no cookie is read or set there, nothing is kept, errors are JSON."""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

ROOT = "/api/"


def is_for_machines() -> bool:
    """Return True if the request is for an address under /api/."""
    return request.path.startswith(ROOT)


def init_machines(app: Flask) -> None:
    """Keep cookies away from machines' addresses."""
    app.session_interface = _Sessions()


class _Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies; to machines every request is the first."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.session_class() if request.path.startswith(ROOT) else super().open_session(app, request)

"""Where the cookie of a session counts: on pages. Static files never carry it, and under /api/ and where the site's
health is asked for, which is for machines, it is neither read nor set."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from typing import Final, cast

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from trainer.core.clock import now
from trainer.core.http import ALIVE, READY

RENEWED_AFTER: Final = dt.timedelta(hours=1)
"""How old a cookie grows before a page prolongs it. Signing it anew with each page would cost more than it gives."""
QUIET_SECONDS: Final = "quiet"
"""In the session of someone at a site device: after how many quiet seconds they are signed out."""
OWN_FIRM: Final = "firm"
"""In the session of someone who has a role in a firm: the id of the one to which the bar at the top leads."""
_MACHINES = "/api"


def is_for_machines() -> bool:
    """Return True if the request is for /api or an address under it, or asks how the site is."""
    return _is_for_machines(request.path)


def _is_for_machines(path: str) -> bool:
    return path == _MACHINES or path.startswith(f"{_MACHINES}/") or path in {ALIVE, READY}


def site_cookie() -> str:
    """Return the name of the cookie by which a site device is known: it says what the browser is, not who uses it."""
    return "__Host-site-device" if current_app.config["SESSION_COOKIE_SECURE"] else "site-device"


def known_cookie() -> str:
    """Return the name of the cookie of a browser in which accounts were signed in before."""
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def forget_cookies(response: Response) -> None:
    """Have the browser forget all that it keeps for us except the session; a site device stays one."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    for name in set(request.cookies) - {current_app.config["SESSION_COOKIE_NAME"], site_cookie()}:
        response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")


def init_sessions(app: Flask) -> None:
    """Keep sessions to pages."""
    app.session_interface = _Sessions()


@lru_cache(maxsize=8)
def _signer(*secrets: str) -> URLSafeTimedSerializer:
    """Return the serializer of sessions, which Flask would build for each request; the last key signs."""
    plain = SecureCookieSessionInterface
    return URLSafeTimedSerializer(
        list(secrets),
        salt=plain.salt,
        serializer=plain.serializer,
        signer_kwargs={"key_derivation": plain.key_derivation, "digest_method": hashlib.sha256},
        # Flask's SHA-1, with which cookies were signed before: nobody is signed out by a newer version.
        fallback_signers=[{"key_derivation": plain.key_derivation, "digest_method": plain.digest_method}],
    )


class _DatedSession(SecureCookieSession):
    """A session that knows when its cookie was signed."""

    signed_at: dt.datetime | None = None


class _Sessions(SecureCookieSessionInterface):
    """Prolongs a session once an hour, and never with a file: caches on the way may keep files for everybody."""

    session_class = _DatedSession

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        older = app.config["SECRET_KEY_FALLBACKS"] or ()
        return _signer(*older, cast(str, app.secret_key)) if app.secret_key else None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        shown, signer = request.cookies.get(self.get_cookie_name(app)), self.get_signing_serializer(app)
        if not shown or signer is None or _is_for_machines(request.path):
            return _DatedSession()
        longest = int(app.permanent_session_lifetime.total_seconds())
        try:
            data, signed_at = signer.loads(shown, max_age=longest, return_timestamp=True)
        except BadSignature:
            return _DatedSession()
        session = _DatedSession(data)
        session.signed_at = signed_at
        return session

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        signed_at = session.signed_at if isinstance(session, _DatedSession) else None
        is_old = signed_at is None or now() - signed_at >= RENEWED_AFTER
        # What a page asks for by itself is no visit.
        is_visit = not getattr(app.view_functions.get(request.endpoint or ""), "is_unattended", False)
        return session.modified or (session.permanent and is_old and is_visit)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)

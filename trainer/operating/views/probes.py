"""`/healthz` and `/readyz`, for what watches the site: whether a process answers, and whether it can serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask, Response, jsonify

from trainer.core.http import ALIVE, READY
from trainer.operating.health import look_for_readiness
from trainer.operating.rules import is_broken
from trainer.web.access import Who, access

blueprint = Blueprint("probes", __name__)
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


def init_probes(app: Flask) -> None:
    """Let probes ask under any host's name: a balancer knows a machine by its address alone."""
    name, ask = app.config["SETTINGS"].host_names[0], app.wsgi_app

    def ask_by_name(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] in {ALIVE, READY}:
            environ = {key: value for key, value in environ.items() if key not in _FORWARDED} | {"HTTP_HOST": name}
        return ask(environ, start)

    app.wsgi_app = ask_by_name  # type: ignore[method-assign, assignment]


@blueprint.get(ALIVE)
@access(Who.PUBLIC)
def alive() -> Response:
    """Answer. Nothing is asked of the database, so that an outage of it restarts nobody."""
    return jsonify(status="alive")


@blueprint.get(READY)
@access(Who.PUBLIC)
def ready() -> tuple[Response, int]:
    """Say in a word for each thing whether it is as this process needs it: 200, or 503 if something is broken.

    Late work is said, and is no reason to send visitors elsewhere, where it would be just as late.
    """
    findings = look_for_readiness()
    broken = is_broken(findings)
    checks = {finding.name: finding.word for finding in findings}
    return jsonify(status="broken" if broken else "ready", checks=checks), 503 if broken else 200

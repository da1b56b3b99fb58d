"""The log: one line for each event, as text or JSON. It names requests by their numbers and routes, never people.

When, in UTC, how serious, where from, and what, whatever was put into it.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Final

from flask import Flask, Response, g, has_app_context, request, request_finished, request_started
from sqlalchemy import Engine, event

from trainer.core.settings import Settings

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LONGEST_STATEMENT: Final = 2_000
_PLACE = r"(?:\?|%\(\w+\)s(?:::\w+)?)"
_PLACES = re.compile(rf"\({_PLACE}(?:, {_PLACE}){{9,}}\)")
access_log = logging.getLogger("trainer.access")
slow_log = logging.getLogger("trainer.slow")


def init_logs(settings: Settings) -> None:
    """Write the log to standard error, as the settings say."""
    logging.basicConfig(level=settings.log_level, handlers=[log_handler(settings.log_format)])
    # Flask-WTF has a line for each refused token; `web.refusals` says it once a minute.
    for name in ("alembic", "flask_wtf.csrf"):
        logging.getLogger(name).setLevel(logging.WARNING)


def log_handler(form: str = "text") -> logging.Handler:
    """Return what writes the log."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine() if form == "json" else Line())
    return handler


class Line(logging.Formatter):
    """A line of text; a traceback follows below it."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 the name that logging calls
        """Return the line; what would begin another one is written as an escape."""
        return _CONTROLS.sub(lambda control: ascii(control[0])[1:-1], super().formatMessage(record))


class JsonLine(Line):
    """An object on one line, traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if has_app_context() and "request_id" in g:
            fields["request_id"] = g.request_id
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=True)  # so that no character can end the line


def log_requests(app: Flask) -> None:
    """Write a line for each request: number, method, route, status and how long it took."""

    def begin(_app: Flask, **_rest: object) -> None:
        g.began_at = time.perf_counter()

    def end(_app: Flask, response: Response, **_rest: object) -> None:
        route = request.url_rule.rule if request.url_rule is not None else "no such page"
        took = (time.perf_counter() - g.began_at) * 1000
        method = request.method if request.method.isalpha() and len(request.method) <= 10 else "?"
        number = g.get("request_id", "-")
        access_log.info("request %s: %s %s %d, %.0f ms", number, method, route, response.status_code, took)

    # The signals keep their receivers only as long as someone else does.
    app.extensions["log_requests"] = (begin, end)
    request_started.connect(begin, app)
    request_finished.connect(end, app)


def log_slow_statements(engine: Engine, seconds: float) -> None:
    """Write a line for each slow statement: its text, in which values are placeholders."""

    def begin(_connection: object, _cursor: object, _text: str, _values: object, context: object, _many: bool) -> None:
        context._trainer_began = time.perf_counter()  # type: ignore[attr-defined]

    def end(_connection: object, _cursor: object, text: str, _values: object, context: object, _many: bool) -> None:
        took = time.perf_counter() - context._trainer_began  # type: ignore[attr-defined]
        if took >= seconds:
            number = g.get("request_id", "-") if has_app_context() else "-"
            # A thousand placeholders would fill the line, and hide what follows them.
            shown = _PLACES.sub(_count, " ".join(text.split()))[:_LONGEST_STATEMENT]
            slow_log.warning("request %s: a statement took %.0f ms: %s", number, took * 1000, shown)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


def _count(places: re.Match[str]) -> str:
    return f"({places[0].count(',') + 1:,} values)"

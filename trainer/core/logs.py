"""Lines of the log: when, in UTC, how serious, where from, and what, whatever was put into it, on one line."""

from __future__ import annotations

import logging
import re
import time

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def log_handler() -> logging.Handler:
    """Return what writes the log."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    return handler


class _Line(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 the name that logging calls
        """Return the line; what would begin another one is written as an escape. A traceback follows below it."""
        return _CONTROLS.sub(lambda control: ascii(control[0])[1:-1], super().formatMessage(record))

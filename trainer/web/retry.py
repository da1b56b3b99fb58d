"""Repeat a request that the database rolled back because of another one: a deadlock, or a failed serialization.

Nothing of it was kept, so doing it again does it once. After a few tries its sender is told to try again later.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, request
from sqlalchemy.exc import DBAPIError

from trainer.core.db import db, has_committed
from trainer.core.failures import was_undone

MOST_TRIES: Final = 3
_PAUSE: Final = 0.05  # seconds, about; then twice as long


def init_retry(app: Flask) -> None:
    """Repeat each request that the database rolled back."""
    dispatch: Callable[[], Any] = app.dispatch_request

    def dispatch_again() -> Any:
        for number in range(1, MOST_TRIES + 1):
            try:
                return dispatch()
            except DBAPIError as error:
                # What was already committed would be done twice.
                if number == MOST_TRIES or has_committed() or not was_undone(error):
                    raise
            db.session.rollback()
            for file in request.files.values():
                file.stream.seek(0)
            time.sleep(_PAUSE * 2 ** (number - 1) * random.uniform(0.5, 1.5))  # noqa: S311 so that two don't meet again
        raise AssertionError

    app.dispatch_request = dispatch_again  # type: ignore[method-assign]

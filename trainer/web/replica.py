"""Answers made of what is read from a replica of the database, where there is one (`core/replica.py`)."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Response

from trainer.core.http import read_whole
from trainer.core.replica import read_from_replica

_PORTION = 65_536  # bytes


def answer_from_replica(make: Callable[[], Response]) -> Response:
    """Return the answer that `make`, which only reads, makes. It may be called twice, as `read_from_replica` says."""
    return read_from_replica(lambda: _whole(make()))


def _whole(answer: Response) -> Response:
    """Read an answer to its end: rows that come while it is sent would come from another database."""
    body = read_whole(answer.iter_encoded())
    if isinstance(body, bytes):
        answer.response = iter([body])
        return answer
    file = body
    answer.response = iter(lambda: file.read(_PORTION), b"")
    answer.call_on_close(file.close)
    return answer

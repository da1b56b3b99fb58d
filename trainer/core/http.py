"""What the server and the app share about requests and answers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, Final

REFUSED: Final = "trainer.refused"
"""In the environ: the status of a request that isn't let in; the app makes the page that says so (`web.errors`)."""
AGAIN_AFTER: Final = 10
"""Seconds after which someone who met a busy server may try again."""
ALIVE: Final = "/healthz"
"""Whether this process answers at all. Answered on the event loop, so that no long request delays it."""
READY: Final = "/readyz"
"""Whether visitors may be sent here. These requests have threads of their own."""
_IN_MEMORY = 1024 * 1024


def read_whole(result: Iterable[bytes]) -> bytes | IO[bytes]:
    """Read an answer to its end; a large one goes to the disk."""
    portions: list[bytes] = []
    size = 0
    file: IO[bytes] | None = None
    try:
        for portion in result:
            size += len(portion)
            portions.append(portion)
            if file is None and size > _IN_MEMORY:
                file = tempfile.TemporaryFile()  # noqa: SIM115 it is closed when it is sent
            if file is not None:
                file.writelines(portions)
                portions.clear()
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    if file is None:
        return b"".join(portions)
    file.seek(0)
    return file

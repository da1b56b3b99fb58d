"""Progress on standard error: a line that changes in a terminal, or else a new line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final

_SHORT: Final = 2.0
"""Seconds before progress is shown: what ends sooner needs none."""
_EVERY: Final = 0.5
_EVERY_IN_A_LOG: Final = 10.0


class BackupProgress:
    """Shows how much of something is done. `total` is in the same unit, or 0 if it isn't known."""

    def __init__(self, what: str, total: int = 0) -> None:
        self._what, self.total, self._done = what, total, 0
        self._is_shown = sys.stderr.isatty()
        self._next = time.monotonic() + _SHORT
        self._has_told = False

    def add(self, amount: int) -> None:
        """Count some more as done."""
        self.reach(self._done + amount)

    def reach(self, done: int) -> None:
        """Note how much is done by now."""
        self._done = done
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + (_EVERY if self._is_shown else _EVERY_IN_A_LOG)
        self._has_told = True
        told = f"{min(100, 100 * done // self.total)}%" if self.total else f"{done / 1e6:,.0f} MB"
        sys.stderr.write(f"\r{self._what}: {told} " if self._is_shown else f"{self._what}: {told}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._has_told and self._is_shown:
            sys.stderr.write(f"\r{self._what}: done\n")


def counting(chunks: Iterable[bytes], progress: BackupProgress) -> Iterator[bytes]:
    """Yield the chunks, and show how much has passed through."""
    for chunk in chunks:
        yield chunk
        progress.add(len(chunk))
    progress.end()

"""Plans that were decided a moment ago, kept in this process: the pages of a roster that waits decide nothing again.

A plan is used again only while everything that it depends on is as it was: the roster and what was said about it (the
key), and the firm's people and teams, which are read and compared each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from trainer.roster.plan import Known, Plan

MOST_ROWS: Final = 60_000
"""Rows of all plans that a process keeps: with one more, those that were used longest ago go."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan, and the firm's roster as it was when it was decided."""

    plan: Plan
    known: list[Known]
    teams: frozenset[str]

    def __len__(self) -> int:
        """Return how many rows it keeps in memory."""
        return len(self.plan.entries) + len(self.known)


_kept: OrderedDict[Hashable, Decided] = OrderedDict()
_lock = threading.Lock()


def recall(key: Hashable, known: list[Known], teams: frozenset[str]) -> Decided | None:
    """Return the plan that was decided under this key, if the firm is as it was."""
    with _lock:
        decided = _kept.get(key)
        if decided is None:
            return None
        _kept.move_to_end(key)
    return decided if (decided.known, decided.teams) == (known, teams) else None


def remember(key: Hashable, decided: Decided) -> None:
    """Keep a plan; the newest is kept however large it is."""
    with _lock:
        _kept[key] = decided
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(map(len, _kept.values())) > MOST_ROWS:
            _kept.popitem(last=False)


def forget(key: Hashable) -> None:
    """Drop a plan, once it is written."""
    with _lock:
        _kept.pop(key, None)

"""What earlier loads of a folder made, so that after a small change only that is made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from trainer.content.complaints import Complaint
from trainer.content.folder import Entry

V = TypeVar("V")
_LATELY: Final = 4
"""What is kept under a name: most regions have most things in the same words."""


@dataclass(slots=True)
class Memory:
    """For a process that loads a folder often."""

    files: dict[tuple[str, ...], tuple[list[Entry[Any] | None], list[Complaint]]] = field(default_factory=dict)
    """What files held: by path and digest, each with what was complained of."""
    _values: dict[str, Any] = field(default_factory=dict)
    _made: dict[str, list[tuple[tuple[Any, ...], Any]]] = field(default_factory=dict)

    def same(self, name: str, value: V) -> V:
        """Return the equal value that was given by this name before, which is compared at once; else this one."""
        if name not in self._values or self._values[name] != value:
            self._values[name] = value
        known: V = self._values[name]
        return known

    def made(self, name: str, parts: tuple[Any, ...], make: Callable[[], V]) -> V:
        """Return what was lately made under this name of equal parts, for whatever region; otherwise make it."""
        lately = self._made.setdefault(name, [])
        known = next((pair for pair in lately if pair[0] == parts), None) or (parts, make())
        self._made[name] = [known, *(pair for pair in lately if pair is not known)][:_LATELY]
        made: V = known[1]
        return made

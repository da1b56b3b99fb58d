"""What earlier loads of a folder made, so that after a small change only that is made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from trainer.content.complaints import Complaint
from trainer.content.folder import Entry

V = TypeVar("V")


@dataclass(slots=True)
class Memory:
    """For a process that loads a folder often."""

    files: dict[tuple[str, str, str], tuple[Entry[Any] | None, list[Complaint]]] = field(default_factory=dict)
    """Markdown files that were read: by name, kind and digest, each with what was complained of."""
    _values: dict[str, Any] = field(default_factory=dict)
    _made: dict[str, tuple[tuple[Any, ...], Any]] = field(default_factory=dict)

    def same(self, name: str, value: V) -> V:
        """Return the equal value that was given by this name before, which is compared at once; else this one."""
        if name not in self._values or self._values[name] != value:
            self._values[name] = value
        known: V = self._values[name]
        return known

    def made(self, name: str, parts: tuple[Any, ...], make: Callable[[], V]) -> V:
        """Return the last value made under this name if its parts are equal; otherwise make it."""
        if name not in self._made or self._made[name][0] != parts:
            self._made[name] = parts, make()
        made: V = self._made[name][1]
        return made

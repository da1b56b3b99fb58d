"""A figure of the instrument, its target, and the file that holds what the bank gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DIGITS = 3
"""To which figures are held: machines differ in the last ones."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, from `least` to `most` where it has a target."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def has_target(self) -> bool:
        """True if there is something to be met."""
        return self.least is not None or self.most is not None

    @property
    def is_met(self) -> bool:
        """True if the number is within its target."""
        value = round(self.value, DIGITS)
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        target = ""
        if self.least is not None and self.most is not None:
            target = f"{self.least:g} to {self.most:g}"
        elif self.has_target:
            target = f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"
        mark = ("met" if self.is_met else "NOT MET") if self.has_target else ""
        return f"  {self.name:66} {self.value:9.3f}  {target:16} {mark}".rstrip()


def as_json(figures: Iterable[Figure]) -> dict[str, dict[str, Any]]:
    """Return figures as the file holds them."""
    return {
        figure.name: {"value": round(figure.value, DIGITS), **({"met": figure.is_met} if figure.has_target else {})}
        for figure in figures
    }


def differences(kept: Mapping[str, Mapping[str, Any]], figures: Iterable[Figure]) -> list[str]:
    """Say what differs from the figures that were kept. What was met there may not be missed."""
    now = as_json(figures)
    said = [f"{name}: no longer calculated" for name in kept if name not in now]
    for name, figure in now.items():
        before = kept.get(name)
        if before is None:
            said.append(f"{name}: {figure['value']}, not in the file")
        elif before.get("met") and not figure.get("met"):
            said.append(f"{name}: {figure['value']} misses its target; it was met with {before['value']}")
        elif dict(before) != figure:
            said.append(f"{name}: {figure['value']}, but the file says {before['value']}")
    return said

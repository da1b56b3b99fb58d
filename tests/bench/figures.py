"""Figures and the bars that they are held to. What is measured by turns is compared turn by turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_below: list[str] = []


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did: units a second, and the server's CPU seconds for each of them."""

    rate: float
    cpu: float


def by_turns(ways: Mapping[str, Callable[[], Turn]], rounds: int) -> dict[str, list[Turn]]:
    """Take turns: all ways once, then all of them again, so that whatever else the machine does meets them all."""
    measured: dict[str, list[Turn]] = {label: [] for label in ways}
    for _round in range(rounds):
        for label, way in ways.items():
            measured[label].append(way())
    return measured


def ratio(label: str, ours: Sequence[Turn], floor: Sequence[Turn], bar: float) -> None:
    """Print a rate against that of the floor in the same round, and the CPU that each of both took."""
    reached = statistics.median(our.rate / base.rate for our, base in zip(ours, floor, strict=True))
    cost = statistics.median(our.cpu / base.cpu for our, base in zip(ours, floor, strict=True))
    text = f"{rate_of(ours):,.1f}/s = {reached:.2f} × bare, {cpu_of(ours)} = {cost:.1f} × bare’s"
    judge(label, text, reached >= bar, f"≥ {bar} ×")


def beside(label: str, ours: Sequence[Turn], floor: Sequence[Turn], name: str) -> None:
    """Print a rate against that of a floor which nothing of ours is part of, in the same round. No bar: it says how
    much is left."""
    reached = statistics.median(our.rate / base.rate for our, base in zip(ours, floor, strict=True))
    say(f"{label}, beside {name}", f"{rate_of(ours):,.1f}/s = {reached:.3f} × {rate_of(floor):,.1f}/s")


def floor(label: str, turns: Sequence[Turn]) -> None:
    """Print what the bare app does."""
    say(label, f"{rate_of(turns):,.1f}/s, {cpu_of(turns)}")


def at_most(label: str, value: float, bar: float, unit: str, digits: int = 0, also: str = "") -> None:
    """Print a figure that has to stay below a bar."""
    text = f"{value:,.{digits}f} {unit}{f', {also}' if also else ''}"
    judge(label, text, round(value, digits) <= bar, f"≤ {bar:,g} {unit}")


def judge(label: str, text: str, is_met: bool, bar: str) -> None:
    """Print a figure with its bar and whether it is met."""
    if not is_met:
        _below.append(label)
    say(label, f"{text}  [{'pass' if is_met else 'FAIL'}: {bar}]")


def begin() -> None:
    """Print how the table begins that all figures are lines of."""
    print("| what | measured |\n|---|---|", flush=True)


def say(label: str, value: str) -> None:
    """Print one line of Markdown."""
    print(f"| {label.strip()} | {value} |", flush=True)


def sum_up() -> None:
    """Print which bars aren't met."""
    say("bars not met", "; ".join(_below) or "none")


def rate_of(turns: Sequence[Turn]) -> float:
    """Return the median rate."""
    return statistics.median(turn.rate for turn in turns)


def cpu_of(turns: Sequence[Turn]) -> str:
    """Return the median CPU time of the server for each unit, in words."""
    return f"{statistics.median(turn.cpu for turn in turns) * 1000:.2f} ms CPU"

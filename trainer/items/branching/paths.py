"""The paths through a branching scene: what each step offers, and where each choice leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Paths:
    """`offers` has for each step its choices, each with where it leads: to another step, or to an end."""

    start: str
    offers: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, ways: Iterable[str]) -> Paths:
        """Return the paths that `ways` lists, in whatever order. They begin where no choice leads to."""
        offers: dict[str, dict[str, str]] = {}
        for way in ways:
            step, choice, leads_to = way.split("/")
            offers.setdefault(step, {})[choice] = leads_to
        led_to = {place for choices in offers.values() for place in choices.values()}
        return cls(next(step for step in offers if step not in led_to), offers)

    @property
    def ways(self) -> list[str]:
        """List all choices, each as "<step>/<choice>/<where it leads>"."""
        return [
            f"{step}/{choice}/{place}" for step, choices in self.offers.items() for choice, place in choices.items()
        ]

    def follow(self, path: Sequence[str]) -> list[str] | None:
        """Return the places that a path of choices passes, the start first; None if one of them wasn't offered."""
        places = [self.start]
        for choice in path:
            leads_to = self.offers.get(places[-1], {}).get(choice)
            if leads_to is None:
                return None
            places.append(leads_to)
        return places

    @property
    def order(self) -> list[str]:
        """All places that can be reached, each before those that it leads to, as far as there are no loops."""
        return self._walked[0]

    @property
    def loops(self) -> list[tuple[str, str]]:
        """The choices, each with its step, that lead back to where someone has been."""
        return self._walked[1]

    @property
    def depth(self) -> int:
        """The most choices that lie between the start and an end. There must be no loops."""
        depths = {self.start: 0}
        for step in self.order:
            for place in self.offers.get(step, {}).values():
                depths[place] = max(depths.get(place, 0), depths[step] + 1)
        return max(depths.values())

    @cached_property
    def _walked(self) -> tuple[list[str], list[tuple[str, str]]]:
        done: list[str] = []
        loops: list[tuple[str, str]] = []
        under_way: set[str] = set()

        def walk(place: str) -> None:
            under_way.add(place)
            for choice, leads_to in self.offers.get(place, {}).items():
                if leads_to in under_way:
                    loops.append((place, choice))
                elif leads_to not in done:
                    walk(leads_to)
            under_way.remove(place)
            done.append(place)

        walk(self.start)
        return done[::-1], loops

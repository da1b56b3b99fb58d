"""The files of the content folder as readers of each region get them: those of the nation, and a region's laid over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

FOLDER: Final = "regions/"
"""Below it each region has a folder, called by its id, whose files are called as those that they replace or add to."""
LISTS: Final = ("sources.yaml", "glossary.yaml")
WORDS: Final = "vocabulary.yaml"
OWN_WORDS: Final = ("always", "disclaimers", "sentences")
"""The keys of it that a region may have. Others decide what is learned and scored, the same for all."""
MERGED: Final = (*LISTS, WORDS)
"""Files of which a region has only what differs."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The names of all files, sorted by the region below whose folder they stand."""

    base: tuple[str, ...]
    regions: dict[str, tuple[str, ...]] = field(default_factory=dict)  # whole paths, by region

    def seen_from(self, region: str | None) -> tuple[str, ...]:
        """List the paths of what readers of a region get, in the order of their names; None: of no region."""
        own = self.regions.get(region or "", ())
        replaced = {name_in(path) for path in own}.difference(MERGED)
        paths = [*(path for path in self.base if path not in replaced), *own]
        return tuple(sorted(paths, key=lambda path: (name_in(path), path.startswith(FOLDER))))

    @property
    def all(self) -> Iterator[str]:
        yield from self.base
        for paths in self.regions.values():
            yield from paths


def sort_by_layer(paths: Iterable[str]) -> Layers:
    """Tell the files of the nation and those of each region apart."""
    base: list[str] = []
    regions: dict[str, list[str]] = {}
    for path in paths:
        region = region_of(path)
        (regions.setdefault(region, []) if region else base).append(path)
    return Layers(tuple(base), {region: tuple(own) for region, own in sorted(regions.items())})


def region_of(path: str) -> str | None:
    """Return the region below whose folder a file stands, or None."""
    region, slash, _name = path.removeprefix(FOLDER).partition("/")
    return region if path.startswith(FOLDER) and slash else None


def name_in(path: str) -> str:
    """Return what a file is called within the folder of its region, or of the nation."""
    region = region_of(path)
    return path.removeprefix(f"{FOLDER}{region}/") if region else path

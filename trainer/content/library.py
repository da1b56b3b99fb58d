"""The content that is being served: loaded whole, and swapped in one step when it changes."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from trainer.content import cache
from trainer.content.building import build
from trainer.content.checker import check
from trainer.content.complaints import Complaint, Complaints, ContentRefused
from trainer.content.drills import Drill
from trainer.content.files import fingerprint
from trainer.content.memory import Memory
from trainer.content.objects import Content, Course, Lesson, Module, Scenario, Sign, Twin
from trainer.content.reader import read_folder
from trainer.content.schema import ItemModels

__all__ = [
    "Complaint",
    "Content",
    "ContentRefused",
    "Course",
    "Drill",
    "Lesson",
    "Library",
    "Module",
    "Scenario",
    "Sign",
    "Twin",
    "load",
]


def load(
    folder: Path, today: date, items: ItemModels, *, kept_in: cache.Cache | None = None, memory: Memory | None = None
) -> tuple[Content, tuple[Complaint, ...]]:
    """Read, check and render a content folder. Returns it with the warnings; raises ContentRefused with all faults.

    `items`: the types of items that scenes may have.
    `kept_in`: where content that is in order is kept for the next start. `memory`: what was parsed before,
    so that only changed files are parsed again.
    """
    root = folder.resolve()
    key = cache.key_of(root, today) if kept_in else ""
    kept = cache.find(kept_in, key) if kept_in else None
    if kept is not None:
        return kept
    complaints = Complaints()
    with cache.no_collection():
        read = read_folder(root, items, complaints, memory)
        check(read, today)
        sorted_complaints = complaints.sorted()
        if complaints.has_errors or read.site is None:
            raise ContentRefused(sorted_complaints)
        content = build(read, read.site, memory or Memory())
        if kept_in:
            cache.keep(kept_in, key, content, sorted_complaints)
    return content, sorted_complaints


class Library:
    """The content that is being served. One for the process; readers take `content` once and keep it for a request.

    Threads need no lock to read: a reload builds new content aside and swaps one attribute.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], date],
        items: ItemModels,
        *,
        kept_in: cache.Cache | None = None,
        is_watched: bool = False,
        begins_with: cache.BuiltContent | None = None,
    ) -> None:
        """Load the folder. Raises ContentRefused if it has errors, for there is nothing yet to go on with.

        `begins_with`: what was loaded before and is served, whatever the folder holds by now.
        `is_watched`: it will be loaded often, after small changes; what was parsed stays in memory.
        """
        self._folder = folder
        self._clock = clock
        self._items = items
        self._kept_in = kept_in
        self._memory = Memory() if is_watched else None
        self._reloading = threading.Lock()
        self._fingerprint = fingerprint(folder)
        self._content, self._complaints = begins_with or self._load()
        gc.freeze()  # content is for good: the collector need not look through it again and again

    def _load(self) -> tuple[Content, tuple[Complaint, ...]]:
        return load(self._folder, self._clock(), self._items, kept_in=self._kept_in, memory=self._memory)

    @property
    def content(self) -> Content:
        return self._content

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """What the last try to load complained of: warnings, or all faults if it was refused."""
        return self._complaints

    def take(self, kept: cache.BuiltContent) -> None:
        """Serve, from the next request on, what was loaded elsewhere."""
        with self._reloading:
            self._content, self._complaints = kept
        gc.freeze()

    def reload(self) -> bool:
        """Load the folder again. Returns False, and goes on serving the old content, if it has errors."""
        with self._reloading:
            self._fingerprint = fingerprint(self._folder)
            try:
                content, self._complaints = self._load()
            except ContentRefused as refused:
                self._complaints = refused.complaints
                return False
            self._content = content
            return True

    def reload_if_changed(self) -> bool:
        """Load again if a file's name, time or size changed since the last try. For development."""
        return fingerprint(self._folder) != self._fingerprint and self.reload()

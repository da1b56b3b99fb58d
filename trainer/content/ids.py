"""Ids that are permanent: links, results and certificates hang on them."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from trainer.content.folder import Folder
from trainer.content.kind import FileFormat
from trainer.content.kinds import KINDS, find_kinds
from trainer.content.objects import Content

_ALIKE = 0.6
"""From here on, two names look like one that was changed; as `difflib.get_close_matches` has it."""


def permanent_ids(folder: Folder) -> set[str]:
    """List "kind:id" of everything in any region that keeps its id forever, things with faults included."""
    kinds = [kind.name for kind in KINDS if kind.is_permanent]
    folders = folder.regions.values()
    return {f"{kind}:{name}" for there in folders for kind in kinds for name in there.named.get(kind, ())}


def check_ids(folder: Folder) -> None:
    """Check that nothing is gone that was published."""
    names = permanent_ids(folder)
    for published, line in folder.published.items():
        if published not in names and published.partition(":")[0] not in folder.unread:
            renamed = _find_renamed(folder, published)
            hint = f" If {renamed} is the same under a new name, give it its old one again." if renamed else ""
            folder.refuse(
                "ids.txt",
                line,
                f'"{published}" was published and is gone',
                f'Put it back.{hint} A scene that is no longer used stays, with "retired: true".',
            )


def write_ids(folder: Path, content: Content) -> list[str]:
    """Append the ids that `ids.txt` does not have yet, and return them. Nothing is ever taken out."""
    path = folder / "ids.txt"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = set(before.split())
    fresh = [ident for ident in content.ids if ident not in known]
    if fresh:
        gap = "\n" if before and not before.endswith("\n") else ""
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + "".join(f"{ident}\n" for ident in fresh))
    return fresh


def _find_renamed(folder: Folder, gone: str) -> str | None:
    """Return what of the same kind, not yet published, has the id or title most like what is gone, and its file.

    Of what is gone nothing but the id is known.
    """
    name, _, ident = gone.partition(":")
    old = ident.rpartition("/")[2]
    likeness: list[tuple[float, str | None]] = []
    for entry in folder.entries:
        kinds, parts = find_kinds(entry.path.partition("/")[2])
        for kind in kinds:
            if kind.name != name or kind.find_id is None or not isinstance(entry.value, kind.model):
                continue
            fresh = kind.find_id((*parts, entry.value.id) if kind.form is FileFormat.LIST else parts)
            if f"{name}:{fresh}" not in folder.published:
                title = re.sub(r"[^a-z0-9]+", "-", str(getattr(entry.value, "title", "")).lower())
                renamed = f'"{name}:{fresh}" ({entry.path})'
                words = fresh.rpartition("/")[2], title
                likeness += [(difflib.SequenceMatcher(None, old, word).ratio(), renamed) for word in words]
    ratio, best = max(likeness, default=(0.0, None))
    return best if ratio >= _ALIKE else None

"""The files of the folder, each read once whatever the regions that have it."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path

from markupsafe import Markup

from trainer.content.complaints import Complaints, Unreadable, printable
from trainer.content.files import decode, read_bytes, walk
from trainer.content.layers import sort_by_layer
from trainer.content.numbers import has_numbers
from trainer.content.pictures import read_picture


class Files:
    """The files of a folder."""

    def __init__(self, root: Path, complaints: Complaints) -> None:
        self.root = root
        self.complaints = complaints
        self.layers = sort_by_layer(walk(root, "", self.complain))
        self.digest = hashlib.sha256()
        self.read = cache(self._read)
        """Return the text of a file and its digest; no text if it can't be read."""
        self.draw = cache(self._draw)
        """Return what a picture shows; None if it can't be shown."""
        self.has_numbers = cache(lambda path: has_numbers(self.read(path)[0] or ""))
        """Tell whether a file may have numbers of help lines."""

    def shown(self, path: str) -> str:
        """Return what a file is called in complaints."""
        return f"{self.root.name}/{printable(path)}"

    def complain(self, path: str, line: int, what: str, remedy: str) -> None:
        """Report an error in a file, or where one is missing."""
        self.complaints.error(self.shown(path), line, what, remedy)

    def _draw(self, path: str) -> Markup | None:
        text, _digest = self.read(path)
        return None if text is None else read_picture(text, partial(self.complain, path))

    def _read(self, path: str) -> tuple[str | None, str]:
        try:
            raw = read_bytes(self.root / path)
            text = decode(raw)
        except Unreadable as fault:
            self.complain(path, fault.line, fault.what, fault.remedy)
            return None, ""
        return text, self.note(path, raw)

    def note(self, path: str, raw: bytes) -> str:
        """Count a file in the digest of the folder, and return its own."""
        digest = hashlib.sha256(raw).hexdigest()
        self.digest.update(f"{path}\0{digest}\n".encode())
        return digest

"""What is wrong with the content, where, and what its author can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """What is wrong, where, and what the author can do. `path` starts with the name of the content folder."""

    path: str
    line: int
    what: str
    remedy: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}. {self.remedy}"


class ContentRefused(Exception):
    """The folder has errors. `complaints` holds all of them, and the warnings."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints if complaint.level == "error"))
        self.complaints = complaints


class Complaints:
    """Collects complaints. A path starts with the name of the content folder."""

    def __init__(self) -> None:
        self.all: list[Complaint] = []

    def error(self, path: str, line: int, what: str, remedy: str) -> None:
        self.all.append(Complaint(path, line, what, remedy))

    def warning(self, path: str, line: int, what: str, remedy: str) -> None:
        self.all.append(Complaint(path, line, what, remedy, "warning"))

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the folder from being served."""
        return any(complaint.level == "error" for complaint in self.all)

    def sorted(self) -> tuple[Complaint, ...]:
        return tuple(sorted(set(self.all)))


class Leniently(Complaints):
    """Adds to another collector's complaints, as warnings, what would otherwise be errors."""

    def __init__(self, into: Complaints) -> None:
        self.all = into.all

    def error(self, path: str, line: int, what: str, remedy: str) -> None:
        self.warning(path, line, what, remedy)


class Unreadable(Exception):
    """A file or a part of one that can't be read at all."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line, self.what, self.remedy = line, what, remedy


def printable(text: str) -> str:
    """Return a text that can stand in a line: a file name may hold undecodable bytes, and line breaks."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


def short(text: object) -> str:
    """Return an author's text, short enough to be shown in a complaint."""
    clean = printable(str(text))
    return clean if len(clean) <= 60 else clean[:57] + "..."

"""What a kind of content file is: how it is named, what it holds, where that goes, and what it must satisfy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final, Generic, TypeVar

from trainer.content.folder import Entry, Folder
from trainer.content.parts import Part

T = TypeVar("T", bound=Part)
Parts = tuple[str, ...]
"""What stands in the name of a file in place of each <name> and NN; for an item of a list, its id as well."""

_NAME: Final = r"([a-z0-9]+(?:-[a-z0-9]+)*)"
_NUMBER: Final = r"([0-9]{2})"


class Layer(Enum):
    """Below which folders a kind of file may stand."""

    NATION = "only at the top: it is the same for readers of all regions"
    REGION = "only below that of a region"
    BOTH = "both: that of a region replaces the other, or adds to it"


class FileFormat(Enum):
    """How a kind of file is written."""

    OBJECT = "YAML, one object"
    LIST = "YAML, objects that begin with their id"
    TEXT = "Markdown below a head in YAML"
    PICTURE = "SVG"


def _last(parts: Parts) -> str:
    return parts[-1]


def _is_always_welcome(folder: Folder, parts: Parts) -> bool:
    return True


def _is_content(folder: Folder) -> None:
    """Check nothing more than the shape."""


def _forget(folder: Folder, parts: Parts) -> None:
    """Do nothing more about an object with faults."""


@dataclass(frozen=True, slots=True)
class FileKind(Generic[T]):
    """A kind of object in the content folder, and the files it stands in."""

    name: str  # in ids.txt and in links
    file: str  # as content/README.md has it: <name> stands for an id, NN for a number
    form: FileFormat
    model: type[T]
    put: Callable[[Folder, Parts, Entry[T]], bool]  # False if another is there already
    find_id: Callable[[Parts], str] | None = _last  # None: there is no other of its kind
    is_permanent: bool = True  # has an id that may never get lost
    check: Callable[[Folder], None] = _is_content  # adds a complaint for each rule that it breaks
    under: str | None = None  # the key of the file below which the list stands
    is_welcome: Callable[[Folder, Parts], bool] = _is_always_welcome  # makes room for it; False if there is none
    lose: Callable[[Folder, Parts], None] = _forget  # what is to be noted of one with faults
    layer: Layer = Layer.NATION

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the name of its file must look like."""
        return _pattern(self.file)

    @property
    def is_required(self) -> bool:
        """Whether the folder must have its file: there is only one."""
        return not self.pattern.groups and self.layer is not Layer.REGION


@cache
def _pattern(file: str) -> re.Pattern[str]:
    return re.compile("".join(_piece(part) for part in re.split(r"(NN|<[^<>]+>)", file)))


def _piece(part: str) -> str:
    if part == "NN":
        return _NUMBER
    return _NAME if part.startswith("<") else re.escape(part)

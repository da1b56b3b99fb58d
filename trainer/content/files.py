"""Walk the content folder and read its files, within limits and whatever their bytes are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from trainer.content.complaints import Unreadable

SIZE_LIMIT: Final = 256 * 1024  # bytes; the longest lesson is a tenth of it
BODY_LIMIT: Final = 32 * 1024  # characters of Markdown; parsing hostile text takes its time


def fingerprint(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell names, times and sizes of the files: cheap to compare, and changed by every edit."""
    files = []
    for folder, _, names in os.walk(root):
        for name in names:
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:  # gone between the two calls
                continue
            files.append((os.path.join(folder, name), status.st_mtime_ns, status.st_size))
    return tuple(sorted(files))


def walk(folder: Path, prefix: str, complain: Callable[[str, int, str, str], None]) -> Iterator[str]:
    """Yield the ordinary files. Links are refused, not followed: they may lead out of the folder."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        complain(prefix.rstrip("/"), 1, "the folder can't be read", "Check that it is there and may be read.")
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.name.startswith("."):  # what editors and operating systems leave behind
            continue
        if entry.is_symlink():
            complain(name, 1, "links to other places are not allowed here", "Put the file itself here.")
        elif entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), f"{name}/", complain)
        elif entry.is_file(follow_symlinks=False):
            yield name
        else:
            complain(name, 1, "this isn't a regular file", "Take it out.")


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises Unreadable for anything that isn't an ordinary file of a reasonable size."""
    try:
        # O_NOFOLLOW and O_NONBLOCK: the file may have become a link or a pipe since the folder was listed.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(1, "this isn't a regular file", "Take it out.")
            raw = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError):
        raise Unreadable(1, "the file can't be read", "Check that it is there and may be read.") from None
    if len(raw) > SIZE_LIMIT:
        raise Unreadable(1, f"the file is larger than {SIZE_LIMIT // 1024} KB", "Split it.")
    return raw


# What neither YAML nor a browser shows as a character, and marks that turn text around unseen.
_UNSEEN = re.compile(
    "[^\\t\\n\\x20-\\x7e\\xa0-\\u2027\\u202f-\\u2065\\u206a-\\ud7ff"
    "\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)


def decode(raw: bytes) -> str:
    """Turn bytes into text with plain line ends. Raises Unreadable for what isn't text that can be seen."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise Unreadable(line, "the text is not in UTF-8", "Save the file again as UTF-8.") from None
    unseen = _UNSEEN.search(text)
    if unseen:
        line = text.count("\n", 0, unseen.start()) + 1
        raise Unreadable(
            line, f"there is an invisible character (U+{ord(unseen[0]):04X})", "Delete it and type the text again."
        )
    return text


_FENCE = re.compile(r"^---[^\S\n]*$", re.MULTILINE)


def split_front_matter(text: str) -> tuple[str, str, int] | None:
    """Cut a text into head, body and the line on which the body starts; None if it has no head."""
    fences = _FENCE.finditer(text)
    begin, end = next(fences, None), next(fences, None)
    if begin is None or begin.start() > 0 or end is None:
        return None
    return text[begin.end() + 1 : end.start() - 1], text[end.end() + 1 :], text.count("\n", 0, end.start()) + 2

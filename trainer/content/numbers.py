"""Numbers of help lines in running text: authors write `{help:national-hotline}`, readers see the number.

It is written out before anything else is read, so a digest is that of the number, whichever way an author wrote it.
"""

from __future__ import annotations

import re
from typing import Final

from trainer.content.complaints import short
from trainer.content.folder import Folder

_BY_ID: Final = re.compile(r"\{help:([^{}\n]*)\}")
_TYPED: Final = re.compile(r"(?<![\w-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\w-])")


def write_numbers(folder: Folder, name: str, text: str) -> str:
    """Return the text of a file with each number in place of its help line's id, or of the role that one has.

    An id that isn't there or has no number is refused. A number that is typed though a help line has it gets a warning,
    and is refused where that line is only another region's.
    """
    lines = folder.lines

    def written(match: re.Match[str]) -> str:
        ident = match[1]
        if ident in lines and lines[ident].value.phone:
            return str(lines[ident].value.phone)
        if ident in lines or not folder.knows("help", ident):
            what = "has no number" if ident in lines else "isn't there"
            where = f" for readers of {folder.region}" if folder.region else ""
            folder.refuse(
                name,
                _line(match),
                f'the help line "{short(ident)}" {what}{where}',
                "Name one in help/ that has a number.",
            )
        return match[0]

    for match in _TYPED.finditer(text):
        _check_typed(folder, name, match)
    return _BY_ID.sub(written, text)


def has_numbers(text: str) -> bool:
    """Tell whether a text may have something to write out or to complain of."""
    return "{help:" in text or _TYPED.search(text) is not None


def without_numbers(text: str) -> str:
    """Return a text without telephone numbers, to compare it with another that has others."""
    return _TYPED.sub("", text)


def _check_typed(folder: Folder, name: str, match: re.Match[str]) -> None:
    line = next((line for line in folder.lines.values() if line.value.phone == match[0]), None)
    if line is not None:
        ident = next(iter(line.value.stands_in_for if line.is_regional else ()), line.value.id)
        what, remedy = f"{match[0]} is typed here", f"Write {{help:{ident}}}: help/ keeps the number."
        folder.warn(name, _line(match), what, remedy)
        return
    for other in folder.regions.values():
        for line in other.lines.values():
            if line.value.phone == match[0]:
                what = f"{match[0]} is a number of {other.region}, and readers elsewhere would get it, too"
                role = next(iter(line.value.stands_in_for), "role")
                folder.refuse(name, _line(match), what, f"Write the role of the line, {{help:{role}}}.")
                return


def _line(match: re.Match[str]) -> int:
    return match.string.count("\n", 0, match.start()) + 1

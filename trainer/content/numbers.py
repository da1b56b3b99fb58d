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
    """Return the text of a file with each number in place of its help line's id.

    An id that isn't there or has no number is refused. A number that is typed though a help line has it gets a warning.
    """
    phones = {ident: line.value.phone for lines in folder.help_lines.values() for ident, line in lines.items()}
    ids = {phone: ident for ident, phone in phones.items() if phone}

    def written(match: re.Match[str]) -> str:
        ident = match[1]
        if phones.get(ident):
            return str(phones[ident])
        if ident in phones or not folder.knows("help", ident):
            what = "has no number" if ident in phones else "isn't there"
            folder.refuse(
                name, _line(match), f'the help line "{short(ident)}" {what}', "Name one in help/ that has a number."
            )
        return match[0]

    for match in _TYPED.finditer(text):
        if match[0] in ids:
            what, remedy = f"{match[0]} is typed here", f"Write {{help:{ids[match[0]]}}}: help/ keeps the number."
            folder.warn(name, _line(match), what, remedy)
    return _BY_ID.sub(written, text)


def _line(match: re.Match[str]) -> int:
    return match.string.count("\n", 0, match.start()) + 1

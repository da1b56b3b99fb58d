"""`[[...]]` marks: what stands between them may hold a word that we don't use ourselves."""

from __future__ import annotations

import re
from typing import Final

EXEMPT: Final = re.compile(r"\[\[([^\[\]]+)\]\]")


def plain(text: str) -> str:
    """Take the `[[...]]` marks off a text that isn't Markdown."""
    return EXEMPT.sub(r"\1", text) if "[[" in text else text


def blank_exempt(text: str) -> str:
    """Blank what is exempt from the word list, keeping each line where it is."""
    return EXEMPT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text) if "[[" in text else text

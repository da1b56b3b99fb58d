"""Names of files in an evidence pack, which every system that unpacks it can write and sort. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from typing import Final
from urllib.parse import quote

LONGEST: Final = 150
"""Bytes of a name in UTF-8. Systems take 255, and Windows 260 characters with all folders above it."""
_LONGEST_NUMBER: Final = 24  # bytes
_LONGEST_FIRM: Final = 60
_REFUSED: Final = frozenset('\\/:*?"')  # by Windows, or by all; < > and | are symbols
# Windows takes all that begins with one of these and a dot, or is one, for a device.
_DEVICES: Final = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:$|\.))")


def certificate_name(name: str, number: str | None, serial: str, ending: str) -> str:
    """Return "Name - number - serial.pdf". The serial is whole, so no two certificates have one name, whatever the case
    of its letters."""
    tail = f"{serial}.{ending}"
    middle = _cut(_plain(number or ""), _LONGEST_NUMBER)
    room = LONGEST - len(f" - {middle} - {tail}".encode())
    return " - ".join(part for part in (_cut(_plain(name), room), middle, tail) if part)


def proof_name(proof_id: uuid.UUID, name: str) -> str:
    """Return "1a2b3c4d - name.pdf" for a proof file that was sent under a name with an ending."""
    stem, _dot, ending = name.rpartition(".")
    head, tail = proof_id.hex[:8], f".{ending}"
    middle = _cut(_plain(stem), LONGEST - len(f"{head} - {tail}".encode()))
    return " - ".join(part for part in (head, middle) if part) + tail


def pack_name(firm: str, day: dt.date) -> str:
    """Return "training-records-two-lanterns-security-2026-11-30.zip" in plain letters; a firm's name in others is left
    out."""
    letters = unicodedata.normalize("NFKD", firm).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_FIRM].rstrip("-")
    return "-".join(part for part in ("training-records", slug, day.isoformat()) if part) + ".zip"


def address_of(name: str) -> str:
    """Return the relative address of a file of the pack."""
    return quote(name)


def _plain(text: str) -> str:
    """Return a text without what names of files can't have, such as pictures and marks that turn the direction."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(char if _is_plain(char) else " " for char in text)
    # A dot or a blank at the end is lost on Windows; a dot at the start hides a file, a hyphen is an option.
    text = " ".join(text.split()).strip(" .-_,")
    return _DEVICES.sub(r"\1_", text)


def _is_plain(char: str) -> bool:
    # Letters, marks, numbers and punctuation. What one font draws and another doesn't is mostly a symbol.
    return unicodedata.category(char)[0] in "LMNP" and char not in _REFUSED and not "\ufe00" <= char <= "\ufe0f"


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, at most so many bytes of UTF-8, without half a letter or its marks."""
    if len(text.encode()) <= most:
        return text
    cut = text.encode()[:most].decode(errors="ignore")
    if cut and unicodedata.combining(text[len(cut)]):
        cut = cut.rstrip("".join(char for char in cut if unicodedata.combining(char)))[:-1]
    return cut.rstrip(" .-_,")

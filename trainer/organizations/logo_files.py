"""What of a PNG or JPEG file is kept as a firm's logo: the picture alone, without what a camera or a program adds.

Only the frame of a file is read, in one pass and without unpacking anything; whether its picture can be drawn is asked
of the one who draws it (`logos.set_logo`).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from flask_babel import lazy_gettext as _l

from trainer.core.errors import Invalid

MOST_BYTES: Final = 200 * 1000
LEAST_SIDE: Final = 32
MOST_SIDE: Final = 2_000
"""Pixels."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_JPEG: Final = b"\xff\xd8\xff"
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive JPEG: what every program draws."""
_JPEG_KEPT: Final = frozenset({*_FRAMES, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE})
"""Frames, tables and scans; JFIF, and how Adobe's programs store colors."""
_JPEG_NEEDED: Final = frozenset({0xC4, 0xDA, 0xDB})
"""Both kinds of tables, and a scan; what draws a picture may make do without, and print gray."""
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_END: Final = 0xD9


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A picture as it is kept: its kind, as Typst calls it, and its bytes."""

    kind: Literal["png", "jpg"]
    content: bytes


class LogoRefused(Invalid):
    """A file that can't be a logo."""


def read_logo(data: bytes) -> LogoFile:
    """Return what is kept of a file. Raises LogoRefused, with what to do about it."""
    if len(data) > MOST_BYTES:
        raise LogoRefused(_l("A logo can have at most 200 KB. Save it with fewer pixels, and choose that file."))
    try:
        if data.startswith(_PNG):
            return _read_png(data)
        if data.startswith(_JPEG):
            return _read_jpeg(data)
    except (struct.error, IndexError) as error:
        raise _broken() from error
    raise LogoRefused(_l("This is neither a PNG nor a JPEG. Save the logo as one of these, and choose that file."))


def _read_png(data: bytes) -> LogoFile:
    kept, at, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        (length,), kind = struct.unpack_from(">I", data, at), data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise _broken()
        if at == len(_PNG):
            if kind != b"IHDR":
                raise _broken()
            _check_sides(*struct.unpack_from(">II", chunk, 8))
        if kind in _PNG_KEPT:
            kept.append(chunk)
        at += len(chunk)
    _check_end(data, at)
    return LogoFile("png", b"".join(kept))


def _read_jpeg(data: bytes) -> LogoFile:
    kept, seen = [data[:2]], set[int]()
    for marker, begin, end in _segments(data):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, begin + 5)
            _check_sides(width, height)
        elif marker == _END:
            if not seen & _FRAMES or not seen >= _JPEG_NEEDED:
                raise _broken()
            _check_end(data, end)
        seen.add(marker)
        if marker in _JPEG_KEPT or marker == _END:
            kept.append(data[begin:end])
    return LogoFile("jpg", b"".join(kept))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, begin, end) up to the end of the picture; what a scan draws belongs to its segment."""
    at, marker = 2, 0
    while marker != _END:
        if data[at] != 0xFF:
            raise _broken()
        marker, begin = data[at + 1], at
        if marker == 0xFF:  # a filler
            at += 1
            continue
        at += 2
        if marker != _END and marker not in _BARE:
            at += struct.unpack_from(">H", data, at)[0]
        if marker == 0xDA:
            at = _end_of_scan(data, at)
        if at > len(data):
            raise _broken()
        yield marker, begin, at


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands that isn't part of a scan."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise _broken()
        if data[at + 1] != 0x00 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _check_sides(width: int, height: int) -> None:
    if min(width, height) < LEAST_SIDE or max(width, height) > MOST_SIDE:
        raise LogoRefused(
            _l(
                "This picture has %(width)s × %(height)s pixels. A logo can have from %(least)s to %(most)s on a side.",
                width=width,
                height=height,
                least=LEAST_SIDE,
                most=MOST_SIDE,
            )
        )


def _check_end(data: bytes, at: int) -> None:
    if at != len(data):
        raise LogoRefused(
            _l("Something follows the picture in this file. Open it, save it again, and choose that file.")
        )


def _broken() -> LogoRefused:
    return LogoRefused(_l("This file is broken or incomplete. Open it, save it again, and choose that file."))

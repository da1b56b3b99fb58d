"""Put a signed badge into its picture, and read it from one: the picture is the badge, whatever it is called.

https://www.imsglobal.org/spec/ob/v3p0#baking
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"openbadgecredential\0"
_PLAIN: Final = b"\0\0\0\0"  # not compressed, no language, no translated keyword
_NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT: Final = re.compile(rb"<openbadges:credential\b[^>]*/>")


class NotBaked(Exception):
    """A picture holds no badge, or can't be read."""


def bake_png(png: bytes, token: str) -> bytes:
    """Return a PNG with this badge in place of any other, in one chunk."""
    baked = _chunk(b"iTXt", _KEYWORD + _PLAIN + token.encode("ascii"))
    (head, *rest) = [(kind, data) for kind, data in _chunks(png) if not _is_badge(kind, data)]
    return b"".join([SIGNATURE, _chunk(*head), baked, *(_chunk(kind, data) for kind, data in rest)])


def bake_svg(svg: bytes, token: str) -> bytes:
    """Return an SVG of ours with this badge in place of any other, in one element."""
    bare, closing, after = _ELEMENT.sub(b"", svg).rpartition(b"</svg>")
    element = f'<openbadges:credential xmlns:openbadges="{_NAMESPACE}" verify="{token}"/>'
    return bare + element.encode("ascii") + closing + after


def read_png(png: bytes) -> str:
    """Return the badge of a PNG. Raises NotBaked unless there is exactly one, plain."""
    badges = [data[len(_KEYWORD) :] for kind, data in _chunks(png) if _is_badge(kind, data)]
    if len(badges) != 1 or not badges[0].startswith(_PLAIN):
        raise NotBaked
    return _text(badges[0][len(_PLAIN) :])


def read_svg(svg: bytes) -> str:
    """Return the badge of an SVG. Raises NotBaked unless there is exactly one; entities are never read."""
    badges: list[str | None] = []

    def note(name: str, attributes: dict[str, str]) -> None:
        if name == f"{_NAMESPACE} credential":
            badges.append(attributes.get("verify"))

    def refuse(*_declared: Any) -> None:
        raise NotBaked

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = note
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(svg, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotBaked from error
    if len(badges) != 1 or not badges[0]:
        raise NotBaked
    return badges[0]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(SIGNATURE):
        raise NotBaked
    at = len(SIGNATURE)
    while at < len(png):
        if len(png) < at + 12:
            raise NotBaked
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if png[at + 8 + length : at + 12 + length] != _sum(kind, data):
            raise NotBaked
        yield kind, data
        at += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + _sum(kind, data)


def _sum(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + data))


def _is_badge(kind: bytes, data: bytes) -> bool:
    return kind == b"iTXt" and data.startswith(_KEYWORD)


def _text(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise NotBaked from error

"""A picture holds one badge, and a broken picture holds none."""

from __future__ import annotations

import struct
import zlib
from xml.dom import minidom

import png
import pytest
from openbadgeslib import baking as theirs

from tests.extras.badges.conftest import Badged
from tests.extras.badges.files import SVG, picture
from trainer.extras.badges.baking import SIGNATURE, NotBaked, _chunks, bake_png, bake_svg, read_png, read_svg


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_png_holds_one_plain_chunk_and_baking_again_replaces_it() -> None:
    baked = bake_png(bake_png(picture(), "a.b.c"), "d.e.f")
    texts = [data for kind, data in _chunks(baked) if kind == b"iTXt"]
    assert texts == [b"openbadgecredential\0\0\0\0\0d.e.f"]
    assert read_png(baked) == "d.e.f"
    assert theirs.extract_png(baked, keyword=theirs.ITXT_KEYWORD_OB3) == "d.e.f"
    pixels = png.Reader(bytes=baked).asDirect()[2]
    assert [list(row) for row in pixels] == [[0, 255], [255, 0]]


def test_an_svg_holds_one_element_and_baking_again_replaces_it() -> None:
    baked = bake_svg(bake_svg(SVG, "a.b.c"), "d.e.f")
    (element,) = minidom.parseString(baked).getElementsByTagName("openbadges:credential")
    assert element.getAttribute("verify") == "d.e.f"
    assert read_svg(baked) == "d.e.f"
    assert theirs.extract_svg(baked, element=theirs.SVG_ELEMENT_OB3) == "d.e.f"


def test_our_pictures_are_pictures(issued: Badged) -> None:
    baked = issued.get(f"/verify/{issued.serial}/badge.png")
    width, height, _rows, _facts = png.Reader(bytes=baked).read()
    assert (width, height) == (600, 600)
    assert sum(kind == b"iTXt" for kind, _data in _chunks(baked)) == 1
    drawn = issued.get(f"/verify/{issued.serial}/badge.svg")
    assert len(minidom.parseString(drawn).getElementsByTagName("openbadges:credential")) == 1
    assert theirs.extract_svg(drawn, element=theirs.SVG_ELEMENT_OB3) == issued.badge()
    assert theirs.extract_png(baked, keyword=theirs.ITXT_KEYWORD_OB3) == issued.badge()


def test_a_badge_that_others_baked_is_read() -> None:
    drawn = theirs.bake_svg(SVG, "a.b.c", element=theirs.SVG_ELEMENT_OB3, namespace=theirs.SVG_NS_OB3)
    assert read_svg(drawn) == "a.b.c"
    assert read_png(theirs.bake_png(picture(), "a.b.c", keyword=theirs.ITXT_KEYWORD_OB3)) == "a.b.c"


BADGE = chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0a.b.c")
PACKED = chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"a" * 1_000_000))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        SIGNATURE,
        picture(),
        picture()[:-5],
        SIGNATURE + BADGE + BADGE,
        SIGNATURE + PACKED,
        SIGNATURE + BADGE[:-1] + b"\0",
        SIGNATURE + b"\xff\xff\xff\xffiTXt",
        SIGNATURE + chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff"),
    ],
)
def test_a_broken_png_holds_none(broken: bytes) -> None:
    with pytest.raises(NotBaked):
        read_png(broken)


ONE = '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>'


@pytest.mark.asvs("1.3.4", "1.5.1")
@pytest.mark.parametrize(
    "broken",
    [
        b"",
        SVG,
        SVG[:-3],
        f"<svg>{ONE}{ONE}</svg>".encode(),
        b'<svg><o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0"/></svg>',
        b'<svg><credential xmlns="http://openbadges.org" verify="a.b.c"/></svg>',
        f'<!DOCTYPE svg [<!ENTITY a "b">]><svg>{ONE}</svg>'.encode(),
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg/>',
        b'<?xml version="1.0" encoding="no-such"?><svg/>',
    ],
)
def test_a_broken_svg_holds_none(broken: bytes) -> None:
    assert read_svg(f"<svg>{ONE}</svg>".encode()) == "a.b.c"
    with pytest.raises(NotBaked):
        read_svg(broken)

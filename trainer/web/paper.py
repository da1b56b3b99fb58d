"""Typeset a PDF or a picture from a template and texts. The same texts, language and time give the same bytes.

Texts reach a template as data, never as markup, and a template can read nothing but its own folder.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst
from flask import current_app, has_app_context
from werkzeug.wrappers import Response

from trainer.web.language import language_tag

FONTS: Final = Path(__file__).with_name("fonts")
# For names in Japanese, Chinese and Korean, whose fonts are large; those that are not installed are passed over.
_FONT_PACKAGES: Final = ("pylopdf_fonts_jp", "pylopdf_fonts_zh_cn", "pylopdf_fonts_ko")
_PROBE: Final = Path(__file__).with_name("probe.typ")
_NAME: Final = Path(__file__).with_name("name.typ")
_BOX: Final = "□"
_NO_LETTER: Final = "\U0010fffe"  # will never be one, by the Unicode standard
_one_at_a_time = threading.Lock()  # a compiler can't be used by two threads at once


def typeset(template: Path, texts: Mapping[str, str], day: dt.date) -> bytes:
    """Return a tagged PDF in the reader's language, dated at the start of `day`.

    Raises typst.TypstError, for one where a letter has no glyph.
    """
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    with _one_at_a_time:
        pdf = _compiler(template).compile(
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={**texts, "lang": language_tag().partition("-")[0]},
            timestamp=int(midnight.timestamp()),
        )
    assert isinstance(pdf, bytes)  # set as PDF, all pages are one file
    return pdf


def typeset_sheet(template: Path, sheet: Mapping[str, Any], day: dt.date) -> bytes:
    """Return a PDF as `typeset` does, of texts as JSON; what no font can show is printed as a box.

    However many letters that are, the paper is set three times at most.
    """
    letters = sorted({letter for text in _texts(sheet) for letter in text if not " " <= letter <= "~"})
    made = _typeset_or_none(template, sheet, day) or _typeset_or_none(template, _boxed(sheet, _strange(letters)), day)
    # A letter and the marks on it can each have a glyph and yet no font with both.
    return made or typeset(template, {"sheet": json.dumps(_boxed(sheet, letters))}, day)


def letters_without_font(name: str) -> str:
    """Return the letters of a name that no font here can print on paper, as far as one line tells them; often none."""
    if all(" " <= letter <= "~" for letter in name):
        return ""
    try:
        typeset(_NAME, {"name": name}, dt.date(2000, 1, 1))
    except typst.TypstError as error:
        return unprinted(error) or name
    return ""


def unprinted(error: typst.TypstError) -> str:
    """Return the first letters for which PDF/UA found no glyph. Raises the error again if it is another one.

    https://typst.app/docs/reference/pdf/
    """
    before, reason, _fonts = str(error).partition(" could not be displayed with")
    if not reason:
        raise error
    return before.partition("text ")[2].strip('`"')[:20]


def pdf_answer(name: str, data: bytes) -> Response:
    """Return a PDF as a file to download; nothing on the way keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(data, headers=headers, mimetype="application/pdf")


def breakable(text: str, most: int = 18) -> str:
    """Return a text in which a longer word may be broken, so that it can't run out of its cell."""
    return re.sub(rf"(\S{{{most}}})(?=\S)", "\\1\u200b", text)


def draw_picture(template: Path, texts: Mapping[str, str], kind: Literal["png", "svg"] = "png") -> bytes:
    """Return the one page of a template as a picture in the reader's language; a PNG has two pixels a point."""
    with _one_at_a_time:
        picture = _compiler(template).compile(
            format=kind, ppi=144, sys_inputs={**texts, "lang": language_tag().partition("-")[0]}
        )
    assert isinstance(picture, bytes)  # the page is one
    return picture


def qr_code(address: str, *, mask: int | None = None) -> str:
    """Return an address as an SVG picture of any size. It has no border: the paper around it is white.

    `mask`: one of the eight patterns, for hundreds at once. All can be read; trying which is best takes five times as
    long.
    """
    picture = io.BytesIO()
    segno.make_qr(address, error="m", mask=mask).save(picture, kind="svg", border=0, xmldecl=False, omitsize=True)
    return picture.getvalue().decode()


def qr_picture(address: str) -> bytes:
    """Return an address as an SVG file for a screen, with its own white around it: the page may be dark."""
    picture = io.BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", border=4, light="#fff", omitsize=True)
    return picture.getvalue()


def _typeset_or_none(template: Path, sheet: Mapping[str, Any], day: dt.date) -> bytes | None:
    """Return the PDF, or None if it has a letter that no font can show."""
    try:
        return typeset(template, {"sheet": json.dumps(sheet)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return None


def _strange(letters: Sequence[str]) -> Sequence[str]:
    """Return the letters that no font has: all are drawn at once, each on a page, and look like one that has no glyph.

    An error names only the first, so that finding them by errors would take a compilation for each.
    """
    with _one_at_a_time:
        pages = _compiler(_PROBE).compile(
            format="svg", sys_inputs={"text": "".join((_NO_LETTER, *letters)), "lang": language_tag().partition("-")[0]}
        )
    assert isinstance(pages, list)  # a page for no letter, and one at least for what is asked
    nothing, *drawn = [page.partition(b"<symbol")[2] for page in pages]
    return [letter for letter, glyph in zip(letters, drawn, strict=True) if glyph == nothing]


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping | Sequence):
        for part in data.values() if isinstance(data, Mapping) else data:
            yield from _texts(part)


def _boxed(data: Any, letters: Sequence[str]) -> Any:
    return _replaced(data, str.maketrans(dict.fromkeys(letters, _BOX)))


def _replaced(data: Any, letters: Mapping[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(letters)
    if isinstance(data, Mapping):
        return {name: _replaced(part, letters) for name, part in data.items()}
    return [_replaced(part, letters) for part in data] if isinstance(data, Sequence) else data


def _compiler(template: Path) -> typst.Compiler:
    settings = current_app.config.get("SETTINGS") if has_app_context() else None
    return _compiler_with(template, settings.fonts if settings else None)


@cache
def _compiler_with(template: Path, more_fonts: Path | None) -> typst.Compiler:
    """Read the fonts once: it takes longer than all the rest."""
    packages = (folder for package in _FONT_PACKAGES for folder in _folders(package))
    return typst.Compiler(
        str(template),
        root=str(template.parent),
        font_paths=[str(folder) for folder in (FONTS, *packages, more_fonts) if folder],
        ignore_system_fonts=True,
    )


def _folders(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    return [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []

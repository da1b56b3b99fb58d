"""Every PDF is whole and can be read aloud: language, title, tags, heads of tables, words for pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from flask import Flask

from tests.credentials.files import FACTS, URL
from tests.web.papers import papers, read_pdf
from trainer.content.library import Library
from trainer.credentials.rules import show_serial

_PAINTING = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "BI", "INLINE IMAGE"}
_HEADINGS = ("/H1", "/H2", "/H3", "/H4")


def opened(app: Flask, shelf: Library) -> dict[str, pikepdf.Pdf]:
    """Return every sort of paper, opened by a library of others."""
    with app.test_request_context():
        return {name: pikepdf.open(io.BytesIO(data)) for name, data in papers(shelf).items()}


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Return all elements of the tree of tags, in the order in which they are read."""

    def walk(node: Any) -> Iterator[Any]:
        if isinstance(node, pikepdf.Array):
            for part in list(node):
                yield from walk(part)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node.K)

    return list(walk(pdf.Root.StructTreeRoot.K))


def kinds(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S) for element in elements(pdf)]


def within(element: Any, kind: str) -> list[Any]:
    """Return the elements of a kind below one."""
    below = element.get("/K", pikepdf.Array())
    parts = list(below) if isinstance(below, pikepdf.Array) else [below]
    nodes = [part for part in parts if isinstance(part, pikepdf.Dictionary) and "/S" in part]
    return [node for node in nodes if str(node.S) == kind] + [deep for node in nodes for deep in within(node, kind)]


def unmarked(page: pikepdf.Page) -> list[str]:
    """Return what is painted on a page outside of everything that has a tag or is said to be an ornament."""
    marks: list[bool] = []
    outside = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in {"BDC", "BMC"}:
            name, properties = str(instruction.operands[0]), [*instruction.operands, None][1]
            marks.append(name == "/Artifact" or (isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties))
        elif operator == "EMC":
            marks.pop()
        elif operator in _PAINTING and not any(marks):
            outside.append(operator)
    assert marks == []
    return outside


@pytest.mark.check("T041")
def test_every_paper_is_whole_and_names_its_language_and_title(app: Flask, shelf: Library) -> None:
    every = opened(app, shelf)
    assert len(every) > 8
    for name, pdf in every.items():
        assert pdf.check_pdf_syntax() == [], name
        assert str(pdf.Root.Lang) == "en", name
        assert pdf.Root.MarkInfo.Marked, name
        assert pdf.Root.ViewerPreferences.DisplayDocTitle, name
        with pdf.open_metadata() as told:
            assert told["pdfuaid:part"] == "1", name
            assert told["dc:title"].strip(), name


@pytest.mark.check("T041")
@pytest.mark.check("T144")
def test_nothing_on_a_paper_is_without_a_tag(app: Flask, shelf: Library) -> None:
    for name, pdf in opened(app, shelf).items():
        assert [unmarked(page) for page in pdf.pages] == [[]] * len(pdf.pages), name
        assert len(elements(pdf)) > 3, name


@pytest.mark.check("T144")
def test_headings_come_in_order_and_pictures_have_words(app: Flask, shelf: Library) -> None:
    figures = 0
    for name, pdf in opened(app, shelf).items():
        levels = [_HEADINGS.index(kind) for kind in kinds(pdf) if kind in _HEADINGS]
        assert levels[:1] == [0], name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)
        for figure in [element for element in elements(pdf) if str(element.S) == "/Figure"]:
            figures += 1
            assert str(figure.get("/Alt", "")).strip(), name
    assert figures > 3


@pytest.mark.check("T144")
def test_tables_of_a_report_have_heads(app: Flask, shelf: Library) -> None:
    every = opened(app, shelf)
    tables = [element for element in elements(every["status"]) if str(element.S) == "/Table"]
    assert len(tables) > 1
    for table in tables:
        heads, cells = within(table, "/TH"), within(table, "/TD")
        assert heads
        assert cells
        assert {str(scope.get("/Scope")) for head in heads for scope in attributes(head) if "/Scope" in scope} == {
            "/Column"
        }
        assert len(within(table, "/THead")) == 1


def attributes(element: Any) -> list[Any]:
    """Return the dictionaries of attributes of an element."""
    given = element.get("/A", pikepdf.Array())
    return list(given) if isinstance(given, pikepdf.Array) else [given]


@pytest.mark.check("T041")
def test_a_certificate_reads_in_the_order_in_which_it_is_seen(app: Flask, shelf: Library) -> None:
    with app.test_request_context():
        text = " ".join(read_pdf(papers(shelf)["certificate"]).split())
    parts = ("Certificate of completion", "This certifies that", FACTS.holder_name, FACTS.course_title, "Issued",
             "Valid until", show_serial(FACTS.serial), URL)  # fmt: skip
    places = [text.replace(" ", "").index(part.replace(" ", "")) for part in parts]
    assert places == sorted(places)


def test_what_has_no_tag_is_seen() -> None:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    pdf.pages[0].Contents = pdf.make_stream(
        b"/P <</MCID 0>> BDC BT (a) Tj ET EMC /Artifact BMC 0 0 9 9 re f EMC BT (b) Tj ET"
    )
    assert unmarked(pdf.pages[0]) == ["Tj"]

"""Illustrations: only shapes and regions of a file reach a page."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.content.small import only, put
from trainer.content.complaints import Unreadable
from trainer.content.illustrations import SIZE_LIMIT, draw

DOOR = '<g id="region-door" data-pin="20 35"><title>A door.</title><rect x="1" y="2" width="3" height="4"/></g>'
PICTURE = f"""\
<svg xmlns="http://www.w3.org/2000/svg" class="art" viewBox="0 0 960 610">
<!-- a comment of who drew it -->
<path class="g-sand" d="M0 0h960v410H0z" fill="#e3d2a9"/>
{DOOR}
<g id="region-two-cups" data-pin="61.5 86" transform="translate(3 -.5) scale(1.1)">
<g fill="none"><circle cx="1" cy="2" r=".5" opacity=".6"/></g>
</g>
</svg>
"""


def test_a_page_gets_the_shapes_without_names_titles_and_comments() -> None:
    drawing = draw(PICTURE)
    assert drawing.view_box == "0 0 960 610"
    assert drawing.pins == {"door": (20, 35), "two-cups": (61.5, 86)}
    assert drawing.markup == (
        '<path class="g-sand" d="M0 0h960v410H0z" fill="#e3d2a9"></path>'
        '<g><rect x="1" y="2" width="3" height="4"></rect></g>'
        '<g transform="translate(3 -.5) scale(1.1)"><g fill="none">'
        '<circle cx="1" cy="2" r=".5" opacity=".6"></circle></g></g>'
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (DOOR, f"<script>x</script>{DOOR}", 4, "<script> isn't allowed here"),
        (DOOR, f"<style>*{{}}</style>{DOOR}", 4, "<style> isn't allowed here"),
        (DOOR, f"<foreignObject/>{DOOR}", 4, "<foreignObject> isn't allowed here"),
        (DOOR, f'<image href="https://example.org/x.png"/>{DOOR}', 4, "<image> isn't allowed here"),
        (DOOR, f'<use href="#door"/>{DOOR}', 4, "<use> isn't allowed here"),
        (DOOR, f'<a href="https://example.org">{DOOR}</a>', 4, "<a> isn't allowed here"),
        (DOOR, f"<text>{DOOR}</text>", 4, "<text> isn't allowed here"),
        ("<title>A door.", "<title><g/>A door.", 4, "<g> isn't allowed here"),
        ("<rect x", '<rect onclick="x()" x', 4, '<rect> has "onclick"'),
        ("<rect x", '<rect style="fill:red" x', 4, '<rect> has "style"'),
        ("<title>", '<title lang="en">', 4, '<title> has "lang"'),
        ('<svg xmlns="http://www.w3.org/2000/svg"', '<svg onload="x()"', 1, '<svg> has "onload"'),
        ('fill="#e3d2a9"', 'fill="url(https://example.org/x)"', 3, '"fill" can\'t be "url(https://example.org/x)"'),
        ('class="g-sand"', 'class="btn"', 3, '"class" can\'t be "btn"'),
        ("translate(3 -.5)", "translate(3 -.5", 5, '"transform" can\'t be "translate(3 -.5 scale(1.1)"'),
        ('<svg xmlns="http://www.w3.org/2000/svg"', "<!DOCTYPE svg>\n<svg", 1, "the picture holds more than elements"),
        ('<svg xmlns="http://www.w3.org/2000/svg"', "<?xml-stylesheet href='x'?>\n<svg", 1, "the picture holds more"),
        (' viewBox="0 0 960 610"', "", 1, "the picture doesn't begin with its size"),
        ("</svg>", "", 9, "this can't be read as SVG"),
        ("<circle", '<g id="region-cup" data-pin="5 5"/><circle', 6, 'the region "cup" stands in another one'),
        ("region-two-cups", "region-door", 5, 'the region "door" is there twice'),
        ("region-two-cups", "two-cups", 5, "a group isn't quite a region"),
        (' data-pin="20 35"', "", 4, "a group isn't quite a region"),
        ("61.5 86", "61.5 99", 5, 'the number of "two-cups" would stand at the edge'),
        ("region-two-cups", "region-weak-tea", 5, '"weak" in "weak-tea" tells whether the region counts'),
    ],
)
def test_what_is_more_than_shapes_and_regions_is_refused(old: str, new: str, line: int, what: str) -> None:
    assert old in PICTURE
    with pytest.raises(Unreadable) as refused:
        draw(PICTURE.replace(old, new))
    assert (refused.value.line, refused.value.what[: len(what)]) == (line, what)


def test_a_picture_without_a_region_is_refused() -> None:
    with pytest.raises(Unreadable, match="no region"):
        draw(re.sub(r' (?:id|data-pin)="[^"]*"', "", PICTURE))


def test_a_picture_that_would_weigh_a_page_down_is_refused() -> None:
    rng = random.Random(4)
    many = "".join(f'<circle cx="{rng.random()}" cy="{rng.random()}" r="1"/>' for _one in range(SIZE_LIMIT // 10))
    with pytest.raises(Unreadable, match="larger than 8 KB"):
        draw(PICTURE.replace(DOOR, many + DOOR))


def test_a_fault_is_told_with_its_file_and_line(folder: Path) -> None:
    put(folder, "illustrations/yard.svg", PICTURE)
    put(folder, "illustrations/gate.svg", PICTURE.replace("<circle", "<script/><circle"))
    assert only(folder) == (
        "content/illustrations/gate.svg:6: <script> isn't allowed here. Use circle, ellipse, g, path, rect and title."
    )


def test_bytes_that_are_no_text_are_one_complaint(folder: Path) -> None:
    put(folder, "illustrations/yard.svg", "")
    (folder / "illustrations/yard.svg").write_bytes(b"\xff\xfe")
    assert only(folder).startswith("content/illustrations/yard.svg:1: the text is not in UTF-8. ")

"""Pictures of modules: shapes from a short list, small, without words, and nothing that could run or call for more."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import CONTENT
from tests.content import small
from trainer.content.pictures import SURFACE, WEIGHT_LIMIT, read_picture
from trainer.core.settings import ROOT

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" class="art" viewBox="0 0 320 160">\n'
SHAPE = '<path class="g-mint" d="M0 0h320v160H0z" fill="#dde5d8"/>\n'
PICTURE = f"{HEAD}{SHAPE}</svg>\n"
MODULE = "courses/recognize/01-basics/module.yaml"


@pytest.fixture
def pictured(folder: Path) -> Path:
    """The tiny folder, whose first module has a picture."""
    small.put(folder, "pictures/a-door.svg", PICTURE)
    small.put(folder, MODULE, f"{small.MODULE}picture: a-door\n")
    return folder


def test_a_picture_stands_in_its_module_as_shapes_that_screen_readers_pass_over(pictured: Path) -> None:
    first, second = small.read(pictured).courses["recognize"].modules
    assert first.picture == (
        '<svg class="art" viewBox="0 0 320 160" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        '<path class="g-mint" d="M0 0h320v160H0z" fill="#dde5d8"></path></svg>'
    )
    assert second.picture is None


def test_a_picture_that_is_not_there_is_named_at_its_key(pictured: Path) -> None:
    (pictured / "pictures" / "a-door.svg").unlink()
    line = small.line_of(pictured, MODULE, "picture:")
    assert small.only(pictured) == (
        f'content/{MODULE}:{line}: there is no picture "a-door". Add pictures/a-door.svg, or correct the name.'
    )


def test_a_lesson_has_a_picture_of_its_own_or_that_one_is_missed_at_its_key(pictured: Path) -> None:
    small.edit(pictured, small.LESSON_FILE, "minutes:", "picture: a-door\nminutes:")
    first, second = small.read(pictured).courses["recognize"].modules
    assert first.lessons[0].picture == first.picture
    assert second.lessons[0].picture is None
    small.edit(pictured, small.LESSON_FILE, "picture: a-door", "picture: a-gate")
    line = small.line_of(pictured, small.LESSON_FILE, "picture:")
    assert small.only(pictured) == (
        f'content/{small.LESSON_FILE}:{line}: there is no picture "a-gate". '
        "Add pictures/a-gate.svg, or correct the name."
    )


@pytest.mark.parametrize(
    ("shape", "line", "what"),
    [
        ("<script>1</script>", 3, '"script" has no place here'),
        ('<image href="https://example.org/a.png"/>', 3, '"image" has no place here'),
        ('<use href="#a"/>', 3, '"use" has no place here'),
        ('<svg viewBox="0 0 320 160"/>', 3, '"svg" has no place here'),
        ('<foreignObject width="1"/>', 3, '"foreignObject" has no place here'),
        ('<path d="M0 0" style="fill: red"/>', 3, '"style" has no place here'),
        ('<path d="M0 0" onload="a()"/>', 3, '"onload" has no place here'),
        ('<path d="M0 0" id="a"/>', 3, '"id" has no place here'),
        ('<path d="M0 0" fill="url(#a)"/>', 3, '"fill" has a value that isn\'t allowed'),
        ('<path d="M0 0" fill="red"/>', 3, '"fill" has a value that isn\'t allowed'),
        ('<path d="M0 0" class="btn"/>', 3, '"class" has a value that isn\'t allowed'),
        ('<path d="M0 0" class="g-mint\n"/>', 3, '"class" has a value that isn\'t allowed'),
        ('<path d="M0 0&quot;>"/>', 3, '"d" has a value that isn\'t allowed'),
        ('<g transform="matrix(1 0 0 1 0 0)"/>', 3, '"transform" has a value that isn\'t allowed'),
        ("<title>A door</title>", 3, '"title" has no place here'),
        ("<g>\nA door</g>", 4, "there are words in the picture"),
        ("<!-- a door -->", 3, "a picture holds nothing but shapes"),
        ("<![CDATA[a door]]>", 3, "a picture holds nothing but shapes"),
        ("<?a door?>", 3, "a picture holds nothing but shapes"),
        ("<g>", 4, "this isn't well-formed SVG"),
        ("&door;", 3, "this isn't well-formed SVG"),
    ],
)
def test_whatever_is_not_on_the_list_is_refused_with_its_line(pictured: Path, shape: str, line: int, what: str) -> None:
    small.put(pictured, "pictures/a-door.svg", f"{HEAD}{SHAPE}{shape}\n</svg>\n")
    first = small.complaints(pictured)[0]
    assert (first.path, first.line, first.what) == ("content/pictures/a-door.svg", line, what)


def test_a_picture_has_the_shape_of_all_others(pictured: Path) -> None:
    small.put(pictured, "pictures/a-door.svg", PICTURE.replace("320 160", "320 200"))
    assert small.only(pictured).startswith('content/pictures/a-door.svg:1: "viewBox" has a value that isn\'t allowed. ')
    small.put(pictured, "pictures/a-door.svg", f"<svg>{SHAPE}</svg>")
    assert small.only(pictured).startswith('content/pictures/a-door.svg:1: "viewBox" is missing. ')


def test_a_picture_that_weighs_too_much_is_refused_with_its_weight(pictured: Path) -> None:
    chance = random.Random(1)
    shapes = "".join(f'<circle cx="{chance.random():.4f}" cy="{chance.random():.4f}" r="9"/>' for _ in range(800))
    small.put(pictured, "pictures/a-door.svg", f"{HEAD}{shapes}</svg>")
    found = re.fullmatch(
        r"content/pictures/a-door\.svg:1: the picture takes (\d+) bytes, and 1536 at most\. .*", small.only(pictured)
    )
    assert found
    assert int(found[1]) > WEIGHT_LIMIT


def test_entities_that_grow_are_not_read() -> None:
    complaints: list[str] = []
    bomb = '<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + PICTURE
    assert read_picture(bomb, lambda _line, what, _remedy: complaints.append(what)) is None
    assert complaints == ["a picture holds nothing but shapes"]


def test_each_surface_is_darkened_where_a_reader_prefers_it_and_named_to_who_draws() -> None:
    css = (ROOT / "trainer" / "web" / "static" / "components.css").read_text(encoding="utf-8")
    darkened = re.findall(r":is\(\.art, \.scene\) \.(g-[a-z0-9]+) \{ fill: #[0-9a-f]{6}; \}", css)
    guide = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    assert sorted(darkened) == sorted(re.findall(r"`(g-[a-z0-9]+)` `#[0-9a-f]{6}`", guide))
    assert [one for one in darkened if not re.fullmatch(SURFACE, one)] == []


def test_what_is_written_is_read_alike_by_a_browser() -> None:
    drawn = read_picture(
        (CONTENT / "pictures" / "open-door.svg").read_text(encoding="utf-8"),
        lambda *complaint: pytest.fail(str(complaint)),
    )
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            opened.remove(tag)

    Reader().feed(str(drawn))
    assert opened == []


def test_the_site_names_pictures_of_what_is_no_lesson_or_they_are_missed_at_their_keys(pictured: Path) -> None:
    small.edit(pictured, "site.yaml", "exit_target:", "pictures: {practice: a-door}\nexit_target:")
    content = small.read(pictured)
    assert content.pictures == {"practice": content.courses["recognize"].modules[0].picture}
    small.edit(pictured, "site.yaml", "practice: a-door", "practice: a-gate")
    line = small.line_of(pictured, "site.yaml", "pictures:")
    assert small.only(pictured) == (f'content/site.yaml:{line}: there is no picture "a-gate". Add pictures/a-gate.svg.')

"""Blocks of a text that a region may fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.regions import BLOCK, LESSON, add_region, fill
from tests.content.small import edit, line_of, only, read

FILLED = "::: region whom\nIn Maine, call {help:children}.\n:::\n"


@pytest.fixture
def regional(folder: Path) -> Path:
    return add_region(folder)


def html(folder: Path, region: str) -> str:
    return str(read(folder).regions[region].courses["recognize"].lessons[0].html)


def test_a_block_has_the_words_of_the_region_for_its_readers_alone(regional: Path) -> None:
    fill(regional, FILLED)
    assert "In Maine, call" in html(regional, "us-me")
    assert "207-555-0101" in html(regional, "us-me")
    assert "county" not in html(regional, "us-me")
    assert "<p>Call the county.</p>" in html(regional, "us")
    assert "Maine" not in html(regional, "us")


def test_words_of_a_region_say_whose_they_are_and_those_of_the_nation_do_not(regional: Path) -> None:
    same = "::: region whom\nCall the state.\n:::\n"
    fill(regional, same)
    small.put(regional, "regions/us-nh/region.yaml", "name: New Hampshire\n")
    small.put(regional, LESSON.replace("us-me", "us-nh"), same)
    for region, name in (("us-me", "Maine"), ("us-nh", "New Hampshire")):
        assert f'<div class="yours stack gap-2"><p class="whose">In {name}</p><p>Call the state.' in html(
            regional, region
        )
    assert "yours" not in html(regional, "us")
    fill(regional, BLOCK)
    assert "yours" not in html(regional, "us-me")


def test_a_block_may_be_some_points_of_a_list_in_a_box(regional: Path) -> None:
    edit(regional, small.LESSON_FILE, "::: recap\n", "::: recap\n::: region point\n- Call the county.\n:::\n")
    fill(regional, f"{FILLED}\n::: region point\n- Call Maine.\n:::\n")
    assert "<li>Call Maine.</li>\n<li>" in html(regional, "us-me")
    assert html(regional, "us-me").count("yours") == 1  # around what stands alone
    assert "<li>Call the county.</li>\n<li>" in html(regional, "us")


def test_a_fault_below_a_block_keeps_its_line(regional: Path) -> None:
    edit(regional, small.LESSON_FILE, "::: recap", "[Gone](page:nowhere).\n\n::: recap")
    at = line_of(regional, small.LESSON_FILE, "[Gone]")
    assert only(regional).startswith(f'content/{small.LESSON_FILE}:{at}: the link "page:nowhere" leads nowhere.')


def test_a_filling_brings_its_sources(regional: Path) -> None:
    small.put(regional, "regions/us-me/sources.yaml", small.SOURCES.split("- id: ")[1].replace("S1", "- id: S77"))
    fill(regional, f"---\nsources: [S77]\n---\n{FILLED}".replace("call {", "call[^S77] {"))
    lessons = [read(regional).regions[name].courses["recognize"].lessons[0] for name in ("us", "us-me")]
    assert lessons[1].file.sources == [*lessons[0].file.sources, "S77"]
    assert "S77" in {source.id for source in lessons[1].cited}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"---\nminutes: 4\n---\n{FILLED}", f'{LESSON}:2: "minutes" has no place here.'),
        ("::: region who\nCall.\n:::\n", f'{LESSON}:1: {small.LESSON_FILE} has no block "who". Use one of: whom.'),
        (f"\n{FILLED}\n{FILLED}", f'{LESSON}:6: the block "whom" is there twice.'),
        ("::: region whom\n:::\n", f'{LESSON}:1: the block "whom" is empty.'),
        ("::: region whom\nCall.\n", f'{LESSON}:1: the block "whom" is not closed.'),
        ("::: region whom\nCall {help:nobody}.\n:::\n", f'{LESSON}:2: the help line "nobody" isn\'t there'),
        ("::: region whom\nOne.\n\n[Two](page:nowhere).\n:::\n", f'{LESSON}:4: the link "page:nowhere" leads nowhere.'),
        ("::: region whom\nSome 840 people.\n:::\n", f'{LESSON}:2: the figure "840" has no source.'),
    ],
)
def test_what_is_wrong_with_a_filling_has_its_file_and_line(regional: Path, text: str, complaint: str) -> None:
    fill(regional, text)
    assert only(regional).startswith(f"content/{complaint}")


def test_a_fault_below_a_filled_block_keeps_its_line(regional: Path) -> None:
    fill(regional, "::: region whom\nOne.\n\nTwo.\n\nThree.\n:::\n")
    edit(regional, small.LESSON_FILE, "::: recap", "[Gone](page:nowhere).\n\n::: recap")
    at = line_of(regional, small.LESSON_FILE, "[Gone]")
    assert only(regional).startswith(f'content/{small.LESSON_FILE}:{at}: the link "page:nowhere" leads nowhere.')


def test_only_what_is_there_can_be_filled(regional: Path) -> None:
    small.put(regional, "regions/us-me/pages/terms.md", FILLED)
    assert only(regional).startswith("content/regions/us-me/pages/terms.md:1: there is no pages/terms.md to fill.")


@pytest.mark.parametrize("name", ["", "Whom To", "a_b"])
def test_a_block_has_a_name(regional: Path, name: str) -> None:
    edit(regional, small.LESSON_FILE, "::: region whom", f"::: region {name}")
    at = line_of(regional, small.LESSON_FILE, "::: region")
    assert only(regional).startswith(f"content/{small.LESSON_FILE}:{at}: a block has no name.")


def test_a_scene_has_no_block(regional: Path) -> None:
    edit(
        regional,
        small.CONCERN_FILE,
        "\n---\n",
        f"\n---\n{BLOCK}",
    )
    assert 'no box is called "region"' in " ".join(str(one) for one in small.complaints(regional))

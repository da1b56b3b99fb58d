"""Skeletons: what a command writes loads at once, and never stands in the way of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courses import small
from tests.courses.small import complaints, edit, read
from trainer.courses import skeletons
from trainer.courses.library import Library
from trainer.courses.schema import Pool, Truth
from trainer.courses.skeletons import Refusal


def write(made: dict[Path, str] | Refusal) -> list[Path]:
    assert not isinstance(made, Refusal), made
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return list(made)


def refusal(made: dict[Path, str] | Refusal) -> str:
    assert isinstance(made, Refusal)
    return made.why


@pytest.mark.parametrize(
    "title", ["One more", 'What "counts": a list', "- # & * !", "Ça va? <b> 'yes'", "No", "2026-01-01"]
)
def test_a_lesson_is_added_at_the_end_of_its_module(folder: Path, title: str) -> None:
    (path,) = write(skeletons.lesson(read(folder), folder, "recognize/practice/one-more", title))
    assert path == folder / "courses/recognize/04-practice/02-one-more.md"
    lessons = read(folder).courses["recognize"].lessons
    assert [lesson.id for lesson in lessons] == ["basics/first", "practice/second", "practice/one-more"]
    assert lessons[-1].file.title == title


def test_a_lesson_takes_the_number_after_the_last(folder: Path) -> None:
    (folder / small.LESSON_FILE).rename(folder / "courses/recognize/01-basics/09-first.md")
    (path,) = write(skeletons.lesson(read(folder), folder, "recognize/basics/one-more", "T"))
    assert path.name == "10-one-more.md"
    assert read(folder).courses["recognize"].lesson("basics/one-more")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("recognize/basics", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/a/b", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/One More", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/../../x", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/..", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/", "Write COURSE/MODULE/NAME"),
        ("nothing/basics/one", "There is no module nothing/basics."),
        ("recognize/nothing/one", "There is no module recognize/nothing."),
        ("recognize/basics/first", "There is a lesson recognize/basics/first already."),
    ],
)
def test_a_lesson_needs_a_place_that_is_free(folder: Path, place: str, why: str) -> None:
    assert refusal(skeletons.lesson(read(folder), folder, place, "T")).startswith(why)


@pytest.mark.parametrize("pool", ["open", "reserved"])
def test_a_pair_of_scenes_is_added_to_its_pool(folder: Path, pool: str) -> None:
    paths = write(skeletons.scenario(read(folder), folder, "late-bus", pool))
    assert [path.name for path in paths] == ["late-bus-a.md", "late-bus-b.md"]
    content = read(folder)
    pair = content.pairs["late-bus"]
    assert [scene.file.truth for scene in pair] == [Truth.CONCERN, Truth.NO_CONCERN]
    assert all(scene in content.pool(Pool(pool)) for scene in pair)
    assert pair[0].twin is not None


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ("open-1", "There is a pair open-1 already."),
        ("open", "There is a pair open already."),  # open-1-a could be its scene
        ("Late bus", "Name the pair in small letters"),
        ("../late", "Name the pair in small letters"),
        ("", "Name the pair in small letters"),
    ],
)
def test_a_pair_needs_a_name_that_is_free(folder: Path, pair: str, why: str) -> None:
    assert refusal(skeletons.scenario(read(folder), folder, pair, "open")).startswith(why)


def test_a_pair_needs_a_strong_sign(folder: Path) -> None:
    edit(folder, "indicators.yaml", "strength: strong", "strength: medium-strong")
    assert refusal(skeletons.scenario(read(folder), folder, "late-bus", "open")).startswith(
        "There is no strong sign yet."
    )


@pytest.mark.parametrize(("category", "ident"), [("freedom", "A2"), ("papers", "C3")])
def test_a_sign_gets_the_next_free_id_of_its_category(folder: Path, category: str, ident: str) -> None:
    before = (folder / "indicators.yaml").read_text(encoding="utf-8")
    write(skeletons.indicator(read(folder), folder, category, 'Says "no": twice'))
    assert (folder / "indicators.yaml").read_text(encoding="utf-8").startswith(before)
    sign = read(folder).indicators[ident]
    assert (sign.name, sign.category, sign.strength) == ('Says "no": twice', category, "weak")


def test_a_sign_needs_a_category_with_room(folder: Path) -> None:
    assert refusal(skeletons.indicator(read(folder), folder, "pay", "N")) == (
        "There is no category pay. Use one of: freedom, papers."
    )
    for _number in range(8):
        write(skeletons.indicator(read(folder), folder, "freedom", "N"))
    assert refusal(skeletons.indicator(read(folder), folder, "freedom", "N")) == "All nine ids of freedom are taken."


def test_all_skeletons_together_bring_no_complaint_but_gaps_and_reviews(folder: Path) -> None:
    write(skeletons.lesson(read(folder), folder, "recognize/basics/one-more", "T"))
    write(skeletons.scenario(read(folder), folder, "late-bus", "reserved"))
    write(skeletons.indicator(read(folder), folder, "papers", "N"))
    assert {one.level for one in complaints(folder)} == {"warning"}


def test_skeletons_fit_the_real_content(shelf: Library) -> None:
    here, nowhere = shelf.content, Path("nowhere")
    assert not isinstance(skeletons.scenario(here, nowhere, "zugvogel", "open"), Refusal)
    course = next(iter(here.courses.values()))
    taken = f"{course.slug}/{course.lessons[0].id}"
    assert refusal(skeletons.lesson(here, nowhere, taken, "T")) == f"There is a lesson {taken} already."

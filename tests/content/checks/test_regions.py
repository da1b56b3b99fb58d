"""Regions: what they may have of their own, and what is the same everywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.content import small
from tests.content.regions import LESSON, LINE, add_region
from tests.content.small import complaints, edit, only, put, read

OWN = "title: Own\nobjectives: [Know]\ndeeper: true\n"


@pytest.fixture
def regional(folder: Path) -> Path:
    return add_region(folder)


def whole_lesson(folder: Path, old: str, new: str) -> None:
    text = (folder / small.LESSON_FILE).read_text(encoding="utf-8")
    assert old in text
    put(folder, LESSON, text.replace(old, new, 1))


def test_a_file_of_the_region_replaces_that_of_the_nation_or_adds_one(regional: Path) -> None:
    whole_lesson(regional, "Call the county.", "Call Augusta.")
    put(regional, "regions/us-me/glossary.yaml", "- {id: signal, term: Signal, meaning: As we say here.}\n")
    here, there = read(regional).regions["us-me"], read(regional).regions["us"]
    assert "Augusta" in here.courses["recognize"].lessons[0].html
    assert "Augusta" not in there.courses["recognize"].lessons[0].html
    assert (here.terms["signal"].meaning, there.terms["signal"].meaning != "As we say here.") == (
        "As we say here.",
        True,
    )


def test_a_lesson_has_one_digest_in_all_regions(regional: Path) -> None:
    before = read(regional).courses["recognize"]
    whole_lesson(regional, "Call the county.", "Call Augusta.")
    digests = {
        (there.courses["recognize"].lessons[0].digest, there.courses["recognize"].digest)
        for there in read(regional).regions.values()
    }
    assert len(digests) == 1
    assert digests != {(before.lessons[0].digest, before.digest)}


def test_numbers_of_a_region_change_no_digest(regional: Path) -> None:
    edit(regional, small.LESSON_FILE, "Call the county.", "Call {help:children}.")
    lessons = {name: there.courses["recognize"].lessons[0] for name, there in read(regional).regions.items()}
    assert "207-555-0101" in lessons["us-me"].html
    assert "207-555-0101" not in lessons["us"].html
    assert lessons["us-me"].digest == lessons["us"].digest
    text = (regional / small.LESSON_FILE).read_text("utf-8").replace("{help:hotline}", "1-888-373-7888")
    for region, number in (("us", "1-888-373-7888"), ("us-me", "207-555-0101")):  # as the site's own readers have it
        edit(regional, "site.yaml", "region: us\n", f"region: {region}\n")
        told = hashlib.sha256(text.replace("{help:children}", number).encode()).hexdigest()
        assert read(regional).courses["recognize"].lessons[0].digest == told, region


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("indicators: [", "was: [basics/second]\nindicators: [", '"was" differs from content/'),
        ("indicators: [", "indicators: [F1, ", '"indicators" differs from content/'),
    ],
)
def test_a_region_asks_and_teaches_the_same(regional: Path, old: str, new: str, complaint: str) -> None:
    whole_lesson(regional, old, new)
    assert any(complaint in str(one) and one.path == f"content/{LESSON}" for one in complaints(regional))


ITEM = """\
items:
  - id: who
    passage: The boss says no.
    type: single
    ask: What decides it?
    options:
      - {id: boss, text: The boss says no, why: It does., key: true}
      - {id: desk, text: The desk, why: "It does not. Call {help:children}."}
"""


def test_a_region_changes_no_question(regional: Path) -> None:
    edit(regional, small.LESSON_FILE, "\n---\n", f"\n{ITEM}---\n")
    edit(regional, small.LESSON_FILE, "::: recap", "::: item who\n:::\n\n::: recap")
    whole_lesson(regional, "Call the county.", "Call Augusta.")
    assert read(regional).regions["us-me"].courses["recognize"].lessons[0].question("who")
    edit(regional, LESSON, ", key: true", "")
    edit(regional, LESSON, "It does not. ", "It does. ")
    edit(regional, LESSON, "text: The desk,", "text: The desk, key: true,")
    at = small.line_of(regional, LESSON, "items:")
    told = f"content/{LESSON}:{at}: its questions differ from those of content/{small.LESSON_FILE}. What is learned"
    assert only(regional).startswith(told)


def test_a_region_adds_nothing_to_the_core_path(regional: Path) -> None:
    text = (regional / small.LESSON_FILE).read_text(encoding="utf-8")
    put(regional, LESSON.replace("first", "own").replace("01-own", "09-own"), text)
    assert "a region can't add to the core path. Put it into a module that goes deeper." in only(regional)


def test_a_module_of_a_region_alone_is_seen_there(regional: Path) -> None:
    text = (regional / small.LESSON_FILE).read_text(encoding="utf-8")
    put(regional, "regions/us-me/courses/recognize/09-own/01-here.md", text.replace("{help:children}", "911"))
    put(
        regional, "regions/us-me/courses/recognize/09-own/module.yaml", "title: Own\nobjectives: [Know]\ndeeper: true\n"
    )
    assert 'module "own" is not listed' in only(regional)
    edit(regional, small.COURSE_FILE, "modules: [basics, practice]", "modules: [basics, practice, own]")
    courses = {name: there.courses["recognize"] for name, there in read(regional).regions.items()}
    assert {name: bool(course.lesson("own/here")) for name, course in courses.items()} == {"us": False, "us-me": True}
    assert courses["us"].digest == courses["us-me"].digest


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("regions/us-me/indicators.yaml", "indicators.yaml has its place at the top of the content folder."),
        (f"regions/us-me/{small.CONCERN_FILE}", "has its place at the top of the content folder."),
        (f"regions/us-me/{small.COURSE_FILE}", "course.yaml has its place at the top of the content folder."),
        ("regions/us-me/site.yaml", "site.yaml has its place at the top of the content folder."),
        ("region.yaml", "region.yaml has its place below the folder of a region."),
        ("regions/us-nh/pages/none.txt", "no file of this name belongs here."),
    ],
)
def test_what_is_no_regions_own_is_refused(regional: Path, name: str, complaint: str) -> None:
    put(regional, "regions/us-nh/region.yaml", "name: New Hampshire\n")
    put(regional, name, "x: 1\n")
    assert complaint in only(regional)


def test_a_region_has_a_name(regional: Path) -> None:
    (regional / "regions/us-me/region.yaml").write_text("thin: true\n", encoding="utf-8")
    assert only(regional) == 'content/regions/us-me/region.yaml:1: "name" is missing. Add it.'
    (regional / "regions/us-me/region.yaml").unlink()
    assert only(regional).startswith("content/regions/us-me/region.yaml:1: the file is missing.")


def test_only_words_of_the_vocabulary_may_differ(regional: Path) -> None:
    put(regional, "regions/us-me/vocabulary.yaml", "always: Day and night\n")
    here, there = read(regional).regions["us-me"].vocabulary, read(regional).regions["us"].vocabulary
    assert (here.always, here.doors) == ("Day and night", there.doors)
    put(regional, "regions/us-me/vocabulary.yaml", "doors: []\n")
    assert only(regional) == 'content/regions/us-me/vocabulary.yaml:1: unknown key "doors". Take it out.'


def test_a_line_of_the_nation_that_stands_in_is_told(regional: Path) -> None:
    put(regional, "regions/us-nh/region.yaml", "name: New Hampshire\n")
    told = [str(one) for one in complaints(regional) if "us-nh" in one.path]
    assert told == [
        "content/regions/us-nh/region.yaml:1: in us-nh, lines of the nation stand in: hotline for children. "
        "Add its own to help/us-nh.yaml once they are known."
    ]


def test_a_number_of_one_region_stands_in_no_text_for_all(regional: Path) -> None:
    edit(regional, small.LESSON_FILE, "Call the county.", "Call 207-555-0101.")
    assert "207-555-0101 is a number of us-me, and readers elsewhere would get it, too." in only(regional)
    edit(regional, small.LESSON_FILE, "207-555-0101", "{help:intake}")
    assert 'the help line "intake" isn\'t there.' in only(regional)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (LINE + LINE.replace("id: intake", "id: other"), '14: "intake" stands in for children as well.'),
        (LINE.replace("[children]", "[intake]"), '6: "intake" is the id of a line.'),
    ],
)
def test_a_role_is_one_lines(regional: Path, lines: str, complaint: str) -> None:
    put(regional, "regions/us-me/help/us-me.yaml", lines)
    assert f"content/regions/us-me/help/us-me.yaml:{complaint}" in " ".join(map(str, complaints(regional)))


def test_a_scene_that_rests_on_a_number_of_each_region_is_refused(regional: Path) -> None:
    edit(regional, small.CONCERN_FILE, "differs: ", "differs: Call {help:children}. ")
    assert "the scene has another text for readers of us-me." in only(regional)


def test_a_scene_of_a_region_is_drawn_there_alone(regional: Path) -> None:
    for letter, truth in (("a", "concern"), ("b", "no_concern")):
        told = small.scene(truth, "own", "open").replace("\nsources: ", "\nregion: us-me\nsources: ")
        put(regional, f"scenarios/own-{letter}.md", told)
    scene = "own-a"
    content = read(regional)
    pool = content.scenarios[scene].file.pool
    drawn = {name: scene in [one.id for one in there.pool(pool)] for name, there in content.regions.items()}
    assert drawn == {"us": False, "us-me": True}
    assert scene in content.regions["us"].scenarios  # what was answered there is shown for ever

"""The library: what it finds, what a digest covers, and that a bad change never serves."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import date
from pathlib import Path

import pytest

from tests.courses import small
from tests.courses.small import CONCERN_FILE, COURSE_FILE, LESSON_FILE, NO_CONCERN_FILE, edit, read
from trainer.courses.library import Content, ContentRefused, Library, published_ids, write_ids
from trainer.courses.schema import Pool


def today() -> date:
    return small.TODAY


def test_lessons_are_in_the_order_of_the_course(folder: Path) -> None:
    course = read(folder).courses["recognize"]
    assert [lesson.id for lesson in course.lessons] == ["basics/first", "practice/second"]
    first, second = course.lessons
    assert course.neighbors(first.id) == (None, second)
    assert course.neighbors(second.id) == (first, None)
    assert course.neighbors("basics/nothing") == (None, None)
    assert course.lesson(second.id) is second
    assert course.lesson("basics/nothing") is None


def test_modules_keep_the_number_of_their_folder(folder: Path) -> None:
    modules = read(folder).courses["recognize"].modules
    assert [(module.number, module.minutes) for module in modules] == [(1, 4), (4, 4)]
    assert [lesson.number for module in modules for lesson in module.lessons] == [1, 1]


def test_a_lesson_knows_its_words_and_sources(folder: Path) -> None:
    lesson = read(folder).courses["recognize"].lessons[0]
    assert [term.id for term in lesson.words] == ["signal", "case"]  # the second is linked by itself
    assert [source.id for source in lesson.cited] == ["S1"]
    assert lesson.module_title == "The basics"
    assert 'href="/courses/recognize/practice/second"' in lesson.html


def test_of_a_module_to_choose_from_one_lesson_stands_on_the_way(folder: Path) -> None:
    edit(folder, COURSE_FILE, "[basics, practice]", "[basics, venue, practice]")
    small.put(folder, "courses/recognize/02-venue/module.yaml", f"{small.MODULE}choose_one: true\n")
    for number, name in enumerate(("farm", "hotel"), start=1):
        small.put(folder, f"courses/recognize/02-venue/{number:02}-{name}.md", small.LESSON)
    course = read(folder).courses["recognize"]
    first, farm, hotel, second = course.lessons
    assert course.neighbors(first.id) == (None, farm)
    assert course.neighbors(farm.id) == course.neighbors(hotel.id) == (first, second)
    assert course.neighbors(second.id) == (farm, None)


def test_help_lines_are_found_by_id(folder: Path) -> None:
    content = read(folder)
    assert [line.id for line in content.strip_lines()] == ["hotline"]
    with pytest.raises(KeyError):
        content.help_line("nothing")


def test_pools_hold_what_is_in_use_in_order_of_id(folder: Path) -> None:
    content = read(folder)
    assert [scene.id for scene in content.pool(Pool.OPEN)] == ["open-1-a", "open-1-b", "open-2-a", "open-2-b"]
    assert content.twin(content.scenarios["open-1-a"]).id == "open-1-b"


def test_a_retired_scene_stays_but_is_not_drawn(folder: Path) -> None:
    for truth, name in (("concern", "open-3-a"), ("no_concern", "open-3-b")):
        text = small.scene(truth, "open-3", "open").replace("pool: open", "pool: open\nretired: true")
        (folder / f"scenarios/{name}.md").write_text(text, encoding="utf-8")
    content = read(folder)
    assert "open-3-a" in content.scenarios
    assert "open-3-a" not in [scene.id for scene in (*content.pool(Pool.OPEN), *content.scenarios_with("C1"))]


def test_an_indicator_leads_to_its_lessons_and_scenes(folder: Path) -> None:
    content = read(folder)
    assert [lesson.id for _, lesson in content.lessons_teaching("C1")] == ["basics/first", "practice/second"]
    assert [scene.id for scene in content.scenarios_with("C1")][:2] == ["open-1-a", "open-2-a"]


def test_a_snapshot_has_all_and_survives_json(folder: Path) -> None:
    snapshot = read(folder).scenarios["open-1-a"].snapshot()
    assert json.loads(json.dumps(snapshot)) == snapshot
    assert snapshot["signs"] == [
        {"id": "C1", "name": "ID kept", "strength": "strong", "category": "Papers and pay",
         "text": "The boss keeps the papers"}
    ]  # fmt: skip
    assert snapshot["twin"] == {"title": "Room 214", "truth": "no_concern", "differs": "The boss gives them back."}
    assert set(snapshot) == {
        "scenario", "is_swapped", "pair", "title", "setting", "note", "narrative", "truth", "rule", "route", "venue",
        "about", "differs", "signs", "ordinary", "verdicts", "actions", "twin", "sources",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Room 214", "Room 215"),
        ("Motel, night", "Motel, day"),
        ("Nothing graphic.", "About work."),
        ("text: Wait a week", "text: Wait a month"),
        ("id: wait", "id: later"),
        ("You stand", "You sit"),
        ("forbidden: confront", "forbidden: follow"),
    ],
)
def test_a_digest_changes_with_what_is_shown_or_scored(folder: Path, old: str, new: str) -> None:
    before = read(folder).scenarios["open-1-a"].digest
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, old, new)
    after = read(folder).scenarios["open-1-a"].digest
    assert len(after) == 64
    assert after != before


def test_a_digest_stays_when_only_a_rationale_or_another_scene_changes(folder: Path) -> None:
    before = read(folder)
    edit(folder, CONCERN_FILE, "About reporting.", "More about reporting.")
    edit(folder, "scenarios/open-2-a.md", "You stand", "You sit")
    after = read(folder)
    assert after.scenarios["open-1-a"].digest == before.scenarios["open-1-a"].digest
    assert after.digest != before.digest


def test_a_course_digest_follows_its_lessons(folder: Path) -> None:
    before = read(folder)
    edit(folder, "glossary.yaml", "One contact", "A contact")
    assert read(folder).courses["recognize"].digest == before.courses["recognize"].digest
    edit(folder, LESSON_FILE, "A case is more.", "A case is much more.")
    assert read(folder).courses["recognize"].digest != before.courses["recognize"].digest


def test_a_course_digest_follows_its_shift_and_the_scenes_of_its_final(folder: Path) -> None:
    digests = {read(folder).courses["recognize"].digest}
    small.add_shift(folder)
    digests.add(read(folder).courses["recognize"].digest)
    edit(folder, small.SHIFT_FILE, "You are on duty.", "You begin your night.")
    digests.add(read(folder).courses["recognize"].digest)
    edit(folder, "scenarios/reserved-1-a.md", "You stand", "You sit")
    digests.add(read(folder).courses["recognize"].digest)
    assert len(digests) == 4
    edit(folder, CONCERN_FILE, "You stand", "You sit")
    assert read(folder).courses["recognize"].digest in digests  # open scenes are no part of it


def test_scenes_of_a_shift_are_in_its_pool_and_have_neither_pair_nor_twin(folder: Path) -> None:
    small.add_shift(folder)
    content = read(folder)
    assert [one.id for one in content.pool(Pool.SHIFT)] == ["shift-0", "shift-1", "shift-2", "shift-3"]
    scene = content.scenarios["shift-1"]
    assert scene.twin is None
    assert scene.snapshot()["setting"] == "23:10, Motel, night"
    assert set(content.pairs) == {"open-1", "open-2", "reserved-1", "reserved-2"}
    assert content.courses["recognize"].shift is not None


def test_loading_twice_gives_the_same(folder: Path) -> None:
    assert read(folder) == read(folder)


@pytest.mark.check("T126")
def test_a_refused_change_leaves_the_old_content_serving(folder: Path) -> None:
    library = Library(folder, today)
    before = library.content
    edit(folder, "site.yaml", "name: Small site", "name:")
    assert not library.reload()
    assert library.content is before
    assert any("site.yaml:1" in str(complaint) for complaint in library.complaints)
    edit(folder, "site.yaml", "name:", "name: Large site")
    assert library.reload()
    assert library.content.site.name == "Large site"
    assert all(complaint.level == "warning" for complaint in library.complaints)


def test_it_reloads_only_when_a_file_changed_and_tries_a_bad_one_once(folder: Path) -> None:
    library = Library(folder, today)
    before = library.content
    assert not library.reload_if_changed()
    assert library.content is before
    edit(folder, "site.yaml", "Small site", "A larger site")
    assert library.reload_if_changed()
    assert not library.reload_if_changed()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert not library.reload_if_changed()
    assert library.complaints
    served = library.content
    assert not library.reload_if_changed()
    assert library.content is served


def test_a_library_does_not_start_on_faulty_content(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "name:")
    with pytest.raises(ContentRefused):
        Library(folder, today)


@pytest.mark.check("T126")
def test_readers_see_one_whole_content_while_it_is_swapped(folder: Path) -> None:
    library, seen, done = Library(folder, today), set[tuple[str, str]](), threading.Event()

    def look() -> None:
        while not done.is_set():
            content = library.content
            seen.add((content.site.name, content.digest))

    reader = threading.Thread(target=look)
    reader.start()
    for name in ("One", "Two", "Three"):
        (folder / "site.yaml").write_text(small.SITE.replace("Small site", name), encoding="utf-8")
        assert library.reload()
    done.set()
    reader.join()
    assert len({name for name, _ in seen}) == len(seen)


def test_published_ids_name_everything_once(folder: Path) -> None:
    ids = published_ids(read(folder))
    assert ids == sorted(set(ids))
    assert {
        "course:recognize", "module:recognize/basics", "lesson:recognize/basics/first", "scenario:open-1-a",
        "indicator:C1", "source:S1", "term:signal", "help:hotline", "page:privacy",
    } < set(ids)  # fmt: skip


def test_ids_are_only_ever_added(folder: Path) -> None:
    path = folder / "ids.txt"
    path.write_text("term:older", encoding="utf-8")
    added = write_ids(folder, read_with(folder, path))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "term:older"
    assert lines[1:] == added
    assert write_ids(folder, read_with(folder, path)) == []


def read_with(folder: Path, ids: Path) -> Content:
    """Load as if the list of ids were not there, which names a lost id on purpose."""
    text = ids.read_text(encoding="utf-8")
    ids.unlink()
    content = read(folder)
    ids.write_text(text, encoding="utf-8")
    return content


@pytest.mark.check("T132")  # there is no export: what is loaded twice, from copies made in another order, is the same
def test_the_same_content_has_the_same_digests_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "content"
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    here, there = read(folder), read(other)
    assert [one.digest for one in there.scenarios.values()] == [one.digest for one in here.scenarios.values()]
    copied = tmp_path / "third" / "content"
    shutil.copytree(folder, copied)
    assert read(copied) == here

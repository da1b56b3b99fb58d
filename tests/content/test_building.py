"""What is made of a folder: lessons, pools, scenes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.content import small
from tests.content.small import read
from trainer.content.schema import Pool
from trainer.items.judge.payload import payload_of


def test_a_lesson_knows_its_words_and_sources(folder: Path) -> None:
    lesson = read(folder).courses["recognize"].lessons[0]
    assert [term.id for term in lesson.words] == ["signal", "case"]  # the second is linked by itself
    assert [source.id for source in lesson.cited] == ["S1"]
    assert lesson.module_title == "The basics"
    assert 'href="/courses/recognize/practice/second"' in lesson.html


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


def test_a_snapshot_has_all_and_survives_json(folder: Path) -> None:
    snapshot = payload_of(read(folder).scenarios["open-1-a"]).kept()
    assert json.loads(json.dumps(snapshot)) == snapshot
    assert snapshot["signs"] == [
        {"id": "C1", "name": "ID kept", "strength": "strong", "category": "Papers and pay",
         "text": "The boss keeps the papers"}
    ]  # fmt: skip
    assert snapshot["twin"] == {"title": "Room 214", "truth": "no_concern", "differs": "The boss gives them back."}
    assert set(snapshot) == {
        "type",
        "version",
        "scenario", "is_swapped", "pair", "title", "setting", "note", "narrative", "truth", "best", "rule", "route",
        "venue", "about", "differs", "signs", "ordinary", "verdicts", "actions", "twin", "sources",
    }  # fmt: skip


def test_scenes_of_a_shift_are_in_its_pool_and_have_neither_pair_nor_twin(folder: Path) -> None:
    small.add_shift(folder)
    content = read(folder)
    assert [one.id for one in content.pool(Pool.SHIFT)] == ["shift-0", "shift-1", "shift-2", "shift-3"]
    scene = content.scenarios["shift-1"]
    assert scene.twin is None
    assert payload_of(scene).setting == "23:10, Motel, night"
    assert set(content.pairs) == {"open-1", "open-2", "reserved-1", "reserved-2"}
    assert list(content.courses["recognize"].shifts) == ["night"]


def test_a_course_that_the_site_does_not_name_comes_last(folder: Path) -> None:
    for path in (folder / "courses" / "recognize").rglob("*"):
        if path.is_file():
            copy = folder / "courses" / "another" / path.relative_to(folder / "courses" / "recognize")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text("utf-8"), "utf-8")
    small.edit(folder, "site.yaml", "nation:", "courses: [recognize]\nnation:")
    assert list(read(folder).courses) == ["recognize", "another"]

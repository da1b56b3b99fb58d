"""What is numbered in a picture, and which of it is a sign."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE, add_to_head, complaints, edit, only, put, read
from tests.support import Visitor
from trainer.items.registry import read_further
from trainer.items.spot.type import SpotPayload, samples

(SAMPLE,) = samples()
((FILE, PICTURE),) = SAMPLE.files.items()
SPOT = """\
  - type: spot
    picture: yard
    shows: A yard with a hut, a desk and a bus.
    regions:
      - {id: hut, text: A guard sits in a hut, why: Guards do.}
      - {id: desk, text: A man holds three cards, why: They are others’., sign: C1}
      - {id: bus, text: A bus waits, why: Buses do.}
      - {id: gate, text: A boss stands by the gate, why: Bosses do.}
"""


@pytest.fixture
def asking(folder: Path) -> Path:
    """The tiny folder with a picture, and a question about it."""
    put(folder, FILE, PICTURE)
    add_to_head(folder, CONCERN_FILE, SPOT)
    return folder


def payload(folder: Path) -> SpotPayload:
    (drill,) = read(folder).scenarios["open-1-a"].drills
    found = read_further(drill.payload)
    assert isinstance(found, SpotPayload)
    return found


def test_regions_are_numbered_from_the_left_however_the_files_order_them(asking: Path) -> None:
    found = payload(asking)
    assert [(one.id, one.left, one.top) for one in found.options] == [
        ("hut", 10, 30),
        ("bus", 40, 30),
        ("gate", 40, 80),
        ("desk", 80, 60),
    ]
    lines = SPOT.splitlines(keepends=True)
    edit(asking, CONCERN_FILE, "".join(lines[4:6]), "".join(reversed(lines[4:6])))
    assert payload(asking) == found


def test_all_that_is_needed_to_show_it_again_is_kept_without_a_name_of_the_picture(asking: Path) -> None:
    kept = payload(asking).kept()
    (asking / FILE).write_text(PICTURE.replace("#8a5a36", "#000"), encoding="utf-8")
    assert "#8a5a36" in json.dumps(kept)
    assert "region-" not in kept["picture"]["markup"]
    assert read_further(kept).kept() == kept


def test_another_picture_is_another_question(asking: Path) -> None:
    before = read(asking).scenarios["open-1-a"].drills[0].digest
    (asking / FILE).write_text(PICTURE.replace("#8a5a36", "#000"), encoding="utf-8")
    assert read(asking).scenarios["open-1-a"].drills[0].digest != before
    (asking / FILE).write_text(PICTURE, encoding="utf-8")
    assert read(asking).scenarios["open-1-a"].drills[0].digest == before


@pytest.mark.parametrize(
    ("chosen", "points", "told"),
    [
        (["desk"], 1, "You found 1 of 1 sign."),
        (["desk", "bus"], 0, "You found 1 of 1 sign, and chose 1 ordinary thing."),
        (["hut", "bus"], 0, "You found 0 of 1 sign, and chose 2 ordinary things."),
        ([], 0, "You found 0 of 1 sign."),
    ],
)
def test_what_was_found_and_what_was_chosen_besides_is_told(
    app: Flask, asking: Path, chosen: list[str], points: float, told: str
) -> None:
    found = payload(asking)
    mark = found.mark({"chosen": chosen})
    with app.test_request_context():
        assert (mark.points, found.told(mark)) == (points, told)


@pytest.mark.parametrize(
    ("chosen", "points", "told"),
    [([], 1, "There is no sign here, and you chose none."), (["bus"], 0, "There is no sign here, and you chose 1.")],
)
def test_a_picture_may_show_no_sign(app: Flask, folder: Path, chosen: list[str], points: float, told: str) -> None:
    put(folder, FILE, PICTURE)
    add_to_head(folder, NO_CONCERN_FILE, SPOT.replace(", sign: C1", ""))
    (drill,) = read(folder).scenarios["open-1-b"].drills
    found = read_further(drill.payload)
    mark = found.mark({"chosen": chosen})
    assert mark is not None
    with app.test_request_context():
        assert (mark.points, found.told(mark)) == (points, told)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("picture: yard", "picture: yart", 'no picture is called "yart". Correct its name, or add it.'),
        ("id: bus", "id: van", 'the picture has no region "van". Write its id as it is there.'),
        ("      - {id: bus, text: A bus waits, why: Buses do.}\n", "", "regions"),
        ("id: bus", "id: hut", "two regions have the same id. Give each its own."),
        ("A bus waits", "A guard sits in a hut", "two regions have the same text. Give each its own."),
        ("sign: C1", "sign: C5", 'C5 is none of the "signs" of this scene. Add it there, or take it out.'),
        (", sign: C1", "", "no region is a sign. Correct the regions or the truth."),
    ],
)
def test_what_does_not_fit_the_picture_or_the_scene_is_refused(asking: Path, old: str, new: str, what: str) -> None:
    edit(asking, CONCERN_FILE, old, new)
    assert any(what in str(one) for one in complaints(asking))


def test_a_region_that_is_not_listed_is_named(asking: Path) -> None:
    part = '<g id="region-pole" data-pin="90 20"><path d="M1 1h2"/></g>\n</svg>'
    (asking / FILE).write_text(PICTURE.replace("</svg>", part), encoding="utf-8")
    assert only(asking).endswith(': the region "pole" of the picture isn\'t listed. List every region.')


def test_more_signs_than_ordinary_things_are_refused(asking: Path) -> None:
    for text in ("Guards do.", "Buses do."):
        edit(asking, CONCERN_FILE, f"why: {text}", f"why: {text}, sign: C1")
    assert only(asking).endswith(": 3 of 4 regions are signs. Have at least as many that are none.")


def test_a_fault_of_the_picture_is_the_only_complaint(asking: Path) -> None:
    (asking / FILE).write_text(PICTURE.replace("<circle", "<script/><circle"), encoding="utf-8")
    assert only(asking).startswith(f"content/{FILE}:4: <script> isn't allowed here. ")


def test_the_numbers_in_the_picture_are_labels_of_the_list(visitor: Visitor) -> None:
    page = visitor.get("/courses/recognize/reporting/first-words?open=all").text
    picture = page[page.index('<div class="spot">') :].partition("</fieldset>")[0]
    pins = re.findall(r'<foreignObject x="([\d.]+)%" y="([\d.]+)%".*?<label class="pin" for="([^"]+)"', picture, re.S)
    boxes = re.findall(r'<input type="checkbox" id="([^"]+)" data-n="(\d)"', picture)
    assert [name for _left, _top, name in pins] == [name for name, _number in boxes]
    assert [number for _name, number in boxes] == ["1", "2", "3", "4"]
    assert pins[0][:2] == ("18.0", "40.0")
    assert 'role="img" aria-label="A side door with a van, a lamp, stairs and two men."' in picture
    assert "style=" not in picture
    assert "region-" not in picture

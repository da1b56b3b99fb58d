"""The tiny content folder with all that a course may have: further questions, scenes that are told with other people,
a practice shift, a rare shift, a sentence to sign, a module to choose from."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.content.small import (
    CONCERN_FILE,
    COURSE_FILE,
    NO_CONCERN_FILE,
    TODAY,
    add_rare,
    add_shift,
    add_to_head,
    edit,
    put,
)
from trainer.content.library import Library
from trainer.items.registry import MODELS

SENTENCE = "I did all of this course <b>myself</b>."

MARKS = """\
  - type: marks
    phrases:
      - {text: You stand at the desk, why: Of the desk.}
      - {text: A man asks for his papers, why: Of asking., sign: A1}
      - {text: the boss says no, why: Of the boss., sign: C1}
"""
NO_MARKS = """\
  - type: marks
    phrases:
      - {text: You stand at the desk, why: Of the desk.}
      - {text: A man asks for his papers, why: Of asking.}
      - {text: the boss hands them over, why: Of handing over.}
"""
SINGLE = """\
  - type: single
    ask: What decides it?
    options:
      - {id: boss, text: The word of the boss, why: Of his word., key: true}
      - {id: desk, text: The look of the desk, why: Of its look.}
      - {id: hour, text: The time of day, why: Of the hour.}
"""
MULTIPLE = """\
  - type: multiple
    ask: What goes into a report?
    options:
      - {id: time, text: The time, why: Of time., key: true}
      - {id: words, text: The exact words, why: Of words., key: true}
      - {id: accent, text: The accent, why: Of accents.}
      - {id: guess, text: A guess, why: Of guessing.}
"""
KEYS = {
    "open-1-a/marks": ["p2", "p3"],
    "open-1-b/marks": [],
    "open-2-a/single": ["boss"],
    "open-3-a/multiple": ["time", "words"],
}
"""The right options of each question."""

SWAP = "swap: {man: woman, his: her}\n"


def write(parent: Path) -> Path:
    """Write the folder below `parent`."""
    folder = small.write(parent)
    for pool in ("open", "reserved"):
        for number in (3, 4):
            for truth, twin in (("concern", "a"), ("no_concern", "b")):
                pair = f"{pool}-{number}"
                put(folder, f"scenarios/{pair}-{twin}.md", small.scene(truth, pair, pool))
    edit(folder, CONCERN_FILE, small.SIGN, f"{small.SIGN}\n  A1: The boss is there")
    add_to_head(folder, CONCERN_FILE, MARKS)
    add_to_head(folder, NO_CONCERN_FILE, NO_MARKS)
    add_to_head(folder, "scenarios/open-2-a.md", SINGLE)
    add_to_head(folder, "scenarios/open-3-a.md", MULTIPLE)
    for name in ("open-4-a", "open-4-b", "reserved-1-a", "reserved-1-b"):
        add_to_head(folder, f"scenarios/{name}.md", SWAP)
    add_shift(folder)
    add_rare(folder)
    _add_choice(folder)
    edit(folder, COURSE_FILE, "practice:\n  scenes: 2", "practice:\n  scenes: 4")
    edit(folder, COURSE_FILE, "  retry_rule:", f"{SECOND_STAGE}  retry_rule:")
    edit(folder, COURSE_FILE, "achievement:", f"attestation: {SENTENCE}\nachievement:")
    return folder


SECOND_STAGE = """\
    - scenes: 2
      first_try:
        missed_at_most: 1
        over_reported_at_most: 1
        harmful_at_most: 2
"""


def open_library(folder: Path) -> Library:
    """Load the folder."""
    return Library(folder, lambda: TODAY, MODELS)


def _add_choice(folder: Path) -> None:
    edit(folder, COURSE_FILE, "modules: [basics, practice]", "modules: [basics, venue, practice]")
    put(folder, "courses/recognize/02-venue/module.yaml", f"{small.MODULE}choose_one: true\n")
    for number, name in enumerate(("hotel", "farm", "shop"), start=1):
        lesson = small.LESSON.replace("title: First lesson", f"title: The {name}").replace(
            "minutes: 4", f"minutes: {number}"
        )
        put(folder, f"courses/recognize/02-venue/0{number}-{name}.md", lesson)

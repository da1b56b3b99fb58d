"""Courses and modules: in order, and can be drawn and passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import COURSE_FILE, LESSON_FILE, edit, only
from trainer.content.library import load
from trainer.items.registry import MODELS


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[basics, practice]", "[basics, practice, more]", 'course.yaml:9: module "more" has no folder'),
        ("[basics, practice]", "[basics]", 'module "practice" is not listed'),
        ("[basics, practice]", "[basics, practice, basics]", 'module "basics" is listed twice'),
        ("[basics, practice]", "[practice, basics]", "but its folder has a smaller number"),
        ("least_minutes: 0", "least_minutes: 1", "the core path takes about 1 min, "),
        ("missed_at_most: 0", "missed_at_most: 1", "someone who reports nothing would pass"),
        ("over_reported_at_most: 0", "over_reported_at_most: 1", "someone who reports everything would pass"),
        ("harmful_at_most: 0", "harmful_at_most: 0\n        good_first_steps_at_least: 3", "there are only 2 scenes"),
        ("    - scenes: 2", "    - scenes: 4", "the reserved pool has 2 pairs"),
        ("    - scenes: 2", "    - scenes: 2\n      fewest_to_report: 2", "2 to 1 scenes to report, 0 of them danger"),
        ("    - scenes: 2", "    - scenes: 2\n      danger_now: 2", "1 to 1 scenes to report, 2 of them danger now"),
        ("first_try:\n  scenes: 2", "first_try:\n  scenes: 4", "the open pool has 2 pairs"),
        ("practice:\n", "pretest:\n  scenes: 2\npractice:\n", "the pretest pool has 0 pairs"),
        ("practice:\n", "pretest:\n  scenes: 3\npractice:\n", "3 scenes can't be half and half"),
        ("practice:\n  scenes: 2", "practice:\n  scenes: 4", "the open pool has 2 pairs"),
        ("    - scenes: 2", "    - scenes: 3", "3 scenes can't be half and half"),
    ],
)
def test_a_course_must_agree_with_its_folder_and_pools(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, COURSE_FILE, old, new)
    assert complaint in told(folder)
    assert f"content/{COURSE_FILE}:" in told(folder)


def test_a_module_to_choose_from_has_two_lessons_or_more(folder: Path) -> None:
    name = "courses/recognize/01-basics/module.yaml"
    small.put(folder, name, f"{small.MODULE}choose_one: true\n")
    assert only(folder) == f"content/{name}:3: there is nothing to choose from. Add a lesson."
    small.put(folder, "courses/recognize/01-basics/02-other.md", small.LESSON)
    small.read(folder)


@pytest.mark.parametrize("key", ["rule_lesson", "steps_lesson"])
def test_the_lessons_of_the_rule_and_of_first_steps_are_of_the_course(folder: Path, key: str) -> None:
    small.put(folder, COURSE_FILE, f"{small.COURSE}{key}: basics/moon\n")
    assert only(folder) == (
        f'content/{COURSE_FILE}:26: the course has no lesson "basics/moon". '
        "Give a lesson of this course, as module/lesson."
    )
    small.put(folder, COURSE_FILE, f"{small.COURSE}{key}: basics/first\n")
    assert getattr(small.read(folder).courses["recognize"].file, key) == "basics/first"


def test_a_lesson_of_the_rule_with_faults_is_not_a_second_fault(folder: Path) -> None:
    small.put(folder, COURSE_FILE, f"{small.COURSE}rule_lesson: basics/first\n")
    edit(folder, LESSON_FILE, "title:", "titel:")
    assert "rule_lesson" not in told(folder)
    assert "no lesson" not in told(folder)


def test_more_scenes_than_a_bank_can_have_are_refused_and_not_reckoned_with(folder: Path) -> None:
    edit(folder, COURSE_FILE, "    - scenes: 2", "    - scenes: 32000")
    line = small.line_of(folder, COURSE_FILE, "32000")
    assert only(folder) == f'content/{COURSE_FILE}:{line}: "scenes" can\'t be "32000". It must be at most 200.'


SECOND = """\
    - scenes: 2
      fewest_to_report: 0
      most_to_report: 2
      danger_now: 0
      first_try: {missed_at_most: 0, over_reported_at_most: 0, harmful_at_most: 0}
"""


def test_all_stages_together_are_drawn_from_the_pool(folder: Path) -> None:
    edit(folder, COURSE_FILE, "  retry_rule:", f"{SECOND}  retry_rule:")
    line = small.line_of(folder, COURSE_FILE, "stages:")
    assert only(folder) == (
        f"content/{COURSE_FILE}:{line}: 4 scenes are drawn, one from each pair, but the reserved pool has 2 pairs. "
        "Add pairs or draw fewer."
    )


def test_with_a_bank_a_pool_that_a_second_try_meets_again_brings_a_warning(folder: Path) -> None:
    assert not [one for one in load(folder, small.TODAY, MODELS)[1] if "second try" in one.what]
    with (folder / "site.yaml").open("a", encoding="utf-8") as file:
        file.write("bank: {open_pairs: 1, reserved_pairs: 1, swapped_pairs: 0}\n")
    (warning,) = [one for one in load(folder, small.TODAY, MODELS)[1] if "second try" in one.what]
    assert (warning.level, warning.line) == ("warning", small.line_of(folder, COURSE_FILE, "stages:"))
    assert warning.what == "2 scenes are drawn, and the reserved pool has 2 pairs: a second try meets some again"


def test_a_module_without_lessons_is_refused(folder: Path) -> None:
    for name in (LESSON_FILE, "courses/recognize/04-practice/01-second.md"):
        edit(folder, name, "[The next lesson](lesson:", "The next lesson (")
    (folder / LESSON_FILE).unlink()
    assert only(folder).startswith("content/courses/recognize/01-basics:1: the module has no lesson. ")


@pytest.mark.parametrize("right", [1, 3])
def test_knowing_takes_more_than_answering_all_scenes_alike(folder: Path, right: int) -> None:
    for number in (1, 2):
        for letter, truth in (("a", "concern"), ("b", "no_concern")):
            name = f"pretest-{number}"
            small.put(folder, f"scenarios/{name}-{letter}.md", small.scene(truth, name, "pretest"))
    knows = f"pretest:\n  scenes: 2\n  knows: {{right: {right}, harmful_at_most: 0}}\npractice:\n"
    edit(folder, COURSE_FILE, "practice:\n", knows)
    line = small.line_of(folder, COURSE_FILE, "knows:")
    assert only(folder) == (
        f"content/{COURSE_FILE}:{line}: answering all 2 scenes alike gets 1 right, and nobody gets more than all. "
        "Give a number from 2 to 2."
    )

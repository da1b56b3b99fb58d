"""The tiny content folder with a core path of two lessons, and what they came from behind it."""

from __future__ import annotations

from pathlib import Path

from tests.assessment import before, rich
from tests.content.small import COURSE_FILE, LESSON, MODULE, edit, put

FIRST, SECOND = "core/first", "core/second"
OLD_FIRST, OLD_SECOND, OLD_THIRD, OLD_FOURTH = "old/first", "old/second", "more/third", "more/fourth"
CORE = {FIRST: [OLD_FIRST, OLD_THIRD], SECOND: [OLD_SECOND]}
"""The lessons of the core path, with the earlier ones that they came from."""
DEEPER = {OLD_FIRST: 200, OLD_SECOND: 100, OLD_THIRD: 200, OLD_FOURTH: 400}
"""The lessons that go deeper, with words to make them longer."""


def write(parent: Path) -> Path:
    """Write the folder below `parent`."""
    folder = before.write(parent)
    for path in (folder / "courses" / "recognize").glob("*/*"):
        path.unlink()
    edit(folder, COURSE_FILE, "modules: [basics, venue, practice]", "modules: [core, old, more]")
    edit(folder, COURSE_FILE, f"pretest:\n  scenes: {before.SCENES}\n", KNOWS)
    edit(folder, COURSE_FILE, rich.SECOND_STAGE, "")
    for number, (module, title) in enumerate((("core", "The core"), ("old", "Old things"), ("more", "More of it"))):
        text = MODULE.replace("The basics", title) + ("" if module == "core" else "deeper: true\n")
        put(folder, f"courses/recognize/0{number}-{module}/module.yaml", text)
    for place, (lesson, earlier) in enumerate(CORE.items(), start=1):
        _put_lesson(folder, 0, place, lesson, f"was: [{', '.join(earlier)}]\n")
    for place, (lesson, words) in enumerate(DEEPER.items(), start=1):
        number = 1 if lesson.startswith("old") else 2
        _put_lesson(folder, number, place, lesson, "", words)
    return folder


KNOWS = f"""\
pretest:
  scenes: {before.SCENES}
  knows: {{right: {before.SCENES - 1}, harmful_at_most: 0}}
"""


def _put_lesson(folder: Path, module: int, place: int, lesson: str, was: str, words: int = 0) -> None:
    name, _slash, slug = lesson.partition("/")
    text = LESSON.replace("First lesson", f"{name.title()} {slug}").replace("lesson:practice/second", f"lesson:{FIRST}")
    text = text.replace("sources:", f"{was}sources:").replace(
        "## What to read", f"{'word ' * words}\n\n## What to read"
    )
    put(folder, f"courses/recognize/0{module}-{name}/0{place}-{slug}.md", text)

"""The shape of values: telephone numbers, as they are written and as they are dialed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import edit, only
from trainer.content.schema import Explained


@pytest.mark.parametrize(
    ("written", "dialed"),
    [
        ("911", "911"),
        ("207-555-0100", "207-555-0100"),
        ("1-888-373-7888", "1-888-373-7888"),
        ("1-855-FLA-SAFE", "1-855-352-7233"),
        ("800-FLOWERS", "800-3569377"),
        ("1-800-555-TIPS", "1-800-555-8477"),
        ("1-800-QZX-WYV0", "1-800-799-9980"),
    ],
)
def test_a_number_is_kept_as_written_and_dialed_in_digits(folder: Path, written: str, dialed: str) -> None:
    edit(folder, "help/us.yaml", "phone: 1-888-373-7888", f"phone: {written}")
    small.put(folder, small.LESSON_FILE, small.LESSON.replace("1-888-373-7888", written))
    line = small.read(folder).help_line("hotline")
    assert (line.phone, line.dial) == (written, dialed)


@pytest.mark.parametrize("written", ["1-855-fla-safe", "1-855-FLA-SAF", "CALL-NOW", "1-855-FLASAFES", "855-FLA SAFE"])
def test_what_cannot_be_dialed_is_no_number(folder: Path, written: str) -> None:
    edit(folder, "help/us.yaml", "phone: 1-888-373-7888", f"phone: {written}")
    small.put(folder, small.LESSON_FILE, small.LESSON.replace(" or 1-888-373-7888", ""))
    small.put(
        folder,
        "courses/recognize/04-practice/01-second.md",
        small.files()["courses/recognize/04-practice/01-second.md"].replace(" or 1-888-373-7888", ""),
    )
    assert only(folder).startswith(f'content/help/us.yaml:5: "phone" can\'t be "{written}". Write three digits, ')


@pytest.mark.parametrize(
    ("cues", "excuses", "explained"),
    [
        ("few", ("medium", "hard", "hard"), ("easy", "easy", "medium")),
        ("some", ("easy", "medium", "hard"), ("easy", "medium", "hard")),
        ("many", ("easy", "easy", "medium"), ("medium", "hard", "hard")),
    ],
)
def test_how_hard_a_scene_is_follows_from_its_cues_and_what_is_said_of_them(
    folder: Path, cues: str, excuses: tuple[str, ...], explained: tuple[str, ...]
) -> None:
    concern, none = (small.read(folder).scenarios[name].file for name in ("open-1-a", "open-1-b"))
    assert excuses == tuple(
        concern.model_copy(update={"cues": cues, "excuse": one}).difficulty for one in ("none", "weak", "plausible")
    )
    assert explained == tuple(none.model_copy(update={"cues": cues, "explained": one}).difficulty for one in Explained)

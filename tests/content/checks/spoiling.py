"""Ways to spoil the tiny folder, and files that it may have."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.content.small import LESSON_FILE, complaints

PAGE_FILE = "pages/privacy.md"


END = "::: recap"


def told(folder: Path) -> str:
    return "\n".join(str(complaint) for complaint in complaints(folder))


def add(folder: Path, text: str, name: str = LESSON_FILE) -> int:
    """Put a block before the recap of a lesson, or at the end of another file; return its line."""
    path = folder / name
    before = path.read_text(encoding="utf-8")
    if END in before:
        path.write_text(before.replace(END, f"{text}\n\n{END}"), encoding="utf-8")
    else:
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")
    return small.line_of(folder, name, text.split("\n")[0])


SERIES = """\
title: What was counted
unit: signals
as_of: data for 2023
source: S1
rows:
  - {name: Calls, value: 800}
  - {name: Texts, value: 71}
caveats: [A signal is no case.]
"""


CARD = """\
title: Hotel
venues: [hotel]
together:
  - {text: Never alone and paid too little., signs: [A1, C5]}
alone:
  - {text: The boss keeps the papers., signs: [C1]}
never: [Color]
do: [Call]
dont: [Follow]
"""


CARD_FILE, SERIES_FILE = "cards/hotel.yaml", "statistics/calls.yaml"

"""A tiny content folder that has no fault, and ways to spoil it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from trainer.courses.library import Complaint, Content, ContentRefused, load

TODAY = date(2026, 11, 24)

SITE = """\
name: Small site
tagline: Learn a little.
languages: [en]
help_region: us-me
strip_lines: [hotline]
exit_target: https://www.weather.gov/
written_by: A test.
"""

SOURCES = """\
- id: S1
  title: A report on prostitutes
  publisher: An office
  address: https://example.org/report?a=1&b=2
  year: 2020
  seen_on: 2026-11-01
  exempt: true
- id: N2
  title: Another report
  publisher: A team
  address: https://example.org/other
  seen_on: 2026-11-01
"""

GLOSSARY = """\
- id: signal
  term: Signal
  meaning: One contact with the hotline.
- id: case
  term: Case
  meaning: What the hotline makes of it.
"""

INDICATORS = """\
categories:
  - id: freedom
    letter: A
    name: Freedom to move
  - id: papers
    letter: C
    name: Papers and pay
indicators:
  - id: A1
    kind: indicator
    name: Never alone
    category: freedom
    observed: Someone is always there.
    strength: medium
    about: both
    venues: [hotel]
    look_alikes: [A family on a trip]
    sources: [S1]
    basis: Expert judgement, not validated
  - id: C1
    kind: indicator
    name: ID kept
    category: papers
    observed: A boss keeps the papers.
    strength: strong
    about: both
    venues: [any]
    look_alikes: [Kept safe on request]
    basis: Expert judgement, not validated
  - id: C2
    kind: false_cue
    name: No ID
    category: papers
    observed: No papers at hand.
    strength: weak
    about: both
    venues: [any]
    look_alikes: [Left at home]
    basis: Expert judgement, not validated
    told: People without papers are trafficked.
    misleads: Most people leave them at home.
  - id: C5
    kind: indicator
    name: Low pay
    category: papers
    observed: Pay below the promise.
    strength: medium
    about: labor
    venues: [any]
    look_alikes: [A wage claim]
    basis: Expert judgement, not validated
"""

HELP = """\
- id: hotline
  name: National hotline
  for_whom: Anyone
  needs: [trafficking]
  phone: 1-888-373-7888
  text: HELP to 233733
  text_number: 233733
  source: S1
  seen_on: 2026-11-01
"""

PAGE = """\
---
title: Privacy
summary: What is kept.
---
We keep little. See [help](page:help) and [signal](glossary:signal).
"""

COURSE = """\
title: For everyone
summary: A short course.
version: 1.0
audience: Anyone
minutes: "10"
least_minutes: 2
validity_months: 12
achievement: has shown something on two scenes.
modules: [basics, practice]
first_try:
  scenes: 2
practice:
  scenes: 2
final:
  scenes: 2
  note: Nothing graphic.
  pass_rule:
    hits_at_least: 1
    false_alarms_at_most: 0
    forbidden_at_most: 0
  retry_rule:
    tries: 3
    wait_before_try: 3
    wait_days: 7
"""

MODULE = """\
title: The basics
objectives: [Tell what counts]
"""

LESSON = """\
---
title: First lesson
summary: What a signal is.
minutes: 4
objectives: [Tell a signal from a case]
indicators: [A1, C1, C2, C5]
sources: [S1, N2]
---
::: ask
How many people is a signal?
:::

In 2023 the hotline counted 1,042 [signals](glossary:signal).[^S1] Call 911 or 1-888-373-7888.

## What to read next

- [The next lesson](lesson:practice/second)
- [ID kept](indicator:C1) and [help](page:help)

::: choose What would you do?
- [x] Write it down => it keeps facts apart.
- [ ] Follow the car => that puts people in danger.
:::

::: recap
- A signal is one contact.
- A case is more.
:::
"""

SCENE = """\
---
title: Room 214
setting: Motel, night
truth: {truth}
rule: {rule}
route: {route}
venue: hotel
about: labor
people: adult
pair: {pair}
pool: {pool}
difficulty: easy
differs: {differs}
signs:
  {sign}
ordinary:
  - A room for a few nights
note: Nothing graphic.
sources: [S1]
items:
  - type: judge
    verdicts:
      report-now: About reporting.
      note-and-watch: About notes.
      nothing-to-report: About nothing.
    actions:
      - id: report
        text: Call the hotline
        why: It is the line for this.
        key: {reports}
      - id: notes
        text: Keep to the usual notes
        why: Notes are enough.
        key: {notes}
      - id: ask
        text: Ask the man what he is doing
        why: It puts people in danger.
        forbidden: confront
      - id: wait
        text: Wait a week
        why: It may be late.
---
You stand at the desk. A man asks for his papers, and the boss {ending}
"""


def scene(truth: str, pair: str, pool: str) -> str:
    """Write one twin of a pair."""
    if truth == "concern":
        return SCENE.format(
            truth=truth, rule="one-strong", route="hotline", pair=pair, pool=pool, differs="The boss keeps the papers.",
            sign="C1: The boss keeps the papers", reports="true", notes="false", ending="says no.",
        )  # fmt: skip
    return SCENE.format(
        truth=truth, rule="weak-only", route="none", pair=pair, pool=pool, differs="The boss gives them back.",
        sign="A1: The boss stands beside him", reports="false", notes="true", ending="hands them over.",
    )  # fmt: skip


def files() -> dict[str, str]:
    """Give the text of every file by its name."""
    second = LESSON.replace("lesson:practice/second", "lesson:basics/first").replace("First", "Second")
    found = {
        "site.yaml": SITE,
        "sources.yaml": SOURCES,
        "glossary.yaml": GLOSSARY,
        "indicators.yaml": INDICATORS,
        "help/us-me.yaml": HELP,
        "pages/privacy.md": PAGE,
        "courses/recognize/course.yaml": COURSE,
        "courses/recognize/01-basics/module.yaml": MODULE,
        "courses/recognize/01-basics/01-first.md": LESSON,
        "courses/recognize/04-practice/module.yaml": MODULE,
        "courses/recognize/04-practice/01-second.md": second,
    }
    for pool in ("open", "reserved"):
        for number in (1, 2):
            pair = f"{pool}-{number}"
            found[f"scenarios/{pair}-a.md"] = scene("concern", pair, pool)
            found[f"scenarios/{pair}-b.md"] = scene("no_concern", pair, pool)
    return found


LESSON_FILE = "courses/recognize/01-basics/01-first.md"
COURSE_FILE = "courses/recognize/course.yaml"
SHIFT_FILE = "courses/recognize/shift.yaml"
CONCERN_FILE = "scenarios/open-1-a.md"
NO_CONCERN_FILE = "scenarios/open-1-b.md"


def write(parent: Path) -> Path:
    """Write the folder below `parent`."""
    folder = parent / "content"
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that is there exactly once or more."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def put(folder: Path, name: str, text: str) -> None:
    """Write a file that the folder may not have yet."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add_to_head(folder: Path, name: str, text: str) -> None:
    """Add lines at the end of the head of a scene, where its items are."""
    edit(folder, name, "        why: It may be late.\n", f"        why: It may be late.\n{text}")


def add_shift(
    folder: Path, truths: str = "ncnc", clocks: tuple[str, ...] = ("22:00", "23:10", "00:15", "05:40")
) -> None:
    """Add a practice shift: a scene for each letter, c for concern and n for none."""
    for number, letter in enumerate(truths):
        text = scene("concern" if letter == "c" else "no_concern", "none", "shift")
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(("pair:", "differs:")))
        put(
            folder,
            f"scenarios/shift-{number}.md",
            text.replace("pool: shift", f'pool: shift\nclock: "{clocks[number]}"'),
        )
    names = ", ".join(f"shift-{number}" for number in range(len(truths)))
    put(folder, SHIFT_FILE, f"title: A night\nintro: You are on duty.\nscenes: [{names}]\n")


def read(folder: Path) -> Content:
    return load(folder, TODAY)[0]


def complaints(folder: Path) -> tuple[Complaint, ...]:
    """Load, and give the errors or else the warnings."""
    try:
        return load(folder, TODAY)[1]
    except ContentRefused as refused:
        return tuple(complaint for complaint in refused.complaints if complaint.level == "error")


def only(folder: Path) -> str:
    """Give the only complaint, as text: proof that one fault brings one complaint."""
    found = complaints(folder)
    assert len(found) == 1, [str(complaint) for complaint in found]
    return str(found[0])


def line_of(folder: Path, name: str, text: str) -> int:
    """Tell on which line of a file a text first stands."""
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)

"""A tiny content folder that has no fault, and ways to spoil it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml

from trainer.content.library import Complaint, Content, ContentRefused, load
from trainer.content.subject import Vocabulary
from trainer.items.registry import MODELS

TODAY = date(2026, 11, 24)

SITE = """\
name: Small site
tagline: Learn a little.
languages: [en]
nation: {id: us, name: United States}
region: us
strip_lines: [hotline]
first_try: recognize
exit_target: https://www.weather.gov/
written_by: A test.
"""

VOCABULARY = """\
emergency_number: "911"
always: 24 hours, every day
venues: [hotel, farm, any]
needs:
  - {id: danger, name: Danger now, first: true}
  - {id: trafficking, name: "Trafficking, or a tip"}
routes:
  - {id: none, name: Nowhere, truth: no_concern, inside: true}
  - {id: "911", name: Emergency call, emergency: true}
  - {id: hotline, name: Hotline, truth: concern}
doors:
  - {id: "911", name: Emergency call, report: true, emergency: true}
  - {id: hotline, name: Hotline, report: true}
  - {id: site, name: Supervisor, call: true}
  - {id: ask, name: Ask}
  - {id: note, name: Note}
  - {id: none, name: Nobody}
rules:
  - {id: danger-now, signs: danger, sentence: "Danger now: call."}
  - {id: one-strong, signs: strong, sentence: "One strong sign: report."}
  - {id: two-medium, signs: two-medium, sentence: "Two medium signs: report."}
  - {id: one-medium, signs: one-medium, sentence: "One medium sign: note it."}
  - {id: weak-only, signs: weak, sentence: "Weak signs: keep serving."}
  - {id: no-sign, signs: none, sentence: "No sign: nothing."}
ladder:
  - {rules: [danger-now], seen: Danger now, do: Call}
  - {rules: [one-strong], seen: One strong sign, do: Report}
  - {rules: [two-medium], seen: Two medium signs, do: Report}
  - {rules: [one-medium], seen: One medium sign, do: Note it}
  - {rules: [weak-only, no-sign], seen: Weak signs, do: Nothing}
  - {seen: Before any report, do: Ask}
harms: [confront, follow]
topics:
  - {id: sex}
  - {id: labor, least_share: 0.4}
  - {id: minors}
  - {id: both, signs_only: true}
places: [{id: guard, on_duty: true}, {id: staff, on_duty: true}, {id: neighbor}]
verdicts:
  report-now: {name: Report now, hint: As possible trafficking}
  note-and-watch: {name: Note it and keep watching, hint: Not enough yet}
  nothing-to-report: {name: Nothing to report, hint: Not as trafficking}
disclaimers:
  advice: not legal advice
  card: Awareness aid, not legal advice.
  kind: Awareness training; not a license
  approval: not approved by any state
  records: This is awareness training.
  firms: It is awareness training.
  reviewers: Nobody has reviewed the lessons so far.
  reviewed: Not yet reviewed.
sentences:
  front: It looks like an ordinary day.
  firms: Your people learn to tell it from ordinary life.
  certificate: a course on recognizing signs of human trafficking
  no_concern_twin: Then it isn’t one to report.
  harm: don’t confront or follow
  observation: "Danger now: call 911 first, write later."
  rare: "If 1 in 1,000 scenes like these were trafficking"
banned:  # no text has these words, unless they are marked with [[...]]; "one|other" is either
  - child prostitute|prostitutes
  - prostitute|prostitutes
  - pimp|pimps
  - hooker|hookers
  - modern slave|slaves
  - rescue|rescues|rescued|rescuer|rescuers|rescuing
  - save|saves|saved|saving them|her|him|people|victims|survivors|lives
  - illegal alien|aliens
  - in your backyard
  - in your own backyard
  - hot spot|spots
  - hotspot|hotspots
banned_in_scenes: [the|a victim]
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
least_minutes: 0
validity_months: 12
achievement: has shown something on two scenes.
achievement_id: two-scenes
modules: [basics, practice]
first_try:
  scenes: 2
practice:
  scenes: 2
final:
  note: Nothing graphic.
  stages:
    - scenes: 2
      first_try:
        missed_at_most: 0
        over_reported_at_most: 0
        harmful_at_most: 0
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

In 2023 the hotline counted 1,042 [signals](glossary:signal).[^S1] Call 911 or {help:hotline}.

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
best: {best}
rule: {rule}
route: {route}
venue: hotel
about: labor
place: staff
people:
  - {{role: at-risk, gender: male, age: adult, origin: none, manner: neutral}}
pair: {pair}
pool: {pool}
differs: {differs}
decides: [the boss {ending}]
{shown}
cues: few
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
        door: hotline
        grade: {reports}
      - id: notes
        text: Keep to the usual notes
        why: Notes are enough.
        door: note
        grade: {notes}
      - id: ask
        text: Ask the man what he is doing
        why: It puts people in danger.
        door: ask
        grade: harmful
        harm: confront
      - id: wait
        text: Wait a week
        why: It may be late.
        door: none
        grade: wrong-route
---
You stand at the desk. A man asks for his papers, and the boss {ending}.
"""


SIGN = "C1: The boss keeps the papers"
OTHER_SIGN = "A1: The boss stands beside him"


def scene(truth: str, pair: str, pool: str) -> str:
    """Write one twin of a pair."""
    if truth == "concern":
        return SCENE.format(
            truth=truth, rule="one-strong", route="hotline", pair=pair, pool=pool, differs="The boss keeps the papers.",
            best="report-now", shown="shown_by: controller\nexcuse: none",
            sign=SIGN,
            reports="best", notes="wrong-route", ending="says no",
        )  # fmt: skip
    return SCENE.format(
        truth=truth, rule="weak-only", route="none", pair=pair, pool=pool, differs="The boss gives them back.",
        best="nothing-to-report", shown="explained: fully",
        sign=OTHER_SIGN,
        reports="wrong-route", notes="best", ending="hands them over",
    )  # fmt: skip


def files() -> dict[str, str]:
    """Give the text of every file by its name."""
    second = LESSON.replace("lesson:practice/second", "lesson:basics/first").replace("First", "Second")
    found = {
        "site.yaml": SITE,
        "vocabulary.yaml": VOCABULARY,
        "sources.yaml": SOURCES,
        "glossary.yaml": GLOSSARY,
        "indicators.yaml": INDICATORS,
        "help/us.yaml": HELP,
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
SHIFT_FILE = "courses/recognize/shifts/night.yaml"
RARE_FILE = "courses/recognize/rare.yaml"
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
    last = "        door: none\n        grade: wrong-route\n"
    edit(folder, name, last, f"{last}{text}")


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


HANDOVER = """\
handover:
  ask: The day shift comes.
  model: |
    A man asked for his papers.
    Keep watching the door.
  points:
    - {id: papers, text: The papers}
    - {id: door, text: The door}
"""


def add_handover(folder: Path) -> None:
    """Let the practice shift end with a handover."""
    path = folder / SHIFT_FILE
    path.write_text(path.read_text(encoding="utf-8") + HANDOVER, encoding="utf-8")


RARE = """\
title: A quiet night
intro: Nearly all is ordinary.
number: 4
worrying_at_most: 1
example_one_in: 400
events:
  - {id: keys, clock: "22:10", text: Someone looks for keys., rule: no-sign, why: Of keys.}
  - {id: bread, clock: "23:50", text: A van brings bread., rule: no-sign, why: Of bread.}
  - {id: rooms, clock: "01:30", text: Somebody books three rooms., rule: weak-only, signs: [C2], why: Of rooms.}
  - {id: alarm, text: A car alarm stops., rule: no-sign, why: Of an alarm.}
  - {id: doors, text: A man waits at each door., rule: one-medium, signs: [A1], why: Of doors.}
  - {id: papers, text: A man asks for his papers and gets none., rule: one-strong, signs: [C1], why: Of papers.}
"""


def add_rare(folder: Path) -> None:
    """Add a rare shift: five ordinary events, one of them to note, and a worrying one."""
    put(folder, RARE_FILE, RARE)


@cache
def vocabulary() -> Vocabulary:
    """Give the words of the folder, without reading it."""
    return Vocabulary.model_validate(yaml.safe_load(VOCABULARY))


def read(folder: Path) -> Content:
    return load(folder, TODAY, MODELS)[0]


def complaints(folder: Path) -> tuple[Complaint, ...]:
    """Load, and give the errors or else the warnings."""
    try:
        return load(folder, TODAY, MODELS)[1]
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

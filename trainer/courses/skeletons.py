"""Valid beginnings of a lesson, a pair of scenes and a sign, for an author to go on from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from trainer.courses.library import Content

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing can be begun."""

    why: str


def lesson(content: Content, folder: Path, place: str, title: str) -> dict[Path, str] | Refusal:
    """Return the file of a lesson with the next number of its module. `place` is course/module/name."""
    parts = place.split("/")
    if len(parts) != 3 or not all(_SLUG.fullmatch(part) for part in parts):
        return Refusal("Write COURSE/MODULE/NAME, such as recognize/what-to-do/one-more: small letters and hyphens.")
    course = content.courses.get(parts[0])
    module = next((one for one in course.modules if one.slug == parts[1]), None) if course else None
    if course is None or module is None:
        return Refusal(f"There is no module {parts[0]}/{parts[1]}.")
    if any(one.slug == parts[2] for one in module.lessons):
        return Refusal(f"There is a lesson {place} already.")
    where = folder / "courses" / course.slug / f"{module.number:02}-{module.slug}"
    number = max(int(path.name[:2]) for path in where.glob("[0-9][0-9]-*.md")) + 1
    text = _LESSON.format(title=json.dumps(title, ensure_ascii=False), source=next(iter(content.sources)))
    return {where / f"{number:02}-{parts[2]}.md": text}


def scenario(content: Content, folder: Path, pair: str, pool: str) -> dict[Path, str] | Refusal:
    """Return the two files of a pair of scenes."""
    if not _SLUG.fullmatch(pair):
        return Refusal("Name the pair in small letters and hyphens, such as late-bus.")
    if pair in content.pairs or any(name.startswith(f"{pair}-") for name in content.scenarios):
        return Refusal(f"There is a pair {pair} already.")
    strong = next((one for one in content.indicators.values() if one.strength == "strong"), None)
    if strong is None:
        return Refusal("There is no strong sign yet. Begin with one: flask content new indicator.")
    given = {"pair": pair, "pool": pool, "source": next(iter(content.sources))}
    concern = _SCENE.format(
        **given, truth="concern", rule="one-strong", route="hotline", differs="She asks for her card, and he says no.",
        signs=f"{{{strong.id}: He says no when she asks}}", ending="He says no.", report="true", serve="false",
    )  # fmt: skip
    innocent = _SCENE.format(
        **given, truth="no_concern", rule="no-sign", route="none", differs="She asks for her card and gets it.",
        signs="{}", ending="He hands it over.", report="false", serve="true",
    )  # fmt: skip
    return {
        folder / "scenarios" / f"{pair}-a.md": concern,
        folder / "scenarios" / f"{pair}-b.md": innocent,
    }


def indicator(content: Content, folder: Path, category: str, name: str) -> dict[Path, str] | Refusal:
    """Return the list of signs with one more, under the next free id of its category."""
    found = next((one for one in content.categories if one.id == category), None)
    if found is None:
        return Refusal(
            f"There is no category {category}. Use one of: {', '.join(one.id for one in content.categories)}."
        )
    free = [f"{found.letter}{n}" for n in range(1, 10) if f"{found.letter}{n}" not in content.indicators]
    if not free:
        return Refusal(f"All nine ids of {category} are taken.")
    path = folder / "indicators.yaml"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    return {path: f"{text}\n{_SIGN.format(id=free[0], name=json.dumps(name, ensure_ascii=False), category=category)}"}


_LESSON = """\
---
title: {title}
summary: One sentence that says what this lesson is about.
minutes: 3
objectives:
  - Say what the reader can do afterwards
indicators: []
sources: [{source}]
---
::: ask
A question that the reader can guess at before reading on?
:::

One idea, in short sentences.

::: reveal A question with a short answer?
The answer.
:::

::: recap
- The first thing to take along.
- The second.
:::
"""
_SCENE = """\
---
title: A new scene
setting: Where and when
truth: {truth}
rule: {rule}
route: {route}
venue: any
about: labor
people: adult
pair: {pair}
pool: {pool}
difficulty: medium
differs: {differs}
signs: {signs}
ordinary:
  - What is there and doesn't count
sources: [{source}]
items:
  - type: judge
    verdicts:
      report-now: Say why this is right or wrong here.
      note-and-watch: Say why this is right or wrong here.
      nothing-to-report: Say why this is right or wrong here.
    actions:
      - id: report
        text: Write down the exact words and call the hotline
        why: Say why.
        key: {report}
      - id: serve
        text: Keep serving and keep the usual notes
        why: Say why.
        key: {serve}
      - id: confront
        text: Ask him what he is doing
        why: It puts people in danger.
        forbidden: confront
      - id: labor
        text: Call the labor department about the pay
        why: Say why.
---
Tell in 60 to 110 words what you see and hear. A woman asks a man for her card. {ending}
"""
_SIGN = """\
  - id: {id}
    kind: indicator
    name: {name}
    category: {category}
    observed: What may be seen or heard.
    strength: weak
    about: both
    venues: [any]
    look_alikes: [An ordinary reason]
    basis: Expert judgment, not validated.
"""

"""What should be looked at before a release, and never keeps the folder from being served: gaps, age, reviews."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from trainer.content.folder import Entry, Folder, ModuleFolder
from trainer.content.schema import Grade, Pool, SceneItem

FRESH_FOR: Final = timedelta(days=180)
COPY_FRESH_FOR: Final = 3  # years, of a copy of a law or a list of numbers
OFTEN: Final = 10
"""Times that a door must be offered before its shares mean anything."""
LEAST_BEST, MOST_BEST, MOST_GOOD = 0.15, 0.5, 0.8


@dataclass(frozen=True)
class DoorShares:
    """How often harmless first actions with a door are offered, and which shares are best, and best or fine."""

    id: str
    offered: int
    best: float
    good: float


def warn_of_gaps(folder: Folder) -> None:
    """Warn of signs that nobody teaches or tests, and of too few scenes about a topic."""
    if len(folder.scenarios) != len(folder.named.get("scenario", ())):
        return
    live = [scene.value for scene in folder.scenarios.values() if not scene.value.retired]
    lessons = [lesson for module in _modules(folder) for lesson in module.lessons.values()]
    taught = {indicator for lesson in lessons for indicator in lesson.value.indicators}
    tested = {sign for scene in live for sign in scene.sign_ids}
    for gap, covered in (("no lesson teaches", taught), ("no scene tests", tested)):
        missing = sorted(set(folder.indicators) - covered)
        if missing:
            folder.warn("indicators.yaml", 1, f"{gap} {', '.join(missing)}", "Add them in time.")
    for topic in folder.vocabulary.value.topics if folder.vocabulary and live else ():
        number = sum(scene.about == topic.id for scene in live)
        if number < topic.least_share * len(live):
            folder.warn(
                "scenarios",
                1,
                f"{number} of {len(live)} scenes are about {topic.id}",
                f"Bring it to {topic.least_share:.0%} or more.",
            )


def warn_of_shortcomings(folder: Folder) -> None:
    """Warn of scenes that lack what those of the finished bank have."""
    if folder.vocabulary is None:
        return
    short: dict[str, list[str]] = {}
    for name, entry in folder.scenarios.items():
        scene = entry.value
        if scene.retired or not isinstance(scene.items[0], SceneItem):
            continue
        for shortcoming in scene.first.shortcomings(folder.vocabulary.value):
            short.setdefault(shortcoming, []).append(name)
        if scene.pool in (Pool.RESERVED, Pool.CHECK_IN) and not scene.swap:
            short.setdefault("no second telling", []).append(name)
    for shortcoming, names in sorted(short.items()):
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        counted = "1 scene has" if len(names) == 1 else f"{len(names)} scenes have"
        folder.warn("scenarios", 1, f"{counted} {shortcoming} ({shown})", "Rewrite them in time.")


def warn_of_doors(folder: Folder) -> None:
    """Warn of doors that are right or wrong nearly always: then the door tells, and not the scene."""
    live = [entry.value.items[0] for entry in folder.scenarios.values() if not entry.value.retired]
    for door in count_doors(item for item in live if isinstance(item, SceneItem)):
        if door.offered >= OFTEN and not (LEAST_BEST <= door.best <= MOST_BEST and door.good <= MOST_GOOD):
            folder.warn(
                "scenarios",
                1,
                f'of {door.offered} harmless first actions with the door "{door.id}", {door.best:.0%} are best and '
                f"{door.good:.0%} best or fine",
                f"Bring it to {LEAST_BEST:.0%} to {MOST_BEST:.0%}, and to {MOST_GOOD:.0%} or less.",
            )


def count_doors(items: Iterable[SceneItem]) -> list[DoorShares]:
    """Return how often each door is offered in these menus, and is right, by its name.

    An action that does harm is wrong for what it does, whatever its door. Most of them turn to nobody, and would hide
    how often doing nothing more is right.
    """
    grades: dict[str, list[Grade]] = {}
    for item in items:
        for door, grade in item.first_steps():
            if grade is Grade.HARMFUL:
                continue
            grades.setdefault(door, []).append(grade)
    return [
        DoorShares(door, len(given), _share(given, Grade.BEST), _share(given, Grade.BEST, Grade.FINE))
        for door, given in sorted(grades.items())
    ]


def _share(grades: list[Grade], *counted: Grade) -> float:
    return sum(grade in counted for grade in grades) / len(grades)


def _modules(folder: Folder) -> Iterator[ModuleFolder]:
    for course in folder.courses.values():
        yield from course.modules.values()


def warn_of_age(folder: Folder, today: date) -> None:
    """Warn of what was last looked at long ago."""
    dated: list[tuple[Entry[Any], str]] = [(entry, "source") for entry in folder.sources.values()]
    dated += [(entry, "help line") for lines in folder.help_lines.values() for entry in lines.values()]
    dated += [(entry, "page") for entry in folder.pages.values()]
    dated += [(entry, "pack") for entry in folder.packs.values()]
    for entry, kind in dated:
        copy_of: int | None = entry.value.copy_of if kind in ("source", "help line") else None
        if copy_of is not None and today.year - copy_of > COPY_FRESH_FOR:
            what = f'"{entry.value.id}" was read in a copy of {copy_of}'
            entry.warn("copy_of", what, "Look for a newer copy, or say in the text how old it is.")
    for entry, kind in dated:
        seen_on: date | None = entry.value.seen_on
        if seen_on is not None and today - seen_on > FRESH_FOR:
            name = getattr(entry.value, "id", entry.value.__class__.__name__)
            label = kind if kind in ("page", "pack") else f'{kind} "{name}"'
            entry.warn("seen_on", f"the {label} was last seen on {seen_on}", "Look again, then correct the date.")


def warn_of_missing_reviews(folder: Folder) -> None:
    """Warn of lessons that nobody has reviewed."""
    for course in folder.courses.values():
        lessons = [lesson for module in course.modules.values() for lesson in module.lessons.values()]
        without = sum(not lesson.value.reviews for lesson in lessons)
        if without:
            folder.warn(
                f"courses/{course.slug}/course.yaml",
                1,
                f"{without} of {len(lessons)} lessons have no review by a person",
                "Name who reviewed them and when, once it happened.",
            )

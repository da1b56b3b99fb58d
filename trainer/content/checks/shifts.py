"""Practice shifts: scenes of one night, by the clock, half of them innocent or more."""

from __future__ import annotations

from itertools import pairwise

from trainer.content.folder import Entry, Folder
from trainer.content.nights import ShiftFile
from trainer.content.schema import Pool
from trainer.content.subject import Truth


def check_shifts(folder: Folder) -> None:
    """Check the practice shifts of each course that has some."""
    for course in folder.courses.values():
        for entry in course.shifts.values():
            _check_shift(folder, entry)


def _check_shift(folder: Folder, entry: Entry[ShiftFile]) -> None:
    listed = entry.value.scenes
    points = [point.id for point in entry.value.handover.points] if entry.value.handover else []
    for index, name in enumerate(points):
        if name in points[:index]:
            entry.refuse(("handover", "points", index, "id"), f'"{name}" is there twice', "Give one another id.")
    clocks: list[str] = []
    truths: list[Truth] = []
    for index, name in enumerate(listed):
        line = entry.line("scenes", index)
        scene = folder.scenarios.get(name)
        if scene is None:
            if not folder.knows("scenario", name):
                entry.refuse(line, f'there is no scene "{name}"', "Add it or correct its id.")
            return
        if scene.value.pool != Pool.SHIFT:
            entry.refuse(line, f'scene "{name}" is of another pool', 'Write "pool: shift" in it.')
        if name in listed[:index]:
            entry.refuse(line, f'scene "{name}" is listed twice', "Take one out.")
        clocks.append(scene.value.clock or "")
        truths.append(scene.value.truth)
    if sum(later < earlier for earlier, later in pairwise(clocks)) > 1:  # once it may be midnight
        entry.refuse("scenes", "the scenes aren't in the order of the clock", "Reorder them.")
    if truths.count(Truth.NO_CONCERN) * 2 < len(truths):
        entry.refuse("scenes", "fewer than half of the scenes are innocent", "Half of them must be.")

"""What someone found of what decides a scene, and what is told of both scenes of a pair."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from trainer.assessment.twins import Side, Twins


@dataclass(frozen=True)
class Found:
    """What someone marked in a scene, against what decides it."""

    right: frozenset[int]
    missed: frozenset[int]
    beside: frozenset[int]


def look(side: Side, marked: Collection[int]) -> Found:
    """Hold the sentences that someone marked against those that decide. Raises ValueError if there is no such one."""
    chosen = frozenset(marked)
    if not chosen <= {sentence.number for sentence in side.sentences}:
        raise ValueError("no such sentence")
    return Found(chosen & side.deciding, side.deciding - chosen, chosen - side.deciding)


def list_shared(twins: Twins) -> list[str]:
    """Return the details that both share: signs that don't decide, and ordinary details."""
    scene, twin = twins.one.scene.file, twins.other.scene.file
    both = [words for ref, words in scene.signs.items() if twin.signs.get(ref) == words]
    return [*both, *(sign for sign in scene.ordinary if sign in twin.ordinary)]

"""Twins: open pairs whose deciding words stand in both scenes, told with the same set of people."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from trainer.content.library import Content, Scenario
from trainer.content.schema import Pool
from trainer.content.sentences import Sentence, in_sentences
from trainer.content.subject import Truth
from trainer.items.judge.payload import ScenePayload, payload_of, without_yes


@dataclass(frozen=True)
class Side:
    """One scene of a pair, in its sentences."""

    scene: Scenario
    story: tuple[tuple[Sentence, ...], ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, in order."""
        return tuple(sentence for paragraph in self.story for sentence in paragraph)

    @property
    def deciding(self) -> frozenset[int]:
        """The numbers of the sentences in which words stand that decide."""
        return frozenset(sentence.number for sentence in self.sentences if sentence.decides)

    @property
    def payload(self) -> ScenePayload:
        """The scene as it is judged."""
        return payload_of(self.scene)

    @property
    def is_concern(self) -> bool:
        """True if it is one to report."""
        return self.scene.file.truth is Truth.CONCERN

    @property
    def reason(self) -> str:
        """Why its verdict is what it is."""
        return without_yes(self.payload.verdicts[self.scene.file.best])


@dataclass(frozen=True)
class Twins:
    """Two scenes that differ in what decides them: the one in which someone looks for it, and its twin."""

    one: Side
    other: Side


def find_twins(content: Content, name: str, *, is_swapped: bool = False) -> Twins | None:
    """Find a scene with its twin, both told with the one set of people or the other.

    None unless they are an open pair in use, and what decides stands out in both.
    """
    scene = content.scenarios.get(name)
    if scene is None or scene not in content.pool(Pool.OPEN):
        return None
    try:
        twin = content.twin(scene)
    except KeyError:
        return None
    side, other = _side(scene, is_swapped=is_swapped), _side(twin, is_swapped=is_swapped)
    return Twins(side, other) if twin in content.pool(Pool.OPEN) and side and other else None


def list_twins(content: Content) -> list[Twins]:
    """List the open pairs, each with the scene to look at first: by lot, so that none foretells its verdict."""
    return list(_pairs(content))


def showing(pairs: Iterable[Twins], signs: Collection[str]) -> list[Twins]:
    """Return those of the pairs of which a scene shows any of the signs, those that show more of them first."""
    asked = set(signs)
    files = [(twins.one.scene.file, twins.other.scene.file, twins) for twins in pairs]
    shown = [(len(asked & {*told.sign_ids, *other.sign_ids}), twins) for told, other, twins in files]
    return [twins for number, twins in sorted(shown, key=lambda each: -each[0]) if number]


def _pairs(content: Content) -> Iterator[Twins]:
    for pair, scenes in content.pairs.items():
        ordered = sorted(scenes, key=lambda scene: zlib.crc32(scene.id.encode()))
        twins = find_twins(content, ordered[0].id) if pair else None
        if twins:
            yield twins


def _side(scene: Scenario, *, is_swapped: bool) -> Side | None:
    told = scene.other if is_swapped else scene
    story = in_sentences(told.paragraphs, told.file.decides) if told else None
    if told is None or story is None:
        return None
    side = Side(told, story)
    return side if 0 < len(side.deciding) < len(side.sentences) else None

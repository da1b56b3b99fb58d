"""Counts of answers as the worker left them, added up, and which of them may be told beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from trainer.assessment.measures import disclosure
from trainer.assessment.measures.disclosure import GroupCount, list_tellable
from trainer.assessment.measures.items import Alike, Average, BothTellings, Exposure, swap_difference
from trainer.assessment.models import ItemCount
from trainer.assessment.rules import Sitting
from trainer.content.library import Scenario
from trainer.content.subject import Truth
from trainer.core.db import db

_COUNTS: Final = select(
    ItemCount.item_digest,
    ItemCount.sitting,
    ItemCount.course,
    ItemCount.language,
    ItemCount.drawn,
    ItemCount.answers,
    ItemCount.seconds,
    ItemCount.months,
    ItemCount.first_finals,
    ItemCount.of_first_finals,
)


class CountedCell(NamedTuple):
    """Where something was counted. In a question, an empty part stands for all."""

    digest: str
    sitting: Sitting
    course: str
    language: str


@dataclass(slots=True)
class CountedSums:
    """Sums over cells."""

    drawn: int = 0
    answers: dict[str, list[Any]] = field(default_factory=dict)
    seconds: Counter[int] = field(default_factory=Counter)
    months: dict[str, tuple[int, int]] = field(default_factory=dict)
    first_finals: int = 0

    def add(self, other: CountedSums) -> None:
        """Add the sums of another cell."""
        self.drawn += other.drawn
        self.first_finals += other.first_finals
        self.seconds.update(other.seconds)
        for said, sums in other.answers.items():
            before = self.answers.get(said, [sums[0], 0, 0, 0.0, 0.0])
            self.answers[said] = [sums[0], *(a + b for a, b in zip(before[1:], sums[1:], strict=True))]
        for month, (right, number) in other.months.items():
            before_right, before_number = self.months.get(month, (0, 0))
            self.months[month] = before_right + right, before_number + number

    def alike(self) -> list[Alike]:
        """Return the answers, those that said the same together."""
        alike = []
        for said, sums in self.answers.items():
            verdict, _slash, action = said.partition("/")
            alike.append(Alike(verdict, action, *sums))
        return alike

    @property
    def total(self) -> GroupCount:
        """Return how many judged it right, of how many: each person answers a scene once."""
        number = sum(sums[1] for sums in self.answers.values())
        return GroupCount(number, sum(sums[1] for sums in self.answers.values() if sums[0]), number)

    def tellable_months(self) -> dict[str, tuple[int, int]]:
        """Return the months that may be told beside each other, in order."""

        def together(months: Iterable[str]) -> GroupCount:
            right, number = (sum(self.months[month][side] for month in months) for side in (0, 1))
            return GroupCount(number, right, number)

        told = list_tellable(self.months, together)
        return {month: self.months[month] for month in sorted(told)}


@dataclass(frozen=True, slots=True)
class CountedCells:
    """All that was counted."""

    by_digest: Mapping[str, Mapping[CountedCell, CountedSums]]
    first_finals: Mapping[str, int]
    """By course: how many first finals there were."""

    @classmethod
    def read(cls) -> CountedCells:
        """Read what the worker counted."""
        by_digest: dict[str, dict[CountedCell, CountedSums]] = {}
        finals: dict[str, int] = {}
        for row in db.session.execute(_COUNTS):
            cell = CountedCell(row.item_digest, Sitting(row.sitting), row.course, row.language)
            by_digest.setdefault(cell.digest, {})[cell] = CountedSums(
                row.drawn,
                row.answers,
                Counter({int(seconds): times for seconds, times in row.seconds.items()}),
                {month: (said[0], said[1]) for month, said in row.months.items()},
                row.first_finals,
            )
            finals[cell.course] = max(row.of_first_finals, finals.get(cell.course, 0))
        return cls(by_digest, finals)

    @property
    def languages(self) -> Sequence[str]:
        """The languages in which scenes were shown."""
        return sorted({cell.language for cells in self.by_digest.values() for cell in cells})

    def add_up(self, digests: Iterable[str], asked: CountedCell) -> CountedSums:
        """Return the sums of what was asked for of a scene. `digests`: those of its tellings."""
        sums = CountedSums()
        for _cell, counted in self._matching(digests, asked):
            sums.add(counted)
        return sums

    def may_tell(self, digests: Collection[str], asked: CountedCell) -> bool:
        """Return whether what was asked for may be told beside all that can be asked for of a scene.

        Whatever narrows it (a telling, a course, a language) leaves the other tellings, courses or languages over.
        """
        if not disclosure.may_tell(self.add_up(digests, asked).total):
            return False
        narrowed = [name for name in ("digest", "course", "language") if getattr(asked, name)]
        return all(self._is_part_told(digests, asked, name) for name in narrowed)

    def _is_part_told(self, digests: Iterable[str], asked: CountedCell, name: str) -> bool:
        parts: dict[str, CountedSums] = {}
        for cell, sums in self._matching(digests, asked, whatever=name):
            parts.setdefault(getattr(cell, name), CountedSums()).add(sums)

        def together(chosen: Iterable[str]) -> GroupCount:
            sums = CountedSums()
            for part in chosen:
                sums.add(parts[part])
            return sums.total

        return getattr(asked, name) in list_tellable(parts, together)

    def _matching(
        self, digests: Iterable[str], asked: CountedCell, whatever: str = ""
    ) -> Iterator[tuple[CountedCell, CountedSums]]:
        narrowed = [name for name, part in asked._asdict().items() if part and name != whatever]
        for digest in digests:
            for cell, sums in self.by_digest.get(digest, {}).items():
                if all(getattr(cell, name) == getattr(asked, name) for name in narrowed):
                    yield cell, sums

    def exposure(self, digests: Iterable[str], course: str) -> Exposure | None:
        """Return in how many first finals of a course, or of all, one of these scenes was; None without any."""
        asked = CountedCell("", Sitting.FINAL, course, "")
        finals = sum(number for name, number in self.first_finals.items() if course in ("", name))
        return Exposure(self.add_up(digests, asked).first_finals, finals) if finals else None

    def swap_differences(self, scenes: Iterable[Scenario]) -> dict[Truth, Average]:
        """Return by how much more often scenes are reported with the second set of people, by truth, where it can be
        said. Tellings are held against each other within each kind of sitting."""
        both: dict[Truth, list[BothTellings]] = {truth: [] for truth in Truth}
        for scene in scenes:
            if scene.other is None:
                continue
            for sitting in Sitting:
                first, second = (
                    self.add_up([telling.digest], CountedCell("", sitting, "", "")).total
                    for telling in (scene, scene.other)
                )
                is_concern = scene.file.truth is Truth.CONCERN
                reports = [each.part if is_concern else each.whole - each.part for each in (first, second)]
                both[scene.file.truth].append(
                    BothTellings(scene.file.pair, (reports[0], first.whole), (reports[1], second.whole))
                )
        differences = {truth: swap_difference(told) for truth, told in both.items()}
        return {truth: difference for truth, difference in differences.items() if difference is not None}

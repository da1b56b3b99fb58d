"""Which scenes someone gets: fresh pairs first, and nothing about a scene foretells its truth. Pure: chance is given.

A draw looks, in this order, at freshness, danger, truth, place and topic; a later aim yields to an earlier one. Only
how many scenes are to report holds whatever has been met, since a rule of passing counts on it. By a plan, all pairs
of a kind are drawn equally often, but for those that colleagues met lately. Each draw has nearly as many scenes to note
and hard ones as any other.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from trainer.assessment.balancing import choose_balanced
from trainer.assessment.planned import Plan, Quota, chances
from trainer.content.instrument import PairKind

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class PairTelling:
    """One way to show a pair: one of its scenes, told with one set of people."""

    scene: str
    is_concern: bool
    is_swapped: bool = False
    met_at: dt.datetime | None = None
    """When it was last drawn for this person, in whatever course."""
    is_noted: bool = False
    """Best is to note it and keep watching."""
    is_hard: bool = False
    """By design."""

    @property
    def age(self) -> dt.datetime:
        """What sorts by how long ago it was met, never first."""
        return self.met_at or _NEVER


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scenes that differ in what decides them, in up to four tellings."""

    tellings: tuple[PairTelling, ...]
    is_danger: bool = False
    """The scene to report shows danger now."""
    is_on_duty: bool = False
    """Seen by someone who guards or serves there."""
    topic: str = ""
    colleagues: int = 0
    """How often colleagues of this person met it lately."""

    @property
    def kind(self) -> PairKind:
        """What draws are planned by."""
        return PairKind(self.is_on_duty, self.is_danger, self.topic)

    @property
    def met_at(self) -> dt.datetime:
        """When any of it was last met: none of a pair is new to whoever knows the other scene."""
        return max(telling.age for telling in self.tellings)

    def oldest(self, is_concern: bool) -> dt.datetime:
        """Return when the telling of this truth that was met longest ago was met."""
        return min(telling.age for telling in self.tellings if telling.is_concern == is_concern)


@dataclass(frozen=True, slots=True)
class Aims:
    """What a draw is to hold. Raises ValueError if the numbers don't fit together."""

    scenes: int
    fewest_to_report: int
    most_to_report: int
    danger_pairs: int | None = None
    """How many pairs are of danger now, half of them shown so; None if it doesn't matter."""
    on_duty_at_least: int = 0
    on_duty_at_most: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.fewest_to_report <= self.most_to_report <= self.scenes:
            raise ValueError(f"these numbers don't fit together: {self}")

    def quota(self, chosen: Sequence[Pair] = ()) -> Quota:
        """Return what is left to be drawn beside pairs that are chosen already."""
        on_duty = sum(pair.is_on_duty for pair in chosen)
        most = self.scenes if self.on_duty_at_most is None else self.on_duty_at_most
        return Quota(
            self.scenes - len(chosen),
            None if self.danger_pairs is None else self.danger_pairs - sum(pair.is_danger for pair in chosen),
            self.on_duty_at_least - on_duty,
            most - on_duty,
        )


def half_and_half(scenes: int) -> Aims:
    """Return the aims of a practice: half of the scenes are to report."""
    return Aims(scenes, scenes // 2, scenes // 2)


def draw(
    pairs: Sequence[Pair], aims: Aims, rng: random.Random, preferred: Collection[Pair] = (), plan: Plan | None = None
) -> list[PairTelling]:
    """Return what is shown of `aims.scenes` pairs, in random order.

    Of pairs that are equally fresh, the preferred ones come first; a plan prefers none. Raises ValueError if there are
    too few pairs.
    """
    if len(pairs) < aims.scenes:
        raise ValueError(f"{aims.scenes} scenes need as many pairs; there are {len(pairs)}")
    chosen = _choose(pairs, aims, rng, preferred) if plan is None else _choose_by(plan, pairs, aims, rng)
    concerns = _to_report(chosen, aims, rng)
    drawn = [_tell(pair, pair in concerns, rng) for pair in chosen]
    rng.shuffle(drawn)
    return drawn


def two_forms(pairs: Sequence[Pair]) -> tuple[list[PairTelling], list[PairTelling]]:
    """Return two forms: each shows one twin of every pair in its first telling, and the other form the other twin.

    Half of each is to report, as evenly as can be over danger, place and topic, so that none of these foretells it.
    """
    order = sorted(pairs, key=lambda pair: (pair.is_danger, pair.is_on_duty, pair.topic, pair.tellings[0].scene))
    forms: tuple[list[PairTelling], list[PairTelling]] = ([], [])
    for number, pair in enumerate(order):
        for telling in pair.tellings:
            if not telling.is_swapped:
                forms[telling.is_concern == (number % 2 == 0)].append(telling)
    return forms


def leaning(
    pairs: Sequence[Pair],
    leaning_to: Collection[Pair],
    scenes: int,
    rng: random.Random,
    preferred: Collection[Pair] = (),
) -> list[Pair]:
    """Return `scenes` pairs, those leaned to first; within each group, those met longest ago come first.

    Of pairs that are equally fresh, the preferred ones come first.
    """
    shuffled = rng.sample(list(pairs), len(pairs))
    return sorted(shuffled, key=lambda pair: (pair not in leaning_to, pair.met_at, pair not in preferred))[:scenes]


def draw_again(
    pairs: Sequence[Pair], leaning_to: Collection[Pair], scenes: int, rng: random.Random
) -> list[PairTelling]:
    """Return what is shown of so many pairs, or of all if they are fewer, of whatever tellings are left to each.

    Up to half lean to some pairs. A third to two thirds are to report, as far as there are as many. Tellings that were
    met longest ago come first.
    """
    third = scenes // 3
    reports = rng.randint(third, scenes - third)
    left = {True: reports, False: scenes - reports}
    tellings = [(pair, telling) for pair in pairs for telling in pair.tellings]
    order = sorted(rng.sample(tellings, len(tellings)), key=lambda each: each[1].age)
    chosen: dict[Pair, PairTelling] = {}

    def take(most: int, among: Collection[Pair], *, whatever_truth: bool = False) -> None:
        for pair, telling in order:
            is_wanted = whatever_truth or left[telling.is_concern] > 0
            if len(chosen) < most and pair in among and pair not in chosen and is_wanted:
                chosen[pair] = telling
                left[telling.is_concern] -= 1

    take(scenes // 2, leaning_to)
    take(scenes, pairs)
    take(scenes, pairs, whatever_truth=True)
    drawn = list(chosen.values())
    rng.shuffle(drawn)
    return drawn


def stand_ins(pairs: Sequence[Pair], replaced: Sequence[tuple[Pair, bool]], rng: random.Random) -> list[PairTelling]:
    """Return one telling for each pair that is replaced, with whether its scene to report was shown.

    The same is shown of a pair that was met longest ago or never and is otherwise as alike as can be. Raises
    ValueError if there are too few pairs.
    """
    left = rng.sample(list(pairs), len(pairs))
    drawn = []
    for old, is_concern in replaced:

        def cost(pair: Pair, old: Pair = old) -> tuple[dt.datetime, bool, bool, bool]:
            unlike = pair.is_danger != old.is_danger, pair.is_on_duty != old.is_on_duty, pair.topic != old.topic
            return (pair.met_at, *unlike)

        chosen = min(left, key=cost)
        left.remove(chosen)
        drawn.append(_tell(chosen, is_concern, rng))
    return drawn


def _choose_by(plan: Plan, pairs: Sequence[Pair], aims: Aims, rng: random.Random) -> list[Pair]:
    chosen: list[Pair] = []
    topics = sorted({pair.topic for pair in pairs})
    for _met_at, tier in groupby(sorted(pairs, key=lambda pair: pair.met_at), key=lambda pair: pair.met_at):
        candidates = list(tier)
        if len(chosen) + len(candidates) > aims.scenes:
            rng.shuffle(candidates)
            chance = chances(
                [pair.kind for pair in candidates],
                [pair.colleagues for pair in candidates],
                aims.quota(chosen),
                plan,
            )
            traits = [[1.0, *_traits(pair, topics), *_hardness(pair)] for pair in candidates]
            return chosen + [candidates[place] for place in choose_balanced(chance, traits, rng)]
        chosen += candidates
    return chosen


def _traits(pair: Pair, topics: Sequence[str]) -> list[float]:
    """Return what is balanced in a draw, what matters most first. Of the topics, the first is what is left."""
    return [float(pair.is_danger), float(pair.is_on_duty), *(float(pair.topic == topic) for topic in topics[1:])]


def _hardness(pair: Pair) -> tuple[float, float, float]:
    """Return whether the innocent scene is to be noted, and whether the scene to report and the innocent are hard."""
    noted = any(telling.is_noted for telling in pair.tellings)
    hard = {telling.is_concern for telling in pair.tellings if telling.is_hard}
    return float(noted), float(True in hard), float(False in hard)


def _choose(pairs: Sequence[Pair], aims: Aims, rng: random.Random, preferred: Collection[Pair]) -> list[Pair]:
    chosen: list[Pair] = []
    there = Counter(pair.topic for pair in pairs)
    shuffled = sorted(rng.sample(list(pairs), len(pairs)), key=lambda pair: pair.met_at)
    for _met_at, tier in groupby(shuffled, key=lambda pair: pair.met_at):
        candidates = list(tier)
        while candidates and len(chosen) < aims.scenes:
            chosen.append(_best(candidates, chosen, aims, preferred, there))
            candidates.remove(chosen[-1])
    return chosen


def _best(
    candidates: Sequence[Pair],
    chosen: Sequence[Pair],
    aims: Aims,
    preferred: Collection[Pair],
    there: Mapping[str, int],
) -> Pair:
    """Return the candidate that does most for the aims; the first of several, and their order is random.

    `there`: how many pairs of each topic the pool has. A draw is to have as large a share of each.
    """
    wants_danger = None
    if aims.danger_pairs is not None:
        wants_danger = sum(pair.is_danger for pair in chosen) < aims.danger_pairs
    on_duty = sum(pair.is_on_duty for pair in chosen)
    wants_duty = True if on_duty < aims.on_duty_at_least else None
    if aims.on_duty_at_most is not None and on_duty >= aims.on_duty_at_most:
        wants_duty = False
    topics = Counter(pair.topic for pair in chosen)

    def cost(pair: Pair) -> tuple[bool, bool, bool, float]:
        return (
            pair not in preferred,
            wants_danger is not None and pair.is_danger != wants_danger,
            wants_duty is not None and pair.is_on_duty != wants_duty,
            topics[pair.topic] / there[pair.topic],
        )

    return min(candidates, key=cost)


def _to_report(chosen: Sequence[Pair], aims: Aims, rng: random.Random) -> set[Pair]:
    """Return the pairs of which the scene to report is shown."""
    danger = [pair for pair in chosen if pair.is_danger]
    others = [pair for pair in chosen if not pair.is_danger]
    least, most = (sum(bounds) for bounds in zip(_bounds(danger), _bounds(others), strict=True))
    fewest = min(max(aims.fewest_to_report, least), aims.most_to_report)
    number = rng.randint(fewest, max(fewest, min(aims.most_to_report, most)))
    half = (len(danger) + rng.randint(0, 1)) // 2
    low, high = _bounds(danger)
    of_danger = min(max(half, low), high)
    of_danger = min(max(of_danger, number - len(others)), number)  # the number holds, whatever has been met
    chance = _chance_to_report(danger, of_danger) | _chance_to_report(others, number - of_danger)
    pairs = rng.sample(list(chance), len(chance))
    topics = sorted({pair.topic for pair in pairs})
    traits = []
    for pair in pairs:
        noted, hard, hard_innocent = _hardness(pair)
        traits.append([float(not pair.is_danger), *_traits(pair, topics), noted, hard - hard_innocent])
    return {pairs[place] for place in choose_balanced([chance[pair] for pair in pairs], traits, rng)}


def _bounds(pairs: Sequence[Pair]) -> tuple[int, int]:
    """Return how many may be shown as a concern, at least and at most, if each shows what was met longest ago."""
    forced = [_fresher(pair) for pair in pairs]
    return forced.count(True), len(pairs) - forced.count(False)


def _fresher(pair: Pair) -> bool | None:
    """Return whether the scene to report is the fresher one of a pair; None if both are alike."""
    concern, innocent = pair.oldest(True), pair.oldest(False)
    return None if concern == innocent else concern < innocent


def _chance_to_report(pairs: Sequence[Pair], number: int) -> dict[Pair, float]:
    """Return with which chance each pair shows its scene to report, so that `number` do: those fresher so come first,
    then those that may be either.
    """
    fresher: dict[bool | None, list[Pair]] = {True: [], None: [], False: []}
    for pair in pairs:
        fresher[_fresher(pair)].append(pair)
    chance: dict[Pair, float] = {}
    for among in fresher.values():
        taken = min(number, len(among))
        chance |= {pair: taken / len(among) for pair in among}
        number -= taken
    return chance


def _tell(pair: Pair, is_concern: bool, rng: random.Random) -> PairTelling:
    oldest = pair.oldest(is_concern)
    return rng.choice(
        [telling for telling in pair.tellings if telling.is_concern == is_concern and telling.age == oldest]
    )

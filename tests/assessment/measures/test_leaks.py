"""Whether scenes leak: by hand, and in made-up firms of which it is known."""

from __future__ import annotations

import random
from math import exp, log, sqrt

import pytest

from trainer.assessment.measures.leaks import (
    FEWEST_PEOPLE,
    Comparison,
    FinalAnswer,
    Leak,
    LeakSums,
    compare,
    estimate,
)


def final(*scenes: tuple[str, str, bool, bool]) -> dict[str, Comparison]:
    return compare(FinalAnswer(*scene) for scene in scenes)


def test_met_scenes_are_held_against_the_others_of_their_stratum() -> None:
    """In stratum 1 of 4 scenes, others are right once and wrong once: ¼ gained, ¼ lost. Stratum 2 has no others."""
    compared = final(
        ("1", "a", True, True),
        ("1", "b", True, False),
        ("1", "c", False, True),
        ("1", "d", False, False),
        ("2", "e", True, True),
    )
    assert compared == {"a": Comparison(1, 0.25, 0.0), "b": Comparison(1, 0.0, 0.25)}


def sums_of(people: list[Comparison]) -> LeakSums:
    sums = LeakSums()
    for person in people:
        sums.add(person)
    return sums


def test_an_estimate_by_hand() -> None:
    """20 people gain 1 and lose ½, 20 gain ½ and lose ½: ψ = 30/20, R − ψS is ± ¼."""
    found = estimate(sums_of([Comparison(2, 1.0, 0.5)] * 20 + [Comparison(2, 0.5, 0.5)] * 20))
    assert found is not None
    reach = 1.959964 * sqrt(40 * 0.25**2 * 40 / 39) / 30
    assert (found.value, found.low) == pytest.approx((log(1.5), log(1.5) - reach), abs=1e-6)
    assert (found.is_found, found.is_ruled_out) == (True, False)
    assert (Leak(0.0, -0.1, 0.2).is_found, Leak(0.0, -0.1, 0.2).is_ruled_out) == (False, True)


def test_of_few_people_or_without_any_error_nothing_is_said() -> None:
    assert estimate(sums_of([Comparison(1, 1.0, 0.5)] * 29)) is None
    assert estimate(sums_of([Comparison(1, 1.0, 0.0)] * FEWEST_PEOPLE)) is None


def firms(rng: random.Random, people: int, leak: float) -> Leak:
    """Return what is found where scenes differ in difficulty, those met more often are easier, and the able have more
    colleagues; so both must be held constant."""
    hard = [rng.gauss(0, 0.5) for _scene in range(96)]
    bands = {scene: place // 32 for place, scene in enumerate(sorted(range(96), key=lambda scene: hard[scene]))}
    sums = LeakSums()
    for _person in range(people):
        able = rng.gauss(1.5, 0.8)
        answers = []
        for scene in rng.sample(range(96), 32):
            is_met = rng.random() < 1 / (1 + exp(-(0.5 * (able - 1.5) - 0.5 * hard[scene])))
            is_right = rng.random() < 1 / (1 + exp(-(able - hard[scene] + leak * is_met)))
            answers.append(FinalAnswer((scene % 2, bands[scene]), str(scene), is_met, is_right))
        person = Comparison()
        for part in compare(answers).values():
            person.add(part)
        sums.add(person)
    found = estimate(sums)
    assert found is not None
    return found


def test_without_a_leak_none_is_found_and_with_one_it_is() -> None:
    rng = random.Random(11)
    quiet = [firms(rng, 120, 0.0) for _firm in range(100)]
    assert sum(found.low <= 0 <= found.high for found in quiet) >= 90
    assert sum(found.is_found for found in quiet) <= 7
    assert abs(sum(found.value for found in quiet) / 100) < 0.08
    leaking = [firms(rng, 120, 1.0) for _firm in range(20)]
    assert all(found.is_found for found in leaking)
    assert sum(found.value for found in leaking) / 20 == pytest.approx(1.0, abs=0.15)

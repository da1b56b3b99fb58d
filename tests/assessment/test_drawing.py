"""Which scenes someone gets."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.drawing import Aims, Pair, PairTelling, draw, draw_again, half_and_half
from trainer.assessment.planned import Plan

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TOPICS = ("labor", "sex", "minors")
FINAL = Aims(32, 15, 17, danger_pairs=8, on_duty_at_least=24)


def pair(number: int, *, is_danger: bool = False, is_on_duty: bool = False, tellings: int = 4) -> Pair:
    """Return a pair that nobody has met, told in two or four ways."""
    ways = ((is_concern, is_swapped) for is_swapped in (False, True)[: tellings // 2] for is_concern in (True, False))
    return Pair(
        tuple(
            PairTelling(f"{number}-{'ab'[not is_concern]}", is_concern, is_swapped) for is_concern, is_swapped in ways
        ),
        is_danger,
        is_on_duty,
        TOPICS[number % 3],
    )


def bank(pairs: int = 96) -> list[Pair]:
    """Return a bank: a quarter of danger now, nearly two thirds on duty."""
    return [pair(number, is_danger=number % 4 == 0, is_on_duty=number % 8 < 5) for number in range(pairs)]


PUBLIC = Aims(32, 15, 17, danger_pairs=8, on_duty_at_least=20, on_duty_at_most=20)


def full() -> list[Pair]:
    """Return a bank as large as ours: 128 pairs, 32 of danger now, 66 on duty, and two of five scenes hard."""
    pairs = [
        pair(number, is_danger=number % 4 == 0, is_on_duty=number % 32 < 16 or number > 125) for number in range(128)
    ]
    return [
        replace(
            each,
            tellings=tuple(
                replace(way, is_noted=not way.is_concern and number % 7 < 3, is_hard=(number + way.is_concern) % 5 < 2)
                for way in each.tellings
            ),
        )
        for number, each in enumerate(pairs)
    ]


def even_plan(pairs: list[Pair], aims: Aims) -> Plan:
    """Return a plan by which all pairs on duty come equally often, and all others."""
    kinds = Counter(each.kind for each in pairs)
    on_duty = sum(number for kind, number in kinds.items() if kind.on_duty)
    shares = {True: aims.on_duty_at_least / on_duty, False: (32 - aims.on_duty_at_least) / (len(pairs) - on_duty)}
    return {kind: number * shares[kind.on_duty] for kind, number in kinds.items()}


def meet(pairs: list[Pair], drawn: list[PairTelling], at: dt.datetime) -> list[Pair]:
    """Return the pairs as they are after a draw."""
    shown = {(one.scene, one.is_swapped) for one in drawn}
    return [
        replace(
            one,
            tellings=tuple(
                replace(way, met_at=at) if (way.scene, way.is_swapped) in shown else way for way in one.tellings
            ),
        )
        for one in pairs
    ]


def names(drawn: list[PairTelling]) -> set[str]:
    return {one.scene[:-2] for one in drawn}


histories = st.builds(
    lambda count, tellings, met, seed: (
        [
            replace(
                one,
                tellings=tuple(
                    replace(way, met_at=NOW + dt.timedelta(days=day) if day else None)
                    for way, day in zip(one.tellings, met[4 * number :], strict=False)
                ),
            )
            for number, one in enumerate(
                pair(number, is_danger=number % 4 == 0, is_on_duty=number % 3 == 0, tellings=tellings)
                for number in range(count)
            )
        ],
        random.Random(seed),
    ),
    st.integers(2, 20),
    st.sampled_from([2, 4]),
    st.lists(st.integers(0, 3), min_size=80, max_size=80),
    st.integers(),
)


@given(histories, st.integers(1, 10), st.integers(0, 3))
def test_how_many_are_to_report_holds_whatever_was_met(
    case: tuple[list[Pair], random.Random], half: int, slack: int
) -> None:
    pairs, rng = case
    scenes = 2 * min(half, len(pairs) // 2)
    slack = min(slack, scenes // 2)
    aims = Aims(scenes, scenes // 2 - slack, scenes // 2 + slack, danger_pairs=scenes // 4, on_duty_at_most=2)
    drawn = draw(pairs, aims, rng)
    assert len(drawn) == len(names(drawn)) == scenes
    assert aims.fewest_to_report <= sum(one.is_concern for one in drawn) <= aims.most_to_report


@given(histories, st.integers(1, 10))
def test_no_pair_is_shown_while_one_met_longer_ago_is_left(case: tuple[list[Pair], random.Random], half: int) -> None:
    pairs, rng = case
    scenes = 2 * min(half, len(pairs) // 2)
    drawn = names(draw(pairs, half_and_half(scenes), rng))
    shown = [one.met_at for one in pairs if one.tellings[0].scene[:-2] in drawn]
    left = [one.met_at for one in pairs if one.tellings[0].scene[:-2] not in drawn]
    assert not left or max(shown) <= min(left)


@given(histories)
def test_a_telling_is_the_one_of_its_truth_met_longest_ago(case: tuple[list[Pair], random.Random]) -> None:
    pairs, rng = case
    for one in draw(pairs, half_and_half(len(pairs) // 2 * 2), rng):
        ways = next(two for two in pairs if one in two.tellings).tellings
        assert one.age == min(way.age for way in ways if way.is_concern == one.is_concern)


@pytest.mark.parametrize("seed", range(10))
def test_no_pair_comes_back_in_three_draws_of_32(seed: int) -> None:
    pairs, rng, met = bank(), random.Random(seed), list[str]()
    for try_ in range(3):
        drawn = draw(pairs, FINAL, rng)
        met += names(drawn)
        pairs = meet(pairs, drawn, NOW + dt.timedelta(days=try_))
    assert len(met) == len(set(met)) == 96
    # From here on pairs come back, the oldest first, and none in a telling that this person has seen.
    fourth = draw(pairs, FINAL, rng)
    assert names(fourth) == set(met[:32])
    assert all(one.met_at is None for one in fourth)


@pytest.mark.parametrize("aims", [FINAL, half_and_half(32)])
@pytest.mark.parametrize("seed", range(10))
def test_where_a_pool_is_used_up_each_pair_shows_the_scene_that_was_not_met(seed: int, aims: Aims) -> None:
    pairs = [pair(number, is_danger=number % 4 == 0, tellings=2) for number in range(32)]
    rng = random.Random(seed)
    pairs = meet(pairs, draw(pairs, aims, rng), NOW)
    second = draw(pairs, aims, rng)
    assert all(one.met_at is None for one in second)
    third = draw(meet(pairs, second, NOW + dt.timedelta(days=1)), aims, rng)
    assert {one.met_at for one in third} == {NOW}  # met longest ago


@pytest.mark.parametrize("seed", range(10))
def test_a_draw_holds_its_aims_while_the_pool_allows(seed: int) -> None:
    pairs = bank()
    drawn = draw(pairs, FINAL, random.Random(seed))
    shown = {one.tellings[0].scene[:-2]: one for one in pairs}
    danger = [one for one in drawn if shown[one.scene[:-2]].is_danger]
    assert len(danger) == 8
    assert sum(one.is_concern for one in danger) == 4
    assert sum(shown[name].is_on_duty for name in names(drawn)) >= 24
    topics = Counter(shown[name].topic for name in names(drawn))
    assert min(topics.values()) >= 9
    at_most = draw(pairs, replace(FINAL, on_duty_at_least=0, on_duty_at_most=12), random.Random(seed))
    assert sum(shown[name].is_on_duty for name in names(at_most)) <= 12


def test_a_later_aim_yields_to_an_earlier_one_and_to_what_the_pool_holds() -> None:
    few = [pair(number, is_danger=number < 2) for number in range(32)]
    drawn = draw(few, FINAL, random.Random(1))
    assert len(drawn) == 32
    assert sum(one.is_concern for one in drawn if one.scene[:-2] in {"0", "1"}) == 1


def test_nothing_about_a_pair_foretells_its_truth() -> None:
    """Over many draws, each place and topic is shown to report as often as not: within 5 standard deviations."""
    pairs = bank()
    shown = {one.tellings[0].scene[:-2]: one for one in pairs}
    counts: dict[object, list[int]] = {}
    for seed in range(200):
        for one in draw(pairs, FINAL, random.Random(seed), preferred=pairs[:4]):
            of = shown[one.scene[:-2]]
            places = (
                ("danger", of.is_danger),
                ("duty", of.is_on_duty),
                ("topic", of.topic),
                ("swapped", one.is_swapped),
            )
            for key in places:
                counts.setdefault(key, []).append(one.is_concern)
            if one.scene[:-2] == "1":  # a preferred one
                counts.setdefault("preferred", []).append(one.is_concern)
    for what, concerns in counts.items():
        deviation = 0.5 / len(concerns) ** 0.5
        assert abs(sum(concerns) / len(concerns) - 0.5) < 5 * deviation, what


def test_how_many_are_to_report_is_not_foretold() -> None:
    numbers = Counter(sum(one.is_concern for one in draw(bank(), FINAL, random.Random(seed))) for seed in range(90))
    assert set(numbers) == {15, 16, 17}
    assert min(numbers.values()) > 15


def test_preferred_pairs_come_first_among_equally_fresh_ones() -> None:
    pairs = bank(16)
    drawn = draw(pairs, half_and_half(4), random.Random(1), preferred=pairs[:3])
    assert {"0", "1", "2"} <= names(drawn)
    met = meet(pairs, [way for one in pairs[:3] for way in one.tellings], NOW)
    assert not {"0", "1", "2"} & names(draw(met, half_and_half(4), random.Random(1), preferred=met[:3]))


def test_a_draw_from_too_few_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="4 scenes need as many pairs; there are 3"):
        draw(bank(3), half_and_half(4), random.Random(1))
    with pytest.raises(ValueError, match="fit together"):
        Aims(4, 3, 2)


def test_draws_differ_with_chance_and_repeat_with_its_seed() -> None:
    drawn = {tuple(draw(bank(16), half_and_half(8), random.Random(seed))) for seed in range(40)}
    assert len(drawn) == 40
    assert draw(bank(16), half_and_half(8), random.Random(1)) == draw(bank(16), half_and_half(8), random.Random(1))


@given(seed=st.integers(0, 999), scenes=st.integers(2, 12))
def test_what_is_drawn_again_leans_by_half_and_is_never_one_truth_alone(seed: int, scenes: int) -> None:
    pairs = bank(24)
    weak = set(pairs[:8])
    drawn = draw_again(pairs, weak, scenes, random.Random(seed))
    assert len(names(drawn)) == len(drawn) == scenes
    assert scenes // 3 <= sum(one.is_concern for one in drawn) <= scenes - scenes // 3
    leaning = {one.tellings[0].scene[:-2] for one in weak}
    assert len(names(drawn) & leaning) >= min(scenes // 2, 8)


def test_what_is_drawn_again_takes_what_was_met_longest_ago_and_makes_do_with_what_is_left() -> None:
    pairs = meet(bank(6), [one for each in bank(6)[:3] for one in each.tellings], NOW)
    drawn = draw_again(pairs, (), 3, random.Random(1))
    assert names(drawn) == {"3", "4", "5"}
    of_one_truth = [replace(one, tellings=one.tellings[:1]) for one in bank(4)]
    assert len(draw_again(of_one_truth, (), 6, random.Random(1))) == 4


@pytest.mark.slow
@pytest.mark.parametrize(("aims", "largest"), [(PUBLIC, 0.303), (FINAL, 0.364)])
def test_by_a_plan_all_pairs_of_a_kind_are_met_equally_often(aims: Aims, largest: float) -> None:
    pairs, draws = full(), 250
    plan, times = even_plan(pairs, aims), Counter[str]()
    for seed in range(draws):
        times.update(names(draw(pairs, aims, random.Random(seed), plan=plan)))
    shares = [times[each.tellings[0].scene[:-2]] / draws for each in pairs]
    assert max(shares) < largest + 4 * (largest * (1 - largest) / draws) ** 0.5
    assert min(shares) > 0.12 - 4 * (0.12 * 0.88 / draws) ** 0.5
    assert mean(share for share, each in zip(shares, pairs, strict=True) if each.is_on_duty) == pytest.approx(
        largest, 0.01
    )


@pytest.mark.parametrize("seed", range(20))
def test_by_a_plan_each_of_three_tries_holds_its_aims_with_fresh_pairs(seed: int) -> None:
    pairs, rng, met = full(), random.Random(seed), list[str]()
    plan = even_plan(pairs, PUBLIC)
    for number in range(3):
        drawn = draw(pairs, PUBLIC, rng, plan=plan)
        shown = [each for each in pairs if each.tellings[0].scene[:-2] in names(drawn)]
        assert sum(each.is_on_duty for each in shown) == 20
        assert sum(each.is_danger for each in shown) == 8
        assert sum(one.is_concern for one in drawn if shown_danger(one, shown)) == 4
        assert 15 <= sum(one.is_concern for one in drawn) <= 17
        met += names(drawn)
        pairs = meet(pairs, drawn, NOW + dt.timedelta(days=number))
    assert len(met) == len(set(met)) == 96
    fourth = draw(pairs, PUBLIC, rng, plan=plan)  # only 32 are left
    assert not names(fourth) & set(met)


def shown_danger(telling: PairTelling, shown: list[Pair]) -> bool:
    return any(telling in each.tellings and each.is_danger for each in shown)


def test_scenes_to_note_and_hard_ones_are_nearly_as_many_in_each_draw() -> None:
    pairs = full()
    plan = even_plan(pairs, PUBLIC)
    draws = [draw(pairs, PUBLIC, random.Random(seed), plan=plan) for seed in range(80)]
    assert pstdev(sum(one.is_noted for one in drawn) for drawn in draws) < 1.2
    assert pstdev(sum(one.is_hard for one in drawn) for drawn in draws) < 1.4


@pytest.mark.slow
def test_colleagues_share_fewer_scenes() -> None:
    pairs = full()
    plan = even_plan(pairs, FINAL)

    def shared(colleagues: int) -> float:
        both = []
        for seed in range(60):
            rng = random.Random(seed)
            first = draw(pairs, FINAL, rng, plan=plan)
            known = [
                replace(each, colleagues=colleagues * any(one in each.tellings for one in first)) for each in pairs
            ]
            scenes = {one.scene for one in first}
            both.append(sum(one.scene in scenes for one in draw(known, FINAL, rng, plan=plan)))
        return mean(both)

    assert shared(1) < shared(0) - 0.5
    assert shared(0) < 6

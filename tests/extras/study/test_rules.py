"""The lot, the stages and what a firm may see."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from trainer.extras.study.rules import Arm, TrialStage, days_of, draw_lot, in_fives, stage_of

DAYS = days_of(dt.date(2026, 11, 23))


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_groups_and_forms_stay_even_at_every_site(seed: str) -> None:
    lots = [draw_lot(seed, "harbor", place) for place in range(200)]
    for number in range(1, 201):
        arms = Counter(lot.arm for lot in lots[:number])
        assert abs(arms[Arm.NOW] - arms[Arm.LATER]) <= 3  # half of the largest block
        for arm in Arm:
            forms = Counter(lot.form for lot in lots[:number] if lot.arm is arm)
            assert abs(forms["a"] - forms["b"]) <= 1


def test_a_lot_follows_from_seed_and_site_and_cannot_be_told_from_those_before() -> None:
    lots = [[draw_lot(f"seed {seed}", "harbor", place).arm for place in range(8)] for seed in range(400)]
    assert lots[0] == [draw_lot("seed 0", "harbor", place).arm for place in range(8)]
    assert lots[0] != [draw_lot("seed 0", "motel", place).arm for place in range(8)]
    first_pair = [arms for arms in lots if arms[0] is not arms[1]]
    after = Counter(arms[2] is arms[0] for arms in first_pair)
    assert min(after.values()) / len(first_pair) > 0.35
    assert any(arms[0] is arms[1] is arms[2] for arms in lots)  # not always by twos or fours


@pytest.mark.parametrize(
    ("arm", "day", "has_first", "has_second", "stage"),
    [
        (Arm.LATER, 0, False, False, TrialStage.FIRST),
        (Arm.NOW, 1, True, False, TrialStage.COURSE),
        (Arm.LATER, 27, True, False, TrialStage.WAIT),
        (Arm.NOW, 28, True, False, TrialStage.SECOND),
        (Arm.LATER, 42, True, False, TrialStage.SECOND),
        (Arm.LATER, 43, True, False, TrialStage.OVER),
        (Arm.LATER, 30, True, True, TrialStage.OVER),
    ],
)
def test_both_groups_judge_on_the_same_days(
    arm: Arm, day: int, has_first: bool, has_second: bool, stage: TrialStage
) -> None:
    today = dt.date(2026, 11, 23) + dt.timedelta(days=day)
    given = {"has_first": has_first, "has_second": has_second, "can_begin": True}
    assert stage_of(arm, DAYS, today, is_over=False, **given) is stage
    assert stage_of(arm, DAYS, today, is_over=True, **given) is TrialStage.OVER


@pytest.mark.parametrize(
    ("people", "invited", "shown"), [(4, 100, None), (5, 100, 5), (14, 100, 10), (96, 100, None), (95, 100, 95)]
)
def test_a_firm_sees_steps_of_five_unless_they_tell_of_each(people: int, invited: int, shown: int | None) -> None:
    assert in_fives(people, invited) == shown

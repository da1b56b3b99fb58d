"""Steps of setting up a firm, and the weeks that its page looks ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trainer.assignments.rules import SOON
from trainer.home.rules import Beginning, SetupStep, StepState, steps, weeks

NEW = Beginning(
    people=0,
    joined=0,
    has_requirement=False,
    with_address=0,
    uninvited=0,
    without_address=0,
    slipless=0,
    has_code=False,
    skipped=frozenset(),
)


def test_a_new_firm_has_nobody_to_invite_and_nothing_done() -> None:
    assert steps(NEW) == [
        (SetupStep.REQUIREMENT, StepState.OPEN),
        (SetupStep.ROSTER, StepState.OPEN),
        (SetupStep.POSTERS, StepState.OPEN),
        (SetupStep.JOINED, StepState.OPEN),
    ]


def test_ways_in_are_there_for_those_who_need_them() -> None:
    some = replace(NEW, people=3, with_address=2, uninvited=1, without_address=1, slipless=0)
    assert dict(steps(some)) == {
        SetupStep.ROSTER: StepState.DONE,
        SetupStep.REQUIREMENT: StepState.OPEN,
        SetupStep.INVITATIONS: StepState.OPEN,
        SetupStep.SLIPS: StepState.DONE,
        SetupStep.POSTERS: StepState.OPEN,
        SetupStep.JOINED: StepState.OPEN,
    }


def test_what_is_done_is_done_even_if_it_was_skipped() -> None:
    skipped = replace(NEW, skipped=frozenset({"posters"}))
    assert dict(steps(skipped))[SetupStep.POSTERS] is StepState.SKIPPED
    assert dict(steps(replace(skipped, has_code=True)))[SetupStep.POSTERS] is StepState.DONE


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_weeks_cover_the_next_30_days_without_gap_or_overlap(today: dt.date) -> None:
    spans = weeks(today)
    assert (spans[0][0], spans[-1][1]) == (today, today + dt.timedelta(days=SOON))
    assert all(first <= last and (last - first).days < 7 for first, last in spans)
    assert all(after[0] - before[1] == dt.timedelta(days=1) for before, after in pairwise(spans))
    assert all(first.weekday() == 0 for first, _last in spans[1:])

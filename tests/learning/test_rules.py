"""Active time: never more than passed, each second once; and what is missing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.learning.rules import CourseProgress, LessonNeed, credit, longest_reading

START = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
BEAT = dt.timedelta(seconds=90)


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


# A post: a page opened some time ago, posted a while after the post before it, counting at most so much.
posts = st.lists(st.tuples(st.integers(0, 600), st.integers(-30, 600), st.integers(1, 900)), max_size=30)


@given(posts)
def test_never_more_time_counts_than_passed(history: list[tuple[int, int, int]]) -> None:
    total, until, now = 0, None, 0
    earliest = 0
    for wait, age, longest in history:
        now += wait
        earliest = min(earliest, now - age)
        seconds, until = credit(at(now - age), at(now), dt.timedelta(seconds=longest), until)
        assert 0 <= seconds <= max(0, min(age, longest))
        total += seconds
    assert total <= now - earliest


@given(posts)
def test_each_second_counts_once(history: list[tuple[int, int, int]]) -> None:
    counted: set[int] = set()
    total, until, now = 0, None, 0
    for wait, age, longest in history:
        now += wait
        before = until
        seconds, until = credit(at(now - age), at(now), dt.timedelta(seconds=longest), until)
        if seconds:
            end = int((until - START).total_seconds())
            these = set(range(end - seconds, end))
            assert not these & counted
            assert before is None or until > before
            counted |= these
        total += seconds
    assert total == len(counted)


@given(st.integers(1, 600), st.integers(1, 600))
def test_a_replay_counts_nothing(age: int, later: int) -> None:
    seconds, until = credit(at(-age), at(0), BEAT, None)
    assert seconds == min(age, 90)
    assert credit(at(-age), at(0), BEAT, until)[0] == 0
    # Sent again later, the same mark still ends where its own 90 seconds end.
    again, until = credit(at(-age), at(later), BEAT, until)
    assert seconds + again <= 90
    assert credit(at(-age), at(later), BEAT, until)[0] == 0


@pytest.mark.parametrize(
    ("opened", "now", "until", "seconds"),
    [
        (0, 30, None, 30),
        (0, 90, None, 90),
        (0, 91, None, 90),
        (0, 30, 10, 20),
        (0, 30, 30, 0),
        (0, 30, 40, 0),
        (30, 0, None, 0),  # a clock that went back
        (0, 0, None, 0),
        (0, 0.9, None, 0),
    ],
)
def test_time_is_credited(opened: float, now: float, until: float | None, seconds: int) -> None:
    assert credit(at(opened), at(now), BEAT, None if until is None else at(until))[0] == seconds


def test_a_lesson_counts_twice_its_minutes_at_most() -> None:
    assert longest_reading(4) == dt.timedelta(minutes=8)


def _standing(
    *,
    done: int = 2,
    seconds: int = 1200,
    is_final_passed: bool = True,
    has_name: bool = True,
    is_attested: bool = True,
) -> CourseProgress:
    lessons = tuple(LessonNeed(f"m/{number}", "A lesson", 4, number < done) for number in range(2))
    return CourseProgress(lessons, 20, seconds, is_final_passed, has_name, is_attested)


def test_nothing_missing_is_complete() -> None:
    where = _standing()
    assert where.is_complete
    assert (where.done_lessons, where.active_minutes, where.missing_minutes) == (2, 20, 0)


@pytest.mark.parametrize(
    ("where", "is_ready"),
    [
        (_standing(done=1), False),
        (_standing(seconds=1199), False),
        (_standing(is_final_passed=False), True),
        (_standing(has_name=False), True),
        (_standing(is_attested=False), True),
    ],
)
def test_each_thing_missing_keeps_it_incomplete(where: CourseProgress, is_ready: bool) -> None:
    assert not where.is_complete
    assert where.is_ready_for_final is is_ready


def test_missing_minutes_round_up() -> None:
    assert [_standing(seconds=seconds).missing_minutes for seconds in (1199, 1141, 1140, 0, 5000)] == [1, 1, 1, 20, 0]

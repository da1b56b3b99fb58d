"""Branching scenes: how choices are told doesn’t say which is best, and each is as long as a scene to play may be."""

from __future__ import annotations

from statistics import mean

import pytest

from trainer.content.library import Library
from trainer.content.schema import Grade
from trainer.items.branching.payload import BranchingPayload
from trainer.items.registry import read_further


@pytest.fixture
def asked(shelf: Library) -> dict[str, list[BranchingPayload]]:
    """What each course asks step by step."""
    return {
        slug: [
            payload
            for lesson in course.lessons
            for one in lesson.questions
            if isinstance(payload := read_further(one.payload), BranchingPayload)
        ]
        for slug, course in shelf.content.courses.items()
    }


def best_path(payload: BranchingPayload) -> list[str]:
    """Return the choices of someone who always takes the best one."""
    path: list[str] = []
    while (step := payload.step((payload.paths.follow(path) or [""])[-1])) is not None:
        path.append(step.best.id)
    return path


def test_both_full_courses_ask_and_each_scene_has_four_to_seven_choices_and_several_ends(
    asked: dict[str, list[BranchingPayload]],
) -> None:
    assert min(len(asked["recognize"]), len(asked["security-officer"])) >= 2
    for payload in (one for payloads in asked.values() for one in payloads):
        assert 4 <= len(best_path(payload)) <= 7, payload.scenario
        assert len(payload.ends) >= 4, payload.scenario


def test_the_best_choice_is_told_at_the_length_of_the_rest(asked: dict[str, list[BranchingPayload]]) -> None:
    for payload in (one for payloads in asked.values() for one in payloads):
        best = [len(step.best.text) for step in payload.steps]
        rest = [len(one.text) for step in payload.steps for one in step.choices if one.grade is not Grade.BEST]
        longest = [len(step.best.text) == max(len(one.text) for one in step.choices) for step in payload.steps]
        assert 0.75 <= mean(best) / mean(rest) <= 1.15, payload.scenario
        assert sum(longest) <= len(longest) / 2, payload.scenario


def test_a_mistake_can_be_put_right_somewhere(asked: dict[str, list[BranchingPayload]]) -> None:
    for payload in (one for payloads in asked.values() for one in payloads):
        after = [
            one.to
            for step in payload.steps
            for one in step.choices
            if not one.is_good and payload.step(one.to) is not None
        ]
        assert after, payload.scenario

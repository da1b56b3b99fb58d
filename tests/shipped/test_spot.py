"""Questions about pictures: nothing in how they are told says what is a sign."""

from __future__ import annotations

from itertools import combinations
from statistics import mean
from typing import Any

from trainer.content.library import Library
from trainer.core.settings import ROOT

PHONE = 276
"""How wide a picture is on a phone of 320 pixels."""


def asked(shelf: Library) -> dict[str, list[dict[str, Any]]]:
    """Return what each course asks about pictures."""
    return {
        slug: [one.payload for lesson in course.lessons for one in lesson.questions if one.type == "spot"]
        for slug, course in shelf.content.courses.items()
    }


def test_both_full_courses_ask_and_each_picture_is_used_once(shelf: Library) -> None:
    found = asked(shelf)
    assert min(len(found["recognize"]), len(found["security-officer"])) >= 3
    pictures = [one["picture"]["markup"] for payloads in found.values() for one in payloads]
    assert len(set(pictures)) == len(pictures) == len(list((ROOT / "content" / "illustrations").glob("*.svg")))


def test_signs_are_told_at_the_length_of_the_rest_and_seldom_longest(shelf: Library) -> None:
    longest = []
    for payload in (one for payloads in asked(shelf).values() for one in payloads):
        lengths = {one["id"]: len(one["text"]) for one in payload["options"]}
        signs = [lengths[one["id"]] for one in payload["options"] if one["key"]]
        rest = [lengths[one["id"]] for one in payload["options"] if not one["key"]]
        if signs:
            assert 0.85 <= mean(signs) / mean(rest) <= 1.15, payload["shows"]
            longest.append(max(signs) > max(rest))
    assert sum(longest) <= len(longest) / 3


def test_no_two_numbers_stand_on_each_other_on_a_small_phone(shelf: Library) -> None:
    for payload in (one for payloads in asked(shelf).values() for one in payloads):
        _left, _top, width, height = map(float, payload["picture"]["view_box"].split())
        for one, two in combinations(payload["options"], 2):
            across = abs(one["left"] - two["left"]) / 100 * PHONE
            down = abs(one["top"] - two["top"]) / 100 * PHONE * height / width
            assert max(across, down) >= 24, (one["id"], two["id"])


def test_some_pictures_show_no_sign(shelf: Library) -> None:
    keys = [[one["key"] for one in payload["options"]] for payloads in asked(shelf).values() for payload in payloads]
    assert not all(any(one) for one in keys)

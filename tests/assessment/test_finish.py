"""The end of a practice: straight to the result once every scene is answered, and where a result leads."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from tests.cast import answer_all, make_account, make_guest, sign_in_as, start_practice
from tests.support import COURSE, keys, right_verdict, scenes_of
from trainer.assessment import words
from trainer.assessment.rules import Tally
from trainer.content.library import Library


def test_a_practice_with_every_scene_answered_goes_straight_to_the_result(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    attempt = visitor.start("practices")
    last = scenes_of(app, attempt)
    for position, (truth, action, _harmful) in enumerate(keys(app, attempt), start=1):
        visitor.answer(attempt, position, right_verdict(truth), action)
        page = visitor.get(f"{attempt}/scenes/{position}").text
        assert (f'action="{attempt}/submission"' in page) == (position == last)
        assert (f'href="{attempt}/submission"' in page) is False
    for path in (attempt, f"{attempt}/submission"):
        page = visitor.get(path, follow_redirects=True).text
        assert "Before you hand in" not in page
        assert f'action="{attempt}/submission"' in page
    assert visitor.post(f"{attempt}/submission").headers["Location"] == f"{attempt}/result"


def test_a_practice_with_a_scene_skipped_says_so_first(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    attempt = visitor.start("practices")
    last = scenes_of(app, attempt)
    for position, (truth, action, _harmful) in enumerate(keys(app, attempt), start=1):
        if position != 2:
            visitor.answer(attempt, position, right_verdict(truth), action)
    page = visitor.get(f"{attempt}/scenes/{last}").text
    assert f'href="{attempt}/submission"' in page
    assert f'action="{attempt}/submission"' not in page
    assert "Before you hand in" in visitor.get(f"{attempt}/submission").text


def _tally(hits: int, false_alarms: int) -> Tally:
    return Tally(hits, 6 - hits, false_alarms, 6 - false_alarms, 0, 0, 12, 0, 0)


@pytest.mark.parametrize(("hits", "false_alarms"), [(0, 3), (1, 6)])
def test_who_should_start_at_the_decision_rule_is_led_to_its_lesson(
    app: Flask, shelf: Library, hits: int, false_alarms: int
) -> None:
    sentence = "The decision rule is the place to start."
    shown = {}
    for slug, course in shelf.content.courses.items():
        with app.test_request_context():
            shown[slug] = render_template_string(
                '{% include "assessment/_tendency.html" %}',
                tally=_tally(hits, false_alarms),
                words=words,
                course=course,
            )
        assert sentence in shown[slug]
    assert f'href="/courses/{COURSE}/signs-in-combination/the-rule"' in shown[COURSE]
    assert 'href="/courses/refresher/once-more/the-rule-again"' in shown["refresher"]
    assert "<a " not in shown["security-officer"]


@pytest.mark.parametrize(("hits", "false_alarms"), [(0, 0), (3, 6), (6, 6), (6, 0)])
def test_the_rule_is_named_to_nobody_else(hits: int, false_alarms: int) -> None:
    assert not words.starts_at_rule(_tally(hits, false_alarms))


def test_the_result_of_someone_who_judged_all_the_wrong_way_leads_to_the_rule(app: Flask) -> None:
    bob = make_account(app)
    attempt = start_practice(app, bob)
    answer_all(app, attempt, wrong=99)
    visitor = sign_in_as(app, bob)
    result = visitor.post(f"/attempts/{attempt}/submission").headers["Location"]
    assert f'href="/courses/{COURSE}/signs-in-combination/the-rule">The decision rule is' in visitor.get(result).text


def test_saving_on_a_device_says_what_it_is_not_enough_for(app: Flask) -> None:
    page = sign_in_as(app, make_guest(app)).get(f"/keep?start=course&course={COURSE}").text
    assert "The final and its certificate need a free account." in page
    assert "gone 7 days after your last visit, or as soon as you press Quick exit." in page


@pytest.mark.parametrize(
    ("hits", "false_alarms", "said"),
    [
        (6, 0, "You caught everything that adds up, and you left the rest alone."),
        (6, 1, "You caught everything that adds up, and you left most of the rest alone."),
        (5, 0, "You caught most of what adds up, and you left the rest alone."),
        (5, 1, "You catch most of what adds up, and you leave most of the rest alone."),
    ],
)
def test_most_is_not_said_where_it_was_all(app: Flask, hits: int, false_alarms: int, said: str) -> None:
    with app.test_request_context():
        assert words.tendency(_tally(hits, false_alarms)) == said

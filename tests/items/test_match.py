"""Rows to match with choices."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from tests.content.small import CONCERN_FILE, add_to_head, only, read
from tests.support import Visitor
from trainer.items.match.type import DrawnChoice, MatchPayload, ShownRow
from trainer.items.registry import read_further

MATCH = """\
  - type: match
    ask: What shows it?
    choices:
      - {id: saw, text: A camera}
      - {id: heard, text: A recorder}
      - {id: guess, text: Neither}
    rows:
      - {id: desk, text: You stand at the desk, match: saw, why: It can be seen.}
      - {id: answer, text: The boss says no, match: heard, why: It can be heard.}
      - {id: mood, text: He is angry, match: guess, why: You think so.}
"""
MATCHES = {"desk": "saw", "answer": "heard", "mood": "guess"}
CHOICES = ("saw", "heard", "guess")


def payload(matches: dict[str, str] = MATCHES) -> MatchPayload:
    return MatchPayload(
        scenario="x",
        title="X",
        setting="Y",
        note=None,
        ask="?",
        paragraphs=[],
        choices=[DrawnChoice(id=one, text=one) for one in CHOICES],
        rows=[ShownRow(id=row, text=row, match=match, why=row) for row, match in matches.items()],
    )


def test_only_all_right_earns_the_point_and_chance_earns_little() -> None:
    answers = [dict(zip(MATCHES, said, strict=True)) for said in product(CHOICES, repeat=3)]
    marks = [payload().mark({"matches": one}) for one in answers]
    assert [one for one, mark in zip(answers, marks, strict=True) if mark.is_right] == [MATCHES]
    assert [mark.points for mark in marks if mark.is_right] == [1]
    by_rows = {mark.right: mark.points for mark in marks}
    assert by_rows == {0: 0, 1: 0, 2: pytest.approx(1 / 2), 3: 1}
    assert sum(mark.points for mark in marks) / len(marks) < 0.2


def test_a_row_left_out_is_wrong_and_a_skipped_question_earns_nothing() -> None:
    mark = payload().mark({"matches": {"desk": "saw"}})
    assert (mark.right, mark.wrong, mark.is_right) == (1, 2, False)
    assert (payload().mark({}).points, payload().mark({}).wrong) == (0, 3)


def test_how_many_are_right_is_told(app: Flask) -> None:
    with app.test_request_context():
        found = payload()
        assert found.told(found.mark({"matches": MATCHES})) == "Right."
        assert found.told(found.mark({"matches": {**MATCHES, "desk": "guess"}})) == "2 of 3 are right."


def test_how_rows_are_shown_depends_on_chance_alone_and_choices_stay() -> None:
    orders = [dict(reversed(MATCHES.items())), MATCHES]
    drawn = {tuple(payload(one).draw(random.Random(5))) for one in orders}
    assert len(drawn) == 1
    (order,) = drawn
    assert set(order[:3]) == set(MATCHES)
    assert order[3:] == ("=saw", "=heard", "=guess")
    assert len({tuple(payload().draw(random.Random(seed))) for seed in range(50)}) == 6


def test_rows_and_choices_come_from_the_file(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, MATCH)
    (drill,) = read(folder).scenarios["open-1-a"].drills
    found = read_further(drill.payload)
    assert isinstance(found, MatchPayload)
    assert {row.id: row.match for row in found.rows} == MATCHES
    assert [one.id for one in found.choices] == list(CHOICES)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: answer", "id: desk", "two rows have the same id. Give each its own."),
        ("The boss says no", "He is angry", "two rows have the same text. Give each its own."),
        (
            "{id: guess, text: Neither}",
            "{id: heard, text: Neither}",
            "two choices have the same id. Give each its own.",
        ),
        ("text: Neither", "text: A camera", "two choices have the same text. Give each its own."),
        ("match: heard", "match: felt", 'no choice has the id "felt". Use one of the choices.'),
        ("id: desk", "id: saw", '"saw" is the id of a choice, too. Name what the row says.'),
        (
            "      - {id: answer, text: The boss says no, match: heard, why: It can be heard.}\n",
            "",
            '"rows" has too few or too many items. Give at least 3.',
        ),
    ],
)
def test_what_makes_no_match_is_refused(folder: Path, old: str, new: str, what: str) -> None:
    text = MATCH.replace(old, new)
    if "id: guess" in old:
        text = text.replace("match: guess", "match: heard")
    assert text != MATCH
    add_to_head(folder, CONCERN_FILE, text)
    assert only(folder).endswith(f": {what}")


def test_rows_that_all_belong_to_one_choice_are_refused(folder: Path) -> None:
    add_to_head(folder, CONCERN_FILE, MATCH.replace("match: heard", "match: saw").replace("match: guess", "match: saw"))
    assert only(folder).endswith(": all rows belong to the same choice. Have rows for two choices or more.")


def test_each_row_is_told_with_what_was_chosen_and_what_is_right(visitor: Visitor) -> None:
    path = "/courses/security-officer/your-venue/farm"
    sent = {"version": "0", "match-lights": "thought", "match-words": "heard", "match-van": "saw"}
    answer = visitor.post(f"{path}/answers/which-line", sent)
    page = " ".join(visitor.get(answer.location).text.split())
    assert "2 of 3 are right." in page
    assert '<b>Right answer: Saw</b> <br> <span class="quiet">You chose: Thought</span>' in page
    assert page.count("<b>Right: ") == 2
    shown, closed = page.split("<summary>Why the right ones fit</summary>")
    assert "A camera would show it." in shown
    assert ("It is an act." in closed, "These are words." in closed) == (True, True)

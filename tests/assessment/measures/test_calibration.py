"""Sure and right, sure and wrong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.calibration import Calibration, Sureness, calibrate
from trainer.items.judge.model import Confidence


def test_answers_are_counted_by_confidence() -> None:
    sure, fairly, guessing = Confidence.CERTAIN, Confidence.FAIRLY_SURE, Confidence.GUESSING
    found = calibrate([(sure, True), (sure, False), (sure, True), (fairly, False), (guessing, True)])
    assert found == Calibration(Sureness(2, 3), Sureness(0, 1), Sureness(1, 1))
    assert found.confident_but_wrong == 1
    assert calibrate([]).confident_but_wrong == 0


@given(st.lists(st.tuples(st.sampled_from(Confidence), st.booleans())))
def test_every_answer_counts_once(answers: list[tuple[Confidence, bool]]) -> None:
    found = calibrate(answers)
    parts = (found.certain, found.fairly_sure, found.guessing)
    assert sum(one.answers for one in parts) == len(answers)
    assert sum(one.right for one in parts) == sum(is_right for _sure, is_right in answers)
    assert found == calibrate(iter(reversed(answers)))

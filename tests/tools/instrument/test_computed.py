"""What the file holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.tools.instrument import bank
from trainer.content.instrument import PairKind
from trainer.tools.instrument.computed import as_text, compute
from trainer.tools.instrument.program import Unsolvable

ON_DUTY = PairKind(on_duty=True, danger=False, topic="labor")


def test_what_is_written_is_read_again_and_stays_the_same(tmp_path: Path) -> None:
    folder = bank.write(tmp_path)
    text = as_text(compute(small.read(folder), people=200))
    small.put(folder, "instrument.json", text)
    content = small.read(folder)
    instrument = content.courses["recognize"].instrument
    assert instrument is not None
    assert instrument.draw.numbers(0) == {ON_DUTY: 2.0}
    assert as_text(compute(content, people=200)) == text


def test_a_course_whose_final_cannot_be_drawn_as_it_asks_is_named(tmp_path: Path) -> None:
    folder = bank.write(tmp_path)
    small.edit(folder, small.COURSE_FILE, "    - scenes: 2\n", "    - scenes: 2\n      on_duty_at_most: 1\n")
    with pytest.raises(Unsolvable, match="recognize: stage 1"):
        compute(small.read(folder), people=200)

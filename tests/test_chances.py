"""What a session keeps draws the same in each run, and takes no draw from the test that needs it first."""

from __future__ import annotations

import random

from tests.chances import own_chance


def test_what_is_made_once_draws_the_same_and_leaves_the_test_its_draws() -> None:
    made, mine = list[float](), list[float]()
    for is_first in (True, False):
        random.seed(7)
        if is_first:
            with own_chance("made"):
                made.append(random.random())
        mine.append(random.random())
    random.seed(8)
    with own_chance("made"):
        made.append(random.random())
    assert mine[0] == mine[1]
    assert made[0] == made[1]
    with own_chance("other"):
        assert random.random() != made[0]

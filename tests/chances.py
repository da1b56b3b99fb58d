"""What is made once and lent to many tests draws the same, whichever of them needs it first."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_chance(name: str) -> Iterator[None]:
    """Draw from a seed of its own, which follows from a name, and leave the test's draws as they were.

    pytest-randomly seeds each test by its name, and what a session keeps is made in the middle of one.
    """
    before = random.getstate()
    random.seed(name)
    try:
        yield
    finally:
        random.setstate(before)

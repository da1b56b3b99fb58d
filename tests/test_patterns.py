"""No pattern of the app can be kept busy by a text that was made for it."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from tests.patterns import Used, evil_texts, patterns, unread
from trainer.core.settings import ROOT
from trainer.credentials.certificate import LONGEST_WORD
from trainer.extras.api import openapi

SIZE = 32_000
BAR = 0.25
"""Seconds. What takes time by the square of the text's length takes more, on the fastest machine."""
PUT_TOGETHER = {
    "content/checks/figures.py",
    "content/history.py",
    "content/pictures.py",
    "credentials/certificate.py",
    "extras/api/views/api.py",
    "web/paper.py",
    "web/page_cache.py",
}
"""The first three read what authors write, from words that they wrote; the others are tried below."""
BY_HAND = [
    Used("breakable", re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)"), False),
    Used("still", re.compile("\x02([a-z_]+)\x02"), False),
    *(Used(pattern, re.compile(pattern), True) for pattern in vars(openapi).values() if isinstance(pattern, str)),
]


class Busy(Exception):
    """The time is up."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Busy in here after so much processor time."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Busy

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seconds_of(used: Used, text: str) -> float:
    """Return how long a pattern looks at a text; twice the bar if that is longer."""
    began = time.thread_time()
    try:
        with at_most(2 * BAR):
            if used.is_anchored:
                used.pattern.match(text)
            else:
                for _match in used.pattern.finditer(text):
                    pass
    except Busy:
        return 2 * BAR
    return time.thread_time() - began


def is_busy(used: Used) -> bool:
    """Return True if one of the texts keeps it busy, twice."""
    return any(all(seconds_of(used, text) > BAR for _again in range(2)) for text in evil_texts(used.pattern, SIZE))


@pytest.mark.slow
@pytest.mark.asvs("1.3.12")
@pytest.mark.check("T075")
def test_no_text_keeps_a_pattern_busy() -> None:
    every = [*patterns(), *BY_HAND]
    assert len(every) > 100
    assert [used.place for used in every if is_busy(used)] == []


def test_each_pattern_that_is_put_together_is_known() -> None:
    files = {path.relative_to(ROOT / "trainer").as_posix() for path in (ROOT / "trainer").rglob("*.py") if unread(path)}
    assert files == PUT_TOGETHER


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|aa)+$",
        r"(x*)(y?)(x*)(x*)z",
        *(pytest.param(each, marks=pytest.mark.nightly) for each in (r"([a-z]+\d?)*!", r"\s+$", r"<[^>]+>")),
    ],
)
def test_what_a_text_can_keep_busy_is_seen(pattern: str) -> None:
    assert is_busy(Used(pattern, re.compile(pattern), is_anchored=False))

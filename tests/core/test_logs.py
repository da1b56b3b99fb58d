"""A line of the log says when, in UTC, and stays one line."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
import time_machine

from trainer.core.logs import log_handler

AT = dt.datetime(2026, 11, 1, 5, 59, 7, 250_000, tzinfo=dt.UTC)


def line(message: str, *values: object) -> str:
    with time_machine.travel(AT, tick=False):
        record = logging.LogRecord("trainer.web", logging.WARNING, "", 1, message, values, None)
    return log_handler().format(record)


@pytest.mark.asvs("16.2.1", "16.2.2")
def test_the_time_is_utc_wherever_the_server_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert line("away for %s s", 3) == "2026-11-01T05:59:07.250Z WARNING trainer.web: away for 3 s"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize("control", ["\n", "\r\n", "\x00", "\x1b[2J", "\x85", "\u2028"])
def test_nothing_that_was_put_into_it_begins_another_line(control: str) -> None:
    written = line("refused: %s", f"a{control}2026-11-01T05:59:07.250Z INFO trainer: all is well")
    assert len(written.splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f]", written)
    assert line("“Zoë” owns %s", "🦉").endswith("“Zoë” owns 🦉")

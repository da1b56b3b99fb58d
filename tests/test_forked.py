"""Programs that are forked for tests are told apart, however many end in one moment."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from tests.forked import begin_program

TOGETHER = 24
PROGRAM = """\
import os, sys, time
print(sys.argv[1], flush=True)
time.sleep(max(0.0, float(sys.argv[2]) - time.time()))
os._exit(int(sys.argv[1]) % 3)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="begins an interpreter for each")
def test_each_of_many_that_end_at_once_leaves_what_it_said_and_its_code() -> None:
    for _ in range(4):
        now = time.time()
        until = [now + 3600, *[now + 0.6] * (TOGETHER - 1)]
        programs = [begin_program(dict(os.environ), PROGRAM, str(n), str(end)) for n, end in enumerate(until)]
        programs[0].kill()
        ended = [(program.wait(), program.said()) for program in programs]
        assert ended[0][0] == -signal.SIGKILL
        assert ended[1:] == [(n % 3, (f"{n}\n", "")) for n in range(1, TOGETHER)]

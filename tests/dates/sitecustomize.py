"""Moves the clock of each Python process that a test run starts, by as much as `tests/conftest.py` says."""

import os
import sys
import time
from contextlib import suppress

if "TRAINER_TEST_SHIFT" in os.environ:
    with suppress(ImportError):  # an environment without what tests need, such as the wheel's
        missing = sys.modules.setdefault("pytest", None)  # type: ignore[arg-type]  # which takes a tenth of a second
        import time_machine

        if missing is None:
            del sys.modules["pytest"]
        # It goes on from when it is first asked.
        time_machine.travel(time.time() + float(os.environ["TRAINER_TEST_SHIFT"])).start().time_ns()

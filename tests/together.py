"""Which tests run in one process, one after the other: those of a file that makes something costly for all of them."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = frozenset(
    f"tests/{name}.py"
    for name in (
        "assessment/measures/test_independently",
        "assessment/test_twins",
        "browser/test_longer_words",
        "cli/test_seed",
        "joining/test_corpus",
        "journeys/test_outages",
        "journeys/test_replica",
        "shipped/test_reading_grade",
        "test_wheel",
        "web/test_asgi",
        "web/test_hostile_forms",
    )
)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Gives processes one test at a time, but the tests of some files as a whole.

    xdist's own groups need ids that can be changed, which pytest no longer has.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if file in TOGETHER else nodeid

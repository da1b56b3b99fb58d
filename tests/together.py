"""Which tests run in one process, one after the other: those of a file that makes something costly for all of them."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER: Final = frozenset(
    f"tests/{name}.py"
    for name in (
        "assessment/measures/test_independently",
        "browser/test_longer_words",
        "extras/twins/test_twins",
        "roster/test_corpus",
        "journeys/test_outages",
        "journeys/test_replica",
        "server/test_asgi",
        "shipped/test_reading_grade",
        "test_fitness",
        "test_wheel",
        "tools/test_seed",
        "web/test_hostile_forms",
    )
)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Gives processes one test at a time, but the tests of some files as a whole.

    xdist's own groups need ids that can be changed, which pytest no longer has. After each test, xdist would look for
    what is still to be done in everything that a process was ever given, and for the next one in a list of all tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if file in TOGETHER else nodeid

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        given, scope = self.assigned_work[node], self._split_scope(self.collection[item_index])
        if all(given[scope].values()):
            del given[scope]

    def _assign_work_unit(self, node: WorkerController) -> None:
        scope, unit = self.workqueue.popitem(last=False)
        self.assigned_work[node][scope] = unit
        node.send_runtest_some([self._places[nodeid] for nodeid, is_done in unit.items() if not is_done])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {nodeid: place for place, nodeid in enumerate(self.collection)}

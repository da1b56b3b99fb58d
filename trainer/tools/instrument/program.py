"""How many pairs of each kind a final draws so that all pairs are met as evenly as its aims allow: linear programs.

Needs scipy, which comes with the packages for tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog

from trainer.assessment.drawing import Aims
from trainer.content.instrument import PairKind

_BINDS: Final = 1e-7
"""A bound with a larger price can't be undercut by any kind in any solution."""
_LARGEST: Final = 1.01
"""How much more the largest share matters than the smallest: it decides where both could grow by as much."""


class Unsolvable(Exception):
    """The pool can't hold the aims of a stage."""


def even_plans(bank: Mapping[PairKind, int], stages: Sequence[Aims]) -> list[dict[PairKind, float]]:
    """Return how many pairs of each kind each stage draws, each stage evened out with what came before it.

    `bank`: how many pairs of each kind there are. Raises Unsolvable, saying which stage.
    """
    before = dict.fromkeys(bank, 0.0)
    plans = []
    for number, aims in enumerate(stages, start=1):
        solved = _even(bank, aims, before)
        if solved is None:
            raise Unsolvable(f"stage {number} can't have what it asks for: there are too few pairs")
        plans.append(solved)
        before = {kind: before[kind] + solved[kind] for kind in bank}
    return plans


def _even(bank: Mapping[PairKind, int], aims: Aims, before: Mapping[PairKind, float]) -> dict[PairKind, float] | None:
    """Bring the largest and the smallest share of a kind's pairs that are met as near to each other as can be.

    Kinds that can't come nearer are settled, and then the same is done for the others, until all are: so there is one
    solution, whatever the solver prefers.
    """
    kinds = sorted(bank)
    settled: dict[int, float] = {}
    while len(settled) < len(kinds):
        open_ = [place for place in range(len(kinds)) if place not in settled]
        solved = linprog(**_program(kinds, bank, aims, before, settled, open_))
        if not solved.success:
            return None
        prices = solved.ineqlin.marginals[: 2 * len(open_)]
        for number, place in enumerate([*open_, *open_]):
            if prices[number] < -_BINDS:
                settled[place] = float(solved.x[place])
    return {kind: settled[place] for place, kind in enumerate(kinds)}


def _program(
    kinds: Sequence[PairKind],
    bank: Mapping[PairKind, int],
    aims: Aims,
    before: Mapping[PairKind, float],
    settled: Mapping[int, float],
    open_: Sequence[int],
) -> dict[str, Any]:
    """Return the program. Its unknowns: how many pairs of each kind, the largest share, and the smallest."""
    size = np.array([bank[kind] for kind in kinds], dtype=float)
    met = np.array([before[kind] for kind in kinds])
    shares = np.diag(1 / size)[open_]
    ones = np.ones((len(open_), 1))
    on_duty = np.array([float(kind.on_duty) for kind in kinds] + [0, 0])
    danger = [float(kind.danger) for kind in kinds] + [0, 0]
    most = aims.scenes if aims.on_duty_at_most is None else aims.on_duty_at_most
    equal, sums = [[1.0] * len(kinds) + [0, 0]], [aims.scenes]
    if aims.danger_pairs is not None:
        equal, sums = [*equal, danger], [*sums, aims.danger_pairs]
    return {
        "c": [0.0] * len(kinds) + [_LARGEST, -1],
        "A_ub": np.vstack(
            [np.hstack([shares, -ones, 0 * ones]), np.hstack([-shares, 0 * ones, ones]), on_duty, -on_duty]
        ),
        "b_ub": [*(-met / size)[open_], *(met / size)[open_], most, -aims.on_duty_at_least],
        "A_eq": np.array(equal),
        "b_eq": sums,
        "bounds": [
            (settled[place], settled[place]) if place in settled else (0, float(size[place] - met[place]))
            for place in range(len(kinds))
        ]
        + [(0, 1), (0, 1)],
    }

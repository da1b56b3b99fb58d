"""Several teams in one cell: a comma separates them only where each part is a team of its own elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from trainer.organizations.rules import fold

_SEPARATORS: Final = re.compile(r"[;|\n]")
_TAIL: Final = re.compile(r",\s*([A-Z]{2}|inc|llc|llp|ltd|corp|co)\.?\s*\Z", re.IGNORECASE)
"""A state or a company's form behind a comma: one team."""


def list_teams(cells: Iterable[str]) -> set[str]:
    """Return the teams in these cells that have no comma in their names, folded."""
    return {fold(part) for cell in set(cells) for part in _SEPARATORS.split(cell) if part.strip() and "," not in part}


def split_teams(cell: str, firm: Collection[str], listed: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the teams of a cell, and those whose comma may separate two teams.

    `firm`: the firm's teams, folded; `listed`: those that stand elsewhere in the list.
    """
    teams, unclear = [], []
    for part in _SEPARATORS.split(cell):
        names = [name.strip() for name in part.split(",") if name.strip()]
        if len(names) < 2 or fold(part) in firm:
            teams.append(part)
        elif all(fold(name) in firm or fold(name) in listed for name in names):
            teams.extend(names)
        else:
            teams.append(part)
            if not _TAIL.search(part):
                unclear.append(part.strip())
    return teams, unclear

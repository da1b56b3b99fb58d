"""What we keep of a sheet until its roster is confirmed: only columns that we read. Pure; shapes: `drafts.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trainer.core.errors import Invalid
from trainer.organizations.models import LONGEST_TITLE
from trainer.roster.lines import RosterSheet
from trainer.roster.matching import Column, ColumnMatch, How, match, missing


def keep_sheet(sheet: RosterSheet, matched: ColumnMatch, *, asks: bool) -> dict[str, Any]:
    """Return the columns of a sheet that we keep: those we read and, until someone was asked, those we may read."""
    is_sure = matched.is_sure and not asks
    kept = [column for column in matched.columns if column.meaning or not (is_sure or _is_never_asked(column))]
    headings = sheet.lines[matched.row]
    indexes, width = [column.index for column in kept], len(headings.cells)
    dropped = [column.heading for column in matched.columns if column not in kept and column.heading]
    return {
        "name": sheet.name[:LONGEST_TITLE],
        "row": headings.number,
        "columns": [[column.heading, column.meaning, column.how, column.is_hidden] for column in kept],
        "dropped": dropped,
        "lines": [
            [
                line.number,
                cut(line.cells[:width] if sheet.is_grid else line.cells, indexes, width, hides=bool(dropped)),
                line.is_hidden,
            ]
            for line in sheet.lines[matched.row + 1 :]
            if line.cells != headings.cells  # a printed report repeats them on each page
        ],
        "order": matched.reading.order,
        "example": matched.reading.example,
        "has_both_orders": matched.reading.has_both_orders,
        "is_matched": is_sure,
    }


def _is_never_asked(column: Column) -> bool:
    return column.how is How.PRIVATE or (column.is_hidden and column.how is How.UNREAD)


def keep_other(sheet: RosterSheet, remembered: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the kept part of a sheet that wasn't chosen, or None if there is no roster in it."""
    try:
        matched = match(sheet, remembered)
    except Invalid:
        return None
    if missing(column.meaning for column in matched.columns):
        return None
    return keep_sheet(sheet, matched, asks=False)


def cut(cells: Sequence[str], kept: Sequence[int], width: int, *, hides: bool) -> list[str]:
    """Return the kept cells of a row. Cells beyond the headings may hold anything, even what we must not keep."""
    beyond = list(cells[width:])
    if hides and any(beyond):
        beyond = ["..."]
    return [cells[index] if index < len(cells) else "" for index in kept] + beyond

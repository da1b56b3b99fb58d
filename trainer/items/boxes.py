"""What types of items have in common that ask for a choice in a select box of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from flask import request

Value = TypeVar("Value")


def read_boxes(prefix: str, rows: Iterable[str], offered: Mapping[str, Value]) -> tuple[dict[str, Value], bool]:
    """Return what was chosen, by row, and whether anything was sent that the page doesn't offer.

    The box of a row is named "<prefix>-<row>". `offered`: what each value stands for that a box may send. A row is
    missing in what was chosen if its box was left empty or sent something else.
    """
    chosen: dict[str, Value] = {}
    names = {f"{prefix}-{row}": row for row in rows}
    is_unknown = any(name.startswith(f"{prefix}-") and name not in names for name in request.form)
    for name, row in names.items():
        sent = request.form.getlist(name)
        if len(sent) > 1 or any(one not in {"", *offered} for one in sent):
            is_unknown = True
        elif sent and sent[0]:
            chosen[row] = offered[sent[0]]
    return chosen, is_unknown

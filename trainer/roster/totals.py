"""Rows of a report that are no people: totals, counts, page numbers and its end. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trainer.organizations.rules import fold, has_letter

_PEOPLE: Final = "(employees|people|records|rows|guards|officers|empleados|personas|registros)"
_SUM: Final = r"(sub ?|grand |report |company |overall |running |final )?total(s|es)?"
_COUNT: Final = "(grand |head |employee |record |row |staff )?(count|average|avg|headcount|promedio|conteo)s?"
_END: Final = (
    r"(page|pagina|pag|pg) \d+( ?(of|de|/) ?\d+)?"
    "|(end|fin|final) (of|del?) (the )?(report|list|file|page|reporte|informe|lista|archivo)"
    r"|(report )?(printed|generated|exported|prepared|created|run) (on|by|at|date)\b.*"
    rf"|(number|no|numero) (of|de) {_PEOPLE}\b.*|\d+ {_PEOPLE}"
)
_LABEL: Final = re.compile(rf"{_SUM}\b.*|.*\b{_SUM}|{_COUNT}( (of|de)\b.*| ?\d+)?|{_END}")
"""What stands where a name should, and can be no name: nobody is called “Total Harbor Mall” or “Harbor Mall Total.”"""
_NAMELESS: Final = re.compile(rf"{_LABEL.pattern}|.*\b({_COUNT}|sum|suma|min|max)")
"""The same in any cell of a row without a name, such as the “Harbor Mall Count” of a spreadsheet's own subtotals."""


def is_total(cells: Mapping[str, str], name: str) -> bool:
    """Return True for a row that sums up others or belongs to the printed page. A row with an address is a person's."""
    if "@" in cells.get("email", ""):
        return False
    if has_letter(name):
        return any(_LABEL.fullmatch(_words(text)) for text in (name, cells.get("name", "")))
    return any(_NAMELESS.fullmatch(_words(cell)) for cell in cells.values())


def _words(text: str) -> str:
    """Return a text as it is compared; no label is longer than 200 characters."""
    return " ".join(re.sub(r"[^\w/]+", " ", fold(text[:200])).split())

"""The cells of a row: what programs add to them, what none may hold, and rows that are no people. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.rules import fold, has_letter
from trainer.roster.lines import UNCALCULATED
from trainer.roster.names import asides_of, is_wrapped
from trainer.roster.statuses import is_status

LABELS: Final = {
    "name": _l("name"),
    "email": _l("email"),
    "job_title": _l("job title"),
    "employee_number": _l("employee number"),
    "hired_on": _l("hire date"),
    "teams": _l("teams"),
}
"""What can change about a person."""
CELL_WORDS: Final = {
    **LABELS,
    "first": _l("first name"),
    "middle": _l("middle name"),
    "last": _l("last name"),
    "second_last": _l("second last name"),
    "suffix": _l("suffix"),
    "role": _l("role"),
    "teams": _l("team"),
    "rehired_on": _l("rehire date"),
    "ended_on": _l("last day"),
    "status": _l("status"),
}
_NO_TEAM: Final = frozenset(("n/a", "n.a.", "-", "--", "–", "—"))
"""What people and programs write where they have nothing to say, and what no team can be called either."""
_NO_DAY: Final = ("00/00/0000", "0000-00-00", "tbd", "t.b.d.", "unknown")
_NO_ADDRESS: Final = ("no email", "sin correo")
_NOTHING: Final = _NO_TEAM.union(
    _NO_DAY, _NO_ADDRESS, ("none", "null", "nil", "not available", "not applicable", "ninguno", "ninguna")
)
"""The same anywhere else, except in names and roles."""
BAD_CHARACTERS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
"""A formula, which a spreadsheet would run when the firm opens an export; a phone number or a dash isn't one."""
_ERROR: Final = re.compile(
    r"#(n/a|ref!|value!|div/0!|name\?|num!|null!|spill!|calc!|field!|blocked!|connect!|unknown!|busy!|getting_data)"
    r"|err:\d{3}|#{4,}",
    re.IGNORECASE,
)
"""What a spreadsheet shows where a formula went wrong, or where a column is too narrow."""
_NAMES: Final = ("name", "first", "middle", "last", "second_last")
_ONE_LINE: Final = ("job_title", "employee_number")
"""Cells in which a line break is only where a program wrapped them."""
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


class Problem(Exception):
    """A row can't be taken over; the words say why and what to do."""

    def __init__(self, words: LazyString) -> None:
        super().__init__(words)
        self.words = words


class Clash(Problem):
    """A row can't be taken over because of someone else, on the roster or in another row."""


class SharedAddress(Clash):
    """A row has the address of another row, and an employee number, so that it could do without."""


def tidy(cells: dict[str, str]) -> dict[str, str]:
    """Return cells without what programs add: quotes that keep zeros, angle brackets, "n/a"."""
    told = {name: _unwrapped(cell) for name, cell in cells.items()}
    for name in told.keys() - {"name", "first", "last", "teams", "role"}:
        if is_nothing(told[name]):
            told[name] = ""
    if told.get("teams", "").lower() in _NO_TEAM:
        told["teams"] = ""
    for name in told.keys() & _ONE_LINE:
        told[name] = " ".join(told[name].split())
    if number := told.get("employee_number"):
        told["employee_number"] = re.sub(r"\A'(?=\d)|(?<=\d)\.0\Z", "", number)
    if address := told.get("email"):
        inner = re.search(r"<([^<>]*@[^<>]*)>", address)
        told["email"] = (inner[1] if inner else address).strip().removeprefix("mailto:").rstrip(";, ")
        parts = set(re.split(r"[;,\s]+", told["email"].lower()))
        if told["email"].count("@") > 1 and len(parts) == 1:
            told["email"] = parts.pop()
    if "(" in told.get("name", "") and not told.get("status"):
        told["status"] = next(filter(is_status, asides_of(told["name"])), "")
    return told


def is_nothing(cell: str) -> bool:
    """Return True for what people and programs write where they have nothing to say."""
    return cell.lower().replace("e-m", "em") in _NOTHING


def _unwrapped(cell: str) -> str:
    match = re.fullmatch(r'="([^"]*)"', cell)
    return match[1] if match else cell


def refuse_odd_cells(cells: dict[str, str], beyond: Sequence[str]) -> None:
    """Raise Problem on a cell too many, and on one that holds what no name, address or number has.

    `beyond`: the cells of the row behind the last heading.
    """
    if any(beyond):
        raise Problem(_l("there are more cells than headings. Put a cell with a comma in it in quotation marks."))
    for column, cell in cells.items():
        name = CELL_WORDS[column]
        if BAD_CHARACTERS.search(cell):
            raise Problem(
                _l("the %(cell)s holds a character that can’t be shown. Type it again without it.", cell=name)
            )
        if "\ufffd" in cell:
            raise Problem(
                _l(
                    "the %(cell)s has lost a letter (%(letter)s). Read the file in another way, or type it again.",
                    cell=name,
                    letter="\ufffd",
                )
            )
        if cell == UNCALCULATED:
            raise Problem(
                _l(
                    "the %(cell)s is a formula whose value isn’t in the file. Open the file in your spreadsheet "
                    "program, save it, and send it again.",
                    cell=name,
                )
            )
        if _ERROR.fullmatch(cell):
            raise Problem(
                _l("the %(cell)s is “%(error)s”, an error of the spreadsheet. Correct it there.", cell=name, error=cell)
            )
        if _FORMULA.match(cell):
            raise Problem(_l("the %(cell)s looks like a formula. Begin it with a letter or a number.", cell=name))
        if "\n" in cell and column != "teams" and not (column in _NAMES and is_wrapped(cell)):
            raise Problem(_l("the %(cell)s has a line break in it. Write it in one line.", cell=name))


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

"""A roster that waits to be confirmed: what we keep of it, and what was said about it. Part of the operations.

`RosterDraft.rows` holds:

- `sheets`: one object for each sheet with people in it: `name`, `lines` (number, cells, is hidden), `columns` (heading,
  meaning, how we know it, is hidden), `dropped` (headings of what isn't kept), `row` (number of the row of headings),
  `order` of days, `example` of a day that could be two, `has_both_orders` of days, and `is_matched`: nobody has to be
  asked anything. Columns that we don't read are dropped before any of it is saved, except that those whose meaning is
  to be asked stay until somebody answered.
- `filename`: of a file; `current`: which sheet; `unread`: names of sheets without people; `coding`: of a
  file that isn't Unicode.
- `out`: numbers of rows that are left out; `taken`: of doubtful rows that are taken nevertheless; `left`: ids of people
  who aren't in the list and have left; `has_slips`: rows that share an address come in without it.
- `order`: how it was confirmed, while the worker takes it over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select

from trainer.core.db import db, delete_some, insert_missing
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.organizations.models import LONGEST_TITLE
from trainer.roster.days import DayOrder, DayReading
from trainer.roster.headings import MEANINGS, bare
from trainer.roster.kept_sheets import cut, keep_other, keep_sheet
from trainer.roster.lines import MOST_ROWS, RosterLine
from trainer.roster.matching import Column, How, choose_sheet, match, missing, read_days
from trainer.roster.models import RosterDraft, RosterHeading
from trainer.roster.plan import RosterChoices
from trainer.roster.reading import CODINGS, Listing, decode_cell
from trainer.roster.rows import RosterTable

KEPT = dt.timedelta(days=1)
"""How long a roster waits to be confirmed, and how long what it did can be undone."""
MOST_WAITING = 10
"""How many rosters of one firm may wait to be confirmed: they take up to 4 MB each, and would fill the disk."""
MOST_REMEMBERED = 500
"""How many headings we remember for a firm."""


def keep_draft(actor: Actor, sent: Listing, now: dt.datetime, *, asks: bool = False, filename: str = "") -> RosterDraft:
    """Keep what we read of a roster until it is confirmed; the firm's oldest may have to go for it.

    `asks`: someone wants to say what each column is, even if we know. Raises Invalid for a file without a roster.
    """
    remembered = _list_remembered(actor)
    current = choose_sheet(sent.sheets, remembered)
    sheets = [keep_sheet(sent.sheets[current], match(sent.sheets[current], remembered), asks=asks)]
    unread, left = [], MOST_ROWS - len(sheets[0]["lines"])
    for index, other in enumerate(sent.sheets):
        if index == current:
            continue
        kept = keep_other(other, remembered)
        if kept is None or len(kept["lines"]) > left:
            unread.append(other.name[:LONGEST_TITLE])
        else:
            sheets.append(kept)
            left -= len(kept["lines"])
    draft = RosterDraft(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        created_at=now,
        rows={
            "filename": "".join(filter(str.isprintable, filename))[:LONGEST_TITLE],
            "sheets": sheets,
            "current": 0,
            "unread": unread,
            "coding": sent.coding,
            "out": [],
            "left": [],
        },
        counts={},
    )
    db.session.add(draft)
    db.session.flush()
    waiting = select(RosterDraft.id).where(
        RosterDraft.organization_id == actor.organization_id, RosterDraft.applied_at.is_(None)
    )
    older = waiting.order_by(RosterDraft.created_at.desc(), RosterDraft.id).offset(MOST_WAITING)
    db.session.execute(delete(RosterDraft).where(RosterDraft.id.in_(older)))
    return draft


def get_draft(actor: Actor, draft_id: UUID, now: dt.datetime) -> RosterDraft:
    """Return a roster that this person sent, locked for change. Raises NotFound."""
    draft = db.session.scalar(
        select(RosterDraft)
        .where(
            RosterDraft.id == draft_id,
            RosterDraft.organization_id == actor.organization_id,
            RosterDraft.created_by_id == actor.user_id,
            or_(RosterDraft.created_at > now - KEPT, RosterDraft.applied_at > now - KEPT),
        )
        .with_for_update()
    )
    if draft is None:
        raise NotFound(_l("This roster isn’t kept anymore. Send it again: what was imported stays."))
    return draft


def forget_drafts(now: dt.datetime) -> None:
    """Delete rosters that nobody confirmed for a day, and those that were taken over more than a day ago."""
    since = func.coalesce(RosterDraft.applied_at, RosterDraft.created_at)
    db.session.execute(delete(RosterDraft).where(since <= now - KEPT))


def forget_firm(organization_id: UUID, most: int) -> int:
    """Delete at most so many rosters and headings of a firm that is gone; return how many."""
    return delete_some(
        most,
        (RosterDraft, RosterDraft.organization_id == organization_id),
        (RosterHeading, RosterHeading.organization_id == organization_id),
    )


def is_matched(draft: RosterDraft) -> bool:
    """Return True if nobody has to be asked what the columns are."""
    return bool(_current(draft)["is_matched"])


def columns_of(draft: RosterDraft) -> list[Column]:
    """Return the columns that are kept, with their first values."""
    sheet = _current(draft)
    lines = sheet["lines"][:200]
    columns = []
    for index, (heading, meaning, how, is_hidden) in enumerate(sheet["columns"]):
        values = [cells[index] for _number, cells, _is_hidden in lines if index < len(cells) and cells[index]]
        columns.append(
            Column(index, _text(draft, heading), meaning, How(how), is_hidden, tuple(_texts(draft, values[:3])))
        )
    return columns


def reading_of(draft: RosterDraft, columns: Sequence[Column]) -> DayReading:
    """Return how its days are read, and whether there is another way."""
    return read_days(columns, lines_of(draft))


def dropped_by(draft: RosterDraft) -> list[str]:
    """Return the headings of the columns that we don't read and haven't kept."""
    return _texts(draft, _current(draft)["dropped"])


def lines_of(draft: RosterDraft) -> list[RosterLine]:
    """Return the rows of people that were sent, read in the draft's coding."""
    lines = _current(draft)["lines"]
    return [RosterLine(number, tuple(_texts(draft, cells)), is_hidden) for number, cells, is_hidden in lines]


def table_of(draft: RosterDraft) -> RosterTable:
    """Return the rows with what their columns hold."""
    sheet = _current(draft)
    columns = {column[1]: index for index, column in enumerate(sheet["columns"]) if column[1]}
    return RosterTable(
        lines_of(draft),
        columns,
        len(sheet["columns"]),
        order_of(draft),
        has_both_orders=sheet.get("has_both_orders", False),
    )


def fingerprint(draft: RosterDraft) -> Hashable:
    """Return what changes whenever its rows are read differently or something else is said about them.

    The rows themselves change only along with the columns.
    """
    sheet, rows = _current(draft), draft.rows
    columns = tuple(map(tuple, sheet["columns"]))
    return draft.id, rows["current"], rows["coding"], sheet["order"], columns, said_of(draft)


def order_of(draft: RosterDraft) -> DayOrder:
    """Return which number comes first in its days."""
    return DayOrder(_current(draft)["order"])


def said_of(draft: RosterDraft) -> RosterChoices:
    """Return the decisions about the rows and about people who aren't in them."""
    rows = draft.rows
    return RosterChoices(
        frozenset(rows["out"]),
        frozenset(map(UUID, rows["left"])),
        frozenset(rows.get("taken", ())),
        rows.get("has_slips", False),
    )


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Which sheet is read, from which row on, and which others there are."""

    name: str
    row: int
    """Number of the row of headings."""
    example: str
    """A day that could be two."""
    others: tuple[tuple[str, int], ...]
    """Names of other sheets with people, and how many."""
    unread: tuple[str, ...]
    """Names of sheets without people."""


def sheet_of(draft: RosterDraft) -> SheetFacts:
    """Return which sheet is read."""
    current = _current(draft)
    others = [(sheet["name"], len(sheet["lines"])) for sheet in draft.rows["sheets"] if sheet is not current]
    return SheetFacts(current["name"], current["row"], current["example"], tuple(others), tuple(draft.rows["unread"]))


def match_columns(
    actor: Actor, draft: RosterDraft, meanings: Sequence[str], order: str, *, remembers: bool, needs_address: bool
) -> None:
    """Say what each kept column holds; columns that hold nothing we read are dropped. Raises Invalid, Conflict."""
    refuse_ordered(draft)
    sheet = _current(draft)
    if len(meanings) != len(sheet["columns"]) or not set(meanings) <= {"", *MEANINGS} or order not in set(DayOrder):
        raise Invalid(_l("Choose what each column is from the list."))
    given = [meaning for meaning in meanings if meaning]
    if len(set(given)) < len(given):
        raise Invalid(_l("Two columns can’t be the same thing. Choose one of them, and leave the other out."))
    lacking = missing(given, needs_address=needs_address)
    if "name" in lacking:
        raise Invalid(_l("Choose which column has the name, or which have the first and the last name."))
    if lacking:
        raise Invalid(
            _l("Choose which column has the email address.")
            if needs_address
            else _l("Choose which column has the email address, or the employee number.")
        )
    if remembers:
        _remember(actor, {bare(column[0]): said for column, said in zip(sheet["columns"], meanings, strict=True)})
    kept = [index for index, meaning in enumerate(meanings) if meaning]
    columns = sheet["columns"]
    changed = {
        **sheet,
        "columns": [
            [
                columns[index][0],
                meanings[index],
                columns[index][2] if columns[index][1] == meanings[index] else How.CHOSEN,
                columns[index][3],
            ]
            for index in kept
        ],
        "dropped": [
            *sheet["dropped"],
            *(column[0] for column, said in zip(columns, meanings, strict=True) if not said),
        ],
        "lines": [
            [number, cut(cells, kept, len(columns), hides=len(kept) < len(columns)), is_hidden]
            for number, cells, is_hidden in sheet["lines"]
        ],
        "order": order,
        "is_matched": True,
    }
    _put(draft, changed)
    reading = reading_of(draft, columns_of(draft))
    _put(draft, {**changed, "example": reading.example, "has_both_orders": reading.has_both_orders})


def use_sheet(draft: RosterDraft, name: str) -> None:
    """Take another sheet of the same file. Raises Invalid, Conflict."""
    refuse_ordered(draft)
    names = [sheet["name"] for sheet in draft.rows["sheets"]]
    if name not in names:
        raise Invalid(_l("Choose a sheet from the list."))
    draft.rows = {**draft.rows, "current": names.index(name), "out": [], "left": [], "taken": [], "has_slips": False}


def read_again(draft: RosterDraft, coding: str) -> None:
    """Read a roster in another coding, if its coding isn't certain. Raises Invalid, Conflict."""
    refuse_ordered(draft)
    if coding not in CODINGS or not draft.rows.get("coding"):
        raise Invalid(_l("Choose how to read the file from the list."))
    draft.rows = {**draft.rows, "coding": coding}


@dataclass(frozen=True, slots=True)
class RosterTicks:
    """What is ticked on a page: of the rows that were shown, and of the people who were asked about."""

    shown: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    """Those of `shown` that stay out unless they are taken."""
    asked: frozenset[UUID] = frozenset()
    left: frozenset[UUID] = frozenset()
    has_slips: bool = False
    """True if rows that share an address are to come in without it."""


def say(draft: RosterDraft, ticks: RosterTicks) -> bool:
    """Note what is ticked; return whether that is anything new. Raises Conflict."""
    refuse_ordered(draft)
    before = said_of(draft)
    out = (before.out - ticks.shown) | (ticks.shown - ticks.taken - ticks.doubtful)
    left = (before.left - ticks.asked) | (ticks.asked & ticks.left)
    taken = (before.taken - ticks.doubtful) | (ticks.doubtful & ticks.taken)
    has_slips = before.has_slips or ticks.has_slips
    if RosterChoices(out, left, taken, has_slips) == before:
        return False
    draft.rows = {
        **draft.rows,
        "out": sorted(out),
        "left": sorted(person_id.hex for person_id in left),
        "taken": sorted(taken),
        "has_slips": has_slips,
    }
    return True


def find_job(draft: RosterDraft) -> Job | None:
    """Return the work that takes a roster over, or None if none was ordered, or it was given up."""
    order = draft.rows.get("order")
    job = db.session.get(Job, UUID(order["job"])) if order else None
    return None if job is None or job.failed_at is not None else job


def is_confirmed(draft: RosterDraft) -> bool:
    """Return True if it was taken over, or is being taken over by the worker."""
    return draft.applied_at is not None or find_job(draft) is not None


def refuse_ordered(draft: RosterDraft) -> None:
    """Raise Conflict if it was confirmed."""
    if is_confirmed(draft):
        raise Conflict(_l("This roster was already confirmed."))


def _current(draft: RosterDraft) -> dict[str, Any]:
    sheet: dict[str, Any] = draft.rows["sheets"][draft.rows["current"]]
    return sheet


def _put(draft: RosterDraft, sheet: dict[str, Any]) -> None:
    sheets = list(draft.rows["sheets"])
    sheets[draft.rows["current"]] = sheet
    draft.rows = {**draft.rows, "sheets": sheets}


def _texts(draft: RosterDraft, cells: Sequence[str]) -> list[str]:
    coding = draft.rows["coding"]
    return [decode_cell(cell, coding) for cell in cells] if coding else list(cells)


def _text(draft: RosterDraft, cell: str) -> str:
    return _texts(draft, [cell])[0]


def _list_remembered(actor: Actor) -> dict[str, str]:
    rows = db.session.execute(
        select(RosterHeading.heading, RosterHeading.meaning).where(
            RosterHeading.organization_id == actor.organization_id
        )
    )
    return {row[0]: row[1] for row in rows}


def _remember(actor: Actor, said: Mapping[str, str]) -> None:
    in_firm = RosterHeading.organization_id == actor.organization_id
    told = {heading: meaning for heading, meaning in said.items() if heading}
    rows = [
        {"organization_id": actor.organization_id, "heading": heading, "meaning": meaning}
        for heading, meaning in [*told.items()][:MOST_REMEMBERED]
    ]
    known = _list_remembered(actor)
    if len(known.keys() | told.keys()) > MOST_REMEMBERED:  # the old ones go: nobody has that many kinds of files
        db.session.execute(delete(RosterHeading).where(in_firm))
    db.session.execute(
        delete(RosterHeading).where(in_firm, RosterHeading.heading.in_([row["heading"] for row in rows]))
    )
    insert_missing(RosterHeading, rows)

"""Board and misread table in words, and as tables for export."""

from __future__ import annotations

from collections.abc import Iterable

import flask_babel
from flask_babel import lazy_gettext as _l

from trainer.credentials.rules import show_serial
from trainer.instructing.rules import Answer, BoardOrder, BoardRow, Grain, Misread, Rate, Show
from trainer.organizations.rules import local_day
from trainer.web.tables import Cell, Table

SHOW_NAMES = {Show.ALL: _l("All"), Show.STUCK: _l("Stuck"), Show.DONE: _l("Completed")}
ORDER_NAMES = {BoardOrder.BEHIND: _l("Behind first"), BoardOrder.NAME: _l("Name")}
ANSWER_NAMES = {
    Answer.WAITING: _l("Not answered"),
    Answer.JOINED: _l("Joined"),
    Answer.DECLINED: _l("Declined"),
}
GRAIN_NAMES = {
    Grain.ALL: _l("All together"),
    Grain.CATEGORY: _l("By kind of sign"),
    Grain.SCENE: _l("By scene"),
    Grain.INDICATOR: _l("By sign"),
}
BOARD_HEADS = (
    _l("Name"),
    _l("Joined on"),
    _l("Lessons done"),
    _l("Lessons in all"),
    _l("Active minutes"),
    _l("Last active on"),
    _l("Still missing"),
    _l("Practices"),
    _l("Tries at the final"),
    _l("Hits in the last final"),
    _l("Of scenes to report"),
    _l("False alarms in the last final"),
    _l("Of innocent scenes"),
    _l("Stuck"),
    _l("Completed on"),
    _l("Certificate"),
)
MISREAD_HEADS = (
    _l("Counted by"),
    _l("What"),
    _l("Hits"),
    _l("Of scenes to report"),
    _l("Hits, from %"),
    _l("Hits, to %"),
    _l("False alarms"),
    _l("Of innocent scenes"),
    _l("False alarms, from %"),
    _l("False alarms, to %"),
)


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def missing(row: BoardRow) -> list[str]:
    """Return the missing steps, in words, in the order in which to do them."""
    if row.is_complete:
        return []
    where = row.standing
    if where is None:
        return [_("Not started")]
    parts = []
    if where.missing_lessons:
        parts.append(str(flask_babel.ngettext("%(num)s lesson", "%(num)s lessons", len(where.missing_lessons))))
    if where.missing_minutes:
        parts.append(
            str(flask_babel.ngettext("%(num)s active minute", "%(num)s active minutes", where.missing_minutes))
        )
    if not where.has_name:
        parts.append(_("name for the certificate"))
    if not where.is_attested:
        parts.append(_("signature"))
    if not where.is_final_passed:
        parts.append(_("final"))
    return parts


def percent(share: float) -> str:
    """Return a share as a whole number of percent."""
    return f"{100 * share:.0f}"


def board_table(rows: Iterable[BoardRow], zone: str) -> Table:
    """Return the board as a table for export, with days of a time zone."""
    return Table("class-board", BOARD_HEADS, (_board_cells(row, zone) for row in rows))


def misread_table(rows: Iterable[Misread]) -> Table:
    """Return what a class misreads as a table for export. What says too little is left out here, too."""
    return Table("class-misreads", MISREAD_HEADS, (_misread_cells(row) for row in rows if row.is_shown))


def _board_cells(row: BoardRow, zone: str) -> tuple[Cell, ...]:
    where = row.standing
    return (
        row.name,
        local_day(zone, row.joined_at),
        where.done_lessons if where else 0,
        where.all_lessons if where else None,
        where.active_minutes if where else 0,
        local_day(zone, row.last_active),
        "; ".join(missing(row)),
        row.practices,
        row.tries,
        row.hits,
        row.concerns,
        row.false_alarms,
        row.innocents,
        _("yes") if row.is_stuck else "",
        local_day(zone, row.completed_at) if row.completed_at else None,
        show_serial(row.serial) if row.serial else None,
    )


def _misread_cells(row: Misread) -> tuple[Cell, ...]:
    return (str(GRAIN_NAMES[row.grain]), row.label, *_rate_cells(row.hits), *_rate_cells(row.false_alarms))


def _rate_cells(rate: Rate) -> tuple[Cell, ...]:
    if not rate.is_shown:
        return (None, None, None, None)
    low, high = rate.interval
    return (rate.part, rate.whole, round(100 * low, 1), round(100 * high, 1))

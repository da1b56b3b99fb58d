"""Read the query string of a page of training status (filters and a day), and write it again."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from trainer.compliance.rules import End, StatusFilter, StatusGroup, StatusOrder, Viewer
from trainer.core.clock import read_day
from trainer.core.errors import Invalid, NotFound


def read_status_filter() -> StatusFilter:
    """Parse the filters from the query string. Raises NotFound for an unknown one: it would stand for all rows."""
    group, order, end, changed = (request.args.get(name, "") for name in ("group", "order", "end", "changed"))
    if group and group not in set(StatusGroup):
        raise NotFound(_("There is no such group of people here. Open training status, and choose one of its tabs."))
    email = request.args.get("email", "")
    if (end and end not in set(End)) or changed not in {"", "unread"} or email not in {"", "none"}:
        raise NotFound(_("There is no such filter here. Open training status, and choose from its filters."))
    return StatusFilter(
        text=request.args.get("q", "")[:100],
        team_id=request.args.get("team", type=UUID),
        requirement_id=request.args.get("requirement", type=UUID),
        group=StatusGroup(group) if group else None,
        end=End(end) if end else None,
        from_on=_day("from"),
        to_on=_day("to"),
        owes_top_up=changed == "unread",
        has_no_email=email == "none",
        order=StatusOrder(order) if order in set(StatusOrder) else StatusOrder.NAME,
    )


def _day(name: str) -> dt.date | None:
    """Parse a day from the query string, or return None without one. Raises NotFound for anything else."""
    given = request.args.get(name, "")
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise NotFound(_("The address names a day that doesn’t exist. Open training status, and choose one.")) from None


def asked_day() -> dt.date | None:
    """Parse the day to look at, or return None for today. Raises Invalid for anything else."""
    given = request.args.get("on", "").strip()
    day = read_day(given) if given else None
    if given and day is None:
        raise Invalid(_("This isn’t a day. Write it like 2026-11-23."))
    return day


def address_of(filters: StatusFilter, viewer: Viewer) -> dict[str, str]:
    """Return the query string, as names and values, that leads to the same rows."""
    parts = {
        "on": viewer.today.isoformat() if viewer.is_past else "",
        "q": filters.text,
        "team": str(filters.team_id or ""),
        "requirement": str(filters.requirement_id or ""),
        "group": filters.group or "",
        "end": filters.end or "",
        "from": filters.from_on or "",
        "to": filters.to_on or "",
        "changed": "unread" if filters.owes_top_up else "",
        "email": "none" if filters.has_no_email else "",
        "order": "" if filters.order is StatusOrder.NAME else filters.order,
    }
    return {name: str(value) for name, value in parts.items() if value}

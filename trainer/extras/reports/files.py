"""The two files of a report: a PDF with a section for each site, and a workbook with a sheet for each."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from trainer.assignments.queries import list_requirements
from trainer.compliance.queries import iterate_rows, read_trend, viewer_on
from trainer.compliance.rules import DayShare, Row, StatusFilter, StatusGroup
from trainer.compliance.status_paper import StatusPaper, draw_status, percent
from trainer.compliance.tallies import TeamTally, by_site, tally
from trainer.compliance.words import as_table
from trainer.extras.reports.rules import days_of_trend
from trainer.organizations.models import Organization
from trainer.web.tables import Cell, Table, write_book


class Contents(NamedTuple):
    """What both files show, read once."""

    firm: Organization
    today: dt.date
    rows: Sequence[Row]
    trend: Sequence[DayShare]


def read_contents(firm: Organization, team_ids: frozenset[uuid.UUID] | None, now: dt.datetime) -> Contents:
    """Return where people of these teams, or of all, stand now, and how many were current in the weeks before."""
    viewer, everyone = viewer_on(firm, team_ids, now), StatusFilter()
    trend = read_trend(firm, team_ids, now, days_of_trend(viewer.today), everyone)
    return Contents(firm, viewer.today, list(iterate_rows(viewer, everyone)), trend)


def make_pdf(contents: Contents) -> bytes:
    """Return the report as a PDF."""
    shown = {row.requirement_id for row in contents.rows}
    return draw_status(
        StatusPaper(
            firm=contents.firm.name,
            today=contents.today,
            requirements=[item for item in list_requirements(contents.firm.id) if item.id in shown],
            rows=contents.rows,
            has_sections=True,
            trend=contents.trend,
        )
    )


def make_xlsx(contents: Contents) -> bytes:
    """Return the report as a workbook: its numbers, then a sheet for each site, the worst first."""
    sites, file = by_site(contents.rows), io.BytesIO()
    write_book([_numbers(contents, sites), _trend(contents.trend), *map(_site, sites)], file)
    return file.getvalue()


def _numbers(contents: Contents, sites: Sequence[TeamTally]) -> Table:
    heads = (_("Team"), _("People"), _("Current"), _("Share"), _("Due"), _("Overdue"), _("Duties"))
    every = TeamTally(_("All"), list(contents.rows), tally(contents.rows))
    return Table(_("Summary"), heads, [_line(site) for site in (*sites, every)])


def _line(site: TeamTally) -> Sequence[Cell]:
    counts = site.tally.counts
    late, due = site.tally.people_in(StatusGroup.LATE), site.tally.people_in(StatusGroup.DUE)
    share = percent(counts.people_current, counts.people)
    return (_name(site), counts.people, counts.people_current, share, due, late, counts.total)


def _trend(weeks: Iterable[DayShare]) -> Table:
    heads = (_("Day"), _("People"), _("Current"), _("Share"))
    rows = [(week.day, week.people, week.current, percent(week.current, week.people)) for week in weeks]
    return Table(_("By week"), heads, rows)


def _site(site: TeamTally) -> Table:
    table = as_table(site.rows)
    return Table(_name(site), table.heads, table.rows)


def _name(site: TeamTally) -> str:
    return site.name if site.name is not None else _("In no team")

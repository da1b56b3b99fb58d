"""Training status on paper: the page's numbers, its sites with the worst first, and its rows; a section for each site
where that is asked for.

The same rows as on screen and in the exports, counted here in one pass (`tallies`), so that all numbers of one paper
are of one moment.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from trainer.assignments.models import Requirement, RequirementVersion
from trainer.assignments.words import shortfall_told
from trainer.compliance.rules import GROUPS, DayShare, Row, StatusCounts, StatusFilter, StatusGroup
from trainer.compliance.tallies import StatusTally, TeamTally, by_site, tally
from trainer.compliance.words import GROUP_NAMES, StatusWords, disclaimers_of, filter_words
from trainer.content.serving import served
from trainer.credentials.rules import show_serial
from trainer.organizations.rules import fold
from trainer.web.language import show_day
from trainer.web.paper import breakable, typeset_sheet

SHEET: Final = Path(__file__).with_name("status.typ")
MOST_ROWS: Final = 1000
"""Rows on one paper, some sixty pages. Setting them takes a second and 130 MB; both grow faster than the rows."""
_KINDS: Final = {
    StatusGroup.LATE: "late",
    StatusGroup.DUE: "due",
    StatusGroup.OPEN: "rest",
    StatusGroup.CURRENT: "current",
}
_URGENT: Final = [
    status
    for group in (StatusGroup.LATE, StatusGroup.DUE, StatusGroup.OPEN, StatusGroup.WAIVED, StatusGroup.CURRENT)
    for status in GROUPS[group]
]


@dataclass(frozen=True, slots=True)
class StatusPaper:
    """What a paper is made of. `rows`: of all groups, in the order in which they are listed."""

    firm: str
    today: dt.date
    requirements: Sequence[Requirement | RequirementVersion]
    rows: Iterable[Row]
    status_filter: StatusFilter = field(default_factory=StatusFilter)
    teams: Mapping[uuid.UUID, str] = field(default_factory=dict)
    """Names of the teams that rows may be narrowed to."""
    has_sections: bool = False
    """A section for each site, in place of one list."""
    trend: Sequence[DayShare] = ()


def draw_status(paper: StatusPaper) -> bytes:
    """Return training status as a tagged PDF on Letter pages."""
    return typeset_sheet(SHEET, sheet_of(paper), paper.today)


def sheet_of(paper: StatusPaper) -> dict[str, Any]:
    """Return all that the paper says."""
    rows = list(paper.rows)
    counted, sites = tally(rows), by_site(rows)
    counts, status_filter = counted.counts, paper.status_filter
    several = len(paper.requirements) > 1 and status_filter.requirement_id is None
    is_narrowed = bool(status_filter.text or status_filter.team_id or status_filter.has_no_email)
    titles = {row.requirement_id: row.requirement for row in rows}
    return {
        "title": _("Training status"),
        "firm": breakable(paper.firm),
        "day": show_day(paper.today, "long"),
        "filters": breakable(" · ".join(filter_words(status_filter, paper.teams, titles))),
        "sentence": _said("sentence", counts, several, is_narrowed) if counts.total else _("Nobody matches."),
        "lede": _said("lede", counts) if counts.total else "",
        "notes": disclaimers_of(paper.requirements),
        "bar": _bar(counts),
        "groups": _groups(counted) if counts.total else [],
        "sites": [_site(site) for site in sites] if len(sites) > 1 else [],
        "trend": [_week(week) for week in paper.trend],
        "several": several,
        "sections": _sections(paper, rows, sites),
        "words": _words(),
        "foot": served().vocabulary.disclaimers.firms,
    }


def _words() -> dict[str, str]:
    return {
        "status": _("Status"),
        "people": _("People"),
        "duties": _("Duties"),
        "sites": _("Teams, smallest share of current people first"),
        "trend": _("People current, week by week"),
        "day": _("Day"),
        "team": _("Team"),
        "current": _("Current"),
        "share": _("Share"),
        "due": _("Due"),
        "late": _("Overdue"),
        "person": _("Person"),
        "teams": _("Teams"),
        "requirement": _("Requirement"),
        "due_on": _("Due on"),
        "completed": _("Completed"),
    }


def _said(macro: str, *values: object) -> str:
    """Return a sentence of the page, so that paper and page can't say it differently."""
    sentence: Markup = get_template_attribute("compliance/_status.html", macro)(*values)
    return " ".join(sentence.unescape().split())


def _bar(counts: StatusCounts) -> list[dict[str, Any]]:
    return [{"kind": kind, "share": number} for kind, number in counts.people_by_worst.items() if number]


def _groups(counted: StatusTally) -> list[dict[str, str]]:
    counts = counted.counts
    lines = [
        {
            "name": str(GROUP_NAMES[group]),
            "kind": _KINDS.get(group, "rest"),
            "people": str(counted.people_in(group)),
            "duties": str(counts.of(group)),
        }
        for group in (StatusGroup.LATE, StatusGroup.DUE, StatusGroup.OPEN, StatusGroup.WAIVED, StatusGroup.CURRENT)
    ]
    return [*lines, {"name": _("All"), "kind": "", "people": str(counts.people), "duties": str(counts.total)}]


def _site(site: TeamTally) -> list[str]:
    counts, late, due = site.tally.counts, site.tally.people_in(StatusGroup.LATE), site.tally.people_in(StatusGroup.DUE)
    share = percent(counts.people_current, counts.people)
    return [_name(site), str(counts.people), str(counts.people_current), share, str(due), str(late)]


def _week(week: DayShare) -> dict[str, Any]:
    part = week.current / week.people if week.people else None
    return {
        "day": show_day(week.day),
        "people": _("%(current)s of %(people)s", current=week.current, people=week.people) if week.people else "–",
        "share": percent(week.current, week.people),
        "part": part,
    }


def percent(number: int, of: int) -> str:
    """Return a share as a whole percentage; 100 % and 0 % are said of all and of none alone."""
    if not of:
        return "–"
    share = round(100 * number / of)
    if 0 < number < of:
        share = min(max(share, 1), 99)
    return str(_("%(share)s%%", share=share))


def _sections(paper: StatusPaper, rows: Sequence[Row], sites: Sequence[TeamTally]) -> list[dict[str, Any]]:
    group, words, left = paper.status_filter.group, StatusWords(), MOST_ROWS
    sections = []
    for title, said, listed in _parts(paper, rows, sites):
        chosen = [row for row in listed if group is None or row.status in GROUPS[group]]
        shown = chosen[:left]
        left -= len(shown)
        more = len(chosen) - len(shown)
        sections.append(
            {
                "title": title,
                "said": said,
                "rows": [_row(row, words) for row in shown],
                "more": ngettext(
                    "%(num)s more row isn’t in this PDF. The CSV and XLSX files have all rows.",
                    "%(num)s more rows aren’t in this PDF. The CSV and XLSX files have all rows.",
                    more,
                )
                if more
                else "",
            }
        )
    return sections


def _parts(
    paper: StatusPaper, rows: Sequence[Row], sites: Sequence[TeamTally]
) -> Iterable[tuple[str, str, Sequence[Row]]]:
    if not paper.has_sections:
        yield _("People"), "" if rows else _("No matches."), rows
        return
    for site in sites:
        counts = site.tally.counts
        urgent = sorted(site.rows, key=lambda row: (_URGENT.index(row.status), fold(row.name)))
        yield _name(site), f"{_said('sentence', counts, False, True)} {_said('lede', counts)}", urgent


def _name(site: TeamTally) -> str:
    return breakable(site.name) if site.name is not None else _("In no team")


def _row(row: Row, words: StatusWords) -> dict[str, str]:
    return {
        "name": breakable(row.name),
        "number": breakable(row.employee_number or ""),
        "teams": breakable(", ".join(row.teams)) or "–",
        "requirement": breakable(row.requirement),
        "status": words.of(row),
        "until": _("until %(day)s", day=show_day(row.waived_until))
        if row.waived_until
        else shortfall_told(row.shortfall)
        if row.shortfall
        else "",
        "due_on": show_day(row.due_on),
        "completed_on": show_day(row.completed_on) if row.completed_on else "–",
        "serial": show_serial(row.serial) if row.serial else _("Recorded by the firm") if row.is_recorded else "",
    }

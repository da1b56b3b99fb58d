"""Rows of training status counted for paper: duties and people, in all and by team. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trainer.assignments.rules import Status
from trainer.compliance.rules import GROUPS, Row, StatusCounts, StatusGroup, worst_first


@dataclass(slots=True)
class StatusTally:
    """How many duties have each status, and who has them."""

    by_status: dict[Status, int] = field(default_factory=dict)
    people_by_status: dict[Status, set[uuid.UUID]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count one duty."""
        self.by_status[row.status] = self.by_status.get(row.status, 0) + 1
        self.people_by_status.setdefault(row.status, set()).add(row.membership_id)

    @property
    def counts(self) -> StatusCounts:
        """The same numbers as `queries.count_rows` has for the page, but those by team."""
        everyone = set().union(*self.people_by_status.values())
        return StatusCounts(
            people=len(everyone),
            people_current=len(everyone) - len(self._behind()),
            people_by_group={group: self.people_in(group) for group in StatusGroup},
            by_status=dict(self.by_status),
        )

    def people_in(self, group: StatusGroup) -> int:
        """Return how many people have a duty of a group; someone with two duties may be in two groups."""
        return len(set().union(*(self.people_by_status.get(status, set()) for status in GROUPS[group])))

    def _behind(self) -> set[uuid.UUID]:
        others = (people for status, people in self.people_by_status.items() if status is not Status.CURRENT)
        return set().union(*others)


@dataclass(slots=True)
class TeamTally:
    """A team and its rows. `name` is None for people who are in none."""

    name: str | None
    rows: list[Row]
    tally: StatusTally


def tally(rows: Iterable[Row]) -> StatusTally:
    """Count rows."""
    counted = StatusTally()
    for row in rows:
        counted.add(row)
    return counted


def by_site(rows: Iterable[Row]) -> Sequence[TeamTally]:
    """Return the teams that rows name, the one with the smallest share of current people first; nobody's team is last.

    Of two with one share, the one with more people overdue is first.
    """
    sites: dict[str | None, TeamTally] = {}
    for row in rows:
        for name in row.teams or (None,):
            site = sites.setdefault(name, TeamTally(name, [], StatusTally()))
            site.rows.append(row)
            site.tally.add(row)
    return sorted(sites.values(), key=lambda site: worst_first(site.name, site.tally.counts))

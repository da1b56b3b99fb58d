"""What stands beside courses: charts, field cards, pages about us, requirement packs."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from trainer.content.parts import IndicatorId, Part, Slug, SourceId, Text


class Bar(Part):
    """One row of a series."""

    name: Text
    value: int = Field(ge=0)


class Statistics(Part):
    """`statistics/<id>.yaml`: a series, drawn as bars and always also as a table."""

    title: Text
    unit: Text
    as_of: Text
    source: SourceId
    rows: list[Bar] = Field(min_length=2, max_length=20)
    caveats: list[Text] = Field(min_length=1)


class Together(Part):
    """Signs that count at a venue, in words a guard can remember."""

    text: Text
    signs: list[IndicatorId] = Field(min_length=1)


class Log(Part):
    """A log entry of a place as it should be written: what was seen and heard, apart from what someone thought."""

    when: Text
    where: Text
    saw: Text
    heard: Text | None = None
    thought: Text | None = None
    unknown: Text | None = None  # what the writer doesn't know
    did: Text
    after: Text  # what came of it: a report, or nothing
    rule: Slug  # the line by which it went on
    signs: list[IndicatorId] = []


class Card(Part):
    """`cards/<id>.yaml`: the field card of a venue, one page for a pocket."""

    title: Text
    venues: list[Slug] = Field(min_length=1)
    together: list[Together] = Field(min_length=1)
    alone: list[Together] = Field(min_length=1)
    never: list[Text] = Field(min_length=1)
    do: list[Text] = Field(min_length=1)
    dont: list[Text] = Field(min_length=1)
    log: Log | None = None


class PageFile(Part):
    """Front matter of `pages/<slug>.md`: privacy notice, terms and the like."""

    title: Text
    summary: Text
    tab: Text | None = None  # the title in the tab and the browser's history, if not the page's own
    seen_on: dt.date | None = None


class CourseApproval(Part):
    """Whether a state wants a course that it approved, and whether ours is on its list."""

    required: bool
    authority: Text | None = None  # who approves
    ours_listed: bool = False


class PackDefaults(Part):
    """What a requirement made from a pack begins with; a firm may change it."""

    course: Slug
    least_minutes: int = Field(ge=0, le=600)
    cadence_months: int = Field(ge=1, le=120)
    days_allowed: int = Field(ge=0, le=730)  # for new people, from being hired
    renewal_days: int = Field(ge=1, le=365)
    is_paced: bool = False
    attestation: Text | None = None


class FormerStaff(Part):
    """For how long the records of people who have left are kept, where a law says so."""

    years: int = Field(ge=1, le=30)
    since: Literal["completion", "leaving"]


class Pack(Part):
    """`requirements/<id>.yaml`: what a law or a good habit asks, as far as we have read it."""

    title: Text
    state: Text | None = None
    applies_to: Text
    guard_firms: Text | None = None  # what it means to a firm whose guards work at those that it applies to
    course_approval: CourseApproval
    defaults: PackDefaults
    region: Slug | None = None  # its help lines are shown with the pack
    records: Text | None = None  # what is to be kept, and how long
    former_staff: FormerStaff | None = None  # what of that evidence packs go by
    unclear: list[Text] = []  # what we couldn't find or aren't sure of
    sources: list[SourceId] = []
    seen_on: dt.date
    notice: Text  # says that this is not legal advice

    @property
    def unapproved_state(self) -> str | None:
        """The state that wants an approved course where ours isn't listed, or None."""
        return self.state if self.course_approval.required and not self.course_approval.ours_listed else None

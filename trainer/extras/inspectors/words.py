"""What an inspector is told in a sentence."""

from __future__ import annotations

import datetime as dt

from flask_babel import ngettext

from trainer.compliance.rules import StatusCounts
from trainer.web.language import show_day


def sentence(counts: StatusCounts, day: dt.date) -> str:
    """Return how many people were current on a day, in a sentence."""
    return str(
        ngettext(
            "On %(day)s, %(current)s of %(num)s person was current.",
            "On %(day)s, %(current)s of %(num)s people were current.",
            counts.people,
            day=show_day(day, "long"),
            current=counts.people_current,
        )
    )

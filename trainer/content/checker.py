"""Hold the content against the rules that its shape alone can't show: ids, links, figures, words, pairs, pass rules.

Errors keep a folder from being served. Warnings never do: dates pass, and people's reviews take time.
"""

from __future__ import annotations

from datetime import date

from trainer.content.checks.changes import check_changes
from trainer.content.checks.instrument import warn_of_instrument
from trainer.content.checks.release import (
    warn_of_age,
    warn_of_doors,
    warn_of_gaps,
    warn_of_missing_reviews,
    warn_of_shortcomings,
)
from trainer.content.checks.wording import check_wording
from trainer.content.folder import Folder
from trainer.content.ids import check_ids
from trainer.content.kinds import KINDS


def check(folder: Folder, today: date) -> None:
    """Add a complaint for every rule that the folder breaks."""
    for kind in KINDS:
        kind.check(folder)
    check_wording(folder)
    check_ids(folder)
    warn_of_gaps(folder)
    warn_of_shortcomings(folder)
    warn_of_doors(folder)
    warn_of_age(folder, today)
    warn_of_missing_reviews(folder)
    check_changes(folder)  # this and the next one last: they need a folder without errors
    warn_of_instrument(folder)

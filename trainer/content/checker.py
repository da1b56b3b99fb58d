"""Hold the content against the rules that its shape alone can't show: ids, links, figures, words, pairs, pass rules.

Errors keep a folder from being served. Warnings never do: dates pass, and people's reviews take time.
"""

from __future__ import annotations

from datetime import date

from trainer.content.checks.changes import check_changes
from trainer.content.checks.instrument import warn_of_instrument
from trainer.content.checks.regions import check_region
from trainer.content.checks.release import (
    warn_of_age,
    warn_of_doors,
    warn_of_gaps,
    warn_of_missing_reviews,
    warn_of_shortcomings,
)
from trainer.content.checks.wording import check_wording
from trainer.content.curriculum import CourseFile
from trainer.content.folder import Folder
from trainer.content.ids import check_ids
from trainer.content.kind import Layer
from trainer.content.kinds import KINDS


def check(folder: Folder, today: date) -> None:
    """Add a complaint for every rule that the folder breaks."""
    settled = frozenset(id(entry) for entry in folder.entries)
    for region in folder.regions.values():  # the nation first
        region.settled = frozenset() if region is folder else settled
        for kind in KINDS:
            if region is folder or kind.layer is not Layer.NATION or kind.model is CourseFile:
                kind.check(region)
        check_wording(region)
        warn_of_age(region, today)
        check_region(region)
    check_ids(folder)
    warn_of_gaps(folder)
    warn_of_shortcomings(folder)
    warn_of_doors(folder)
    warn_of_missing_reviews(folder.home)
    check_changes(folder)  # this and the next one last: they need a folder without errors
    warn_of_instrument(folder)

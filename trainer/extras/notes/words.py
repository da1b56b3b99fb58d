"""Notes in the words of pages that tell what an instructor sees."""

from __future__ import annotations

from flask_babel import gettext as _

from trainer.instructing.models import Cohort


def seen_in(cohort: Cohort) -> str | None:
    """Return the poster's text about notes, or None if the class takes none."""
    return str(_("Observation notes, but only those you hand in yourself")) if cohort.takes_notes else None

"""People who answer the short form."""

from __future__ import annotations

import uuid

from trainer.content.subject import Truth, Verdict
from trainer.core import clock
from trainer.extras.short_form.operations import find_form, keep_form
from trainer.extras.short_form.rules import ShortForm

OTHER = {Verdict.REPORT_NOW: Verdict.NOTHING_TO_REPORT, Verdict.NOTHING_TO_REPORT: Verdict.REPORT_NOW}


def the_form() -> ShortForm:
    """Return the form; needs an app context."""
    form = find_form()
    assert form is not None
    return form


def right(form: ShortForm) -> list[Verdict]:
    """Return the verdicts of someone who reports what is to report, and finds nothing in the rest."""
    concern = [scene.file.truth is Truth.CONCERN for scene in form.scenes]
    return [Verdict.REPORT_NOW if is_concern else Verdict.NOTHING_TO_REPORT for is_concern in concern]


def keep_one(wrong: int) -> None:
    """Keep answers of which so many, the first ones, are wrong; needs a transaction."""
    form = the_form()
    verdicts = [OTHER[verdict] if place < wrong else verdict for place, verdict in enumerate(right(form))]
    keep_form(uuid.uuid4(), form.version, verdicts, ["certain"] * len(verdicts), clock.today())

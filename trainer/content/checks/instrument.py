"""`instrument.json`: it was computed for the finals and the reserved scenes that there are."""

from __future__ import annotations

from trainer.content.folder import Folder
from trainer.content.instrument import NAME, REMEDY, instrument_digest
from trainer.content.schema import Pool


def warn_of_instrument(folder: Folder) -> None:
    """Warn of courses whose final or scenes have changed since their numbers were computed."""
    if folder.instrument is None or folder.complaints.has_errors:
        return
    assert folder.site is not None  # there are no errors
    assert folder.vocabulary is not None
    reserved = [
        entry.value
        for entry in folder.scenarios.values()
        if entry.value.pool == Pool.RESERVED and not entry.value.retired
    ]
    for slug, course in folder.courses.items():
        assert course.file is not None
        digest = instrument_digest(course.file.value.final, reserved, folder.vocabulary.value)
        if slug != folder.site.value.renewal and folder.instrument.fitting(slug, digest) is None:
            folder.warn(NAME, 1, f"the final or the reserved scenes of {slug} have changed since", REMEDY)

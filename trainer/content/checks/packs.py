"""Requirement packs: whose law it is, and that the reader is warned."""

from __future__ import annotations

from trainer.content.checks.bodies import check_source
from trainer.content.folder import Entry, Folder
from trainer.content.papers import Pack
from trainer.content.subject import Vocabulary


def check_packs(folder: Folder) -> None:
    """Check that each pack names who says so, and its course."""
    for entry in folder.packs.values():
        pack, approval = entry.value, entry.value.course_approval
        for index, source in enumerate(pack.sources):
            check_source(folder, entry, ("sources", index), source)
        if not folder.knows("course", pack.defaults.course):
            entry.refuse(("defaults", "course"), f'no course is called "{pack.defaults.course}"', "Correct its id.")
        if pack.state and not pack.sources:
            entry.refuse("state", "what a state asks needs a source", 'Add "sources:" with their ids.')
        if approval.required and not (pack.state and approval.authority):
            entry.refuse(
                "course_approval",
                "no approving authority is named",
                'Add "state:" and, under "course_approval:", "authority:".',
            )
        if pack.region and pack.region not in folder.regions:
            entry.refuse("region", f'there is no region "{pack.region}"', f"Add regions/{pack.region}, or correct it.")
        _check_notice(entry, folder.vocabulary)
        for language in folder.translations:
            _check_notice(folder.localized_in(language, entry), folder.localized_in(language, folder.vocabulary))


def _check_notice(entry: Entry[Pack] | None, vocabulary: Entry[Vocabulary] | None) -> None:
    """Check that the reader is warned, in the language of the notice."""
    advice = vocabulary.value.disclaimers.advice if vocabulary else ""
    if entry and advice.lower() not in entry.value.notice.lower():
        entry.refuse("notice", "the notice doesn't warn the reader", f'Say "{advice}" in it.')

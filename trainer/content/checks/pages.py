"""Pages: no name that the app has, no parts of a lesson."""

from __future__ import annotations

from trainer.content import markdown
from trainer.content.checks.bodies import check_body
from trainer.content.folder import Entry, Folder
from trainer.content.markdown import PageScope
from trainer.content.papers import PageFile


def check_pages(folder: Folder) -> None:
    """Check each page."""
    scope = PageScope(folder.targets(), {})
    for slug, page in folder.pages.items():
        if folder.is_settled(page):
            continue
        if slug in markdown.PAGE_PATHS:
            page.refuse(1, f'the name "{slug}" belongs to a page of the app', "Give the file another name.")
        for localized in (page, *folder.in_other_languages(page)):
            _check_text(folder, scope, localized)


def _check_text(folder: Folder, scope: PageScope, page: Entry[PageFile]) -> None:
    check_body(folder, page, scope)
    for box in markdown.boxes_in(page.body):
        if box.name in ("ask", "item", "recap"):
            page.refuse(box.line, f'a page has no "{box.name}"', "Only lessons do. Take it out.")
    for citation in markdown.citations_in(page.body):
        if not folder.knows("source", citation.source):
            page.refuse(
                citation.line,
                f'no source is called "{citation.source}"',
                "Add it to sources.yaml or correct its id.",
            )

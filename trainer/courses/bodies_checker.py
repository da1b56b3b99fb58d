"""Hold any Markdown body against what holds for all of them: tags, links, boxes, charts, sources."""

from __future__ import annotations

from typing import Any

from trainer.courses import markdown
from trainer.courses.loader import Complaints, Entry, Folder
from trainer.courses.markdown import Box, Scope


def check_body(folder: Folder, entry: Entry[Any], scope: Scope, complaints: Complaints) -> None:
    """Check what holds for every Markdown body."""
    body, path = entry.body, entry.path
    for line in markdown.raw_html_in(body):
        complaints.error(path, line, "there is HTML in the text", "Use Markdown, or write the signs < and > in words.")
    for line in markdown.images_in(body):
        complaints.error(path, line, "there is an image in the text", "Take it out: texts have no images.")
    for level, line in markdown.headings_in(body):
        if level not in (2, 3):
            complaints.error(path, line, f"there is a heading of level {level}", "Use ## or ###: the title is level 1.")
    for line in markdown.broken_links_in(body):
        complaints.error(
            path, line, "a link is broken", "Write it as [text](address); the text holds no other brackets."
        )
    _check_links(folder, entry, scope, complaints)
    _check_boxes(entry, complaints)
    _check_charts(folder, entry, complaints)


def _check_links(folder: Folder, entry: Entry[Any], scope: Scope, complaints: Complaints) -> None:
    kinds = {"glossary": "term", "indicator": "indicator", "lesson": "lesson", "page": "page"}
    for link in markdown.links_in(entry.body):
        if link.kind == "unknown":
            complaints.error(
                entry.path,
                link.line,
                f'the link "{link.target[:60]}" is of no known kind',
                "Begin it with glossary:, indicator:, lesson:, page: or https://.",
            )
        elif markdown.find_address(link.kind, link.target, scope) is None and not folder.knows(
            kinds.get(link.kind, ""), link.target
        ):
            complaints.error(
                entry.path,
                link.line,
                f'the link "{link.kind}:{link.target[:60]}" leads nowhere',
                "Correct it or add what it names.",
            )


def _check_boxes(entry: Entry[Any], complaints: Complaints) -> None:
    for line in markdown.stray_fences_in(entry.body):
        complaints.error(entry.path, line, '":::" stands inside a list or paragraph', "Put an empty line before it.")
    for box in markdown.boxes_in(entry.body):
        _check_box(entry, box, complaints)


def _check_box(entry: Entry[Any], box: Box, complaints: Complaints) -> None:
    if not box.name:
        complaints.error(
            entry.path, box.line, '":::" closes no box', 'Take it out, or name the box that it opens: "::: story".'
        )
        return
    if box.name not in markdown.BOXES:
        complaints.error(
            entry.path, box.line, f'no box is called "{box.name}"', f"Use one of: {', '.join(markdown.BOXES)}."
        )
    if not box.is_closed:
        complaints.error(
            entry.path,
            box.line,
            f'the box "{box.name}" is not closed',
            'Add a line ":::". A box can\'t hold another box.',
        )
    if box.name in ("reveal", "choose", "callout") and not box.title:
        complaints.error(
            entry.path,
            box.line,
            f'the box "{box.name}" has no title',
            f'Write it on the same line: "::: {box.name} Title".',
        )
    if not box.inner and box.name != "chart":
        complaints.error(entry.path, box.line, f'the box "{box.name}" is empty', "Fill it or take it out.")
    if box.name == "choose":
        _check_options(entry, box, complaints)


def _check_charts(folder: Folder, entry: Entry[Any], complaints: Complaints) -> None:
    for box in markdown.boxes_in(entry.body):
        if box.name == "chart" and not folder.knows("statistics", box.title):
            complaints.error(
                entry.path,
                box.line,
                f'there is no series "{box.title[:60]}"',
                "Add statistics/<name>.yaml, or correct it.",
            )


def _check_options(entry: Entry[Any], box: Box, complaints: Complaints) -> None:
    options = markdown.options_in(entry.body, box)
    for option in options:
        if option.right is None or not option.why or not option.is_single_paragraph:
            complaints.error(
                entry.path, option.line, 'an option of "choose" is incomplete', 'Write it as "- [x] option => why".'
            )
    if len(options) < 2 or not any(option.right for option in options):
        complaints.error(
            entry.path, box.line, '"choose" needs two options or more, and a right one', "Mark the right one with [x]."
        )


def check_source(
    folder: Folder, entry: Entry[Any], key: tuple[str | int, ...], source: str, complaints: Complaints
) -> None:
    """Check that a source is there."""
    if not folder.knows("source", source):
        complaints.error(
            entry.path, entry.line(*key), f'no source is called "{source}"', "Add it to sources.yaml or correct its id."
        )

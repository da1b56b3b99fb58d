"""Hold any Markdown body against what holds for all of them: tags, links, boxes, charts, sources."""

from __future__ import annotations

import re
from typing import Any, Final

from trainer.content import markdown
from trainer.content.folder import At, Entry, Folder
from trainer.content.markdown import Box, PageScope
from trainer.content.yaml_lines import Key

_CLAUSE: Final = re.compile(r"(?:[^.!?\n]|\n(?=[^\s|:#-]))+")  # a sentence, or the row of a table
_STRENGTH: Final = re.compile(r"\b(?:weak|medium|strong)\b", re.IGNORECASE)


def check_body(folder: Folder, entry: Entry[Any], scope: PageScope) -> None:
    """Check what holds for every Markdown body."""
    body = entry.body
    for line in markdown.raw_html_in(body):
        entry.refuse(line, "there is HTML in the text", "Use Markdown, or write the signs < and > in words.")
    for line in markdown.images_in(body):
        entry.refuse(line, "there is an image in the text", "Take it out: texts have no images.")
    for level, line in markdown.headings_in(body):
        if level not in (2, 3):
            entry.refuse(line, f"there is a heading of level {level}", "Use ## or ###: the title is level 1.")
    for line in markdown.broken_links_in(body):
        entry.refuse(line, "a link is broken", "Write it as [text](address); the text holds no other brackets.")
    _check_links(folder, entry, scope)
    _check_signs(folder, entry)
    _check_boxes(entry)
    _check_charts(folder, entry)


def _check_links(folder: Folder, entry: Entry[Any], scope: PageScope) -> None:
    kinds = {"glossary": "term", "help": "help", "indicator": "indicator", "lesson": "lesson", "page": "page"}
    for link in markdown.links_in(entry.body):
        if link.kind == "unknown":
            entry.refuse(
                link.line,
                f'the link "{link.target[:60]}" is of no known kind',
                "Begin it with glossary:, help:, indicator:, lesson:, page: or https://.",
            )
        elif markdown.find_address(link.kind, link.target, scope) is None and not folder.knows(
            kinds.get(link.kind, ""), link.target
        ):
            entry.refuse(
                link.line,
                f'the link "{link.kind}:{link.target[:60]}" leads nowhere',
                "Correct it or add what it names.",
            )


def _check_signs(folder: Folder, entry: Entry[Any]) -> None:
    for ref, line in markdown.signs_in(entry.body):
        check_sign(folder, entry, line, ref)
    for match in _CLAUSE.finditer(entry.body.source):
        link = match[0].find("](indicator:")
        if link >= 0 and _STRENGTH.search(markdown.SIGN.sub("", match[0])):
            entry.warn(
                entry.body.line_at(match.start() + link),
                "a strength stands beside a sign by hand",
                'Write the sign as "{sign:C1.refused}", which shows it with its strength, or leave the strength out.',
            )


def check_sign(folder: Folder, entry: Entry[Any], at: At, ref: str) -> bool:
    """Tell whether the list of signs has what a reference such as "C1.refused" names, and complain if not."""
    ident, _dot, detail = ref.partition(".")
    sign = folder.indicators.get(ident)
    if not folder.knows("indicator", ident):
        entry.refuse(at, f'no indicator is called "{ident[:60]}"', "Correct its id.")
    elif sign and ref not in sign.value.strengths:
        remedy = f"Use one of: {', '.join(sign.value.strengths)}; or add it to the details of {ident}."
        entry.refuse(at, f'{ident} has no detail "{detail[:60]}"', remedy)
    return sign is not None and ref in sign.value.strengths


def _check_boxes(entry: Entry[Any]) -> None:
    for line in markdown.stray_fences_in(entry.body):
        entry.refuse(line, '":::" stands inside a list or paragraph', "Put an empty line before it.")
    for box in markdown.boxes_in(entry.body):
        _check_box(entry, box)


def _check_box(entry: Entry[Any], box: Box) -> None:
    if not box.name:
        entry.refuse(box.line, '":::" closes no box', 'Take it out, or name the box that it opens: "::: story".')
        return
    if box.name not in markdown.BOXES and not (box.name == "region" and entry.spans):  # laid in
        entry.refuse(box.line, f'no box is called "{box.name}"', f"Use one of: {', '.join(markdown.BOXES)}.")
    if not box.is_closed:
        entry.refuse(
            box.line, f'the box "{box.name}" is not closed', 'Add a line ":::". A box can\'t hold another box.'
        )
    if box.name in ("reveal", "choose", "callout") and not box.title:
        entry.refuse(
            box.line, f'the box "{box.name}" has no title', f'Write it on the same line: "::: {box.name} Title".'
        )
    if (box.inner or box.title) and box.name in markdown.FIGURES:
        entry.refuse(box.line, f'the box "{box.name}" holds words', "Take them out: what it shows is drawn.")
    if not box.inner and box.name not in ("chart", "item", *markdown.FIGURES):
        entry.refuse(box.line, f'the box "{box.name}" is empty', "Fill it or take it out.")
    if box.name == "choose":
        _check_options(entry, box)


def _check_charts(folder: Folder, entry: Entry[Any]) -> None:
    for box in markdown.boxes_in(entry.body):
        if box.name == "chart" and not folder.knows("statistics", box.title):
            entry.refuse(
                box.line, f'there is no series "{box.title[:60]}"', "Add statistics/<name>.yaml, or correct it."
            )


def _check_options(entry: Entry[Any], box: Box) -> None:
    options = markdown.options_in(entry.body, box)
    for option in options:
        if option.right is None or not option.why or not option.is_single_paragraph:
            entry.refuse(option.line, 'an option of "choose" is incomplete', 'Write it as "- [x] option => why".')
    if len(options) < 2 or not any(option.right for option in options):
        entry.refuse(box.line, '"choose" needs two options or more, and a right one', "Mark the right one with [x].")


def check_source(folder: Folder, entry: Entry[Any], key: Key, source: str) -> None:
    """Check that a source is there."""
    if not folder.knows("source", source):
        entry.refuse(key, f'no source is called "{source}"', "Add it to sources.yaml or correct its id.")

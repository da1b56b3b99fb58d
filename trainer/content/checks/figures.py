"""Figures: each has its source in the same paragraph, item or row."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from trainer.content import markdown
from trainer.content.folder import Entry, Folder
from trainer.content.schema import LessonFile

_NO_FIGURES: Final = re.compile(
    r"""
      \b(?:1-)?\d{3}-\d{3}-\d{4}\b            # telephone
    | \b(?:text|message)\b[^.\n]{0,40}?\bto\s+\d{5,6}\b
    | \b[A-Z]{3,}\s+to\s+\d{5,6}\b            # HELP to 233733
    | \b\d{1,2}:\d{2}\b                       # clock
    | \b(?:1[89]|20)\d{2}(?:[-–](?:\d{4}|\d{2}))?s?\b(?!,\d|%|\s*percent)  # year or years
    | \b(?:room|unit|apartment|suite|gate|door|flight|bus|route|exit)\s+\d+\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TENS: Final = "ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
_FIGURE: Final = re.compile(
    rf"""
      \d\s?%
    | (?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|{_TENS}))[\s-]+(?:percent|per\s+cent)\b
    | (?<![\w.])\d{{1,3}}(?:,\d{{3}})+
    | (?<![\w.])\d{{3,}}
    | \b\d+\s+(?:of|in|out\s+of)\s+(?:(?:the|these|those|all|every|each)\s+)?\d+\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAY_BE_FIGURE: Final = re.compile(r"\d|per\s*cent", re.IGNORECASE)
"""Without one of these there is no figure; searching for it is faster."""
_SHORT: Final = 3  # digits, as in a number for emergencies
_MADE_UP: Final = re.compile(r"\bmade[- ]up\b|\binvented\b", re.IGNORECASE)


def find_figure(text: str, short_numbers: Collection[str] = ()) -> str | None:
    """Find the first figure that needs a source, or None. Years, clock times and telephone numbers need none.

    `short_numbers`: telephone numbers of three digits.
    """
    if short_numbers:
        text = re.sub(rf"\b(?:{'|'.join(short_numbers)})\b(?!,\d|%|\s*percent)", " ", text, flags=re.IGNORECASE)
    match = _FIGURE.search(_NO_FIGURES.sub(" ", text))
    return match[0].strip() if match else None


def find_unsourced(text: str, numbers: Collection[str]) -> str | None:
    """Find the first figure of a text that can't cite, or None; one that is called made up needs no source."""
    return None if _MADE_UP.search(text) else _find_besides(text, numbers)


def check_figures(folder: Folder, lesson: Entry[LessonFile]) -> None:
    """Check that each figure of a lesson has its source, or is called made up."""
    numbers = telephone_numbers(folder)
    for block in markdown.blocks_in(lesson.body):
        # A story says of itself that it is made up.
        if block.is_cited or block.box == "story" or _MADE_UP.search(f"{block.text} {block.head}"):
            continue
        figure = _find_besides(block.text, numbers)
        if figure:
            lesson.refuse(
                block.line,
                f'the figure "{figure}" has no source',
                'Cite one in the same paragraph, item or row, or call the figure "made-up".',
            )


def _find_besides(text: str, numbers: Collection[str]) -> str | None:
    if not _MAY_BE_FIGURE.search(text):
        return None
    short = sorted(number for number in numbers if len(number) == _SHORT)
    for number in numbers:
        if len(number) != _SHORT:
            text = text.replace(number, " ")
    return find_figure(text, short)


def telephone_numbers(folder: Folder) -> set[str]:
    """List all numbers to call and to text, which aren't figures."""
    numbers = {folder.vocabulary.value.emergency_number} if folder.vocabulary else set()
    for entry in [entry for region in folder.regions.values() for entry in region.lines.values()]:
        line = entry.value
        numbers |= {number for number in (line.phone, line.text_number, *line.more_phones) if number}
        numbers |= set(re.findall(r"\d{5,6}", f"{line.text or ''}"))
    return numbers - {""}

"""Words that speak of everyone or of most: in a lesson, they need a source as a figure does, or an eye on them."""

from __future__ import annotations

import re
from typing import Final

from trainer.content import markdown
from trainer.content.folder import Entry
from trainer.content.markdown import Block
from trainer.content.schema import LessonFile

_SWEEPING: Final = re.compile(
    r"""
    \b(?:
        every\s+time
      | nobody
      | (?<!\bat\s)(?<!\bthe\s)most(?=\s+(?!\w+ly\b)\w)  # not "at most", "the most", "most easily" or "… most."
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUOTED: Final = re.compile(r'"[^"]*"|“[^“”]*”')
_OPTION: Final = re.compile(r"\[[ x]\](?:(?!\[[ x]\])[^\n])*?=>")
_MADE_UP: Final = ("ask", "story")  # a question, and what says of itself that it is made up


def find_sweeping(text: str) -> str | None:
    """Find the first word that speaks of most or all, or None. What someone says in quotation marks may have one."""
    match = _SWEEPING.search(_QUOTED.sub(" ", text))
    return " ".join(match[0].split()) if match else None


def warn_of_sweeping_words(lesson: Entry[LessonFile]) -> None:
    """Warn of each paragraph, item or row of a lesson that has such a word and cites nothing."""
    for block in markdown.blocks_in(lesson.body):
        phrase = None if block.is_cited or block.box in _MADE_UP else find_sweeping(_claimed(block))
        if phrase:
            lesson.warn(
                block.line,
                f'"{phrase}" has no source',
                "Cite one in the same paragraph, item or row, say less, or mark it with [[...]] if it claims nothing.",
            )


def _claimed(block: Block) -> str:
    """Leave out an option that is to be judged: what the lesson claims is the reason that follows."""
    return _OPTION.sub(" ", block.unmarked) if block.box == "choose" else block.unmarked

"""Read Markdown as authors write it here: CommonMark with tables, boxes, citations and exempt words, without HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from trainer.content.catalogue import NamedSign
from trainer.content.markdown.body import Body
from trainer.content.markdown.exempt import EXEMPT

BOXES: Final = ("ask", "story", "callout", "reveal", "choose", "chart", "item", "ladder", "groups", "recap")
FIGURES: Final = ("ladder", "groups")
"""Boxes that stay empty: what is drawn there is the same for all."""
_QUOTES: Final = "\"'“‘"
SIGN: Final = re.compile(r"\{sign:([^{}\s]*)\}")
_CITATION = re.compile(r"\[\^([^\]\s]{1,20})\]")
_BOX_OPEN = re.compile(r":{3,}[ \t]*([A-Za-z][\w-]*)[ \t]*(.*)")
_BOX_CLOSE = re.compile(r":{3,}[ \t]*")


def parse(source: str, first_line: int = 1, signs: Mapping[str, NamedSign] | None = None) -> Body:
    """Parse Markdown. `signs`: what `{sign:...}` may name. Never raises for any text."""
    return Body(source, first_line, tuple(parser.parse(source, {"signs": signs or {}})))


def _sign(state: StateInline, silent: bool) -> bool:
    """Inline rule for `{sign:C1.refused}`. One that isn't in the list stays text, which the checker refuses."""
    match = SIGN.match(state.src, state.pos, state.posMax)
    sign = state.env["signs"].get(match[1]) if match else None
    if match is None or sign is None:
        return False
    if not silent:
        before = state.src[: state.pos].rstrip(" \n*_")
        begins = not before or before[-1] in ".!?"
        words, token = sign.begun if begins else sign.words, state.push("sign", "", 0)
        token.content, token.meta = f"{words} ({sign.strength})", {"words": words, "sign": match[1]}
    state.pos = match.end()
    return True


def _citation(state: StateInline, silent: bool) -> bool:
    return _push_match(state, silent, _CITATION, "citation")


def _exempt(state: StateInline, silent: bool) -> bool:
    return _push_match(state, silent, EXEMPT, "exempt")


def _push_match(state: StateInline, silent: bool, pattern: re.Pattern[str], kind: str) -> bool:
    match = pattern.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push(kind, "", 0).content = match[1]
    state.pos = match.end()
    return True


def _box(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule for `::: name title` up to the next line of `:::`. Boxes stand at the top level and hold no boxes."""
    text = _line_text(state, start)
    if state.level or state.blkIndent or not text.startswith(":::"):
        return False
    opening = _BOX_OPEN.fullmatch(text)
    if opening is None and not _BOX_CLOSE.fullmatch(text):
        return False
    if silent:
        return True
    if opening is None:
        _push_stray(state, start)
        return True
    last = start + 1
    while last < end and not _line_text(state, last).startswith(":::"):
        last += 1
    is_closed = last < end and _BOX_CLOSE.fullmatch(_line_text(state, last)) is not None
    _push_box(state, opening, (start, last), is_closed)
    state.line = last + 1 if is_closed else last
    return True


def _plain(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule for what most of a text is: a paragraph in which each line begins with a letter or a quotation mark.

    Nothing else begins with one, so none of the rules for other blocks need be asked about each of its lines.
    """
    if silent or state.blkIndent or state.parentType not in ("root", "box"):
        return False
    last = start
    while last < state.lineMax and not state.isEmpty(last):
        first = state.src[state.bMarks[last]]
        if state.sCount[last] or not (first.isalpha() or first in _QUOTES):
            return False
        last += 1
    state.push("paragraph_open", "p", 1).map = [start, last]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = mdTrim(state.getLines(start, last, 0, False)), [start, last], []
    state.push("paragraph_close", "p", -1)
    state.line = last
    return True


def _line_text(state: StateBlock, line: int) -> str:
    if state.sCount[line] >= 4:  # so far in it is no fence
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _push_stray(state: StateBlock, line: int) -> None:
    token = state.push("box_stray", "", 0)
    token.map = [line, line + 1]
    state.line = line + 1


def _push_box(state: StateBlock, opening: re.Match[str], lines: tuple[int, int], is_closed: bool) -> None:
    start, last = lines
    token = state.push("box_open", "div", 1)
    token.info, token.content = opening[1].lower(), opening[2].strip()
    token.map, token.meta = [start, last], {"is_closed": is_closed}
    if token.content:
        _push_title(state, token.content, start)
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "box", last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = parent, line_max
    state.push("box_close", "div", -1)


def _push_title(state: StateBlock, title: str, line: int) -> None:
    state.push("box_title_open", "", 1)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = title, [line, line + 1], []
    state.push("box_title_close", "", -1)


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Text that an author indents by accident is text, not code.
    parser.disable("code")
    parser.disable(["html_block", "html_inline"])  # they find nothing, line after line
    parser.block.ruler.before("table", "plain", _plain)
    parser.block.ruler.before("fence", "box", _box, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("link", "citation", _citation)
    parser.inline.ruler.before("citation", "exempt", _exempt)
    parser.inline.ruler.before("link", "sign", _sign)
    # Every link becomes a token, so that the checker can name a bad one; only `find_address` lets one through.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


parser = _make_parser()

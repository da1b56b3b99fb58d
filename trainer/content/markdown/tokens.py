"""Walk through what the parser made: blocks, boxes, options, and the text in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it.token import Token

from trainer.content.markdown.body import Body, ChooseOption

LISTS: Final = ("bullet_list_open", "ordered_list_open")
_OPTION_MARK = re.compile(r"\[([ xX])\]\s+")


def line_of(body: Body, token: Token) -> int:
    return body.first_line + (token.map[0] if token.map else 0)


def top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut a run of tokens into its outermost blocks."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def inside(group: Sequence[Token]) -> Sequence[Token]:
    return group[1:-1]


def inline_tokens(body: Body) -> Iterator[tuple[Token, int]]:
    """Yield each inline token with its line."""
    for parent in body.tokens:
        line = line_of(body, parent)
        for token in parent.children or ():
            yield token, line
            line += token.type in ("softbreak", "hardbreak")


def text_of(inline: Token, *, with_exempt: bool = True) -> str:
    parts = []
    for token in inline.children or ():
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type != "citation" and (with_exempt or token.type != "exempt"):
            parts.append(token.content)
    return "".join(parts)


def split_title(inner: list[Token]) -> tuple[list[Token], list[Token]]:
    if inner and inner[0].type == "box_title_open":
        return list(inner[1].children or ()), inner[3:]
    return [], inner


def options_of(inner: Sequence[Token], first_line: int) -> Iterator[ChooseOption]:
    for group in top_level(inner):
        if group[0].type in LISTS:
            for item in top_level(inside(group)):
                yield _option(item, first_line)


def _option(item: Sequence[Token], first_line: int) -> ChooseOption:
    line = first_line + (item[0].map[0] if item[0].map else 0)
    blocks = list(top_level(inside(item)))
    children = list(blocks[0][1].children or ()) if blocks and blocks[0][0].type == "paragraph_open" else []
    right, children = _take_mark(children)
    text, why = _split_at_arrow(children)
    return ChooseOption(right, tuple(text), tuple(why), line, len(blocks) == 1)


def _take_mark(children: list[Token]) -> tuple[bool | None, list[Token]]:
    match = _OPTION_MARK.match(children[0].content) if children and children[0].type == "text" else None
    if match is None:
        return None, children
    return match[1] != " ", [_text_token(children[0].content[match.end() :]), *children[1:]]


def _split_at_arrow(children: list[Token]) -> tuple[list[Token], list[Token]]:
    for index, token in enumerate(children):
        before, arrow, after = token.content.partition("=>") if token.type == "text" else ("", "", "")
        if arrow:
            left = [*children[:index], _text_token(before.rstrip())]
            return left, [_text_token(after.lstrip()), *children[index + 1 :]]
    return children, []


def _text_token(content: str) -> Token:
    return Token("text", "", 0, content=content)

"""Find what a text links to, cites and contains, from the same tokens that the page is rendered from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from trainer.content.markdown.addresses import split_link
from trainer.content.markdown.body import Block, Body, Box, ChooseOption, Citation, WrittenLink
from trainer.content.markdown.syntax import SIGN
from trainer.content.markdown.tokens import inline_tokens, inside, line_of, options_of, split_title, text_of, top_level


def links_in(body: Body) -> Iterator[WrittenLink]:
    """Yield each link in reading order, whether or not it leads anywhere."""
    for token, line in inline_tokens(body):
        if token.type == "link_open":
            kind, target = split_link(str(token.attrGet("href") or ""))
            yield WrittenLink(kind, target, line)


def citations_in(body: Body) -> Iterator[Citation]:
    """Yield each `[^S1]` in reading order."""
    for token, line in inline_tokens(body):
        if token.type == "citation":
            yield Citation(token.content, line)


def signs_in(body: Body) -> Iterator[tuple[str, int]]:
    """Yield each `{sign:...}`, whether or not the list of signs has it, with its line."""
    for token, line in inline_tokens(body):
        if token.type == "sign":
            yield token.meta["sign"], line
        for match in SIGN.finditer(token.content) if token.type == "text" else ():
            yield match[1], line


def broken_links_in(body: Body) -> Iterator[int]:
    """Yield the line of each thing that looks like a link and is none, as with a citation or a link inside a link."""
    return (line for token, line in inline_tokens(body) if token.type == "text" and "](" in token.content)


def images_in(body: Body) -> Iterator[int]:
    """Yield the line of each image."""
    return (line for token, line in inline_tokens(body) if token.type == "image")


def raw_html_in(body: Body) -> Iterator[int]:
    """Yield the line of whatever a browser could take for a tag; it would be shown as text."""
    for token, line in inline_tokens(body):
        if token.type == "text" and re.search(r"<[A-Za-z/!?]", token.content):
            yield line


def headings_in(body: Body) -> Iterator[tuple[int, int]]:
    """Yield level and line of each heading."""
    for token in body.tokens:
        if token.type == "heading_open":
            yield int(token.tag[1]), line_of(body, token)


def boxes_in(body: Body) -> tuple[Box, ...]:
    """List the boxes of a body. A stray `:::` is a box without a name."""
    boxes = []
    for position, group in enumerate(top_level(body.tokens)):
        head = group[0]
        if head.type in ("box_open", "box_stray"):
            boxes.append(
                Box(
                    name=head.info,
                    title=head.content,
                    line=line_of(body, head),
                    is_closed=bool(head.meta.get("is_closed")),
                    inner=tuple(inside(group)),
                    position=position,
                )
            )
    return tuple(boxes)


def stray_fences_in(body: Body) -> Iterator[int]:
    """Yield the line of each `:::` that stands inside a list, a quotation or a paragraph and so opens no box."""
    for token, line in inline_tokens(body):
        if token.type == "text" and token.content.lstrip().startswith(":::"):
            yield line


def count_blocks(body: Body) -> int:
    """Count the top-level blocks."""
    return sum(1 for _ in top_level(body.tokens))


def count_words(body: Body) -> int:
    """Count the words, those of titles and of hidden answers included; citations are none."""
    return sum(len(text_of(token).split()) for token in body.tokens if token.type == "inline")


def count_shown_words(body: Body) -> int:
    """Count the words that stand open: of a `reveal` the title, and of `choose` no reason but that of what is right."""
    closed: list[Token] = []
    for box in boxes_in(body):
        if box.name == "reveal":
            closed += split_title(list(box.inner))[1]
        elif box.name == "choose":
            closed += [token for option in options_in(body, box) if not option.right for token in option.why]
    return count_words(body) - sum(len(_words_of(token)) for token in closed)


def _words_of(token: Token) -> list[str]:
    return (text_of(token) if token.type == "inline" else token.content if token.type == "text" else "").split()


def options_in(body: Body, box: Box) -> tuple[ChooseOption, ...]:
    """List the options of a `choose` box."""
    return tuple(options_of(box.inner, body.first_line))


def blocks_in(body: Body) -> Iterator[Block]:
    """Yield each paragraph, list item and table row. What a table's head cites counts for each of its rows."""
    for group in top_level(body.tokens):
        box = group[0].info if group[0].type == "box_open" else ""
        yield from _blocks(body, inside(group) if box else group, box)


def paragraphs(body: Body) -> list[str]:
    """List the paragraphs of a narrative as plain text, each on one line."""
    return [" ".join(text_of(token).split()) for token in body.tokens if token.type == "inline"]


def _blocks(body: Body, tokens: Sequence[Token], box: str) -> Iterator[Block]:
    """Gather inline text by its innermost list item or table row, or else by paragraph. Headings are no blocks."""
    units: list[_Unit] = []
    stack: list[_Unit] = []
    head: _Unit | None = None
    opener = ""
    for token in tokens:
        if token.type in ("list_item_open", "tr_open"):
            is_head = opener == "thead_open"
            unit = _Unit(line_of(body, token), None if is_head else head)
            head = unit if is_head else head
            units.append(unit)
            stack.append(unit)
        elif token.type in ("list_item_close", "tr_close"):
            stack.pop()
        elif token.type == "table_close":
            head = None
        elif token.type == "inline" and opener not in ("heading_open", "box_title_open"):
            if not stack:
                units.append(_Unit(line_of(body, token)))
            (stack[-1] if stack else units[-1]).add(token)
        opener = token.type
    yield from (unit.block(box) for unit in units)


@dataclass(slots=True)
class _Unit:
    line: int
    head: _Unit | None = None
    texts: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    is_cited: bool = False

    def add(self, inline: Token) -> None:
        self.texts.append(text_of(inline))
        self.unmarked.append(text_of(inline, with_exempt=False))
        self.is_cited = self.is_cited or any(token.type == "citation" for token in inline.children or ())

    def block(self, box: str) -> Block:
        head = self.head or _Unit(self.line)
        is_cited = self.is_cited or head.is_cited
        return Block(" ".join(self.texts), " ".join(self.unmarked), " ".join(head.texts), self.line, is_cited, box)

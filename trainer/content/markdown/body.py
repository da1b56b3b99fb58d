"""What was found in a text that an author wrote in Markdown, each thing with its line."""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it.token import Token

from trainer.content.markdown.addresses import LinkKind


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed Markdown body. `first_line` is the line of the file on which it starts."""

    source: str
    first_line: int
    tokens: tuple[Token, ...]

    def line_at(self, offset: int) -> int:
        return self.first_line + self.source.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A link as written. `target` is what stands after the kind: `signal` in `glossary:signal`."""

    kind: LinkKind
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Citation:
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class ChooseOption:
    """One item of a `choose` box. `right` or `why` is missing where the author forgot it."""

    right: bool | None
    text: tuple[Token, ...]
    why: tuple[Token, ...]
    line: int
    is_single_paragraph: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A `:::` box at the top level of a body."""

    name: str
    title: str
    line: int
    is_closed: bool
    inner: tuple[Token, ...]
    position: int  # among the top-level blocks, from 0


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row, as plain text: the unit in which a figure needs its source."""

    text: str
    unmarked: str  # the text without what stands in [[...]]
    head: str  # the text of the table's head, for a row
    line: int
    is_cited: bool
    box: str  # the name of the box it stands in, or ""

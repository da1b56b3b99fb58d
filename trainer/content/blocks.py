"""Blocks of a text, `::: region NAME`: what stands in one is for readers without other words of their region for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from trainer.content.files import split_front_matter

_OPEN: Final = re.compile(r":{3,}[ \t]*region\b[ \t]*(.*?)[ \t]*")
_CLOSE: Final = re.compile(r":{3,}[ \t]*")
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Complain = Callable[[int, str, str], None]
Span = tuple[int, str, int]
"""From which line of a text on its lines are those of which file, and which line of it is the first."""


@dataclass(frozen=True, slots=True)
class RegionBlock:
    """A block, by the lines of its file on which it opens and on which its words end."""

    name: str
    line: int
    words: tuple[str, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """A file that holds nothing but words for the blocks of another one, and the sources that these need."""

    path: str
    text: str  # all of it
    head: str
    blocks: tuple[RegionBlock, ...]
    whose: str  # the name of its region


def read_filling(path: str, text: str, whose: str) -> Filling | None:
    """Return what a file fills in, or None if it has a text of its own."""
    head, body, first_line = split_front_matter(text) or ("", text, 1)
    blocks = tuple(find_blocks(body, first_line))
    inside = {line for block in blocks for line in range(block.line, block.line + len(block.words) + 2)}
    lines = enumerate(body.split("\n"), first_line)
    is_filling = blocks and all(number in inside or not line.strip() for number, line in lines)
    return Filling(path, text, head, blocks, whose) if is_filling else None


def find_blocks(body: str, first_line: int) -> list[RegionBlock]:
    """List the blocks of a text that begins on a line of its file."""
    blocks: list[RegionBlock] = []
    lines, at = body.split("\n"), 0
    while at < len(lines):
        opening = _OPEN.fullmatch(lines[at])
        start, at = at, at + 1
        if opening is None:
            continue
        while at < len(lines) and not lines[at].startswith(":::"):
            at += 1
        is_closed = at < len(lines) and _CLOSE.fullmatch(lines[at]) is not None
        blocks.append(RegionBlock(opening[1], first_line + start, tuple(lines[start + 1 : at]), is_closed))
        at += is_closed
    return blocks


def check_blocks(blocks: list[RegionBlock] | tuple[RegionBlock, ...], complain: Complain) -> None:
    """Complain of blocks that have no name of their own, no words or no end."""
    names: set[str] = set()
    for block in blocks:
        if not _NAME.fullmatch(block.name):
            complain(block.line, "a block has no name", 'Name it in small letters: "::: region whom-to-call".')
        elif block.name in names:
            complain(block.line, f'the block "{block.name}" is there twice', "Give each its own name.")
        if not block.is_closed:
            complain(block.line, f'the block "{block.name}" is not closed', 'Add a line ":::". It holds no other box.')
        elif not "".join(block.words).strip():
            complain(block.line, f'the block "{block.name}" is empty', "Fill it or take it out.")
        names.add(block.name)


def lay_in(body: str, first_line: int, path: str, filling: Filling | None) -> tuple[str, tuple[Span, ...]]:
    """Return a text with the words that its blocks have for some reader, and where its lines are from.

    Words of a region stay in a box that says whose they are. A block that is some points of a list, or stands in a box,
    leaves no line around them.
    """
    words: Mapping[str, RegionBlock] = {block.name: block for block in filling.blocks} if filling else {}
    lines, told, spans, at = body.split("\n"), list[str](), list[Span](), 0
    for block in find_blocks(body, first_line):
        start = block.line - first_line
        told += lines[at:start]
        at = start + len(block.words) + 1 + block.is_closed
        own = words.get(block.name, block)
        if filling is None or own.words == block.words:
            spans += [(first_line + len(told), path, block.line + 1)]
            told += block.words
        else:
            is_alone = _is_alone(told, lines[at:])
            told += [f"::: region {filling.whose}"] * is_alone
            spans += [(first_line + len(told), filling.path, own.line + 1)]
            told += [*own.words, *[":::"] * is_alone]
        spans += [(first_line + len(told), path, first_line + at)]
    return "\n".join([*told, *lines[at:]]), tuple(spans)


def _is_alone(before: list[str], after: list[str]) -> bool:
    """Tell whether what comes between these lines stands in no list and no box."""
    is_apart = not "".join([*before[-1:], *after[:1]]).strip()
    fences = [line for line in before if line.startswith(":::")]
    return is_apart and (not fences or _CLOSE.fullmatch(fences[-1]) is not None)

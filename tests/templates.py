"""Lay out templates: `python -m tests.templates` indents them, `--check` only says which lines it would change.

Blanks at the start of a line are all that it touches, so nothing that is rendered can change. A formatter that breaks
and joins lines can't know where a blank shows: djLint's takes the one out of `<span class="vh"> {{ name }}</span>`, and
a screen reader then reads two words as one. Where lines break is up to the author, within `faults`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trainer.core.settings import ROOT

WIDTH = 120
STEP = 2

_PIECE = re.compile(
    r"(?P<comment>\{#.*?#\})|(?P<statement>\{%.*?%\})|(?P<expression>\{\{.*?\}\})"
    r"|(?P<tag></?[a-zA-Z](?:\{[{%].*?[%}]\}|\"[^\"]*\"|[^>\"])*>)",
    re.DOTALL,
)
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# fmt: off
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
    "html", "legend", "li", "link", "main", "meta", "nav", "ol", "option", "p", "pre", "script", "section", "select",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
}
# fmt: on
_OPENS = {"if", "for", "block", "macro", "call", "filter"}
# What is a link or data may be longer than a line: an address can't be broken.
_UNBROKEN = re.compile(
    r"""^\s*(<\w+ )?(?:href|action|data-[\w-]+)="[^"\s]*(\{\{.*\}\})?[^"\s]*"( ?\{% if .*)?>?$"""
    r"""|^\s*"[\w-]+": '<"""
)


@dataclass
class _Piece:
    """A tag, statement or expression: where it stands, and what it opens or closes."""

    start: int
    end: int
    kind: str
    name: str = ""
    opens: bool = False
    closes: bool = False


@dataclass
class _Layout:
    """What is open, from the outside in."""

    stack: list[str] = field(default_factory=list)

    def open(self, name: str) -> None:
        self.stack.append(name)

    def close(self, name: str) -> None:
        # A tag that was opened in another branch of a statement isn't closed here.
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth] == name:
                del self.stack[depth:]
                return
            if self.stack[depth].startswith("%") and not name.startswith("%"):
                return


def laid_out(text: str) -> str:
    """Return a template with each line indented by what it stands in."""
    layout, lines = _Layout(), []
    pieces = list(_pieces(text))
    inside = _lines_inside(text, pieces)
    position = shift = 0
    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        here = [one for one in pieces if position <= one.start < position + len(line) + 1]
        if number in inside:
            lines.append((" " * max(0, len(line) - len(line.lstrip()) + shift) + bare).rstrip())
        else:
            indent = STEP * _depth(layout, here, position + len(line) - len(line.lstrip()))
            shift = indent - (len(line) - len(line.lstrip()))
            lines.append((" " * indent + bare).rstrip())
        for one in here:
            _follow(layout, one)
        position += len(line) + 1
    return "\n".join(lines)


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong): too long, or more than one block or statement in it."""
    pieces = list(_pieces(text))
    position = 0
    for number, line in enumerate(text.split("\n"), start=1):
        here = [one for one in pieces if position <= one.start <= position + len(line)]
        if len(line) > WIDTH and not _UNBROKEN.match(line):
            yield number, f"{len(line)} characters; {WIDTH} are the most"
        if sum(one.kind == "tag" and one.opens and one.name in _BLOCKS for one in here) > 1:
            yield number, "more than one block"
        if sum(one.kind == "statement" and (one.opens or one.name == "%set") for one in here) > 1:
            yield number, "more than one statement"
        position += len(line) + 1


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        kind, source = str(match.lastgroup), match.group()
        piece = _Piece(match.start(), match.end(), kind)
        if kind == "statement":
            word = re.match(r"\{%[-+]?\s*(\w+)", source)
            name = word.group(1) if word else ""
            piece.closes = name.startswith("end")
            piece.opens = name in _OPENS or (name == "set" and "=" not in source)
            piece.name = "%" + name.removeprefix("end")
        elif kind == "tag":
            piece.name = re.findall(r"[\w-]+", source)[0].lower()
            piece.closes = source.startswith("</")
            piece.opens = not piece.closes and piece.name not in _VOID and not source.endswith("/>")
        yield piece


def _lines_inside(text: str, pieces: list[_Piece]) -> set[int]:
    """Return the numbers of lines that go on with a piece that began above: they move with its first line."""
    inside: set[int] = set()
    for one in pieces:
        first = text.count("\n", 0, one.start)
        inside.update(range(first + 1, first + 1 + text.count("\n", one.start, one.end)))
    return inside


def _depth(layout: _Layout, here: list[_Piece], start: int) -> int:
    """Return how deep a line stands: what closes at its very start no longer counts."""
    probe = _Layout(list(layout.stack))
    for one in here:
        if one.start != start:
            break
        if one.kind == "statement" and one.name in ("%else", "%elif"):
            # As deep as the statement that it belongs to.
            while probe.stack and not probe.stack[-1].startswith("%"):
                probe.stack.pop()
            return len(probe.stack) - 1
        if not one.closes:
            break
        probe.close(one.name)
        start = one.end
    return len(probe.stack)


def _follow(layout: _Layout, one: _Piece) -> None:
    if one.kind == "statement" and one.name in ("%else", "%elif"):
        while layout.stack and not layout.stack[-1].startswith("%"):
            layout.stack.pop()
    elif one.closes:
        layout.close(one.name)
    elif one.opens:
        layout.open(one.name)


def wrong_lines(path: Path) -> list[str]:
    """Return what is wrong with a template, each with file and line."""
    text, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    result = laid_out(text)
    pairs = enumerate(zip(text.split("\n"), result.split("\n"), strict=True), start=1)
    wrong = [f"{where}:{number}: {what}" for number, what in faults(result)]
    return wrong + [f"{where}:{number}: indent it: make format" for number, (old, new) in pairs if old != new]


def main() -> None:
    """Lay out all templates, or say which lines are wrong."""
    wrong = []
    for path in sorted((ROOT / "trainer").rglob("*.html")):
        if "--check" not in sys.argv[1:]:
            path.write_text(laid_out(path.read_text(encoding="utf-8")), encoding="utf-8")
        wrong += wrong_lines(path)
    print("\n".join(wrong) or "Templates are laid out.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

"""Link each word of the glossary where a lesson first uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it.token import Token

from trainer.content.catalogue import Term

# A link inside the label of something that opens would be a control inside a control.
_CLOSED = ("choose", "ask", "story", "chart", "item")


def link_terms(tokens: Sequence[Token], terms: Mapping[str, Term]) -> list[Token]:
    """Return the tokens with a link at the first use of each term that the author hasn't linked. Nothing is changed
    in place."""
    forms = _forms(terms)
    if not forms:
        return list(tokens)
    links = _Links(forms, _pattern(tuple(sorted(forms, key=len, reverse=True))))
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                links.done.add(str(child.attrGet("href") or "").removeprefix("glossary:"))
    linked: list[Token] = []
    box, before = "", ""
    for token in tokens:
        if token.type == "box_open":
            box = token.info
        elif token.type == "box_close":
            box = ""
        is_open = box not in _CLOSED and before not in ("heading_open", "box_title_open", "th_open")
        before = token.type
        linked.append(links.link(token) if token.type == "inline" and is_open else token)
    return linked


def is_in(term: Term, text: str) -> bool:
    """Tell whether a term may be linked in a text."""
    return any(form.lower() in " ".join(text.lower().split()) for form in (term.term, *term.also))


@dataclass(slots=True)
class _Links:
    forms: Mapping[str, str]  # id of the term by each of its forms in small letters
    pattern: re.Pattern[str]
    done: set[str] = field(default_factory=set)

    def link(self, inline: Token) -> Token:
        children: list[Token] = []
        depth = 0
        for child in _joined(inline.children or ()):
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            children.extend(self._cut(child) if child.type == "text" and depth == 0 else [child])
        return inline.copy(children=children)

    def _cut(self, text: Token) -> Iterator[Token]:
        start = 0
        for match in self.pattern.finditer(text.content):
            # A letter such as the long s is matched by case but isn't in any form.
            name = self.forms.get(" ".join(match[0].lower().split()))
            if name is None or name in self.done:
                continue
            self.done.add(name)
            yield _text(text.content[start : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": f"glossary:{name}"})
            yield _text(match[0])
            yield Token("link_close", "a", -1)
            start = match.end()
        yield _text(text.content[start:])


def _forms(terms: Mapping[str, Term]) -> dict[str, str]:
    return {form.lower(): name for name, term in terms.items() if term.link for form in (term.term, *term.also)}


@lru_cache(maxsize=8)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    words = ("[ \n]".join(re.escape(part) for part in form.split()) for form in forms)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE)


def _joined(children: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens with lines of plain text joined, so that a term may go on in the next line of the file."""
    held = ""
    for child in children:
        if child.type == "text" or (child.type == "softbreak" and held):
            held += child.content if child.type == "text" else "\n"
            continue
        if held:
            yield _text(held)
            held = ""
        yield child
    if held:
        yield _text(held)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)

"""Turn a parsed text into safe HTML; each source is noted once, after the block that first cites it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from markdown_it.token import Token
from markdown_it.utils import EnvType
from markupsafe import Markup, escape

from trainer.content import charts
from trainer.content.catalogue import Source, Term
from trainer.content.markdown.addresses import PageScope
from trainer.content.markdown.body import Body, ChooseOption
from trainer.content.markdown.sanitizing import sanitize
from trainer.content.markdown.syntax import FIGURES, parser
from trainer.content.markdown.tokens import LISTS, inside, options_of, split_title, top_level
from trainer.content.markdown.writer import Writer
from trainer.content.own_words import SOURCE, own_words
from trainer.content.terms import link_terms

_MOST_NOTES: Final = 1  # more of them beside one block are folded away
_writer = Writer()


@dataclass(frozen=True, slots=True)
class Rendered:
    parts: tuple[Markup, ...]
    """What stands before, between and after the questions."""
    items: tuple[str, ...]
    """The ids of the questions."""
    cited: tuple[Source, ...]
    words: tuple[Term, ...]
    charts: tuple[str, ...]  # the names of the series that are drawn

    @property
    def html(self) -> Markup:
        """The text without the questions."""
        return Markup().join(self.parts)


def render(body: Body, scope: PageScope) -> Rendered:
    """Render a body; each source is noted once, after the block that first cites it."""
    pen = Pen(scope)
    tokens = link_terms(body.tokens, scope.targets.terms) if scope.course else body.tokens
    parts, items = [Markup()], []
    for group in top_level(tokens):
        if group[0].type == "box_open" and group[0].info == "item":
            items.append(group[0].content)
            parts.append(Markup())
        else:
            parts[-1] += pen.write(group)
    return Rendered(tuple(parts), tuple(items), tuple(pen.cited), tuple(pen.words.values()), tuple(pen.charts))


class Pen:
    """Writes one page: numbers its sources, keeps its ids apart, and collects its words."""

    def __init__(self, scope: PageScope) -> None:
        self.scope = scope
        self.own = own_words(scope.language)
        self.cited: list[Source] = []
        self.words: dict[str, Term] = {}
        self.charts: list[str] = []
        self.open_links: list[bool] = []
        self.has_h2 = False
        self.is_asking = False
        self._noted = 0
        self._ids: Counter[str] = Counter()
        self._tables = 0
        self._chooses = 0

    def write(self, group: Sequence[Token]) -> Markup:
        head = group[0]
        if head.type == "box_open" and head.info == "chart":
            return self._write_chart(head, list(inside(group)))
        if head.type == "box_open" and head.info in FIGURES:
            return self.scope.figures.get(head.info, Markup())
        html = self._write_box(head, list(inside(group))) if head.type == "box_open" else self.html(group)
        return sanitize(html + self._write_notes())

    def html(self, tokens: Sequence[Token]) -> str:
        return str(_writer.render(tokens, parser.options, cast("EnvType", self)))

    def inline(self, tokens: Sequence[Token]) -> str:
        return str(_writer.renderInline(tokens, parser.options, cast("EnvType", self)))

    def number_of(self, source: Source) -> int:
        if source not in self.cited:
            self.cited.append(source)
        return self.cited.index(source) + 1

    def heading_id(self, text: str) -> str:
        # The prefix keeps headings apart from "recap", "s1" and "word-signal".
        base = "h-" + (re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part")
        self._ids[base] += 1
        name = base if self._ids[base] == 1 else f"{base}-{self._ids[base]}"
        # "Part 2" may already have the name that a second "Part" would get.
        while name != base and name in self._ids:
            self._ids[base] += 1
            name = f"{base}-{self._ids[base]}"
        self._ids[name] += name != base
        return name

    def table_label(self) -> str:
        self._tables += 1
        if self._tables == 1:
            return self.own.gettext("Table")
        return self.own.gettext("Table %(number)s") % {"number": self._tables}

    def _write_box(self, head: Token, inner: list[Token]) -> str:
        title, inner = split_title(inner)
        match head.info:
            case "ask":
                return self._write_ask(inner)
            case "story":
                return f'<div class="story">{self.html(inner)}</div>'
            case "callout":
                return f'<div class="callout stack gap-2">{self._heading(title)}{self.html(inner)}</div>'
            case "reveal":
                summary = self.inline(title) or self.own.gettext("Show")
                return f'<details class="reveal"><summary>{summary}</summary>{self.html(inner)}</details>'
            case "choose":
                return self._write_choose(title, inner)
            case "recap":
                taken = escape(self.own.gettext("Take this with you"))
                return f'<section class="recap stack gap-2" id="recap"><h2>{taken}</h2>{self.html(inner)}</section>'
            case "region":
                whose = escape(self.own.gettext("In %(region)s") % {"region": head.content})
                return f'<div class="yours stack gap-2"><p class="whose">{whose}</p>{self.html(inner)}</div>'
            case _:
                return self.html(inner)

    def _write_chart(self, head: Token, inner: list[Token]) -> Markup:
        """The figure is our own, made from escaped texts; what the author wrote below it is cleaned like all else."""
        series = self.scope.statistics.get(head.content)
        if series is None or series.source not in self.scope.sources:  # the checker refuses it
            return Markup()
        self.charts.append(head.content)
        number = self.number_of(self.scope.sources[series.source])
        language = SOURCE if head.content in self.scope.untranslated else None
        words = self.html(split_title(inner)[1])
        return charts.draw(series, number, self.own, language) + sanitize(words + self._write_notes())

    def _write_ask(self, inner: list[Token]) -> str:
        self.is_asking = True
        html = self.html(inner)
        self.is_asking = False
        return html

    def _write_choose(self, title: list[Token], inner: list[Token]) -> str:
        self._chooses += 1
        name = f"choose-{self._chooses}"
        before = "".join(self.html(group) for group in top_level(inner) if group[0].type not in LISTS)
        options = "".join(self._write_option(option, name) for option in options_of(inner, 1))
        panes = f'<ul class="x panes">{options}</ul>' if options else ""
        return f'<section class="pane stack choose">{self._heading(title)}{before}{panes}</section>'

    def _write_option(self, option: ChooseOption, name: str) -> str:
        kind, word = ("right", self.own.gettext("Yes.")) if option.right else ("wrong", self.own.gettext("No."))
        return (
            f'<li><details name="{name}"><summary>{self.inline(option.text)}</summary>'
            f'<p class="{kind}"><b>{escape(word)}</b> {self.inline(option.why)}</p></details></li>'
        )

    def _heading(self, title: list[Token]) -> str:
        # A box before the first h2 is itself an h2: a page may not jump from h1 to h3.
        tag = "h3" if self.has_h2 else "h2"
        return f"<{tag}>{self.inline(title)}</{tag}>" if title else ""

    def _write_notes(self) -> str:
        fresh = self.cited[self._noted :]
        if not fresh:
            return ""
        notes = "".join(self._note(number, source) for number, source in enumerate(fresh, self._noted + 1))
        self._noted = len(self.cited)
        if len(fresh) <= _MOST_NOTES:
            return f'<div class="notes">{notes}</div>'
        summary = escape(self.own.gettext("%(number)s sources") % {"number": len(fresh)})
        return f'<details class="notes"><summary>{summary}</summary>{notes}</details>'

    def _note(self, number: int, source: Source) -> str:
        year = f", {source.year}" if source.year else ""
        copy = self.own.gettext("read in a copy of %(year)s") % {"year": source.copy_of} if source.copy_of else ""
        named = f"{escape(source.publisher)}, {escape(source.title)}{year}{escape(copy and f', {copy}')}"
        link = escape(self.own.gettext("Open the source"))
        return (
            f'<p class="note-src" id="s{number}"><b>{number}</b> {named}. '
            f'<a href="{escape(source.address)}" rel="noreferrer noopener">{link}</a></p>'
        )

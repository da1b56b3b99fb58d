"""Turn the Markdown of lessons, pages and scenes into safe HTML, and tell what it links to and cites.

Parsing and rendering are apart: the checker reads the same tokens that the reader of the page will get.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from trainer.courses import charts
from trainer.courses.schema import Source, Statistics, Term
from trainer.courses.terms import link_terms

Env = Any  # what markdown-it calls env: here always the _Pen that writes the page

BOXES: Final = ("ask", "story", "callout", "reveal", "choose", "chart", "recap")

# The one place that knows where the site keeps things. "{...}" is filled with what stands after the colon.
PAGE_PATHS: Final = {
    "front": "/",
    "courses": "/courses",
    "help": "/help",
    "try": "/try",
    "indicators": "/indicators",
    "sources": "/sources",
    "glossary": "/glossary",
    "misleading": "/indicators/misleading",
    "cards": "/cards",
    "observation": "/observation",
    "search": "/search",
    "verify": "/verify",
}
CONTENT_PAGE_PATH: Final = "/{slug}"
TERM_PATH: Final = "/glossary#{term}"
TERM_ON_LESSON: Final = "#word-{term}"  # a lesson lists its own words at its end
INDICATOR_PATH: Final = "/indicators/{indicator}"
LESSON_PATH: Final = "/courses/{course}/{lesson}"

LinkKind = Literal["glossary", "indicator", "lesson", "page", "web", "recap", "unknown"]

_CITATION = re.compile(r"\[\^([^\]\s]{1,20})\]")
_EXEMPT = re.compile(r"\[\[([^\[\]]+)\]\]")
_BOX_OPEN = re.compile(r":{3,}[ \t]*([A-Za-z][\w-]*)[ \t]*(.*)")
_BOX_CLOSE = re.compile(r":{3,}[ \t]*")
# A host with a dot, no user name before it: "https://bank.example@evil.example" reads as what it is not.
_WEB = re.compile(r"https?://[^\s/?#@:\\\"'<>]+\.[^\s/?#@:\\\"'<>]+(:\d+)?([/?#][^\s\\\"'<>]*)?", re.IGNORECASE)
_OPTION_MARK = re.compile(r"\[([ xX])\]\s+")


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed Markdown body. `first_line` is the line of the file on which it starts."""

    source: str
    first_line: int
    tokens: tuple[Token, ...]

    def line_at(self, offset: int) -> int:
        return self.first_line + self.source.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written. `target` is what stands after the kind: `signal` in `glossary:signal`."""

    kind: LinkKind
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Citation:
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Option:
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
    head: str  # the text of the table's head, for a row
    line: int
    is_cited: bool
    box: str  # the name of the box it stands in, or ""


@dataclass(frozen=True, slots=True)
class Targets:
    """What an internal link may lead to. `lessons` gives the course of each lesson id."""

    terms: Mapping[str, Term] = field(default_factory=dict)
    indicators: frozenset[str] = frozenset()
    lessons: Mapping[str, str] = field(default_factory=dict)
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a body is shown. `course` is set on lessons, which list their glossary words themselves."""

    targets: Targets
    sources: Mapping[str, Source]
    course: str | None = None
    statistics: Mapping[str, Statistics] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    html: Markup
    cited: tuple[Source, ...]
    words: tuple[Term, ...]


def parse(source: str, first_line: int = 1) -> Body:
    """Parse Markdown. Never raises for any text."""
    return Body(source, first_line, tuple(_parser.parse(source)))


def links_in(body: Body) -> Iterator[Link]:
    """Yield each link in reading order, whether or not it leads anywhere."""
    for token, line in _inline_tokens(body):
        if token.type == "link_open":
            kind, target = split_link(str(token.attrGet("href") or ""))
            yield Link(kind, target, line)


def citations_in(body: Body) -> Iterator[Citation]:
    """Yield each `[^S1]` in reading order."""
    for token, line in _inline_tokens(body):
        if token.type == "citation":
            yield Citation(token.content, line)


def broken_links_in(body: Body) -> Iterator[int]:
    """Yield the line of each thing that looks like a link and is none, as with a citation or a link inside a link."""
    return (line for token, line in _inline_tokens(body) if token.type == "text" and "](" in token.content)


def images_in(body: Body) -> Iterator[int]:
    """Yield the line of each image."""
    return (line for token, line in _inline_tokens(body) if token.type == "image")


def raw_html_in(body: Body) -> Iterator[int]:
    """Yield the line of whatever a browser could take for a tag; it would be shown as text."""
    for token, line in _inline_tokens(body):
        if token.type == "text" and re.search(r"<[A-Za-z/!?]", token.content):
            yield line


def headings_in(body: Body) -> Iterator[tuple[int, int]]:
    """Yield level and line of each heading."""
    for token in body.tokens:
        if token.type == "heading_open":
            yield int(token.tag[1]), _line(body, token)


def boxes_in(body: Body) -> tuple[Box, ...]:
    """List the boxes of a body. A stray `:::` is a box without a name."""
    found = []
    for position, group in enumerate(_top_level(body.tokens)):
        head = group[0]
        if head.type in ("box_open", "box_stray"):
            found.append(
                Box(
                    name=head.info,
                    title=head.content,
                    line=_line(body, head),
                    is_closed=bool(head.meta.get("is_closed")),
                    inner=tuple(_inside(group)),
                    position=position,
                )
            )
    return tuple(found)


def stray_fences_in(body: Body) -> Iterator[int]:
    """Yield the line of each `:::` that stands inside a list, a quotation or a paragraph and so opens no box."""
    for token, line in _inline_tokens(body):
        if token.type == "text" and token.content.lstrip().startswith(":::"):
            yield line


def count_blocks(body: Body) -> int:
    """Count the top-level blocks."""
    return sum(1 for _ in _top_level(body.tokens))


def options_in(body: Body, box: Box) -> tuple[Option, ...]:
    """List the options of a `choose` box."""
    return tuple(_options(box.inner, body.first_line))


def blocks_in(body: Body) -> Iterator[Block]:
    """Yield each paragraph, list item and table row. What a table's head cites counts for each of its rows."""
    for group in _top_level(body.tokens):
        box = group[0].info if group[0].type == "box_open" else ""
        yield from _blocks(body, _inside(group) if box else group, box)


def paragraphs(body: Body) -> list[str]:
    """List the paragraphs of a narrative as plain text, each on one line."""
    return [" ".join(_text(token).split()) for token in body.tokens if token.type == "inline"]


def split_link(href: str) -> tuple[LinkKind, str]:
    """Tell the kind of a link and what stands after it."""
    if href == "#recap":
        return "recap", ""
    if _WEB.fullmatch(href):
        return "web", href
    kind, colon, target = href.partition(":")
    if colon and kind in ("glossary", "indicator", "lesson", "page"):
        return kind, target  # type: ignore[return-value]  # narrowed by the line above
    return "unknown", href


def find_address(kind: LinkKind, target: str, scope: Scope) -> str | None:
    """Find the address a link leads to, or None if it leads nowhere."""
    targets = scope.targets
    if kind == "web":
        return target
    if kind == "recap":
        return "#recap"
    if kind == "glossary" and target in targets.terms:
        return (TERM_ON_LESSON if scope.course else TERM_PATH).format(term=target)
    if kind == "indicator" and target in targets.indicators:
        return INDICATOR_PATH.format(indicator=target)
    if kind == "lesson" and target in targets.lessons:
        return LESSON_PATH.format(course=targets.lessons[target], lesson=target)
    if kind == "page":
        return _find_page(target, targets)
    return None


def _find_page(name: str, targets: Targets) -> str | None:
    if name in PAGE_PATHS:
        return PAGE_PATHS[name]
    return CONTENT_PAGE_PATH.format(slug=name) if name in targets.pages else None


def render(body: Body, scope: Scope) -> Rendered:
    """Render a body; each source is noted once, after the block that first cites it."""
    pen = _Pen(scope)
    tokens = link_terms(body.tokens, scope.targets.terms) if scope.course else body.tokens
    html = Markup().join(pen.write(group) for group in _top_level(tokens))
    return Rendered(html, tuple(pen.cited), tuple(pen.words.values()))


def plain(text: str) -> str:
    """Take the `[[...]]` marks off a text that is no Markdown."""
    return _EXEMPT.sub(r"\1", text) if "[[" in text else text


def blank_exempt(text: str) -> str:
    """Blank what is exempt from the word list, keeping each line where it is."""
    return _EXEMPT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text) if "[[" in text else text


# --- sanitizing: the last word, whatever the parser made of hostile text ---

_ALLOWED: Final[dict[str, set[str]]] = {
    "a": {"href", "rel", "aria-label"},
    "details": {"name"},
    "div": {"tabindex", "role", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "ol": {"start"},
    "p": {"id"},
    "section": {"id"},
    "th": {"scope"},
}
_CLASSES: Final[dict[str, set[str]]] = {
    "a": {"term"},
    "details": {"reveal"},
    "div": {"callout", "stack", "gap-2", "story", "scroll"},
    "p": {"ask", "note-src", "right", "wrong"},
    "section": {"pane", "stack", "choose", "recap", "gap-2"},
    "table": {"tbl"},
    "td": {"r"},
    "th": {"r"},
    "ul": {"x", "panes"},
}
_TAGS: Final = {
    *("a", "b", "br", "code", "em", "strong", "sup"),
    *("blockquote", "div", "h2", "h3", "hr", "li", "ol", "p", "pre", "section", "ul"),
    *("details", "summary", "table", "tbody", "td", "th", "thead", "tr"),
}
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ALLOWED,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https"},
    link_rel=None,
    clean_content_tags={"script", "style"},
)


def sanitize(html: str) -> Markup:
    """Drop every tag, attribute, class and address scheme that is not one of ours."""
    return Markup(_cleaner.clean(html))  # noqa: S704 - cleaned by the allow-list above


# --- writing ---


class _Pen:
    """Writes one page: numbers its sources, keeps its ids apart, and collects its words."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.cited: list[Source] = []
        self.words: dict[str, Term] = {}
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
            return self._write_chart(head, list(_inside(group)))
        html = self._write_box(head, list(_inside(group))) if head.type == "box_open" else self.html(group)
        return sanitize(html + self._write_notes())

    def html(self, tokens: Sequence[Token]) -> str:
        return str(_writer.render(tokens, _parser.options, cast("EnvType", self)))

    def inline(self, tokens: Sequence[Token]) -> str:
        return str(_writer.renderInline(tokens, _parser.options, cast("EnvType", self)))

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
        return "Table" if self._tables == 1 else f"Table {self._tables}"

    def _write_box(self, head: Token, inner: list[Token]) -> str:
        title, inner = _split_title(inner)
        match head.info:
            case "ask":
                return self._write_ask(inner)
            case "story":
                return f'<div class="story">{self.html(inner)}</div>'
            case "callout":
                return f'<div class="callout stack gap-2">{self._heading(title)}{self.html(inner)}</div>'
            case "reveal":
                summary = self.inline(title) or "Show"
                return f'<details class="reveal"><summary>{summary}</summary>{self.html(inner)}</details>'
            case "choose":
                return self._write_choose(title, inner)
            case "recap":
                return (
                    '<section class="recap stack gap-2" id="recap"><h2>Take this with you</h2>'
                    f"{self.html(inner)}</section>"
                )
            case _:
                return self.html(inner)

    def _write_chart(self, head: Token, inner: list[Token]) -> Markup:
        """The figure is our own, made from escaped texts; what the author wrote below it is cleaned like all else."""
        series = self.scope.statistics.get(head.content)
        if series is None or series.source not in self.scope.sources:  # the checker refuses it
            return Markup()
        number = self.number_of(self.scope.sources[series.source])
        words = self.html(_split_title(inner)[1])
        return charts.draw(series, number) + sanitize(words + self._write_notes())

    def _write_ask(self, inner: list[Token]) -> str:
        self.is_asking = True
        html = self.html(inner)
        self.is_asking = False
        return html

    def _write_choose(self, title: list[Token], inner: list[Token]) -> str:
        self._chooses += 1
        name = f"choose-{self._chooses}"
        before = "".join(self.html(group) for group in _top_level(inner) if group[0].type not in _LISTS)
        options = "".join(self._write_option(option, name) for option in _options(inner, 1))
        panes = f'<ul class="x panes">{options}</ul>' if options else ""
        return f'<section class="pane stack choose">{self._heading(title)}{before}{panes}</section>'

    def _write_option(self, option: Option, name: str) -> str:
        kind, word = ("right", "Yes.") if option.right else ("wrong", "No.")
        return (
            f'<li><details name="{name}"><summary>{self.inline(option.text)}</summary>'
            f'<p class="{kind}"><b>{word}</b> {self.inline(option.why)}</p></details></li>'
        )

    def _heading(self, title: list[Token]) -> str:
        # A box before the first h2 is itself an h2: a page may not jump from h1 to h3.
        tag = "h3" if self.has_h2 else "h2"
        return f"<{tag}>{self.inline(title)}</{tag}>" if title else ""

    def _write_notes(self) -> str:
        fresh = self.cited[self._noted :]
        notes = [_note(number, source) for number, source in enumerate(fresh, self._noted + 1)]
        self._noted = len(self.cited)
        return "".join(notes)


def _note(number: int, source: Source) -> str:
    year = f", {source.year}" if source.year else ""
    return (
        f'<p class="note-src" id="s{number}"><b>{number}</b> {escape(source.publisher)}, {escape(source.title)}{year}. '
        f'<a href="{escape(source.address)}" rel="noreferrer noopener">Open the source</a></p>'
    )


class _Writer(RendererHTML):
    """Rules for tokens that come out otherwise than CommonMark has it. markdown-it finds them by their name."""

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        source = env.scope.sources.get(tokens[idx].content)
        if source is None:  # the checker refuses it
            return ""
        number = env.number_of(source)
        return f'<sup><a href="#s{number}" aria-label="Source {number}">{number}</a></sup>'

    def exempt(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return str(escape(tokens[idx].content))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return str(escape(tokens[idx].content))

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        kind, target = split_link(str(tokens[idx].attrGet("href") or ""))
        address = find_address(kind, target, env.scope)
        env.open_links.append(address is not None)
        if address is None:
            return ""
        if kind == "glossary":
            env.words.setdefault(target, env.scope.targets.terms[target])
            return f'<a class="term" href="{escape(address)}">'
        rel = ' rel="noreferrer noopener"' if kind == "web" else ""
        return f'<a href="{escape(address)}"{rel}>'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "</a>" if env.open_links.pop() else ""

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        if tokens[idx].hidden:
            return ""
        return '<p class="ask">' if env.is_asking else "<p>"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        tag = _heading_tag(tokens[idx])
        env.has_h2 = env.has_h2 or tag == "h2"
        return f'<{tag} id="{env.heading_id(_text(tokens[idx + 1]))}">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f"</{_heading_tag(tokens[idx])}>\n"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{env.table_label()}"><table class="tbl">'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f"<td{_alignment(tokens[idx])}>"

    def box_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return ""

    box_close = box_stray = box_title_open = box_title_close = box_open


def _heading_tag(token: Token) -> str:
    return "h2" if token.tag in ("h1", "h2") else "h3"


def _alignment(token: Token) -> str:
    # markdown-it writes a style attribute, which the content security policy forbids.
    return ' class="r"' if "right" in str(token.attrGet("style") or "") else ""


# --- tokens ---

_LISTS: Final = ("bullet_list_open", "ordered_list_open")


def _line(body: Body, token: Token) -> int:
    return body.first_line + (token.map[0] if token.map else 0)


def _top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut a run of tokens into its outermost blocks."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def _inside(group: Sequence[Token]) -> Sequence[Token]:
    return group[1:-1]


def _inline_tokens(body: Body) -> Iterator[tuple[Token, int]]:
    """Yield each inline token with its line."""
    for parent in body.tokens:
        line = _line(body, parent)
        for token in parent.children or ():
            yield token, line
            line += token.type in ("softbreak", "hardbreak")


def _text(inline: Token) -> str:
    parts = []
    for token in inline.children or ():
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type != "citation":
            parts.append(token.content)
    return "".join(parts)


def _split_title(inner: list[Token]) -> tuple[list[Token], list[Token]]:
    if inner and inner[0].type == "box_title_open":
        return list(inner[1].children or ()), inner[3:]
    return [], inner


def _options(inner: Sequence[Token], first_line: int) -> Iterator[Option]:
    for group in _top_level(inner):
        if group[0].type in _LISTS:
            for item in _top_level(_inside(group)):
                yield _option(item, first_line)


def _option(item: Sequence[Token], first_line: int) -> Option:
    line = first_line + (item[0].map[0] if item[0].map else 0)
    blocks = list(_top_level(_inside(item)))
    children = list(blocks[0][1].children or ()) if blocks and blocks[0][0].type == "paragraph_open" else []
    right, children = _take_mark(children)
    text, why = _split_at_arrow(children)
    return Option(right, tuple(text), tuple(why), line, len(blocks) == 1)


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


def _blocks(body: Body, tokens: Sequence[Token], box: str) -> Iterator[Block]:
    """Gather inline text by its innermost list item or table row, or else by paragraph. Headings are no blocks."""
    units: list[_Unit] = []
    stack: list[_Unit] = []
    head: _Unit | None = None
    opener = ""
    for token in tokens:
        if token.type in ("list_item_open", "tr_open"):
            is_head = opener == "thead_open"
            unit = _Unit(_line(body, token), None if is_head else head)
            head = unit if is_head else head
            units.append(unit)
            stack.append(unit)
        elif token.type in ("list_item_close", "tr_close"):
            stack.pop()
        elif token.type == "table_close":
            head = None
        elif token.type == "inline" and opener not in ("heading_open", "box_title_open"):
            if not stack:
                units.append(_Unit(_line(body, token)))
            (stack[-1] if stack else units[-1]).add(token)
        opener = token.type
    yield from (unit.block(box) for unit in units)


@dataclass(slots=True)
class _Unit:
    line: int
    head: _Unit | None = None
    texts: list[str] = field(default_factory=list)
    is_cited: bool = False

    def add(self, inline: Token) -> None:
        self.texts.append(_text(inline))
        self.is_cited = self.is_cited or any(token.type == "citation" for token in inline.children or ())

    def block(self, box: str) -> Block:
        head = self.head or _Unit(self.line)
        return Block(" ".join(self.texts), " ".join(head.texts), self.line, self.is_cited or head.is_cited, box)


# --- parsing ---


def _citation(state: StateInline, silent: bool) -> bool:
    return _push_match(state, silent, _CITATION, "citation")


def _exempt(state: StateInline, silent: bool) -> bool:
    return _push_match(state, silent, _EXEMPT, "exempt")


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
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Writer).enable("table")
    # Text that an author indents by accident is text, not code.
    parser.disable("code")
    parser.block.ruler.before("fence", "box", _box, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("link", "citation", _citation)
    parser.inline.ruler.before("citation", "exempt", _exempt)
    # Every link becomes a token, so that the checker can name a bad one; only `find_address` lets one through.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_parser = _make_parser()
_writer = cast("_Writer", _parser.renderer)

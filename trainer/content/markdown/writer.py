"""Write tokens as HTML where that differs from CommonMark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from trainer.content.markdown.addresses import INDICATOR_PATH, find_address, split_link
from trainer.content.markdown.tokens import text_of
from trainer.content.parts import sign_of

_TELEPHONE: Final = re.compile(r"\b(?:1-)?[0-9]{3}-(?:[0-9A-Z]{3}-[0-9A-Z]{4}|[A-Z]{7})\b")
Env = Any  # what markdown-it calls env: here always the Pen that writes the page


def keep_numbers(text: str) -> Markup:
    """Return a text as HTML in which no telephone number goes on in the next line: browsers break it at its hyphens."""
    return Markup(_keep_numbers(text))  # noqa: S704 escaped there


def _keep_numbers(text: str) -> str:
    html = escapeHtml(text)
    return _TELEPHONE.sub(r'<span class="nb">\g<0></span>', html) if "-" in html else html


class Writer(RendererHTML):
    """Rules for tokens that aren't written as CommonMark has them. markdown-it finds them by their name."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return _keep_numbers(tokens[idx].content)

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        source = env.scope.sources.get(tokens[idx].content)
        if source is None:  # the checker refuses it
            return ""
        number = env.number_of(source)
        label = escape(env.own.gettext("Source %(number)s") % {"number": number})
        return f'<sup><a href="#s{number}" aria-label="{label}">{number}</a></sup>'

    def sign(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        meta = tokens[idx].meta
        address = INDICATOR_PATH.format(indicator=sign_of(meta["sign"]))
        return f'<a href="{address}">{escape(meta["words"])}</a>{escape(tokens[idx].content[len(meta["words"]) :])}'

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

    def paragraph_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "" if tokens[idx].hidden else "</p>\n"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        tag = _heading_tag(tokens[idx])
        env.has_h2 = env.has_h2 or tag == "h2"
        return f'<{tag} id="{env.heading_id(text_of(tokens[idx + 1]))}">'

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

"""Tell what a link in a text means, and where it leads: the one place that knows where the site keeps things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from markupsafe import Markup

from trainer.content.catalogue import Source, Term
from trainer.content.own_words import SOURCE
from trainer.content.papers import Statistics

# "{...}" is filled with what stands after the colon.
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
HELP_PATH: Final = "/help/all#{line}"
INDICATOR_PATH: Final = "/indicators/{indicator}"
LESSON_PATH: Final = "/courses/{course}/{lesson}"

LinkKind = Literal["glossary", "help", "indicator", "lesson", "page", "web", "recap", "unknown"]

# A host with a dot, no user name before it: "https://bank.example@evil.example" reads as what it is not.
_WEB = re.compile(r"https?://[^\s/?#@:\\\"'<>]+\.[^\s/?#@:\\\"'<>]+(:\d+)?([/?#][^\s\\\"'<>]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Targets:
    """What an internal link may lead to. `lessons` gives the course of each lesson id."""

    terms: Mapping[str, Term] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)  # the line that stands under an id or a role
    indicators: frozenset[str] = frozenset()
    lessons: Mapping[str, str] = field(default_factory=dict)
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PageScope:
    """Where a body is shown. `course` is set on lessons, which list their glossary words themselves."""

    targets: Targets
    sources: Mapping[str, Source]
    course: str | None = None
    statistics: Mapping[str, Statistics] = field(default_factory=dict)
    untranslated: frozenset[str] = frozenset()  # series that are shown in the source, within another language
    language: str = SOURCE
    figures: Mapping[str, Markup] = field(default_factory=dict)  # what we draw ourselves, by the name of its box


def split_link(href: str) -> tuple[LinkKind, str]:
    """Tell the kind of a link and what stands after it."""
    if href == "#recap":
        return "recap", ""
    if _WEB.fullmatch(href):
        return "web", href
    kind, colon, target = href.partition(":")
    if colon and kind in ("glossary", "help", "indicator", "lesson", "page"):
        return kind, target  # type: ignore[return-value]  # narrowed by the line above
    return "unknown", href


def find_address(kind: LinkKind, target: str, scope: PageScope) -> str | None:
    """Find the address a link leads to, or None if it leads nowhere."""
    targets = scope.targets
    if kind == "web":
        return target
    if kind == "recap":
        return "#recap"
    if kind == "glossary" and target in targets.terms:
        return (TERM_ON_LESSON if scope.course else TERM_PATH).format(term=target)
    if kind == "help" and target in targets.help:
        return HELP_PATH.format(line=targets.help[target])
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

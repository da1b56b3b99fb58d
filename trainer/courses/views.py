"""Public reading pages: catalogue, indicators, glossary, sources, search, help, and pages about us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from trainer.content.catalogue import HelpLine
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.content.serving import served, served_in
from trainer.content.subject import HelpNeed
from trainer.core.clock import now
from trainer.core.errors import NotFound
from trainer.courses.search import FIRST, MOST, index_of
from trainer.web.access import Who, access
from trainer.web.language import language_tag
from trainer.web.page_cache import cached_page

blueprint = Blueprint("courses", __name__, template_folder="templates")

_SECURITY_TXT_LASTS = dt.timedelta(days=180)


@blueprint.get("/courses")
@access(Who.PUBLIC)
@cached_page
def catalogue() -> str:
    """List the courses."""
    content = _content()
    return render_template(
        "courses/catalogue.html",
        courses=list(content.courses.values()),
        translation=content.standing(*(f"courses/{slug}/course.yaml" for slug in content.courses)),
    )


@blueprint.get("/indicators")
@access(Who.PUBLIC)
@cached_page
def indicators() -> str:
    """List indicators and false cues by category."""
    content = _content()
    groups = [
        (category, [sign for sign in content.indicators.values() if sign.category == category.id])
        for category in content.categories
    ]
    return render_template(
        "courses/indicators.html",
        groups=groups,
        icons=content.icons,
        translation=content.standing("indicators.yaml"),
    )


@blueprint.get("/indicators/misleading")
@access(Who.PUBLIC)
@cached_page
def misleading() -> str:
    """Say of each false cue what people are told, and why it misleads."""
    content = _content()
    cues = [cue for cue in content.indicators.values() if cue.kind == "false_cue"]
    return render_template("courses/misleading.html", cues=cues, translation=content.standing("indicators.yaml"))


@blueprint.get("/indicators/<indicator_id>")
@access(Who.PUBLIC)
@cached_page
def indicator(indicator_id: str) -> str:
    """Show one indicator: what it looks like, how strong it is, what else it may be, where it is taught."""
    content = _content()
    sign = content.indicators.get(indicator_id)
    if sign is None:
        raise NotFound
    category = next(group for group in content.categories if group.id == sign.category)
    return render_template(
        "courses/indicator.html",
        indicator=sign,
        translation=content.standing("indicators.yaml"),
        category=category,
        lessons=content.lessons_teaching(sign.id),
        open_scenes=[scene for scene in content.scenarios_with(sign.id) if scene.file.pool == Pool.OPEN],
        reserved=sum(scene.file.pool == Pool.RESERVED for scene in content.scenarios_with(sign.id)),
        cards=[(slug, card) for slug, card in content.cards.items() if set(card.venues) & set(sign.venues)],
        sources=[content.sources[source] for source in sign.sources],
    )


@blueprint.get("/glossary")
@access(Who.PUBLIC)
@cached_page
def glossary() -> str:
    """List the terms."""
    content = _content()
    terms = sorted(content.terms.values(), key=lambda term: term.term.lower())
    return render_template("courses/glossary.html", terms=terms, translation=content.standing("glossary.yaml"))


@blueprint.get("/sources")
@access(Who.PUBLIC)
@cached_page
def sources() -> str:
    """List the sources that lessons, indicators and scenes rest on."""
    return render_template("courses/sources.html", sources=_content().sources.values())


@blueprint.get("/help")
@access(Who.PUBLIC)
@cached_page
def help_directory() -> str:
    """Show whom to reach first, and the lines of the site's region by what someone may need."""
    content = _content()
    lines = [line for lines in content.help_lines.values() for line in lines]
    first = _first(content, lines)
    ordered = first + [line for line in lines if line not in first]
    needs = [need for need in content.vocabulary.needs if not need.first]
    by_need = [(need, _lines_for(need, ordered)) for need in needs]
    return render_template(
        "courses/help.html",
        first=first,
        rights=content.pages.get("rights"),
        by_need=[row for row in by_need if row[1]],
        **_facts(content),
    )


@blueprint.get("/help/all")
@access(Who.PUBLIC)
@cached_page
def all_help_lines() -> str:
    """List every help line: the most important first, then by region, beginning with the site's."""
    return _list_lines(_content())


@blueprint.get("/help/<need>")
@access(Who.PUBLIC)
@cached_page
def help_for(need: str) -> str:
    """List the help lines for a need, with all that is known of each."""
    content = _content()
    kind = next((kind for kind in content.vocabulary.needs if kind.id == need), None)
    if kind is None or not any(_lines_for(kind, lines) for _region, lines in _by_region(content)):
        raise NotFound
    return _list_lines(content, kind)


def _list_lines(content: Content, need: HelpNeed | None = None) -> str:
    regions = [(region, _lines_for(need, lines) if need else lines) for region, lines in _by_region(content)]
    first = _first(content, [line for _region, lines in regions for line in lines if not need or need.id in line.needs])
    rest = [(region, [line for line in lines if line not in first]) for region, lines in regions]
    return render_template(
        "courses/help_lines.html",
        need=need,
        first=first,
        regions=[row for row in rest if row[1]],
        all_regions=content.regions,
        near=content.help_lines,
        **_facts(content),
    )


def _lines_for(need: HelpNeed, lines: Iterable[HelpLine]) -> list[HelpLine]:
    """Return the lines for a need, last those that are no first address for it."""
    return [line for key in ("needs", "also") for line in lines if need.id in getattr(line, key)]


def _by_region(content: Content) -> list[tuple[str, tuple[HelpLine, ...]]]:
    """Return the help lines by region, the reader's own first, then those of the nation and of other regions."""
    others = {name: there.help_lines[name] for name, there in content.regions.items() if name not in content.help_lines}
    return [*content.help_lines.items(), *others.items()]


def _first(content: Content, lines: list[HelpLine]) -> list[HelpLine]:
    """Return those for danger, then those that stand on every page."""
    urgent = {need.id for need in content.vocabulary.needs if need.first}
    first = [line for line in lines if urgent & set(line.needs)]
    return first + [line for line in lines if line.id in content.site.strip_lines and line not in first]


def _facts(content: Content) -> dict[str, Any]:
    """Return what pages say of all lines together."""
    lines = [line for _region, lines in _by_region(content) for line in lines]
    return {
        "translation": content.standing("vocabulary.yaml", *(f"help/{region}.yaml" for region in content.help_lines)),
        "always": {served().vocabulary.always, content.vocabulary.always},
        "count": len(lines),
        "seen_on": {line.seen_on for line in lines},
        "is_any_uncalled": any(line.called_on is None for line in lines),
        "is_any_called": any(line.called_on for line in lines),
    }


@blueprint.get("/search")
@access(Who.PUBLIC)
def search() -> str:
    """Find words in all that may be read. The query stays in the address and nowhere else."""
    query, index = request.args.get("q", "").strip(), index_of(_content())
    results = index.search(query)
    corrected = None if results else index.correct(query)
    return render_template(
        "courses/search.html",
        query=query,
        corrected=corrected,
        results=results or (index.search(corrected) if corrected else []),
        first=MOST if "all" in request.args else FIRST,
    )


def _content() -> Content:
    """Return the content as its reader gets it."""
    return served_in(language_tag())


def page(slug: str) -> str:
    """Show a page about us."""
    content = _content()
    content_page = content.pages.get(slug)
    if content_page is None:
        raise NotFound
    return render_template("courses/page.html", page=content_page, translation=content.standing(content_page))


for _slug in ("about", "privacy", "accessibility", "terms", "contact", "leaving", "rights"):
    blueprint.add_url_rule(f"/{_slug}", _slug, access(Who.PUBLIC)(lambda slug=_slug: page(slug)), methods=["GET"])


@blueprint.get("/.well-known/security.txt")
@access(Who.PUBLIC)
def security_txt() -> Response:
    """Say whom to write to about a vulnerability (RFC 9116), once the content folder names someone."""
    site = served().site
    if site.contact is None:
        raise NotFound
    lines = [
        f"Contact: mailto:{site.contact}",
        f"Expires: {now() + _SECURITY_TXT_LASTS:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(site.languages)}",
        f"Canonical: {current_app.config['SETTINGS'].base_url}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

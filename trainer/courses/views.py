"""Public reading pages: catalogue, indicators, glossary, sources, search, help, and pages about us."""

from __future__ import annotations

from typing import get_args

from flask import Blueprint, render_template, request

from trainer.core.errors import NotFound
from trainer.courses.current import content, index
from trainer.courses.schema import Need, Pool
from trainer.web.access import Who, access
from trainer.web.still import still

blueprint = Blueprint("courses", __name__, template_folder="templates")


@blueprint.get("/courses")
@access(Who.PUBLIC)
@still
def catalogue() -> str:
    """List the courses."""
    return render_template("courses/catalogue.html", courses=content().courses.values())


@blueprint.get("/indicators")
@access(Who.PUBLIC)
@still
def indicators() -> str:
    """List indicators and false cues by category."""
    here = content()
    groups = [
        (category, [one for one in here.indicators.values() if one.category == category.id])
        for category in here.categories
    ]
    return render_template("courses/indicators.html", groups=groups)


@blueprint.get("/indicators/misleading")
@access(Who.PUBLIC)
@still
def misleading() -> str:
    """Say of each false cue what people are told, and why it misleads."""
    cues = [one for one in content().indicators.values() if one.kind == "false_cue"]
    return render_template("courses/misleading.html", cues=cues)


@blueprint.get("/indicators/<indicator_id>")
@access(Who.PUBLIC)
@still
def indicator(indicator_id: str) -> str:
    """Show one indicator: what it looks like, how strong it is, what else it may be, where it is taught."""
    here = content()
    found = here.indicators.get(indicator_id)
    if found is None:
        raise NotFound
    category = next(one for one in here.categories if one.id == found.category)
    return render_template(
        "courses/indicator.html",
        indicator=found,
        category=category,
        lessons=here.lessons_teaching(found.id),
        open_scenes=[one for one in here.scenarios_with(found.id) if one.file.pool == Pool.OPEN],
        reserved=sum(one.file.pool == Pool.RESERVED for one in here.scenarios_with(found.id)),
        cards=[(slug, card) for slug, card in here.cards.items() if set(card.venues) & set(found.venues)],
        sources=[here.sources[one] for one in found.sources],
    )


@blueprint.get("/glossary")
@access(Who.PUBLIC)
@still
def glossary() -> str:
    """List the terms."""
    return render_template(
        "courses/glossary.html", terms=sorted(content().terms.values(), key=lambda one: one.term.lower())
    )


@blueprint.get("/sources")
@access(Who.PUBLIC)
@still
def sources() -> str:
    """List the sources that lessons, indicators and scenes rest on."""
    return render_template("courses/sources.html", sources=content().sources.values())


@blueprint.get("/help")
@access(Who.PUBLIC)
@still
def help_directory() -> str:
    """List the help lines by need, and by region, the own region first."""
    here = content()
    regions = [(region, lines) for region, lines in here.help_lines.items()]
    regions.sort(key=lambda one: one[0] != here.site.help_region)
    everywhere = [line for _region, those in regions for line in those]
    lines = sorted(everywhere, key=lambda line: line.id not in here.site.strip_lines)
    needs = [(need, [line for line in lines if need in line.needs]) for need in get_args(Need)]
    return render_template("courses/help.html", regions=regions, needs=[one for one in needs if one[1]])


@blueprint.get("/search")
@access(Who.PUBLIC)
def search() -> str:
    """Find words in all that may be read. The query stays in the address and nowhere else."""
    query = request.args.get("q", "").strip()
    return render_template("courses/search.html", query=query, found=index().search(query) if query else [])


def page(slug: str) -> str:
    """Show a page about us."""
    found = content().pages.get(slug)
    if found is None:
        raise NotFound
    return render_template("courses/page.html", page=found)


for _slug in ("about", "privacy", "accessibility", "terms", "contact", "leaving"):
    blueprint.add_url_rule(f"/{_slug}", _slug, access(Who.PUBLIC)(lambda slug=_slug: page(slug)), methods=["GET"])

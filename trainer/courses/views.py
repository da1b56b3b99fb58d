"""Public reading pages: catalogue, indicators, glossary, sources, help, and pages about us."""

from __future__ import annotations

from flask import Blueprint, render_template

from trainer.core.errors import NotFound
from trainer.courses.current import content
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
    """List the help lines, the region's first."""
    here = content()
    regions = [(region, lines) for region, lines in here.help_lines.items()]
    regions.sort(key=lambda one: one[0] != here.site.help_region)
    return render_template("courses/help.html", regions=regions)


def page(slug: str) -> str:
    """Show a page about us."""
    found = content().pages.get(slug)
    if found is None:
        raise NotFound
    return render_template("courses/page.html", page=found)


for _slug in ("about", "privacy", "accessibility", "terms", "contact", "leaving"):
    blueprint.add_url_rule(f"/{_slug}", _slug, access(Who.PUBLIC)(lambda slug=_slug: page(slug)), methods=["GET"])

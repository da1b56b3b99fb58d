"""Public reading pages: catalogue, indicators, glossary, sources, search, help, and pages about us."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.content.serving import served, served_in
from trainer.core.errors import NotFound
from trainer.courses.search import index_of
from trainer.web.access import Who, access
from trainer.web.language import language_tag
from trainer.web.still import still

blueprint = Blueprint("courses", __name__, template_folder="templates")


@blueprint.get("/courses")
@access(Who.PUBLIC)
@still
def catalogue() -> str:
    """List the courses."""
    here = _here()
    return render_template(
        "courses/catalogue.html",
        courses=list(here.courses.values()),
        translation=here.standing(*(f"courses/{slug}/course.yaml" for slug in here.courses)),
    )


@blueprint.get("/indicators")
@access(Who.PUBLIC)
@still
def indicators() -> str:
    """List indicators and false cues by category."""
    here = _here()
    groups = [
        (category, [one for one in here.indicators.values() if one.category == category.id])
        for category in here.categories
    ]
    return render_template("courses/indicators.html", groups=groups, translation=here.standing("indicators.yaml"))


@blueprint.get("/indicators/misleading")
@access(Who.PUBLIC)
@still
def misleading() -> str:
    """Say of each false cue what people are told, and why it misleads."""
    here = _here()
    cues = [one for one in here.indicators.values() if one.kind == "false_cue"]
    return render_template("courses/misleading.html", cues=cues, translation=here.standing("indicators.yaml"))


@blueprint.get("/indicators/<indicator_id>")
@access(Who.PUBLIC)
@still
def indicator(indicator_id: str) -> str:
    """Show one indicator: what it looks like, how strong it is, what else it may be, where it is taught."""
    here = _here()
    found = here.indicators.get(indicator_id)
    if found is None:
        raise NotFound
    category = next(one for one in here.categories if one.id == found.category)
    return render_template(
        "courses/indicator.html",
        indicator=found,
        translation=here.standing("indicators.yaml"),
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
    here = _here()
    terms = sorted(here.terms.values(), key=lambda one: one.term.lower())
    return render_template("courses/glossary.html", terms=terms, translation=here.standing("glossary.yaml"))


@blueprint.get("/sources")
@access(Who.PUBLIC)
@still
def sources() -> str:
    """List the sources that lessons, indicators and scenes rest on."""
    return render_template("courses/sources.html", sources=_here().sources.values())


@blueprint.get("/help")
@access(Who.PUBLIC)
@still
def help_directory() -> str:
    """List the help lines, the first ones first, then by region, the own region first."""
    return _help()


@blueprint.get("/help/<need>")
@access(Who.PUBLIC)
@still
def help_for(need: str) -> str:
    """List the help lines for a need, with all that is known of each."""
    return _help(need)


def _help(need: str | None = None) -> str:
    here = _here()
    order = [here.site.help_region, *(region.id for region in here.vocabulary.regions)]
    regions = sorted(here.help_lines.items(), key=lambda one: order.index(one[0]))
    lines = [line for _region, those in regions for line in those]
    needs = {one.id: one for one in here.vocabulary.needs if any(one.id in line.needs for line in lines)}
    if need is not None and need not in needs:
        raise NotFound
    shown = [line for line in lines if need is None or need in line.needs]
    first = [line for line in shown if any(needs[one].first for one in line.needs)]
    first += [line for line in shown if line.id in here.site.strip_lines and line not in first]
    by_region = [(region, [one for one in those if one in shown and one not in first]) for region, those in regions]
    return render_template(
        "courses/help.html",
        need=need,
        translation=here.standing("vocabulary.yaml", *(f"help/{region}.yaml" for region in here.help_lines)),
        always={served().vocabulary.always, here.vocabulary.always},
        needs=needs,
        first=first,
        regions=[one for one in by_region if one[1]],
        seen_on={line.seen_on for line in lines},
        is_any_uncalled=any(line.called_on is None for line in lines),
        is_any_called=any(line.called_on for line in lines),
    )


@blueprint.get("/search")
@access(Who.PUBLIC)
def search() -> str:
    """Find words in all that may be read. The query stays in the address and nowhere else."""
    query = request.args.get("q", "").strip()
    return render_template("courses/search.html", query=query, found=index_of(_here()).search(query) if query else [])


def _here() -> Content:
    """Return the content as its reader gets it."""
    return served_in(language_tag())


def page(slug: str) -> str:
    """Show a page about us."""
    here = _here()
    found = here.pages.get(slug)
    if found is None:
        raise NotFound
    return render_template("courses/page.html", page=found, translation=here.standing(found))


for _slug in ("about", "privacy", "accessibility", "terms", "contact", "leaving"):
    blueprint.add_url_rule(f"/{_slug}", _slug, access(Who.PUBLIC)(lambda slug=_slug: page(slug)), methods=["GET"])

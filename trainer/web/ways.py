"""Ways up: how a page leads to a page of a package above its own, or shows a part that belongs there.

The package below names what it needs ("final", "rule"); which endpoint or template that is, the feature above says. A
page of the same package or of one below is named as ever, with `url_for`.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from flask import Flask, current_app, url_for

from trainer.core.feature import list_features


def init_ways(app: Flask) -> None:
    """Let names stand for endpoints and templates, as the features say. Call it after the blueprints are registered.

    Templates get `way_to(page, **values)` for an address, `way_to_extra` for one that may have been deleted,
    `part_for(part)` for the name of a template to include, and `parts_for(place)` for the names of those that features
    add to a place, perhaps none.
    Raises LookupError on an endpoint or a template that doesn't exist.
    """
    pages = {name: endpoint for feature in list_features(app) for name, endpoint in feature.links.items()}
    parts = {name: template for feature in list_features(app) for name, template in feature.slots.items()}
    lost = {name: endpoint for name, endpoint in pages.items() if endpoint not in app.view_functions}
    if lost:
        raise LookupError(f"ways lead to pages that don't exist: {lost}")
    loader = app.create_global_jinja_loader()
    added: dict[str, list[str]] = {}
    for feature in list_features(app):
        for place, template in feature.parts.items():
            added.setdefault(place, []).append(template)
    for template in (*parts.values(), *chain.from_iterable(added.values())):
        loader.get_source(app.jinja_env, template)  # raises TemplateNotFound; to compile it would slow down each start
    app.extensions["ways"], app.extensions["parts"], app.extensions["added_parts"] = pages, parts, added
    app.jinja_env.globals.update(way_to=way_to, way_to_extra=way_to_extra, part_for=part_for, parts_for=parts_for)


def way_to(page: str, **values: Any) -> str:
    """Return the address of a page of a package above."""
    return url_for(current_app.extensions["ways"][page], **values)


def way_to_extra(page: str, **values: Any) -> str | None:
    """Return the address of a page of an extra, or None without the extra."""
    endpoint = current_app.extensions["ways"].get(page)
    return url_for(endpoint, **values) if endpoint else None


def part_for(part: str) -> str:
    """Return the name of the template that a package above gives for a part of a page."""
    template: str = current_app.extensions["parts"][part]
    return template


def parts_for(place: str) -> list[str]:
    """Return the names of the templates that features add to a place of a page, from the bottom up."""
    templates: list[str] = current_app.extensions["added_parts"].get(place, [])
    return templates

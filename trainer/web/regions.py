"""Whose numbers and laws a reader is shown.

The region in the address comes first; then the one of a signed-in person's team or firm, which the session holds; then
the site's. Where a request comes from never counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, current_app, g, session
from markupsafe import Markup

from trainer.web.addresses import REGION, add_own_part, asked, is_page, let_ask, rest_of_address
from trainer.web.sessions import is_for_machines


def init_regions(app: Flask, regions: Callable[[], Mapping[str, str]], show: Callable[[str], None]) -> None:
    """Let each request show the region of its reader. Register before whatever shows a page.

    `regions`: the names of those that there are, by id, the site's own first. `show`: tells what is served which it is.
    """
    app.extensions["regions"] = regions
    app.extensions["show_region"] = show
    let_ask(app, REGION, known_regions, region_id)
    app.before_request(_show)
    app.jinja_env.globals |= {"region_id": region_id, "known_regions": known_regions}
    add_own_part(app, "region_form", _region_form)


def known_regions() -> Mapping[str, str]:
    """Return the names of the regions that there are, by id, the site's own first."""
    regions: Callable[[], Mapping[str, str]] = current_app.extensions["regions"]
    return regions()


def region_id() -> str:
    """Return the region whose numbers and laws are shown. It is in the key of whatever is kept."""
    shown: str | None = g.get(REGION)
    return shown or next(iter(known_regions()))


def belong_to(region: str | None) -> None:
    """Show a signed-in person the region of their team or firm; None: it has none."""
    if session.get(REGION) != region:
        session[REGION] = region
        _show()


def _region_form() -> Markup:
    """Return the form that changes the region and keeps the place, where there is a page to come back to."""
    form = current_app.jinja_env.get_template("web/_region_form.html")  # without all that a page knows of its reader
    made = form.render(said=rest_of_address(REGION)) if is_page() else ""
    return Markup(made)  # noqa: S704 a template of ours, escaped as it was rendered


def _show() -> None:
    if is_for_machines():  # how the site is can be asked without content
        return
    known, own = known_regions(), session.get(REGION)
    g.region = asked(REGION) or (own if own in known else next(iter(known)))
    show: Callable[[str], None] = current_app.extensions["show_region"]
    show(g.region)

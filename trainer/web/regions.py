"""Whose numbers and laws a reader is shown, and how addresses keep that.

The region in the address comes first, and links, forms and redirects keep it; then the one of a signed-in person's team
or firm, which the session holds; then the site's. Where a request comes from never counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, Response, current_app, g, request, session
from markupsafe import Markup

from trainer.web.sessions import is_for_machines

REGION: Final = "region"
"""Its name in addresses, in forms, and in the session."""
_ADDRESS = re.compile(r'(?<=\shref=")/(?!/|static/)[^"#]*|(?<=\saction=")/(?!/)[^"#]*')
_FORM = re.compile(r"<form[^<>]*>")


def init_regions(app: Flask, regions: Callable[[], Mapping[str, str]], show: Callable[[str], None]) -> None:
    """Let each request show the region of its reader. Register before whatever shows a page.

    `regions`: the names of those that there are, by id, the site's own first. `show`: tells what is served which it is.
    """
    app.extensions["regions"] = regions
    app.extensions["show_region"] = show
    app.before_request(_show)
    app.add_template_filter(kept_in, "kept_in")
    app.add_template_filter(in_region, "in_region")
    app.jinja_env.globals |= {"region_id": region_id, "known_regions": known_regions, "own_part": own_part}


def init_addresses(app: Flask) -> None:
    """Let addresses keep a region that was asked for. Register after what compresses answers."""
    app.after_request(_keep)


def known_regions() -> Mapping[str, str]:
    """Return the names of the regions that there are, by id, the site's own first."""
    regions: Callable[[], Mapping[str, str]] = current_app.extensions["regions"]
    return regions()


def region_id() -> str:
    """Return the region whose numbers and laws are shown. It is in the key of whatever is kept."""
    shown: str | None = g.get(REGION)
    return shown or next(iter(known_regions()))


def asked_region() -> str | None:
    """Return the region that the address names, if there is one of that name."""
    given = request.args.get(REGION)
    return given if given in known_regions() else None


def asks_region_at_most() -> bool:
    """Return True if the address says nothing but, perhaps, one of the regions: such pages are the same for many."""
    asked = asked_region() if request.query_string else None
    return request.query_string in (b"", f"{REGION}={asked}".encode())


def belong_to(region: str | None) -> None:
    """Show a signed-in person the region of their team or firm; None: it has none."""
    if session.get(REGION) != region:
        session[REGION] = region
        _show()


def in_region(address: str, region: str | None, joint: str = "&") -> str:
    """Return an address of ours as it keeps a region; unchanged without one, or with one in it."""
    if region is None or any(f"{mark}{REGION}=" in address for mark in "?&;"):
        return address
    path, mark, part = address.partition("#")
    return f"{path}{joint if '?' in path else '?'}{REGION}={region}{mark}{part}"


def full_address(path: str) -> str:
    """Return the one address of a page of the configured site, for the region that is shown; of the site's own without
    a query."""
    region = None if region_id() == next(iter(known_regions())) else region_id()
    return f"{current_app.config['SETTINGS'].base_url}{in_region(path, region)}"


def kept_in(page: str, region: str | None) -> str:
    """Return a page, or a part of one, whose links and forms keep a region; None: as it is."""
    if region not in known_regions():
        return page
    kept = _ADDRESS.sub(lambda address: in_region(address[0], region, "&amp;"), page)
    return type(page)(_FORM.sub(lambda form: form[0] + _field(form[0], region), kept))


def _field(form: str, region: str | None) -> str:
    """Return the field that keeps a region where a form asks by its address, but for the one that chooses a region."""
    keeps = 'method="post"' not in form and "data-region" not in form
    return f'<input type="hidden" name="{REGION}" value="{region}">' if keeps else ""


def own_part(name: str) -> Markup:
    """Return what a page says of its own address: `canonical` or `region_form`."""
    placeholder: Callable[[str], Markup] | None = g.get("placeholder")  # in a page that many share
    return placeholder(name) if placeholder else OWN_PARTS[name]()


def _canonical() -> Markup:
    return Markup("{}").format(full_address(request.path))


def _region_form() -> Markup:
    """Return the form that changes the region and keeps the place, where there is a page to come back to."""
    is_page = request.method == "GET" or current_app.url_map.bind("").test(request.path, "GET")
    said = [(name, value) for name, value in request.args.items(multi=True) if name != REGION]
    form = current_app.jinja_env.get_template("web/_region_form.html")  # without all that a page knows of its reader
    return Markup(form.render(said=said) if is_page else "")  # noqa: S704 a template of ours, escaped as it was rendered


OWN_PARTS: Final = {"canonical": _canonical, "region_form": _region_form}


def _show() -> None:
    if is_for_machines():  # how the site is can be asked without content
        return
    known, own = known_regions(), session.get(REGION)
    g.region = asked_region() or (own if own in known else next(iter(known)))
    show: Callable[[str], None] = current_app.extensions["show_region"]
    show(g.region)


def _keep(response: Response) -> Response:
    region = asked_region() if request.query_string else None
    if region is None or is_for_machines() or "ETag" in response.headers:  # a page from memory, which has it already
        return response
    if response.location is not None and response.location.startswith("/"):
        response.location = in_region(response.location, region)
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(kept_in(response.get_data(as_text=True), region))
    return response

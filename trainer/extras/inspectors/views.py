"""Inspectors: links for them, and the page that such a link opens, to read and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, send_file, stream_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.compliance.file_names import pack_name
from trainer.compliance.order_queries import list_orders
from trainer.compliance.queries import (
    count_rows,
    find_owing,
    iterate_rows,
    known_since,
    list_concerning,
    list_places,
    list_rows,
    viewer_on,
)
from trainer.compliance.query_string import address_of, asked_day, read_status_filter
from trainer.compliance.rules import StatusFilter, Viewer
from trainer.compliance.words import GROUP_NAMES, chip, disclaimers_of
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.core.work import Job
from trainer.credentials.rules import show_serial
from trainer.extras.inspectors.former import count_former, iterate_former, list_former
from trainer.extras.inspectors.forms import InspectorForm
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.inspectors.operations import (
    make_inspector_link,
    revoke_inspector_link,
    take_over_inspector_link,
    token_of,
)
from trainer.extras.inspectors.paper import MOST, draw_inspection
from trainer.extras.inspectors.queries import (
    find_inspection,
    find_maker,
    find_shared_pack,
    get_inspector_link,
    is_live,
    limits_of_link,
    list_inspector_links,
    list_reasons,
)
from trainer.extras.inspectors.rules import INSPECTION_LASTS
from trainer.extras.inspectors.words import sentence
from trainer.extras.packs.limits import limits_of_pack, list_offered, tell_limits
from trainer.extras.packs.making import file_of
from trainer.extras.packs.queries import PACK
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.models import Organization
from trainer.organizations.rules import May, local_day
from trainer.organizations.team_queries import TeamLine
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_day, show_moment, show_times_of
from trainer.web.limits import limit_acts, limit_failures
from trainer.web.redirects import go
from trainer.web.replica import answer_from_replica

blueprint = Blueprint("inspections", __name__, template_folder="templates")


@blueprint.get("/organizations/<uuid:organization_id>/inspections")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def links(actor: Actor) -> str:
    """List the links that were made for inspectors."""
    return _page(actor, _form(actor, formdata=None))


@blueprint.post("/organizations/<uuid:organization_id>/inspections")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
@limit_acts("30 per hour")
def make(actor: Actor) -> Response | tuple[str, int]:
    """Create a link for an inspector."""
    form = _form(actor)
    if form.validate_on_submit():
        pack = UUID(form.pack.data) if form.pack.data else None
        with form.refusing("pack"), transaction():
            make_inspector_link(actor, str(form.label.data), now(), pack, form.team_ids, form.requirement_id)
        if not form.errors:
            flash(_("Link created. Copy it from the list."))
            return go(url_for(".links", organization_id=actor.organization_id))
    return _page(actor, form), 422


@blueprint.route("/organizations/<uuid:organization_id>/inspections/<uuid:link_id>/revocation", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def revoke(actor: Actor, link_id: UUID) -> Response | str:
    """Ask, then withdraw a link at once: an inspector may be reading by it."""
    form = Form()
    if not form.validate_on_submit():
        link = get_inspector_link(actor, link_id)
        return render_template("inspectors/withdrawal.html", actor=actor, form=form, link=link)
    try:
        with transaction():
            revoke_inspector_link(actor, link_id, now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Withdrawn. The link no longer works."))
    return go(url_for(".links", organization_id=actor.organization_id))


@blueprint.post("/organizations/<uuid:organization_id>/inspections/<uuid:link_id>/takeover")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def take_over(actor: Actor, link_id: UUID) -> Response:
    """Let a link that rests work again, in one's own name."""
    had_pack = get_inspector_link(actor, link_id).pack_id is not None
    try:
        with transaction():
            link = take_over_inspector_link(actor, link_id, now())
            lost_pack = had_pack and link.pack_id is None
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("The link works again, in your name."))
        if lost_pack:
            flash(_("The evidence pack beside it was someone else’s or is gone. Order your own and create a new link."))
    return go(url_for(".links", organization_id=actor.organization_id))


@blueprint.get("/inspections/<token>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def inspect(token: str) -> Response | tuple[str, int] | str:
    """Show a firm's training status, current and former staff, to whoever was given a link."""
    inspection = find_inspection(token, now())
    if inspection is None:
        return _ended()
    try:
        return _inspection_page(token, *inspection, asked_day())
    except Invalid as error:
        return _inspection_page(token, *inspection, None, error.message), 422


@blueprint.get("/inspections/<token>/all")
@access(Who.PUBLIC, is_long=True)
@limit_failures("60 per hour")
def inspect_all(token: str) -> Response | tuple[str, int]:
    """Show everyone on one page, to print."""
    inspection = find_inspection(token, now())
    if inspection is None:
        return _ended()
    link, organization = inspection
    return answer_from_replica(lambda: _whole_list(token, link, organization))


def _whole_list(token: str, link: InspectorLink, organization: Organization) -> Response:
    viewer = _viewer(link, organization, asked_day())
    filters = find_owing(viewer, replace(read_status_filter(), has_no_email=False))
    texts = stream_template(
        "inspectors/all.html",
        **_shown(token, link, organization, viewer, filters),
        rows=iterate_rows(viewer, filters),
        former=iterate_former(organization, viewer, filters),
        made_at=now(),
    )
    return Response(_in_portions(texts), mimetype="text/html")


@blueprint.get("/inspections/<token>/all.pdf")
@access(Who.PUBLIC, is_long=True)
@limit_failures("60 per hour")
@limit_acts("60 per hour")
def inspect_pdf(token: str) -> Response | tuple[str, int]:
    """Give everyone as a PDF, of at most so many rows."""
    inspection = find_inspection(token, now())
    if inspection is None:
        return _ended()
    return answer_from_replica(lambda: _pdf(*inspection))


def _pdf(link: InspectorLink, organization: Organization) -> Response:
    viewer = _viewer(link, organization, asked_day())
    filters = find_owing(viewer, replace(read_status_filter(), has_no_email=False))
    counts, left = count_rows(viewer, filters), count_former(viewer, filters)
    if counts.total + left > MOST:
        raise Conflict(
            _(
                "A PDF holds at most %(most)s rows. Choose a team, or print the page with everyone on it.",
                most=MOST,
            )
        )
    pdf = draw_inspection(
        organization.name,
        viewer.today,
        sentence(counts, viewer.today),
        [served().vocabulary.disclaimers.records, *disclaimers_of(list_concerning(viewer))],
        list(iterate_rows(viewer, filters)),
        list_reasons(viewer),
        list(iterate_former(organization, viewer, filters)),
        local_day(organization.time_zone, now()),
        tell_limits(organization.id, limits_of_link(link)),
    )
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="training-records-{viewer.today}.pdf"'
    return answer


@blueprint.get("/inspections/<token>/pack.zip")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def inspect_pack(token: str) -> Response | tuple[str, int]:
    """Give the evidence pack that the firm put beside the link."""
    inspection = find_inspection(token, now())
    if inspection is None:
        return _ended()
    link, organization = inspection
    job = find_shared_pack(link)
    if job is None:
        raise NotFound(_("There’s no evidence pack with this link. Ask the firm for one."))
    path = file_of(job)
    if path is None:
        raise NotYet(
            _("This pack isn’t there: it is still being created, or no longer kept. Ask the firm for a new one.")
        )
    name = pack_name(organization.name, dt.date.fromisoformat(job.details["as_of"]))
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)


def _ended() -> tuple[str, int]:
    return render_template("inspectors/ended.html"), 404


def _viewer(link: InspectorLink, organization: Organization, day: dt.date | None) -> Viewer:
    show_times_of(organization.time_zone)
    limits = limits_of_link(link)
    return viewer_on(organization, limits.team_ids, now(), day)._replace(requirement_id=limits.requirement_id)


def _inspection_page(
    token: str, link: InspectorLink, organization: Organization, day: dt.date | None, refusal: str | None = None
) -> str:
    viewer = _viewer(link, organization, day)
    filters = find_owing(viewer, replace(read_status_filter(), has_no_email=False))
    is_former = request.args.get("who") == "former"
    after = request.args.get("after") if refusal is None else None
    pack = find_shared_pack(link)
    page = list_former(organization, viewer, filters, after) if is_former else list_rows(viewer, filters, after)
    return render_template(
        "inspectors/inspection.html",
        **_shown(token, link, organization, viewer, filters),
        is_former=is_former,
        refusal=refusal,
        latest=local_day(organization.time_zone, now()),
        teams=_places(viewer),
        page=page,
        rows=page.rows,
        former=page.rows,
        group_names=GROUP_NAMES,
        most=MOST,
        pack=pack,
        pack_day=dt.date.fromisoformat(pack.details["as_of"]) if pack is not None else None,
        has_pack=pack is not None and file_of(pack) is not None,
    )


def _places(viewer: Viewer) -> Sequence[TeamLine]:
    """Return the teams to choose from; of one requirement those of its people: another's name may be a client's."""
    teams = list_places(viewer)
    if viewer.requirement_id is None:
        return teams
    by_team = count_rows(viewer, StatusFilter(), is_single=True).by_team
    return [team for team in teams if team.id in by_team]


def _shown(
    token: str, link: InspectorLink, organization: Organization, viewer: Viewer, filters: StatusFilter
) -> dict[str, Any]:
    """Return the values that the page and its print version share."""
    requirements = list_concerning(viewer)
    return {
        "link": link,
        "limits": tell_limits(organization.id, limits_of_link(link)),
        "organization": organization,
        "token": token,
        "viewer": viewer,
        "today": viewer.today,
        "known_since": known_since(organization, viewer),
        "wanted": filters,
        "address": address_of(filters, viewer),
        "requirements": requirements,
        "counts": count_rows(viewer, filters),
        "number_left": count_former(viewer, filters),
        "chip": chip,
        "reasons": list_reasons(viewer),
        "show_serial": show_serial,
        "disclaimers": disclaimers_of(requirements),
    }


def _in_portions(texts: Iterator[str]) -> Iterator[str]:
    """Join a few hundred small pieces at a time: each portion is written by itself."""
    while portion := "".join(islice(texts, 500)):
        yield portion


def _form(actor: Actor, **given: Any) -> InspectorForm:
    form = InspectorForm(**list_offered(actor), **given)
    packs = [(job.id.hex, _pack_words(job)) for job in list_orders(actor, PACK) if file_of(job) is not None]
    form.pack.choices = [("", _("None")), *packs]
    return form


def _pack_words(job: Job) -> str:
    words = _(
        "As of %(day)s, ordered %(at)s",
        day=show_day(dt.date.fromisoformat(job.details["as_of"])),
        at=show_moment(job.created_at),
    )
    assert job.organization_id is not None
    limits = tell_limits(job.organization_id, limits_of_pack(job))
    return str(_("%(pack)s: %(limits)s", pack=words, limits=limits) if limits else words)


def _page(actor: Actor, form: InspectorForm) -> str:
    base = current_app.config["SETTINGS"].base_url
    instant = now()
    shown = [
        (link, tell_limits(link.organization_id, limits_of_link(link)))
        + (
            (f"{base}/inspections/{token_of(link)}", find_maker(link) is None)
            if is_live(link, instant)
            else (None, False)
        )
        for link in list_inspector_links(actor)
    ]
    return render_template(
        "inspectors/inspections.html", actor=actor, form=form, links=shown, days=INSPECTION_LASTS.days
    )

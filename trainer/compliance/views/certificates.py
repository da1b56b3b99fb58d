"""Certificates as one file: order those behind a filter of training status, see how far it is, download it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.compliance.certificate_files import KIND, path_of, status_filter_of
from trainer.compliance.operations import order_certificates
from trainer.compliance.order_queries import get_order, list_orders
from trainer.compliance.queries import viewer_of
from trainer.compliance.query_string import address_of, read_status_filter
from trainer.compliance.rules import FILES_KEPT, StatusFilter
from trainer.compliance.words import filter_words
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotYet
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.organizations.team_queries import list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint("certificate_files", __name__, url_prefix="/organizations/<uuid:organization_id>/certificates")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def files(actor: Actor) -> str:
    """Say whose certificates a new file would have, and list the files that can be downloaded or are under way."""
    filters, jobs = read_status_filter(), list_orders(actor, KIND)
    teams = {team.id: team.name for team in list_teams(actor)}
    titles = {requirement.id: requirement.title for requirement in list_requirements(actor.organization_id)}

    def said(chosen: StatusFilter) -> str:
        return " · ".join(filter_words(chosen, teams, titles)) or _("Everyone you can see")

    return render_template(
        "compliance/certificates.html",
        actor=actor,
        form=Form(),
        whose=said(filters),
        address=address_of(filters, viewer_of(actor, now())),
        jobs=[(job, said(status_filter_of(job)), path_of(job) is not None) for job in jobs],
        is_busy=any(job.finished_at is None and job.failed_at is None for job in jobs),
        days=FILES_KEPT.days,
    )


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
@limit_acts("30 per hour")
def order(actor: Actor) -> Response:
    """Order a file of the certificates that the address asks for; the worker makes it."""
    filters = read_status_filter()
    with transaction():
        order_certificates(actor, filters, now())
    flash(_("The file is being created. This page shows its progress."))
    return go(url_for(".files", organization_id=actor.organization_id))


@blueprint.get("/<uuid:job_id>.zip")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def file(actor: Actor, job_id: UUID) -> Response:
    """Give a finished file to someone who may still see all of the people in it."""
    path = path_of(get_order(actor, job_id, KIND))
    if path is None:
        raise NotYet(
            _("This file isn’t there: it is still being created, or it is older than a week. Order a new one.")
        )
    answer = send_file(path, mimetype="application/zip", as_attachment=True, download_name="certificates.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer

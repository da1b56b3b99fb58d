"""Evidence packs: order one, see how far it is, download it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Blueprint, flash, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.compliance.file_names import pack_name
from trainer.compliance.order_queries import get_order, list_orders
from trainer.compliance.rules import FILES_KEPT
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotYet
from trainer.extras.packs.forms import PackForm
from trainer.extras.packs.limits import limits_of_pack, list_offered, tell_limits
from trainer.extras.packs.making import file_of
from trainer.extras.packs.operations import order_pack
from trainer.extras.packs.queries import PACK
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint(
    "evidence",
    __name__,
    template_folder="../templates",
    url_prefix="/organizations/<uuid:organization_id>/evidence-packs",
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def packs(actor: Actor) -> str:
    """List the packs that can be downloaded, and how far those under way are."""
    return _page(actor, PackForm(**list_offered(actor), formdata=None, as_of=actor.today(now())))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def order(actor: Actor) -> Response | tuple[str, int]:
    """Order a pack; the worker makes it."""
    form = PackForm(**list_offered(actor))
    if form.validate_on_submit():
        assert form.as_of.data is not None
        with form.refusing("as_of"), transaction():
            order_pack(actor, form.as_of.data, now(), form.team_ids, form.requirement_id)
        if not form.errors:
            flash(_("The pack is being created. This page shows its progress."))
            return go(url_for(".packs", organization_id=actor.organization_id))
    return _page(actor, form), 422


@blueprint.get("/<uuid:job_id>.zip")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def pack(actor: Actor, job_id: UUID) -> Response:
    """Give a finished pack to someone who may still see all of the people in it."""
    job = get_order(actor, job_id, PACK)
    path, name = file_of(job), pack_name(actor.organization.name, dt.date.fromisoformat(job.details["as_of"]))
    if path is None:
        raise NotYet(
            _("This pack isn’t there: it is still being created, or it is older than a week. Order a new one.")
        )
    answer = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(actor: Actor, form: PackForm) -> str:
    jobs = list_orders(actor, PACK)
    return render_template(
        "packs/packs.html",
        actor=actor,
        form=form,
        jobs=[
            (
                job,
                dt.date.fromisoformat(job.details["as_of"]),
                tell_limits(actor.organization_id, limits_of_pack(job)),
                file_of(job) is not None,
            )
            for job in jobs
        ],
        is_busy=any(job.finished_at is None and job.failed_at is None for job in jobs),
        days=FILES_KEPT.days,
    )

"""`/administration/panels`: creating panels, their raters, and what they say once a panel is closed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment.localized import reader_words
from trainer.content.serving import served
from trainer.core.audit import note
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.extras.panel.figures import agreement_table
from trainer.extras.panel.forms import PanelForm, RaterForm
from trainer.extras.panel.operations import appoint_rater, close_panel, create_panel, revoke_rater
from trainer.extras.panel.queries import get_panel, line_of, list_agreement, list_panels, list_seats
from trainer.extras.panel.rules import PanelState
from trainer.extras.panel.words import STATES
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.organizations.access import administering
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts
from trainer.web.redirects import go
from trainer.web.tables import csv_answer

blueprint = Blueprint("key_panels", __name__, url_prefix="/administration/panels", template_folder="../templates")


@blueprint.route("", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@limit_acts("60 per hour", methods=["POST"])
@administering
def panels() -> Response | str | tuple[str, int]:
    """List the panels, and create one."""
    form = PanelForm(opens_on=today())
    if form.validate_on_submit():
        actor_id, panel_id = current_user.id, None
        with form.refusing("name"), transaction():
            panel_id = create_panel(served(), form.facts, actor_id, now()).id
        if panel_id is not None:
            flash(_("The panel is created. Appoint its raters."))
            return go(url_for(".panel", panel_id=panel_id))
    page = render_template("panel/panels.html", form=form, panels=list_panels(today()), states=STATES)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/<uuid:panel_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@limit_acts("60 per hour", methods=["POST"])
@administering
def panel(panel_id: UUID) -> Response | str | tuple[str, int]:
    """Show a panel's raters and, once it is closed, what they say; appoint one."""
    form = RaterForm()
    if form.validate_on_submit():
        actor_id = current_user.id
        try:
            with transaction():
                user = appoint_rater(get_panel(panel_id), str(form.email.data), actor_id, now())
        except (NotFound, Conflict) as refused:
            if not refused.message:
                raise
            form.email.errors = [refused.message]
        else:
            flash(_("%(email)s is a rater now. Send them the address of the panel.", email=user.email))
            return go(url_for(".panel", panel_id=panel_id))
    shown = get_panel(panel_id)
    line = line_of(shown, today())
    is_closed = line.state is PanelState.CLOSED
    page = render_template(
        "panel/panel.html",
        form=form,
        line=line,
        states=STATES,
        seats=list_seats(shown),
        agreement=list_agreement(shown, today()) if is_closed else [],
        is_closed=is_closed,
        verdicts=reader_words().verdicts,
        confidences=CONFIDENCE_LABELS,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/<uuid:panel_id>/raters/<uuid:rater_id>/revocation")
@access(Who.ACCOUNT, own=True)
@administering
def revoke(panel_id: UUID, rater_id: UUID) -> Response:
    """Withdraw a rater, at once."""
    actor_id = current_user.id
    try:
        with transaction():
            revoke_rater(get_panel(panel_id), rater_id, actor_id, now())
    except Conflict as refused:
        flash(refused.message)
    else:
        flash(_("Withdrawn. Their ratings don’t count."))
    return go(url_for(".panel", panel_id=panel_id))


@blueprint.route("/<uuid:panel_id>/closure", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@administering
def close(panel_id: UUID) -> Response | str:
    """Ask, then close a panel before its last day."""
    form = Form()
    if not form.validate_on_submit():
        return render_template("panel/closure.html", form=form, line=line_of(get_panel(panel_id), today()))
    actor_id = current_user.id
    try:
        with transaction():
            close_panel(get_panel(panel_id), actor_id, now())
    except Conflict as refused:
        flash(refused.message)
    return go(url_for(".panel", panel_id=panel_id))


@blueprint.post("/<uuid:panel_id>/exports")
@access(Who.ACCOUNT, own=True)
@administering
def export(panel_id: UUID) -> Response:
    """Return what raters say of each key as CSV, once the panel is closed; the export is recorded."""
    actor_id = current_user.id
    table = agreement_table(list_agreement(get_panel(panel_id), today()))
    with transaction():
        note("export.panel", now(), actor_id=actor_id, subject_id=panel_id, form="csv")
    return csv_answer(table)
